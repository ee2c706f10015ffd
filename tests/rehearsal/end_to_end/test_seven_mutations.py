"""With one thing taken out of dev, exactly the tests that should notice turn red."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from .conftest import Standing
from .portal_tests import run_portal_tests

Template = dict[str, Any]
CLUSTER = "ecs-dev"
# As the template calls it; another role, with which tasks are started, may read secrets too.
BACKENDS_ROLE = "Backendtaskrole"
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]


@dataclass(frozen=True, kw_only=True)
class Mutation:
    """What is taken out of which stack, and the tests (door, test) that must turn red: these and no others.

    `renewed` is the service whose tasks have what is taken out in memory: they are replaced.
    """

    name: str
    stack: str
    take_out: Callable[[Template], None]
    red: frozenset[str]
    renewed: str | None = None


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
    deploy_anew(template)


def without_api_keys(template: Template) -> None:
    for method in resources(template, "AWS::ApiGateway::Method").values():
        method["Properties"]["ApiKeyRequired"] = False
    deploy_anew(template)


def deploy_anew(template: Template) -> None:
    """API Gateway serves the methods of its deployment; one of another name takes the changed ones up."""
    text = json.dumps(template)
    for name in resources(template, "AWS::ApiGateway::Deployment"):
        text = text.replace(f'"{name}"', f'"{name}Anew"')
    template.update(json.loads(text))


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


def without_the_secrets_grant(template: Template) -> None:
    """The backend's role may no longer read a secret."""
    taken = 0
    for policy in resources(template, "AWS::IAM::Policy").values():
        statements = policy["Properties"]["PolicyDocument"]["Statement"]
        kept = [s for s in statements if "secretsmanager:GetSecretValue" not in s["Action"]]
        if any(BACKENDS_ROLE in str(role) for role in policy["Properties"]["Roles"]):
            policy["Properties"]["PolicyDocument"]["Statement"] = kept
            taken += len(statements) - len(kept)
    assert taken == 1


def cloudfront(*tests: str) -> frozenset[str]:
    return frozenset(f"cloudfront::test_{test}" for test in tests)


def api_gateway(*tests: str) -> frozenset[str]:
    return frozenset(f"api_gateway::test_{test}" for test in tests)


def load_balancer(*tests: str) -> frozenset[str]:
    return frozenset(f"load_balancer::test_{test}" for test in tests)


# What no browser reaches, and what comes to the backend by the VPC link.
HIDDEN = tuple(
    f"what_is_not_for_browsers_is_not_there[{path}]"
    for path in (
        "/api/ready",
        "/api/customers/integration-tests/sessions",
        "/api/devices/pipeline/sessions",
    )
)
BY_PARTNER = "partners_may_ask_for_the_sessions_of_a_customer"
BY_THE_LINK = (
    "health_needs_no_key",
    "with_the_key_the_backend_answers",
    BY_PARTNER,
    "readiness_is_not_there",
)
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
            "api_health_comes_from_the_backend_and_is_not_cached",
            "session_is_opened_read_and_closed",
            *HIDDEN,
        )
        | api_gateway(*BY_THE_LINK),
    ),
    Mutation(
        name="IntegrationTarget",
        stack="portal-dev",
        take_out=without_integration_target,
        red=api_gateway(*BY_THE_LINK),
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
        red=load_balancer(READY) | api_gateway(BY_PARTNER),
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
            *HIDDEN,
            *(
                f"every_answer_tells_the_browser_how_to_protect_the_customer[{path}]"
                for path in ("/static/maintenance.html", "/no-such-page", "/api/health")
            ),
        ),
    ),
    Mutation(
        name="the secret's grant",
        stack="portal-dev",
        take_out=without_the_secrets_grant,
        red=load_balancer(READY),
        renewed="backend-dev",
    ),
]


@contextmanager
def deployed(standing: Standing, mutation: Mutation) -> Iterator[None]:
    """Deploy the stack with the thing taken out; put it back afterwards."""
    cloudformation = standing.client("cloudformation", stack=mutation.stack)
    whole = cloudformation.get_template(StackName=mutation.stack)["TemplateBody"]
    mutated = json.loads(json.dumps(whole))
    mutation.take_out(mutated)
    try:
        update(standing, mutation.stack, mutated)
        renew(standing, mutation)
        yield
    finally:
        update(standing, mutation.stack, whole)
        renew(standing, mutation)


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


def renew(standing: Standing, mutation: Mutation) -> None:
    """Replace the tasks of the mutation's service, as a deployment or a lost host would."""
    if mutation.renewed is None:
        return
    ecs = standing.client("ecs", stack=mutation.stack)
    service = {"cluster": CLUSTER, "service": mutation.renewed}
    ecs.update_service(**service, forceNewDeployment=True)
    ecs.get_waiter("services_stable").wait(
        cluster=CLUSTER, services=[mutation.renewed], WaiterConfig={"Delay": 1, "MaxAttempts": 60}
    )


def test_nothing_taken_out_leaves_everything_green(standing: Standing, tmp_path: Path) -> None:
    assert run_portal_tests(standing, tmp_path).red == {}


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_exactly_the_tests_that_should_notice_turn_red(
    standing: Standing, tmp_path: Path, mutation: Mutation
) -> None:
    with deployed(standing, mutation):
        assert run_portal_tests(standing, tmp_path).red.keys() == mutation.red
