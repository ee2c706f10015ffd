"""Who acts: builds and actions have the credentials of their own roles, in those roles' accounts."""

import re
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.delivery import Execution
from rehearsal.delivery.action_access import check_log
from rehearsal.delivery.errors import ActionFailed
from tests.rehearsal.delivery.builds import error, lines, run
from tests.rehearsal.delivery.pieces import (
    ACCOUNT,
    change_set,
    commands,
    parameter,
    pipeline,
    source,
    stage,
)
from tests.rehearsal.delivery.world import World
from tests.rehearsal.roles import policy

OTHER = "222222222222"
DEPLOYER = f"arn:aws:iam::{OTHER}:role/deployer"
WHO_AM_I = "python3 -c \"import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])\""
# Longer than a request holds, so that it travels through the artifact bucket.
LONG = parameter("x" * 60_000)


def allowing(principal: str, action: str) -> dict[str, Any]:
    """A policy with one statement."""
    statement = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": action, "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def across_accounts(*, bucket_for: str = DEPLOYER, key_for: str | None = DEPLOYER) -> dict[str, Any]:
    """A pipeline that deploys as DEPLOYER; its bucket and its key let these principals read (None: no key)."""
    store: dict[str, Any] = {"Type": "S3", "Location": {"Ref": "Artifacts"}}
    if key_for:
        store["EncryptionKey"] = {"Type": "KMS", "Id": {"Fn::GetAtt": ["Key", "Arn"]}}
    made = pipeline(
        source(clone=False),
        stage(
            "dev",
            change_set("app", "CHANGE_SET_REPLACE", role_arn=DEPLOYER),
            change_set("app", "CHANGE_SET_EXECUTE", run_order=2, role_arn=DEPLOYER),
        ),
        ArtifactStore=store,
    )
    made["Resources"]["Policy"] = {
        "Type": "AWS::S3::BucketPolicy",
        "Properties": {
            "Bucket": {"Ref": "Artifacts"},
            "PolicyDocument": allowing(bucket_for, "s3:GetObject*"),
        },
    }
    if key_for:
        policy = allowing(f"arn:aws:iam::{ACCOUNT}:root", "kms:*")
        policy["Statement"] += allowing(key_for, "kms:Decrypt")["Statement"]
        made["Resources"]["Key"] = {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": policy}}
    return made


def deploy(world: World, template: dict[str, Any], *, text: str = LONG) -> Execution:
    world.make_roles("deployer", account=OTHER)
    return world.run(template, {"template.json": text})


def refusal(execution: Execution) -> str:
    return execution.stage("dev").action("Replace").error or ""


def test_build_acts_as_the_service_role_of_its_project(world: World) -> None:
    (identity,) = lines(world, run(world, commands(WHO_AM_I)))
    assert re.fullmatch(
        rf"arn:aws:sts::{ACCOUNT}:assumed-role/build/AWSCodeBuild-[0-9a-f]{{8}}-[0-9a-f-]{{27}}", identity
    )


def test_build_whose_service_role_is_not_there_fails(world: World) -> None:
    iam = world.cloud.client("iam", ACCOUNT)
    iam.delete_role_policy(RoleName="build", PolicyName="may")
    iam.delete_role(RoleName="build")
    told = error(run(world, commands("true")))
    assert f"not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::{ACCOUNT}:role/build" in told


def test_stack_lands_in_the_account_of_the_actions_role(world: World) -> None:
    execution = deploy(world, across_accounts())
    assert execution.status == "Succeeded", refusal(execution)
    (stack,) = world.cloud.client("cloudformation", OTHER).describe_stacks(StackName="app")["Stacks"]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    with pytest.raises(ClientError, match="does not exist"):
        world.cloud.client("cloudformation", ACCOUNT).describe_stacks(StackName="app")


def test_action_whose_role_is_not_there_fails(world: World) -> None:
    told = refusal(world.run(across_accounts(), {"template.json": parameter("one")}))
    assert f"not authorized to perform: sts:AssumeRole on resource: {DEPLOYER}" in told


@pytest.mark.parametrize(
    ("closed", "action"),
    [
        ({"bucket_for": f"arn:aws:iam::{OTHER}:role/somebody"}, "s3:GetObject"),
        ({"key_for": f"arn:aws:iam::{ACCOUNT}:root"}, "kms:Decrypt"),
    ],
)
def test_role_that_may_not_read_the_artifacts_fails(
    world: World, closed: dict[str, Any], action: str
) -> None:
    told = refusal(deploy(world, across_accounts(**closed), text=parameter("one")))
    session = DEPLOYER.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/")
    assert told.startswith(f"User: {session}/")
    assert f" is not authorized to perform: {action} on resource: " in told


def test_key_that_s3_alone_may_use_for_the_role_lets_it_read_the_artifacts(world: World) -> None:
    template = across_accounts()
    statements = template["Resources"]["Key"]["Properties"]["KeyPolicy"]["Statement"]
    statements[-1]["Condition"] = {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}

    execution = deploy(world, template, text=parameter("one"))

    assert execution.status == "Succeeded", refusal(execution)


def test_build_that_logs_nothing_needs_no_right_to_log(world: World) -> None:
    made = {
        "name": "P",
        "arn": f"arn:aws:codebuild:us-east-1:{ACCOUNT}:project/P",
        "serviceRole": f"arn:aws:iam::{ACCOUNT}:role/nobody",
    }
    with pytest.raises(ActionFailed, match="logs:CreateLogStream"):
        check_log(made, "P:1")

    check_log({**made, "logsConfig": {"cloudWatchLogs": {"status": "DISABLED"}}}, "P:1")


def test_other_account_cannot_read_artifacts_under_a_key_that_is_not_ours(world: World) -> None:
    told = refusal(deploy(world, across_accounts(key_for=None), text=parameter("one")))
    assert "encrypted with the key aws/s3, which no other account can use" in told


def test_builds_project_is_looked_for_in_the_account_of_the_actions_role(world: World) -> None:
    world.make_roles("deployer", account=OTHER)
    execution = run(world, commands("true"), role_arn=DEPLOYER)
    assert f"in account {OTHER}" in error(execution)


@pytest.mark.parametrize(
    ("role", "action", "place"),
    [
        ("pipeline", "codeconnections:UseConnection", ("Source", "Repo")),
        ("pipeline", "s3:PutObject", ("Source", "Repo")),
        ("pipeline", "codebuild:StartBuild", ("Build", "B")),
        ("build", "codeconnections:UseConnection", ("Build", "B")),
        ("build", "s3:GetObject", ("Build", "B")),
        ("build", "logs:CreateLogStream", ("Build", "B")),
    ],
)
def test_what_a_service_does_in_a_roles_name_the_role_may_do(
    world: World, role: str, action: str, place: tuple[str, str]
) -> None:
    denied = policy(action, effect="Deny", Resource="*")
    iam = world.cloud.client("iam", ACCOUNT)
    iam.put_role_policy(RoleName=role, PolicyName="denied", PolicyDocument=denied)

    execution = run(world, commands("true"))

    assert execution.status == "Failed"
    failed = [(s.name, a.name) for s in execution.stages for a in s.actions if a.status == "Failed"]
    assert failed == [place]
    told = execution.stage(place[0]).action(place[1]).error or ""
    assert f"assumed-role/{role}/service is not authorized to perform: {action} on resource: arn:aws:" in told
