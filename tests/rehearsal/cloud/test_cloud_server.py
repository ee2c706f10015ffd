"""The emulator as a part of this process."""

import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rehearsal.cloud import AlreadyRunning, Cloud, PortInUse, registry
from rehearsal.cloud.stacks import DeploymentFailed


def test_a_port_in_use_is_named(tmp_path: Path, cloud: Cloud) -> None:
    cloud.stop()
    try:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            with pytest.raises(PortInUse, match=f"port {port} "), Cloud(tmp_path, port=port):
                pass
    finally:
        cloud.__enter__()


def test_a_process_holds_one_cloud(tmp_path: Path, cloud: Cloud) -> None:
    with pytest.raises(AlreadyRunning, match=cloud.endpoint), Cloud(tmp_path):
        pass


def test_a_stopped_cloud_forgets_and_puts_the_environment_back(cloud: Cloud) -> None:
    cloud.client("sqs", "111111111111").create_queue(QueueName="left-behind")
    cloud.stop()
    try:
        assert "AWS_ENDPOINT_URL" not in os.environ or os.environ["AWS_ENDPOINT_URL"] != cloud.endpoint
    finally:
        cloud.__enter__()
    assert not cloud.client("sqs", "111111111111").list_queues().get("QueueUrls")


def test_a_registered_type_is_created_updated_replaced_and_deleted(
    deploy: Callable[..., Any], client: Callable[[str], Any]
) -> None:
    happened: list[str] = []

    def create(_: str, properties: dict[str, Any], __: str) -> registry.Created:
        client("sts").get_caller_identity()  # a call to ourselves from a handler
        happened.append(f"create {properties['Name']}")
        return properties["Name"], {"Size": properties["Size"], "Made": "once"}

    def update(physical_id: str, old: dict[str, Any], new: dict[str, Any], _: str) -> registry.Created | None:
        if old["Name"] != new["Name"]:
            return None
        happened.append(f"update {physical_id}")
        return physical_id, {"Size": new["Size"]}

    def delete(physical_id: str, _: dict[str, Any]) -> None:
        happened.append(f"delete {physical_id}")

    registry.register("AWS::Rehearsal::Test", create=create, update=update, delete=delete)

    def stack(name: str, size: str) -> dict[str, str]:
        resource = {"Type": "AWS::Rehearsal::Test", "Properties": {"Name": name, "Size": size}}
        outputs = {key: {"Fn::GetAtt": ["R", key]} for key in ("Size", "Made")}
        result: dict[str, str] = deploy({"R": resource}, **outputs)
        return result

    assert stack("a", "1") == {"Size": "1", "Made": "once"}
    assert stack("a", "2") == {"Size": "2", "Made": "once"}, "an update keeps the attributes it does not give"
    stack("b", "2")
    assert happened == ["create a", "update a", "create b", "delete a"]


def test_a_change_set_without_changes_fails_in_the_words_of_aws(deploy: Callable[..., Any]) -> None:
    resources = {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "unchanged"}}}
    deploy(resources)
    with pytest.raises(DeploymentFailed, match=r"The submitted information didn't contain changes\."):
        deploy(resources)


def test_a_failed_resource_gives_its_reason(deploy: Callable[..., Any]) -> None:
    target = "arn:aws:elasticloadbalancing:us-east-1:111111111111:loadbalancer/app/alb/0123456789abcdef"
    link = {"Type": "AWS::ApiGateway::VpcLink", "Properties": {"Name": "link", "TargetArns": [target]}}
    with pytest.raises(DeploymentFailed, match="Link: Invalid NLB ARN"):
        deploy({"Link": link})
