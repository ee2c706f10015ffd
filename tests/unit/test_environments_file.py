"""Mistakes in the environments file: each is a sentence, and hides no other."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.config import Tools, check_together
from pipeline.environments import DEV, PROD, STAGING, TOOLS
from portal_stage.config import Environment, HostedZone, NetworkConfig
from portal_stage.errors import Checked, ConfigurationError, collecting_errors
from tests.unit.examples import an_environment

FIELDS = {field.name: getattr(DEV, field.name) for field in dataclasses.fields(DEV)}


def refused(read: Callable[[], Any], environments: Any = None) -> list[str]:
    """The sentences that refuse a file which does `read`, and then has these environments."""
    try:
        with collecting_errors() as errors:
            made = read()
            check_together(errors, (made,) if environments is None else environments)
    except ConfigurationError as error:
        return list(error.problems)
    return []


def without(*names: str, **others: Any) -> Callable[[], Environment]:
    return lambda: Environment(**{n: v for n, v in FIELDS.items() if n not in names} | others)


@pytest.mark.parametrize(
    ("environments", "told"),
    [
        (DEV, "ENVIRONMENTS \"environment 'dev'\": use a tuple of at least one environment"),
        ((), "ENVIRONMENTS (): use a tuple of at least one environment"),
        (7, "ENVIRONMENTS 7: use a tuple of at least one environment"),
        ((DEV, None), "ENVIRONMENTS None: use objects"),
        ((PROD,), "ENVIRONMENTS 'prod': production comes first"),
        ((PROD, DEV), "ENVIRONMENTS 'prod': production comes first"),
    ],
)
def test_list_that_is_none_or_begins_with_production_is_refused(environments: Any, told: str) -> None:
    (problem,) = refused(lambda: DEV, environments)
    assert problem.startswith(told)
    assert "for example" in problem


def test_two_productions_of_one_host_are_refused() -> None:
    second = dataclasses.replace(
        PROD, suffix="prod-b", network=dataclasses.replace(PROD.network, cidr="10.30.0.0/16")
    )
    (problem,) = refused(lambda: second, (DEV, PROD, second))
    assert "both serve 'portal.bank.example'" in problem


@pytest.mark.parametrize("name", ["zone", "network", "suffix", "account", "production", "owner", "api"])
def test_field_that_is_left_out_is_told_beside_the_others(name: str) -> None:
    problems = refused(without(name, log_days=8))
    shown = "environment_suffix" if name == "suffix" else name
    assert any(f"{shown} (left out): use " in problem for problem in problems), problems
    assert any("log_days 8: use 7 or 14 days" in problem for problem in problems), problems


@pytest.mark.parametrize("name", ["zone", "network", "database", "frontend", "api", "firewall", "alarms"])
def test_none_in_the_place_of_a_part_is_told(name: str) -> None:
    problems = refused(without(name, **{name: None}), None)
    assert [problem for problem in problems if f"{name} None: use an object" in problem], problems


def test_misspelt_field_is_told_with_the_near_one() -> None:
    problems = refused(without("log_days", log_day=8, owner=""))
    assert any("log_day: there is no such field; did you mean 'log_days'?" in problem for problem in problems)
    assert any("owner ''" in problem for problem in problems)


def test_misspelt_field_of_a_part_is_told_with_its_environment() -> None:
    def read() -> Environment:
        network = NetworkConfig(cidr="10.20.0.0/16", nat_instanses=1)  # type: ignore[call-arg]
        return dataclasses.replace(DEV, network=network)

    (problem,) = refused(read)
    assert problem.startswith("environment 'dev': network.nat_instanses: there is no such field")


def test_fields_without_names_are_told() -> None:
    problems = refused(lambda: dataclasses.replace(DEV, zone=HostedZone("Z1", "bank.example")))  # type: ignore[misc]
    assert any("zone.HostedZone: write the name of each field" in problem for problem in problems)


def test_block_that_was_removed_is_told_beside_what_stands_before_it() -> None:
    def read() -> Any:
        without("owner", owner="")()
        return REMOVED  # type: ignore[name-defined]  # noqa: F821

    problems = refused(read)
    assert any("owner ''" in problem for problem in problems)
    assert any("name 'REMOVED' is not defined" in problem for problem in problems)


def test_wrong_field_is_refused_outside_of_a_file_too() -> None:
    with pytest.raises(ConfigurationError, match="there is no such field"):
        Tools(**{**{f.name: getattr(TOOLS, f.name) for f in dataclasses.fields(TOOLS)}, "branches": "main"})


@settings(max_examples=60, derandomize=True, deadline=None, database=None)
@given(st.data())
def test_any_field_of_any_part_can_be_left_out(data: st.DataObject) -> None:
    whole = an_environment()
    parts = [
        whole,
        *(v for f in dataclasses.fields(whole) if isinstance(v := getattr(whole, f.name), Checked)),
    ]
    part = data.draw(st.sampled_from(parts))
    values = {f.name: getattr(part, f.name) for f in dataclasses.fields(part)}  # type: ignore[arg-type]
    required = [
        f.name
        for f in dataclasses.fields(part)  # type: ignore[arg-type]
        if f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING
    ]
    gone = data.draw(st.lists(st.sampled_from(required), min_size=1, unique=True)) if required else []

    def read() -> Any:
        return type(part)(**{n: v for n, v in values.items() if n not in gone})

    try:
        with collecting_errors():
            read()
        told: tuple[str, ...] = ()
    except ConfigurationError as error:
        told = error.problems
    for name in gone:
        assert any(f"{name} (left out)" in problem for problem in told), (name, told)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("branch", "refs/heads/main"),
        ("branch", "heads/main"),
        ("branch", "-main"),
        ("branch", "main.lock"),
        ("branch", "main..next"),
        ("branch", ".main"),
        ("branch", "feature/.main"),
        ("branch", "main."),
        ("repository", "bank/portal.git"),
        ("repository", "github.com/bank/portal"),
        ("repository", "https://github.com/bank/portal"),
    ],
)
def test_source_that_codepipeline_does_not_find_is_refused(field: str, value: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        dataclasses.replace(TOOLS, **{field: value})
    (problem,) = error.value.problems
    assert problem.startswith(f"tools: {field} {value!r}: use ")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("branch", "feature/refs"),
        ("branch", "release-1.4"),
        ("repository", "bank/group/portal"),
        ("repository", "bank/portal.github"),
    ],
)
def test_source_that_may_be_so_is_taken(field: str, value: str) -> None:
    assert getattr(dataclasses.replace(TOOLS, **{field: value}), field) == value


def test_staging_may_come_first() -> None:
    assert refused(lambda: DEV, (STAGING, PROD)) == []
