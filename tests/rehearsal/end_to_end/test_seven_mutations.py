"""With one thing taken out of dev, exactly the tests that should notice turn red."""

import json
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from .conftest import Standing, child_environment

Template = dict[str, Any]
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]


@dataclass(frozen=True, kw_only=True)
class Mutation:
    """What is taken out of which stack, and the tests (door, test) that must turn red: these and no others."""

    name: str
    stack: str
    take_out: Callable[[Template], None]
    red: frozenset[str]


def resources(template: Template, type_: str) -> dict[str, Any]:
    found = {key: value for key, value in template["Resources"].items() if value["Type"] == type_}
    assert found, f"the template has no {type_}"
    return found


def remove(type_: str, which: Callable[[Any], bool] = lambda _: True) -> Callable[[Template], None]:
    """Take out the resources of a type, and whatever waits for them or shows them."""

    def take_out(template: Template) -> None:
        names = [name for name, found in resources(template, type_).items() if which(found["Properties"])]
        assert names, f"no {type_} fits"
        for name in names:
            del template["Resources"][name]
        for other in template["Resources"].values():
            waits = other.get("DependsOn", [])
            waits = [waits] if isinstance(waits, str) else waits
            if kept := [name for name in waits if name not in names]:
                other["DependsOn"] = kept
            else:
                other.pop("DependsOn", None)

    return take_out


def without_api_behaviour(template: Template) -> None:
    for distribution in resources(template, "AWS::CloudFront::Distribution").values():
        config = distribution["Properties"]["DistributionConfig"]
        kept = [b for b in config["CacheBehaviors"] if b["PathPattern"] != "/api/*"]
        assert len(kept) == len(config["CacheBehaviors"]) - 1
        config["CacheBehaviors"] = kept


def without_integration_target(template: Template) -> None:
    for method in resources(template, "AWS::ApiGateway::Method").values():
        # The maintenance page's methods have none.
        method["Properties"]["Integration"].pop("IntegrationTarget", None)


def without_api_keys(template: Template) -> None:
    for method in resources(template, "AWS::ApiGateway::Method").values():
        method["Properties"]["ApiKeyRequired"] = False


def without_customer_index(template: Template) -> None:
    for table in resources(template, "AWS::DynamoDB::GlobalTable").values():
        indexes = table["Properties"]["GlobalSecondaryIndexes"]
        table["Properties"]["GlobalSecondaryIndexes"] = [
            i for i in indexes if i["IndexName"] != "by-customer"
        ]
        for replica in table["Properties"]["Replicas"]:
            if "GlobalSecondaryIndexes" in replica:
                kept = [i for i in replica["GlobalSecondaryIndexes"] if i["IndexName"] != "by-customer"]
                replica["GlobalSecondaryIndexes"] = kept


def cloudfront(*tests: str) -> frozenset[str]:
    return frozenset(f"cloudfront::test_{test}" for test in tests)


def api_gateway(*tests: str) -> frozenset[str]:
    return frozenset(f"api_gateway::test_{test}" for test in tests)


def load_balancer(*tests: str) -> frozenset[str]:
    return frozenset(f"load_balancer::test_{test}" for test in tests)


READY = "backend_is_ready_with_its_database_and_its_sessions"
MUTATIONS = [
    Mutation(
        name="the /api/* behaviour",
        stack="portal-dev",
        take_out=without_api_behaviour,
        red=cloudfront("session_is_opened_read_and_closed"),
    ),
    Mutation(
        name="the listener rule",
        stack="portal-dev",
        take_out=remove("AWS::ElasticLoadBalancingV2::ListenerRule"),
        red=load_balancer("api_health_is_answered_by_the_backend", READY)
        | cloudfront(
            "api_health_comes_from_the_backend_and_is_not_cached", "session_is_opened_read_and_closed"
        )
        | api_gateway("health_needs_no_key", "with_the_key_the_backend_answers"),
    ),
    Mutation(
        name="IntegrationTarget",
        stack="portal-dev",
        take_out=without_integration_target,
        red=api_gateway("health_needs_no_key", "with_the_key_the_backend_answers"),
    ),
    Mutation(
        name="api_key_required",
        stack="portal-dev",
        take_out=without_api_keys,
        red=api_gateway("without_a_key_nothing_passes", "more_than_the_plan_allows_is_turned_away"),
    ),
    Mutation(
        name="an index of the sessions",
        stack="data-dev",
        take_out=without_customer_index,
        red=load_balancer(READY),
    ),
    Mutation(
        name="the portal's record",
        stack="portal-dev",
        take_out=remove("AWS::Route53::RecordSet", lambda p: p["Name"].startswith("portal-dev.")),
        red=cloudfront(
            "http_is_redirected_to_https",
            "start_page_comes_from_the_frontend",
            "static_files_come_from_the_bucket",
            "api_health_comes_from_the_backend_and_is_not_cached",
            "session_is_opened_read_and_closed",
            "what_the_start_page_asks_for_is_there_and_may_be_kept_for_a_year",
            *(
                f"every_answer_tells_the_browser_how_to_protect_the_customer[{path}]"
                for path in ("/static/maintenance.html", "/no-such-page", "/api/health")
            ),
        ),
    ),
]


@pytest.fixture(scope="session")
def endpoints(standing: Standing) -> dict[str, str]:
    """The environment that the pipeline gave to dev's tests, read from the deployed pipeline as it resolves it."""
    deployed = standing.client("cloudformation", stack="portal-dev")
    outputs = deployed.describe_stacks(StackName="portal-dev")["Stacks"][0]["Outputs"]
    values = {output["OutputKey"]: output["OutputValue"] for output in outputs}
    tools = standing.client("cloudformation", stack="pipeline-tools")
    pipeline = tools.get_template(StackName="pipeline-tools")["TemplateBody"]
    (definition,) = resources(pipeline, "AWS::CodePipeline::Pipeline").values()
    (dev,) = [stage for stage in definition["Properties"]["Stages"] if stage["Name"] == "dev"]
    (tests,) = [action for action in dev["Actions"] if action["Name"] == "IntegrationTests"]
    variables = json.loads(tests["Configuration"]["EnvironmentVariables"])
    return {
        variable["name"]: values[variable["value"].rsplit(".", 1)[1].rstrip("}")]
        for variable in variables
        if variable["value"].startswith("#{")
    }


def red_tests(standing: Standing, endpoints: dict[str, str], folder: Path) -> frozenset[str]:
    """Run the portal's tests against dev and name those that fail, as `door::test`."""
    junit = folder / "integration.xml"
    env = {**child_environment(standing), **endpoints, "AWS_REGION": "us-east-1", "WAIT_SECONDS": "2"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "integration_tests"]
    result = subprocess.run(
        [*command, f"--junitxml={junit}"],
        cwd=standing.project,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    cases = list(ElementTree.parse(junit).iter("testcase"))  # noqa: S314  pytest wrote it
    assert len(cases) == 21, result.stdout
    return frozenset(
        f"{case.get('classname', '').rsplit('.', 1)[-1].removeprefix('test_')}::{case.get('name')}"
        for case in cases
        if case.find("failure") is not None or case.find("error") is not None
    )


@contextmanager
def deployed(standing: Standing, mutation: Mutation) -> Iterator[None]:
    """Deploy the stack with the thing taken out; put it back afterwards."""
    cloudformation = standing.client("cloudformation", stack=mutation.stack)
    whole = cloudformation.get_template(StackName=mutation.stack)["TemplateBody"]
    mutated = json.loads(json.dumps(whole))
    mutation.take_out(mutated)
    try:
        update(standing, mutation.stack, mutated)
        yield
    finally:
        update(standing, mutation.stack, whole)


def update(standing: Standing, stack: str, template: Template) -> None:
    # By way of a bucket: a template that travels in the request may have 51,200 characters only.
    s3, key = standing.client("s3", stack=stack), f"{stack}.json"
    bucket = f"cdk-hnb659fds-assets-{standing.accounts[stack]}-us-east-1"
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(template).encode())
    url = f"https://s3.us-east-1.amazonaws.com/{bucket}/{key}"
    cloudformation = standing.client("cloudformation", stack=stack)
    cloudformation.update_stack(StackName=stack, TemplateURL=url, Capabilities=CAPABILITIES)
    waiter = cloudformation.get_waiter("stack_update_complete")
    waiter.wait(StackName=stack, WaiterConfig={"Delay": 1, "MaxAttempts": 60})


def test_nothing_taken_out_leaves_everything_green(
    standing: Standing, endpoints: dict[str, str], tmp_path: Path
) -> None:
    assert red_tests(standing, endpoints, tmp_path) == frozenset()


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_exactly_the_tests_that_should_notice_turn_red(
    standing: Standing, endpoints: dict[str, str], tmp_path: Path, mutation: Mutation
) -> None:
    with deployed(standing, mutation):
        assert red_tests(standing, endpoints, tmp_path) == mutation.red


def test_the_secrets_grant_is_told_as_not_rehearsed(standing: Standing) -> None:
    """The seventh mutation: without the grant the backend could not read its password. Calls are not refused yet."""
    told = " ".join(standing.report["not_rehearsed"])
    assert "policies are kept, calls are not refused" in told
