"""What is deployed is there again in the next process."""

import json
import socket
from pathlib import Path
from typing import Any

import boto3
import pytest

from rehearsal.cloud import Cloud, Kept, prerequisites, stacks
from tests.rehearsal.roles import make_role

ACCOUNT = "111111111111"
OTHER = "222222222222"
SECRET = {"Type": "AWS::SecretsManager::Secret", "Properties": {"GenerateSecretString": {}}}
BUCKET = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "survives"}}
LINK = {
    "Type": "AWS::ApiGatewayV2::VpcLink",
    "Properties": {"Name": "link", "SubnetIds": ["subnet-1"]},
}
TEMPLATE: dict[str, Any] = {
    "Resources": {"Secret": SECRET, "Bucket": BUCKET, "Link": LINK},
    "Outputs": {"Secret": {"Value": {"Ref": "Secret"}}, "Link": {"Value": {"Ref": "Link"}}},
}

pytestmark = pytest.mark.usefixtures("alone")


def outputs(cloud: Cloud, account: str) -> dict[str, str]:
    described = cloud.client("cloudformation", account).describe_stacks(StackName="world")["Stacks"][0]
    return {each["OutputKey"]: each["OutputValue"] for each in described["Outputs"]}


def test_stacks_objects_and_secrets_of_every_account_are_there_again(tmp_path: Path) -> None:
    with Cloud(tmp_path) as before:
        for account in (ACCOUNT, OTHER):
            template = {**TEMPLATE, "Resources": {**TEMPLATE["Resources"], "Bucket": bucket(account)}}
            stacks.deploy(before.client("cloudformation", account), "world", template)
        before.client("s3", OTHER).put_object(
            Bucket=f"survives-{OTHER}", Key="a/b", Body=b"\x00\xff", Tagging="k=v"
        )
        given = {account: outputs(before, account) for account in (ACCOUNT, OTHER)}
        secret = before.client("secretsmanager", OTHER).get_secret_value(SecretId=given[OTHER]["Secret"])
        assert before.snapshot()

    with Cloud(tmp_path, restore=True) as after:
        assert after.restored
        assert {account: outputs(after, account) for account in (ACCOUNT, OTHER)} == given
        body = after.client("s3", OTHER).get_object(Bucket=f"survives-{OTHER}", Key="a/b")["Body"].read()
        assert body == b"\x00\xff"
        again = after.client("secretsmanager", OTHER).get_secret_value(SecretId=given[OTHER]["Secret"])
        assert again["SecretString"] == secret["SecretString"]


def bucket(account: str) -> dict[str, Any]:
    return {**BUCKET, "Properties": {"BucketName": f"survives-{account}"}}


def test_a_restored_stack_can_be_changed_and_deleted(tmp_path: Path) -> None:
    with Cloud(tmp_path) as before:
        stacks.deploy(before.client("cloudformation", ACCOUNT), "world", TEMPLATE)
        link = outputs(before, ACCOUNT)["Link"]
        before.snapshot()

    with Cloud(tmp_path, restore=True) as after:
        cloudformation = after.client("cloudformation", ACCOUNT)
        changed = json.loads(json.dumps(TEMPLATE))
        changed["Resources"]["Link"]["Properties"]["Tags"] = {"new": "tag"}
        assert stacks.deploy(cloudformation, "world", changed)["Link"] == link
        stacks.delete(cloudformation, "world")
        assert after.client("s3", ACCOUNT).list_buckets()["Buckets"] == []


def test_records_and_zones_with_their_given_ids_come_along(tmp_path: Path) -> None:
    arn = f"arn:aws:codeconnections:us-east-1:{ACCOUNT}:connection/1"
    with Cloud(tmp_path) as before:
        prerequisites.create_hosted_zone(before, account=OTHER, zone_id="Z0", name="bank.example")
        prerequisites.create_connection(account=ACCOUNT, arn=arn)
        before.snapshot()

    with Cloud(tmp_path, restore=True) as after:
        assert (
            after.client("route53", OTHER).get_hosted_zone(Id="Z0")["HostedZone"]["Name"] == "bank.example."
        )
        assert [each.id for each in prerequisites.connections()] == [arn]


def test_temporary_credentials_stay_those_of_their_role(tmp_path: Path) -> None:
    with Cloud(tmp_path) as before:
        role = make_role(before.client("iam", ACCOUNT), "r")
        sts = before.client("sts", ACCOUNT)
        given = sts.assume_role(RoleArn=role, RoleSessionName="session")["Credentials"]
        before.snapshot()

    with Cloud(tmp_path, restore=True) as after:
        taken_along = boto3.client(
            "sts",
            endpoint_url=after.endpoint,
            region_name="us-east-1",
            aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"],
            aws_session_token=given["SessionToken"],
        )
        assert taken_along.get_caller_identity()["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/r/session"


def test_an_api_goes_on_serving_what_was_deployed_of_it(tmp_path: Path) -> None:
    with Cloud(tmp_path) as before:
        gateway = before.client("apigateway", ACCOUNT)
        api = gateway.create_rest_api(name="api")["id"]
        root = {"restApiId": api, "resourceId": gateway.get_resources(restApiId=api)["items"][0]["id"]}
        gateway.put_method(**root, httpMethod="GET", authorizationType="NONE")
        gateway.put_integration(**root, httpMethod="GET", type="MOCK")
        gateway.create_deployment(restApiId=api, stageName="v1")
        gateway.delete_method(**root, httpMethod="GET")
        before.snapshot()

    with Cloud(tmp_path, restore=True) as after:
        from ministack.core.responses import request_scope
        from ministack.services import apigateway_v1

        with request_scope(ACCOUNT, "us-east-1"):
            asked = after.submit(apigateway_v1.handle_execute(api, "v1", "GET", "/", {}, b"", {}))
        assert asked.result(10)[0] == 200


def test_the_port_is_the_same_unless_another_program_has_it(tmp_path: Path) -> None:
    with Cloud(tmp_path) as before:
        before.snapshot()
    with Cloud(tmp_path, restore=True) as after:
        assert after.endpoint == before.endpoint
    taken = ("127.0.0.1", int(before.endpoint.rpartition(":")[2]))
    with socket.create_server(taken), Cloud(tmp_path, restore=True) as elsewhere:
        assert elsewhere.endpoint != before.endpoint


def test_something_more_comes_along_before_anyone_is_served(tmp_path: Path) -> None:
    taken: list[Any] = []
    with Cloud(tmp_path) as before:
        before.keep("more", Kept(give=lambda: {"of": ("plain", b"data")}, take=taken.append))
        before.snapshot()
    after = Cloud(tmp_path, restore=True)
    after.keep("more", Kept(give=dict, take=taken.append))
    with after:
        assert taken == [{"of": ("plain", b"data")}]


def test_a_start_that_fails_leaves_the_process_as_it_was(tmp_path: Path) -> None:
    with Cloud(tmp_path) as before:
        before.client("sqs", ACCOUNT).create_queue(QueueName="there")
        before.keep("more", Kept(give=dict, take=lambda _: None))
        before.snapshot()
    broken = Cloud(tmp_path, restore=True)

    def fail(_: Any) -> None:
        raise RuntimeError("no")

    broken.keep("more", Kept(give=dict, take=fail))
    with pytest.raises(RuntimeError, match="no"):
        broken.__enter__()
    with Cloud(tmp_path) as empty:
        assert not empty.client("sqs", ACCOUNT).list_queues().get("QueueUrls")
