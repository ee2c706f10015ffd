"""Ways to break who acts where and who trusts whom, by the one invariant that must see each."""

from __future__ import annotations

import copy
from typing import Any

from pipeline.environments import DEV, PROD, TOOLS
from tests.assembly.invariants import accounts
from tests.assembly.policies import bootstrap_role
from tests.assembly.register import breaks
from tests.assembly.synthesis import Synthesis

STRANGER = "555555555555"


def _statements(synthesis: Synthesis, resource: str) -> list[dict[str, Any]]:
    """The statements of the policy whose resource's text holds this."""
    found: list[dict[str, Any]] = [
        statement
        for _, policy in synthesis.template("pipeline-tools").properties("AWS::IAM::Policy")
        for statement in policy["PolicyDocument"]["Statement"]
        if "sts:AssumeRole" in statement["Action"] and resource in str(statement["Resource"])
    ]
    return found


def _key_statements(synthesis: Synthesis) -> list[dict[str, Any]]:
    ((_, key),) = synthesis.template("pipeline-tools").properties("AWS::KMS::Key")
    statements: list[dict[str, Any]] = key["KeyPolicy"]["Statement"]
    return statements


@breaks(accounts.stacks_are_these_alone)
def add_a_support_stack(synthesis: Synthesis) -> None:
    support = copy.deepcopy(synthesis.template("pipeline-tools"))
    support.stack, support.body = "pipeline-tools-support", {"Resources": {}}
    synthesis.templates.append(support)


@breaks(accounts.stacks_are_these_alone)
def spread_an_environment(synthesis: Synthesis) -> None:
    synthesis.template("data-dev").account = STRANGER


@breaks(accounts.deployments_act_in_their_account)
def deploy_dev_into_prod(synthesis: Synthesis) -> None:
    deployment = next(action for action in synthesis.stage("dev") if "RoleArn" in action)
    deployment["RoleArn"] = bootstrap_role("deploy", PROD.account)


@breaks(accounts.deployments_act_in_their_account)
def hand_over_another_accounts_role(synthesis: Synthesis) -> None:
    configurations = [action["Configuration"] for action in synthesis.stage("dev")]
    first = next(one for one in configurations if one.get("ActionMode") == "CHANGE_SET_REPLACE")
    first["RoleArn"] = bootstrap_role("cfn-exec", PROD.account)


@breaks(accounts.pipeline_takes_deploy_roles_only)
def let_the_pipeline_be_anybody(synthesis: Synthesis) -> None:
    for statement in _statements(synthesis, "-deploy-role-"):
        statement["Resource"] = f"arn:aws:iam::{PROD.account}:role/*"


@breaks(accounts.artifacts_are_readable_where_deployed)
def keep_the_key_from_other_accounts(synthesis: Synthesis) -> None:
    statements = _key_statements(synthesis)
    (cross,) = [s for s in statements if "-deploy-role-" in str(s["Principal"])]
    statements.remove(cross)


@breaks(accounts.artifacts_are_readable_where_deployed)
def show_the_artifacts_to_another_role(synthesis: Synthesis) -> None:
    for _, policy in synthesis.template("pipeline-tools").properties("AWS::S3::BucketPolicy"):
        for statement in policy["PolicyDocument"]["Statement"]:
            if "-deploy-role-" in str(statement["Principal"]):
                statement["Principal"]["AWS"].append(f"arn:aws:iam::{PROD.account}:role/reader")


@breaks(accounts.publishers_reach_every_account)
def publish_to_dev_only(synthesis: Synthesis) -> None:
    for statement in _statements(synthesis, "-image-publishing-role-"):
        statement["Resource"] = bootstrap_role("image-publishing", DEV.account)


@breaks(accounts.self_mutation_stays_at_home)
def let_self_mutation_out(synthesis: Synthesis) -> None:
    for statement in _statements(synthesis, ":role/*"):
        statement["Resource"] = "arn:*:iam::*:role/*"


@breaks(accounts.tests_assume_one_role)
def let_dev_tests_into_prod(synthesis: Synthesis) -> None:
    for statement in _statements(synthesis, "pipeline-tests-dev"):
        statement["Resource"] = f"arn:aws:iam::{PROD.account}:role/pipeline-tests-prod"


@breaks(accounts.checks_assume_one_role)
def let_the_check_of_dev_read_prod(synthesis: Synthesis) -> None:
    for statement in _statements(synthesis, "plan-reader"):
        statement["Resource"] = f"arn:aws:iam::{PROD.account}:role/plan-reader"


@breaks(accounts.tests_are_trusted_by_name)
def trust_every_build(synthesis: Synthesis) -> None:
    for _, role in synthesis.template("portal-prod").properties("AWS::IAM::Role"):
        if role.get("RoleName") == "pipeline-tests-prod":
            condition = role["AssumeRolePolicyDocument"]["Statement"][0]["Condition"]
            condition["ArnEquals"]["aws:PrincipalArn"] = f"arn:aws:iam::{TOOLS.account}:role/*"
