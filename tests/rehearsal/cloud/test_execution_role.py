"""CloudFormation makes, changes and removes resources with the rights of the role that a stack was given."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from rehearsal.cloud import Cloud, stacks
from rehearsal.cloud.auth import refusal_of_resource
from rehearsal.cloud.auth.handlers import Verb, alternatives, hands_roles_on
from tests.rehearsal.roles import make_role, policy, trust

from .conftest import ACCOUNT, stack_name

TOPIC = {"Type": "AWS::SNS::Topic"}
QUEUE = {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": 1}}
ROLE = {
    "Type": "AWS::IAM::Role",
    "Properties": {"AssumeRolePolicyDocument": json.loads(trust(Service="lambda.amazonaws.com"))},
}
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/boundary"
SESSION = "assumed-role/execution/AWSCloudFormation is not authorized to perform: "
Deploy = Callable[..., dict[str, str]]
May = Callable[..., str]


@pytest.fixture
def may(client: Callable[[str], Any]) -> Iterator[May]:
    """An execution role with these statements; called again, it has others."""
    iam = client("iam")
    arn = make_role(iam, "execution", may=(), trusted=trust(Service="cloudformation.amazonaws.com"))

    def allow(*statements: str) -> str:
        together = json.loads(policy("none:Nothing", Resource="*"))
        together["Statement"] = [each for one in statements for each in json.loads(one)["Statement"]]
        iam.put_role_policy(RoleName="execution", PolicyName="may", PolicyDocument=json.dumps(together))
        return arn

    yield allow
    iam.delete_role_policy(RoleName="execution", PolicyName="may")
    iam.delete_role(RoleName="execution")


@pytest.fixture
def deploy(may: May, client: Callable[[str], Any], request: pytest.FixtureRequest) -> Iterator[Deploy]:
    """Deploys resources as the test's own stack, with the execution role unless told otherwise; gone after the test."""
    cloudformation, name = client("cloudformation"), stack_name(request)
    execution = f"arn:aws:iam::{ACCOUNT}:role/execution"

    def deploy_resources(role: str | None = execution, **resources: Any) -> dict[str, str]:
        return stacks.deploy(cloudformation, name, {"Resources": resources}, role=role, seconds=60)

    yield deploy_resources
    may(policy("*", Resource="*"))
    found = cloudformation.describe_stacks()["Stacks"]
    if any(stack["StackName"] == name for stack in found):
        stacks.delete(cloudformation, name)


def anything(*actions: str, **more: Any) -> str:
    return policy(*actions, Resource="*", **more)


def test_a_resource_is_made_with_the_roles_permission_only(may: May, deploy: Deploy, client: Any) -> None:
    may(anything("sns:*"))
    with pytest.raises(stacks.DeploymentFailed, match=f"Queue: .*{SESSION}sqs:CreateQueue"):
        deploy(Topic=TOPIC, Queue=QUEUE | {"DependsOn": "Topic"})
    assert client("sns").list_topics()["Topics"] == []  # rolled back


def test_a_permission_for_some_resources_is_enough(may: May, deploy: Deploy) -> None:
    may(policy("sns:CreateTopic", "sns:DeleteTopic", Resource=f"arn:aws:sns:us-east-1:{ACCOUNT}:portal-*"))
    deploy(Topic=TOPIC)


def test_what_is_denied_everywhere_is_refused(may: May, deploy: Deploy) -> None:
    may(anything("*"), anything("sns:CreateTopic", effect="Deny"))
    with pytest.raises(stacks.DeploymentFailed, match=f"{SESSION}sns:CreateTopic"):
        deploy(Topic=TOPIC)


def test_a_change_asks_for_what_changes_alone(may: May, deploy: Deploy) -> None:
    may(anything("*"))
    deploy(Topic=TOPIC, Queue=QUEUE)
    may(anything("sqs:SetQueueAttributes"))
    deploy(Topic=TOPIC, Queue=QUEUE | {"Properties": {"DelaySeconds": 2}})
    may(anything("sns:*"))
    with pytest.raises(stacks.DeploymentFailed, match=f"Queue: .*{SESSION}sqs:SetQueueAttributes"):
        deploy(Topic=TOPIC, Queue=QUEUE | {"Properties": {"DelaySeconds": 3}})


def test_a_stack_keeps_its_role(
    may: May, deploy: Deploy, client: Any, request: pytest.FixtureRequest
) -> None:
    may(anything("sns:*"))
    deploy(Topic=TOPIC)
    with pytest.raises(stacks.DeploymentFailed, match=f"{SESSION}sqs:CreateQueue"):
        deploy(role=None, Topic=TOPIC, Queue=QUEUE)
    may(anything("sns:CreateTopic"))
    with pytest.raises(stacks.DeploymentFailed, match=f"Topic: .*{SESSION}sns:DeleteTopic"):
        stacks.delete(client("cloudformation"), stack_name(request))


def test_without_a_role_the_callers_own_rights_count(deploy: Deploy) -> None:
    deploy(role=None, Topic=TOPIC)


@pytest.mark.parametrize(
    ("passable", "to", "passes"),
    [
        pytest.param("role/code", "lambda.amazonaws.com", True, id="this role"),
        pytest.param("role/other", "lambda.amazonaws.com", False, id="another"),
        pytest.param("role/code", "ecs-tasks.amazonaws.com", False, id="to another service"),
    ],
)
def test_a_role_is_handed_on_only_where_it_may_be(
    may: May, deploy: Deploy, passable: str, to: str, passes: bool
) -> None:
    condition = {"StringEquals": {"iam:PassedToService": to}}
    passing = policy("iam:PassRole", Resource=f"arn:aws:iam::{ACCOUNT}:{passable}", Condition=condition)
    may(anything("lambda:*", "iam:CreateRole", "iam:DeleteRole"), passing)
    role = ROLE | {"Properties": {**ROLE["Properties"], "RoleName": "code"}}
    code = {"ZipFile": "exports.handler = async () => 1"}
    arn = {"Fn::GetAtt": ["Role", "Arn"]}
    function = {
        "Type": "AWS::Lambda::Function",
        "Properties": {"Runtime": "nodejs22.x", "Handler": "index.handler", "Code": code, "Role": arn},
    }
    if passes:
        deploy(Role=role, Function=function)
        return
    with pytest.raises(
        stacks.DeploymentFailed, match=f"Function: .*{SESSION}iam:PassRole on resource: .*role/code"
    ):
        deploy(Role=role, Function=function)


def test_a_custom_resources_function_is_called_with_the_permission_for_it(may: May, deploy: Deploy) -> None:
    function = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:provider"
    may(anything("lambda:CreateFunction"), policy("lambda:InvokeFunction", Resource=f"{function}-of-another"))
    with pytest.raises(
        stacks.DeploymentFailed, match=f"Custom: .*{SESSION}lambda:InvokeFunction on resource: {function}"
    ):
        deploy(Custom={"Type": "Custom::Thing", "Properties": {"ServiceToken": function}})


def test_what_an_action_of_a_pipeline_is_told_is_not_handed_on(may: May) -> None:
    arn = may(anything("codepipeline:*"))
    action = {"Name": "Deploy", "Configuration": {"StackName": "portal-dev", "RoleArn": arn}}
    stages = [{"Name": "dev", "Actions": [action]}]
    assert refusal_of_resource(arn, "create", "AWS::CodePipeline::Pipeline", {"Stages": stages}) is None
    stages[0]["Actions"] = [action | {"RoleArn": arn}]
    said = refusal_of_resource(arn, "create", "AWS::CodePipeline::Pipeline", {"Stages": stages})
    assert "iam:PassRole" in (said or "")


def test_a_role_of_another_account_is_not_handed_on(may: May, deploy: Deploy, cloud: Cloud) -> None:
    there = cloud.client("iam", "222222222222")
    role = make_role(there, "taken", may=(), trusted=trust(Service="events.amazonaws.com"))
    may(anything("events:*"))
    bus = f"arn:aws:events:us-east-1:{ACCOUNT}:event-bus/other"
    targets = [{"Id": "other", "Arn": bus, "RoleArn": role}]
    rule = {"EventPattern": {"source": ["aws.ecs"]}, "Targets": targets}
    deploy(Rule={"Type": "AWS::Events::Rule", "Properties": rule})
    there.delete_role(RoleName="taken")


@pytest.fixture
def within_boundary(client: Callable[[str], Any]) -> Iterator[str]:
    """A permissions boundary, and the statement of a policy that allows roles within it only."""
    iam = client("iam")
    boundary = iam.create_policy(PolicyName="boundary", PolicyDocument=anything("*"))["Policy"]["Arn"]
    within = {"StringEquals": {"iam:PermissionsBoundary": BOUNDARY}}
    yield anything("iam:CreateRole", "iam:PutRolePolicy", Condition=within)
    iam.delete_policy(PolicyArn=boundary)


def role_with_policy(**properties: str) -> dict[str, Any]:
    inline = {
        "PolicyName": "may",
        "PolicyDocument": json.loads(anything("s3:GetObject")),
        "Roles": [{"Ref": "Role"}],
    }
    return {
        "Role": ROLE | {"Properties": ROLE["Properties"] | properties},
        "Policy": {"Type": "AWS::IAM::Policy", "Properties": inline},
    }


def test_a_role_is_made_within_the_boundary_that_the_policy_demands(
    within_boundary: str, may: May, deploy: Deploy
) -> None:
    may(within_boundary)
    deploy(**role_with_policy(PermissionsBoundary=BOUNDARY))


def test_a_role_is_not_made_outside_of_it(within_boundary: str, may: May, deploy: Deploy) -> None:
    may(within_boundary)
    with pytest.raises(stacks.DeploymentFailed, match=f"Role: .*{SESSION}iam:CreateRole"):
        deploy(**role_with_policy())


@pytest.mark.parametrize(
    ("resource_type", "verb", "actions"),
    [
        ("AWS::DynamoDB::Table", "create", ("dynamodb:CreateTable",)),
        ("AWS::RDS::DBCluster", "create", ("rds:CreateDBCluster",)),
        ("AWS::RDS::DBCluster", "update", ("rds:ModifyDBCluster",)),
        ("AWS::EC2::FlowLog", "delete", ("ec2:DeleteFlowLogs",)),
        ("AWS::IAM::Policy", "create", ("iam:PutUserPolicy", "iam:PutRolePolicy", "iam:PutGroupPolicy")),
        ("AWS::ApiGateway::Account", "create", ("apigateway:PATCH",)),
        ("AWS::WAFv2::LoggingConfiguration", "create", ("wafv2:PutLoggingConfiguration",)),
        ("AWS::ElasticLoadBalancingV2::ListenerRule", "create", ("elasticloadbalancing:CreateRule",)),
        ("AWS::EC2::RouteTable", "update", ()),  # its tags alone can change
        ("AWS::CodeBuild::Project", "create", ("codebuild:CreateProject",)),
        ("Custom::Unknown", "create", ()),
    ],
)
def test_what_a_handler_needs_is_read_from_the_types_schema(
    resource_type: str, verb: Verb, actions: tuple[str, ...]
) -> None:
    assert alternatives(resource_type, verb) == actions


def test_a_handler_hands_roles_on_where_its_schema_says_so() -> None:
    assert hands_roles_on("AWS::Lambda::Function", "create")
    assert hands_roles_on("AWS::CodeBuild::Project", "create")
    assert not hands_roles_on("AWS::SNS::TopicPolicy", "create")
