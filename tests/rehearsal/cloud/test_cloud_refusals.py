"""The emulated CloudFormation refuses what AWS would, whichever way a template comes in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.cloud import raise_quotas, stacks
from rehearsal.cloud.stacks import DeploymentFailed

from .conftest import ACCOUNT

Client = Callable[[str], Any]
Deploy = Callable[..., dict[str, str]]


def of(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": properties}


def key(*users: str) -> dict[str, Any]:
    """A key that its account administers and these roles use."""
    principals = [f"arn:aws:iam::{ACCOUNT}:root", *(f"arn:aws:iam::{ACCOUNT}:role/{user}" for user in users)]
    statement = {"Effect": "Allow", "Action": "kms:*", "Resource": "*", "Principal": {"AWS": principals}}
    return of("KMS::Key", KeyPolicy={"Version": "2012-10-17", "Statement": [statement]})


def targets(port: int) -> dict[str, Any]:
    return {
        "Vpc": of("EC2::VPC", CidrBlock="10.8.0.0/16"),
        "Targets": of(
            "ElasticLoadBalancingV2::TargetGroup",
            Name="kept-name",
            Port=port,
            Protocol="HTTP",
            VpcId={"Ref": "Vpc"},
            TargetType="ip",
        ),
    }


@pytest.fixture
def a_raised_quota() -> Iterator[None]:
    raise_quotas({"L-0263D0A3": 6})
    yield
    raise_quotas({})


def test_a_change_set_fails_with_awss_words(deploy: Deploy) -> None:
    with pytest.raises(DeploymentFailed, match="one or more invalid principals") as refused:
        deploy({"Key": key("nobody")})
    assert f"Key: it names arn:aws:iam::{ACCOUNT}:role/nobody, which does not exist" in str(refused.value)


def test_a_role_that_was_made_before_is_found(deploy: Deploy, client: Client) -> None:
    trust = {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "x"}}]}
    client("iam").create_role(RoleName="somebody", AssumeRolePolicyDocument=json.dumps(trust))
    made = deploy({"Key": key("somebody")}, Key={"Ref": "Key"})
    assert client("kms").describe_key(KeyId=made["Key"])["KeyMetadata"]["Enabled"]


@pytest.mark.parametrize("operation", ["create_stack", "update_stack"])
def test_a_stack_is_neither_created_nor_updated(deploy: Deploy, client: Client, operation: str) -> None:
    name = "refused-stack"
    cloudformation = client("cloudformation")
    if operation == "update_stack":
        cloudformation.create_stack(StackName=name, TemplateBody=json.dumps({"Resources": {"Key": key()}}))
        cloudformation.get_waiter("stack_create_complete").wait(
            StackName=name, WaiterConfig={"Delay": 0.1, "MaxAttempts": 100}
        )
    with pytest.raises(ClientError, match="one or more invalid principals"):
        getattr(cloudformation, operation)(
            StackName=name, TemplateBody=json.dumps({"Resources": {"Key": key("nobody")}})
        )
    cloudformation.delete_stack(StackName=name)


def test_a_named_resource_is_not_replaced(deploy: Deploy, client: Client) -> None:
    deploy(targets(80))
    with pytest.raises(DeploymentFailed, match="a change of Port replaces 'kept-name', whose name stays"):
        deploy(targets(8080))
    (group,) = client("elbv2").describe_target_groups(Names=["kept-name"])["TargetGroups"]
    assert group["Port"] == 80


def test_an_export_stays_while_it_is_imported(deploy: Deploy, client: Client) -> None:
    topic = {"Topic": of("SNS::Topic", TopicName="exported")}
    exported = {"Topic": {"Value": {"Ref": "Topic"}, "Export": {"Name": "the-topic"}}}
    importing = of("SSM::Parameter", Name="/copy", Type="String", Value={"Fn::ImportValue": "the-topic"})
    cloudformation = client("cloudformation")
    stacks.deploy(cloudformation, "exporter", {"Resources": topic, "Outputs": exported})
    deploy({"Copy": importing})

    with pytest.raises(DeploymentFailed, match=r"the export 'the-topic' goes, and .* imports it"):
        stacks.deploy(cloudformation, "exporter", {"Resources": topic})

    deploy({"Copy": {**importing, "Properties": {**importing["Properties"], "Value": "no import any more"}}})
    stacks.deploy(cloudformation, "exporter", {"Resources": {**topic, "Key": key()}})
    stacks.delete(cloudformation, "exporter")


def test_stage_logs_wait_for_the_accounts_role(deploy: Deploy, client: Client) -> None:
    made = {
        "Logs": of("Logs::LogGroup", LogGroupName="stage"),
        "Api": of("ApiGateway::RestApi", Name="logging"),
        "Get": of(
            "ApiGateway::Method",
            RestApiId={"Ref": "Api"},
            ResourceId={"Fn::GetAtt": ["Api", "RootResourceId"]},
            HttpMethod="GET",
            AuthorizationType="NONE",
            Integration={"Type": "MOCK"},
        ),
        "Deployment": {**of("ApiGateway::Deployment", RestApiId={"Ref": "Api"}), "DependsOn": ["Get"]},
        "Stage": of(
            "ApiGateway::Stage",
            RestApiId={"Ref": "Api"},
            DeploymentId={"Ref": "Deployment"},
            StageName="v1",
            AccessLogSetting={
                "DestinationArn": {"Fn::GetAtt": ["Logs", "Arn"]},
                "Format": "$context.requestId",
            },
        ),
    }
    operation = {"op": "replace", "path": "/cloudwatchRoleArn", "value": ""}
    client("apigateway").update_account(patchOperations=[operation])
    with pytest.raises(DeploymentFailed, match="CloudWatch Logs role ARN must be set in account settings"):
        deploy(made)
    role = {**operation, "value": f"arn:aws:iam::{ACCOUNT}:role/logs"}
    client("apigateway").update_account(patchOperations=[role])
    deploy(made)


def test_a_quota_is_awss_default_until_it_is_raised(
    deploy: Deploy, a_raised_quota: None, client: Client
) -> None:
    six = {f"Address{number}": of("EC2::EIP", Domain="vpc") for number in range(6)}
    raise_quotas({})
    with pytest.raises(DeploymentFailed, match="6 Elastic IP addresses where 5 are allowed"):
        deploy(six)
    raise_quotas({"L-0263D0A3": 6})
    deploy(six)
