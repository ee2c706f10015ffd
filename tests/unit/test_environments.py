"""The environments file as it is delivered, and the checks that concern several environments at once."""

from __future__ import annotations

import dataclasses

import pytest

from pipeline.config import Tools, check_together, sandbox
from pipeline.environments import DEV, ENVIRONMENTS, PROD, STAGING, TOOLS
from portal_stage.config import Environment
from portal_stage.errors import ConfigurationError, collecting_errors


def problems_of(*environments: Environment) -> tuple[str, ...]:
    try:
        with collecting_errors() as errors:
            check_together(errors, environments)
    except ConfigurationError as error:
        return error.problems
    return ()


def test_environments_come_in_the_order_of_delivery() -> None:
    assert [environment.suffix for environment in ENVIRONMENTS] == ["dev", "staging", "prod"]


def test_only_prod_is_production() -> None:
    assert [environment for environment in ENVIRONMENTS if environment.production] == [PROD]


def test_spot_is_used_outside_of_production() -> None:
    for environment in (DEV, STAGING):
        assert environment.frontend.spot
        assert environment.backend.spot


def test_backend_of_prod_never_runs_on_spot() -> None:
    assert not PROD.backend.spot
    assert PROD.frontend.on_demand_base == 2


def test_environments_as_delivered_go_together() -> None:
    assert problems_of(*ENVIRONMENTS) == ()


def test_duplicate_suffix_is_told_once() -> None:
    twin = dataclasses.replace(STAGING, suffix="dev")
    (problem,) = problems_of(DEV, twin, PROD)
    assert problem.startswith("environment_suffix 'dev': used by 2 environments; use each one once")


def test_suffix_of_the_pipeline_is_refused() -> None:
    (problem,) = problems_of(dataclasses.replace(DEV, suffix="tools"))
    assert problem.startswith("environment_suffix 'tools': it is the pipeline's own")


def test_overlapping_networks_are_refused() -> None:
    network = dataclasses.replace(DEV.network, cidr="10.22.128.0/17")
    (problem,) = problems_of(dataclasses.replace(DEV, network=network), STAGING, PROD)
    assert "'10.22.128.0/17' of 'dev' and '10.22.0.0/16' of 'prod'" in problem


def test_zone_of_another_environments_account_is_refused() -> None:
    (problem,) = problems_of(DEV, dataclasses.replace(STAGING, zone=DEV.zone), PROD)
    assert problem.startswith(f"zone.id '{DEV.zone.id}': 'dev.bank.example' of 'dev' in {DEV.account} and ")


def test_environments_of_one_account_may_share_a_zone() -> None:
    assert problems_of(DEV, dataclasses.replace(STAGING, account=DEV.account, zone=DEV.zone), PROD) == ()


def test_every_account_is_another_as_delivered() -> None:
    accounts = {environment.account for environment in ENVIRONMENTS} | {TOOLS.account}
    assert len(accounts) == 4


def test_network_that_is_none_does_not_hide_other_problems() -> None:
    def read_file() -> None:
        with collecting_errors() as errors:
            nonsense = dataclasses.replace(DEV, network=dataclasses.replace(DEV.network, cidr="ten"))
            check_together(errors, [nonsense, dataclasses.replace(STAGING, suffix="dev")])

    with pytest.raises(ConfigurationError) as error:
        read_file()
    subjects = [problem.partition(":")[0] for problem in error.value.problems]
    assert subjects == ["environment 'dev'", "environment_suffix 'dev'"]


@pytest.mark.parametrize(
    ("field", "value", "example"),
    [
        ("account", "11111111111", "'111111111111'"),
        ("account", 444444444444, "'111111111111'"),
        ("owner", "", "'portal-team'"),
        ("cost_center", None, "'portal-team'"),
        ("region", "eu-central-1", "'us-east-1'"),
        ("connection_arn", "arn:aws:s3:::bucket", "connection/"),
        ("repository", "customer-portal", "'bank/customer-portal'"),
        ("repository", None, "'bank/customer-portal'"),
        ("branch", "refs heads main", "'main'"),
    ],
)
def test_wrong_tools_are_told_with_field_value_and_example(field: str, value: object, example: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        dataclasses.replace(TOOLS, **{field: value})
    (problem,) = error.value.problems
    assert problem.startswith(f"tools: {field} {value!r}: use ")
    assert example in problem


def test_connection_with_the_services_former_name_is_taken() -> None:
    former = TOOLS.connection_arn.replace("codeconnections", "codestar-connections")
    tools: Tools = dataclasses.replace(TOOLS, connection_arn=former)
    assert tools.connection_arn == former


def test_sandbox_is_dev_under_another_name() -> None:
    environment = sandbox("pr-42", like=DEV, beside=ENVIRONMENTS)
    assert environment == dataclasses.replace(DEV, suffix="pr-42")
    assert environment.portal_host == "portal-pr-42.dev.bank.example"


@pytest.mark.parametrize("suffix", ["dev", "prod", "tools", "PR-42", "", "a-suffix-too-long"])
def test_sandbox_suffix_must_be_free_and_keep_the_rule(suffix: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        sandbox(suffix, like=DEV, beside=ENVIRONMENTS)
    (problem,) = error.value.problems
    assert problem.startswith(f"environment_suffix {suffix!r}: ")
