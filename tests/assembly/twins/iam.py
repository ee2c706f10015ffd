"""Ways to give away too much."""

from __future__ import annotations

from typing import Any

from tests.assembly.invariants import iam
from tests.assembly.register import breaks
from tests.assembly.synthesis import Synthesis
from tests.assembly.twins.edits import add, properties


def _statements(synthesis: Synthesis, stack: str, type_: str, id_part: str = "") -> list[dict[str, Any]]:
    policy = properties(synthesis, stack, type_, id_part)
    document: dict[str, Any] = policy.get("PolicyDocument") or policy["AssumeRolePolicyDocument"]
    statements: list[dict[str, Any]] = document["Statement"]
    return statements


@breaks(iam.actions_are_named)
def allow_everything_of_a_service(synthesis: Synthesis) -> None:
    _statements(synthesis, "portal-prod", "AWS::IAM::Policy", "Backendtask")[0]["Action"] = "dynamodb:*"


@breaks(iam.actions_are_named)
def allow_what_is_not_denied(synthesis: Synthesis) -> None:
    statement = _statements(synthesis, "portal-dev", "AWS::IAM::Policy", "TestsRole")[0]
    statement["NotAction"] = statement.pop("Action")


@breaks(iam.actions_are_named)
def allow_everything_with_every_key(synthesis: Synthesis) -> None:
    _statements(synthesis, "portal-prod", "AWS::IAM::Policy", "Backendtask")[0]["Action"] = "kms:*"


@breaks(iam.actions_are_named)
def allow_everything_in_the_policy_of_a_key(synthesis: Synthesis) -> None:
    key = properties(synthesis, "foundation-dev", "AWS::KMS::Key")
    key["KeyPolicy"]["Statement"][0]["Action"] = "*"


@breaks(iam.resources_are_named)
def read_every_secret(synthesis: Synthesis) -> None:
    statements = _statements(synthesis, "portal-prod", "AWS::IAM::Policy", "Backendtask")
    statements.append({"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*"})


@breaks(iam.resources_are_named)
def read_every_secret_but_one(synthesis: Synthesis) -> None:
    statements = _statements(synthesis, "portal-prod", "AWS::IAM::Policy", "Backendtask")
    one = {"NotResource": "arn:aws:secretsmanager:us-east-1:333333333333:secret:backend-database-prod-a"}
    statements.append({"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", **one})


@breaks(iam.managed_policies_are_listed)
def make_the_probe_an_administrator(synthesis: Synthesis) -> None:
    role = properties(synthesis, "portal-prod", "AWS::IAM::Role", "Probe")
    role["ManagedPolicyArns"] = ["arn:aws:iam::aws:policy/AdministratorAccess"]


@breaks(iam.roles_are_passed_by_name)
def pass_any_role(synthesis: Synthesis) -> None:
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Action": "iam:PassRole",
        "Resource": "arn:aws:iam::*:role/*",
    }
    statement["Condition"] = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
    _statements(synthesis, "portal-dev", "AWS::IAM::Policy", "TestsRole").append(statement)


@breaks(iam.roles_are_passed_by_name)
def pass_a_role_to_any_service(synthesis: Synthesis) -> None:
    role = "arn:aws:iam::111111111111:role/probe-role-dev"
    statement = {"Effect": "Allow", "Action": ["iam:PassRole"], "Resource": role}
    _statements(synthesis, "portal-dev", "AWS::IAM::Policy", "TestsRole").append(statement)


@breaks(iam.principals_are_known)
def publish_the_static_files(synthesis: Synthesis) -> None:
    statement = _statements(synthesis, "portal-dev", "AWS::S3::BucketPolicy", "Static")[-1]
    statement["Principal"] = "*"


@breaks(iam.principals_are_known)
def let_a_stranger_publish_alarms(synthesis: Synthesis) -> None:
    statement = _statements(synthesis, "foundation-prod", "AWS::SNS::TopicPolicy")[-1]
    statement["Principal"] = {"AWS": "arn:aws:iam::555555555555:role/alarms"}


@breaks(iam.principals_are_known)
def let_another_service_be_a_task(synthesis: Synthesis) -> None:
    statement = _statements(synthesis, "portal-staging", "AWS::IAM::Role", "Backendtask")[0]
    statement["Principal"]["Service"] = "states.amazonaws.com"


@breaks(iam.principals_are_known)
def let_anybody_with_an_account_in(synthesis: Synthesis) -> None:
    statement = _statements(synthesis, "foundation-prod", "AWS::SNS::TopicPolicy")[-1]
    statement["Principal"] = {"AWS": "*"}


@breaks(iam.principals_are_known)
def let_everybody_else_in(synthesis: Synthesis) -> None:
    statement = _statements(synthesis, "foundation-prod", "AWS::SNS::TopicPolicy")[-1]
    statement["NotPrincipal"] = statement.pop("Principal")


@breaks(iam.other_accounts_are_let_in_as_one_role)
def let_all_of_the_tools_account_publish(synthesis: Synthesis) -> None:
    tools = synthesis.template("pipeline-tools").account
    statement = _statements(synthesis, "foundation-dev", "AWS::SNS::TopicPolicy")[-1]
    statement["Principal"] = {"AWS": f"arn:aws:iam::{tools}:root"}


@breaks(iam.other_accounts_are_let_in_as_one_role)
def hand_the_key_to_all_of_the_tools_account(synthesis: Synthesis) -> None:
    tools = synthesis.template("pipeline-tools").account
    key = properties(synthesis, "foundation-dev", "AWS::KMS::Key")
    key["KeyPolicy"]["Statement"][0]["Principal"] = {"AWS": f"arn:aws:iam::{tools}:root"}


@breaks(iam.other_accounts_are_let_in_as_one_role)
def let_all_of_the_own_account_publish(synthesis: Synthesis) -> None:
    topics = synthesis.template("foundation-dev")
    statement = _statements(synthesis, topics.stack, "AWS::SNS::TopicPolicy")[-1]
    statement["Principal"] = {"AWS": f"arn:aws:iam::{topics.account}:root"}


@breaks(iam.a_boundary_is_on_every_role)
def bound_one_role_only(synthesis: Synthesis) -> None:
    role = properties(synthesis, "portal-prod", "AWS::IAM::Role", "Probe")
    role["PermissionsBoundary"] = "arn:aws:iam::333333333333:policy/bank-boundary"


@breaks(iam.functions_are_invoked_by_one_caller)
def let_any_rule_invoke_a_function(synthesis: Synthesis) -> None:
    grant = {"Action": "lambda:InvokeFunction", "Principal": "events.amazonaws.com"}
    add(synthesis, "pipeline-tools", "AWS::Lambda::Permission", FunctionName="probe-dev", **grant)


@breaks(iam.functions_are_invoked_by_one_caller)
def let_anybody_of_an_account_invoke_a_function(synthesis: Synthesis) -> None:
    grant = {"Action": "lambda:InvokeFunction", "Principal": "*", "SourceAccount": "111111111111"}
    add(synthesis, "pipeline-tools", "AWS::Lambda::Permission", FunctionName="probe-dev", **grant)
