"""One emulated cloud for the tests of this folder."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from rehearsal.cloud import Cloud

ACCOUNT = "111111111111"


def stack_name(request: pytest.FixtureRequest) -> str:
    """The test's own stack."""
    return re.sub("[^A-Za-z0-9]+", "-", request.node.name)[:100].strip("-")


@pytest.fixture(scope="package")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with Cloud(tmp_path_factory.mktemp("cloud")) as running:
        yield running


@pytest.fixture(scope="package")
def client(cloud: Cloud) -> Callable[[str], Any]:
    return lambda service: cloud.client(service, ACCOUNT)


@pytest.fixture
def deploy(client: Callable[[str], Any], request: pytest.FixtureRequest) -> Iterator[Callable[..., Any]]:
    """Deploys resources as the test's own stack, which is gone after the test."""
    from rehearsal.cloud import stacks

    cloudformation = client("cloudformation")
    name = stack_name(request)

    def deploy_resources(resources: dict[str, Any], **outputs: Any) -> dict[str, str]:
        template = {
            "Resources": resources,
            "Outputs": {key: {"Value": value} for key, value in outputs.items()},
        }
        return stacks.deploy(cloudformation, name, template, seconds=60)

    yield deploy_resources
    found = cloudformation.describe_stacks()["Stacks"]
    if any(stack["StackName"] == name for stack in found):
        stacks.delete(cloudformation, name)


@pytest.fixture
def alone(cloud: Cloud) -> Iterator[None]:
    """A process holds one cloud: the package's makes way."""
    cloud.stop()
    yield
    cloud.__enter__()
