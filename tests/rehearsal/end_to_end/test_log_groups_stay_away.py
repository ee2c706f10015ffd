"""What was destroyed is deployed again, and so is what failed at first: no log group of a function is in the way."""

import copy
import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rehearsal.cloud import Cloud, stacks
from rehearsal.cloud.stacks import DeploymentFailed
from tests.kernel import PortalStage, new_app
from tests.unit.examples import an_environment

ACCOUNT, STACK = "111111111111", "foundation-test"
GROUP = "/aws/lambda/restrict-default-sg-test"
PROVIDER_ROLE, CUSTOM_RESOURCE = "CustomVpcRestrictDefaultSG", "Custom::VpcRestrictDefaultSG"
Resources = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    app = new_app(tmp_path_factory.mktemp("assembly"))
    stage = PortalStage(app, "test", environment=an_environment(), tools_account="999999999999")
    return Path(app.synth().get_nested_assembly(stage.artifact_id).directory)


@pytest.fixture
def template(assembly: Path) -> dict[str, Any]:
    """The custom resource of the foundation with whatever it refers to: the whole is longer than a request takes."""
    (path,) = assembly.glob("*Foundation*.template.json")
    resources: Resources = json.loads(path.read_text())["Resources"]
    needed = [id_ for id_, each in resources.items() if each["Type"] == CUSTOM_RESOURCE]
    for id_ in needed:
        words = set(re.findall(r'"(\w+)"', json.dumps(resources[id_])))
        needed += [other for other in resources if other in words and other not in needed]
    return {"Resources": {id_: resources[id_] for id_ in needed}}


@pytest.fixture
def cloud(assembly: Path, tmp_path: Path) -> Iterator[Cloud]:
    with Cloud(tmp_path) as running:
        s3 = running.client("s3", ACCOUNT)
        bucket = f"cdk-hnb659fds-assets-{ACCOUNT}-us-east-1"
        s3.create_bucket(Bucket=bucket)
        for folder in assembly.parent.glob("asset.*"):
            if folder.is_dir():
                key = f"{folder.name.removeprefix('asset.')}.zip"
                s3.put_object(Bucket=bucket, Key=key, Body=_zipped(folder))
        yield running


def _zipped(folder: Path) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in folder.rglob("*"):
            archive.write(path, path.relative_to(folder))
    return packed.getvalue()


def _groups(cloud: Cloud) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = cloud.client("logs", ACCOUNT).describe_log_groups()["logGroups"]
    return found


def _only(resources: Resources, part: str, type_: str) -> dict[str, Any]:
    return next(each for id_, each in resources.items() if part in id_ and each["Type"] == type_)


def test_what_was_destroyed_is_deployed_again(cloud: Cloud, template: dict[str, Any]) -> None:
    cloudformation = cloud.client("cloudformation", ACCOUNT)
    stacks.deploy(cloudformation, STACK, template)
    events = cloud.client("logs", ACCOUNT).filter_log_events(logGroupName=GROUP)["events"]
    assert events, "the provider's role may write"

    stacks.delete(cloudformation, STACK)

    assert _groups(cloud) == []
    stacks.deploy(cloudformation, STACK, template)


def test_a_first_deployment_that_failed_is_tried_again(cloud: Cloud, template: dict[str, Any]) -> None:
    cloudformation = cloud.client("cloudformation", ACCOUNT)
    broken = copy.deepcopy(template)
    provider = next(id_ for id_, each in template["Resources"].items() if each["Type"] == CUSTOM_RESOURCE)
    taken = {"LogGroupName": GROUP}
    broken["Resources"]["Broken"] = {
        "Type": "AWS::Logs::LogGroup",
        "Properties": taken,
        "DependsOn": [provider],
    }
    with pytest.raises(DeploymentFailed, match="Broken"):
        stacks.deploy(cloudformation, STACK, broken)

    stacks.delete(cloudformation, STACK)

    stacks.deploy(cloudformation, STACK, template)


def test_with_the_role_that_cdk_gives_its_log_group_would_be_in_the_way(
    cloud: Cloud, template: dict[str, Any]
) -> None:
    cloudformation = cloud.client("cloudformation", ACCOUNT)
    role = _only(template["Resources"], PROVIDER_ROLE, "AWS::IAM::Role")
    role["Properties"]["ManagedPolicyArns"] = [
        "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
    ]
    stacks.deploy(cloudformation, STACK, template)
    stacks.delete(cloudformation, STACK)

    assert [group["logGroupName"] for group in _groups(cloud)] == [GROUP]
    with pytest.raises(DeploymentFailed, match=f"{GROUP}' already exists"):
        stacks.deploy(cloudformation, STACK, template)
