"""Calls are refused to who has no permission, and only to them; what the emulator reads otherwise is read as on AWS."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.cloud import Cloud
from rehearsal.cloud.auth import CODEBUILD, assumed, refusal
from rehearsal.cloud.here import client_with
from tests.rehearsal.roles import make_role, policy, trust

HOME, OTHER = "111111111111", "222222222222"
Actor = Callable[..., Callable[[str], Any]]


@pytest.fixture
def actor(cloud: Cloud) -> Iterator[Actor]:
    """A role of HOME with a policy, as clients of services that act as it. It is gone after the test."""
    iam = cloud.client("iam", HOME)

    def make(document: str) -> Callable[[str], Any]:
        role = make_role(iam, "actor", may=())
        iam.put_role_policy(RoleName="actor", PolicyName="given", PolicyDocument=document)
        session = assumed(role, service=CODEBUILD, session="test")
        return lambda service: client_with(
            service,
            "us-east-1",
            access_key=session["AccessKeyId"],
            secret_key=session["SecretAccessKey"],
            token=session["SessionToken"],
        )

    yield make
    iam.delete_role_policy(RoleName="actor", PolicyName="given")
    iam.delete_role(RoleName="actor")


def refused(call: Callable[[], Any]) -> str:
    """The sentence with which a call is refused; empty if it is answered, or fails for another reason."""
    try:
        call()
    except ClientError as error:
        return str(error) if error.response["ResponseMetadata"]["HTTPStatusCode"] in (400, 403) else ""
    return ""


def test_a_call_is_refused_without_its_permission(actor: Actor) -> None:
    client = actor(policy("dynamodb:ListTables", Resource="*"))
    assert client("dynamodb").list_tables()["TableNames"] == []
    assert "is not authorized to perform: sqs:ListQueues" in refused(client("sqs").list_queues)


def test_a_signature_of_another_is_refused(actor: Actor) -> None:
    client = actor(policy("*", Resource="*"))("sts")
    client._request_signer._credentials.secret_key = "guessed"  # noqa: S105
    assert "signature" in refused(client.get_caller_identity)


@pytest.mark.parametrize(
    ("tags", "allowed"), [({"aws-cdk:bootstrap-role": "deploy"}, True), ({}, False)], ids=["tagged", "not"]
)
def test_a_build_takes_the_bootstrap_roles_by_their_tag(
    cloud: Cloud, actor: Actor, tags: dict[str, str], allowed: bool
) -> None:
    condition = {"ForAnyValue:StringEquals": {"iam:ResourceTag/aws-cdk:bootstrap-role": ["deploy"]}}
    client = actor(policy("sts:AssumeRole", Resource="arn:*:iam::*:role/*", Condition=condition))
    iam = cloud.client("iam", OTHER)
    name = f"bootstrap-{len(tags)}"
    role = make_role(iam, name, may=())
    iam.tag_role(RoleName=name, Tags=[{"Key": key, "Value": value} for key, value in tags.items()])
    said = refused(lambda: client("sts").assume_role(RoleArn=role, RoleSessionName="test"))
    assert bool(said) != allowed, said


def test_calls_count_as_encrypted(actor: Actor) -> None:
    client = actor(
        policy("sqs:ListQueues", Resource="*", Condition={"Bool": {"aws:SecureTransport": "true"}})
    )
    assert not refused(client("sqs").list_queues)


def test_a_repository_is_described_by_who_may_describe_it(cloud: Cloud, actor: Actor) -> None:
    ecr = cloud.client("ecr", HOME)
    for name in ("ours", "others"):
        ecr.create_repository(repositoryName=name)
    client = actor(
        policy("ecr:DescribeRepositories", Resource=f"arn:aws:ecr:us-east-1:{HOME}:repository/ours")
    )
    assert not refused(lambda: client("ecr").describe_repositories(repositoryNames=["ours"]))
    assert refused(lambda: client("ecr").describe_repositories(repositoryNames=["others"]))
    assert refused(client("ecr").describe_repositories)


STACK = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})
EXECUTION = f"arn:aws:iam::{HOME}:role/execution"
PASSING = {"StringEquals": {"iam:PassedToService": "cloudformation.amazonaws.com"}}


@pytest.mark.parametrize(
    ("passable", "trusted", "said"),
    [
        pytest.param(EXECUTION, "cloudformation.amazonaws.com", "", id="passed on and trusting"),
        pytest.param(
            "arn:aws:iam::*:role/other", "cloudformation.amazonaws.com", "iam:PassRole", id="not passed"
        ),
        pytest.param(EXECUTION, "lambda.amazonaws.com", "cannot be assumed", id="trusting another"),
    ],
)
def test_a_stack_is_deployed_with_a_role_that_the_caller_may_pass_on(
    cloud: Cloud, actor: Actor, passable: str, trusted: str, said: str
) -> None:
    may = json.loads(policy("iam:PassRole", Resource=passable, Condition=PASSING))
    may["Statement"] += json.loads(policy("cloudformation:*", Resource="*"))["Statement"]
    client = actor(json.dumps(may))("cloudformation")
    iam = cloud.client("iam", HOME)
    make_role(iam, "execution", may=(), trusted=trust(Service=trusted))
    answer = refused(lambda: client.create_stack(StackName="own", TemplateBody=STACK, RoleARN=EXECUTION))
    iam.delete_role(RoleName="execution")
    assert said in answer
    assert bool(said) == bool(answer)


@pytest.mark.parametrize(
    ("reader", "own", "allowed"),
    [
        pytest.param(
            "actor", ("s3:GetObject",), True, id="named by the bucket, and allowed by its own policy"
        ),
        pytest.param("actor", ("s3:PutObject",), False, id="named by the bucket only"),
        pytest.param("other", ("s3:GetObject",), False, id="allowed by its own policy only"),
    ],
)
def test_an_object_of_another_account_is_read_when_both_allow_it(
    cloud: Cloud, actor: Actor, reader: str, own: tuple[str, ...], allowed: bool
) -> None:
    name = "foreign-" + "-".join([reader, *own]).replace(":", "-").lower()
    client = actor(policy(*own, Resource="*"))
    s3 = cloud.client("s3", OTHER)
    s3.create_bucket(Bucket=name)
    s3.put_object(Bucket=name, Key="file", Body=b"text")
    principal = {"AWS": f"arn:aws:iam::{HOME}:role/{reader}"}
    s3.put_bucket_policy(
        Bucket=name, Policy=policy("s3:GetObject", Principal=principal, Resource=f"arn:aws:s3:::{name}/*")
    )

    said = refused(lambda: client("s3").get_object(Bucket=name, Key="file"))
    of_service = refusal(f"arn:aws:iam::{HOME}:role/actor", "s3:GetObject", f"arn:aws:s3:::{name}/file")

    assert bool(said) != allowed, said
    assert bool(of_service) != allowed, of_service


def test_a_function_whose_role_trusts_another_service_does_not_run(cloud: Cloud) -> None:
    role = make_role(
        cloud.client("iam", HOME), "not-lambdas", may=(), trusted=trust(Service="ecs-tasks.amazonaws.com")
    )
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("index.py", "def handler(event, context): return 'ran'")
    client = cloud.client("lambda", HOME)
    client.create_function(
        FunctionName="not-trusted",
        Role=role,
        Runtime="python3.13",
        Handler="index.handler",
        Code={"ZipFile": code.getvalue()},
    )
    answer = client.invoke(FunctionName="not-trusted")
    said = answer["Payload"].read().decode()
    client.delete_function(FunctionName="not-trusted")
    assert "FunctionError" in answer
    assert "lambda.amazonaws.com is not authorized to perform: sts:AssumeRole" in said
