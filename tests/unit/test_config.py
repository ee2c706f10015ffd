"""The configuration's rules: what is refused, and how it is told."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal_stage.config import (
    ApiConfig,
    DatabaseConfig,
    FirewallConfig,
    HostedZone,
    NetworkConfig,
    ServiceConfig,
    UsagePlanConfig,
)
from portal_stage.errors import ConfigurationError, collecting_errors
from tests.unit.examples import PRIVATE_IMAGE, a_backend, an_environment

REFUSED: list[tuple[Callable[..., object], str, object, str]] = [
    (an_environment, "suffix", "Dev_1", "environment_suffix 'Dev_1'"),
    (an_environment, "account", "12345678901", "account '12345678901'"),
    (an_environment, "account", 111111111111, "account 111111111111"),
    (an_environment, "region", "eu-west-1", "region 'eu-west-1'"),
    (an_environment, "owner", "", "owner ''"),
    (an_environment, "cost_center", "cc;1", "cost_center 'cc;1'"),
    (an_environment, "log_days", 30, "log_days 30"),
    (HostedZone, "id", "/hostedzone/Z1", "id '/hostedzone/Z1'"),
    (HostedZone, "name", "dev.bank.example.", "name 'dev.bank.example.'"),
    (NetworkConfig, "cidr", "10.20.0.0/20", "cidr '10.20.0.0/20'"),
    (NetworkConfig, "cidr", "10.20.1.0/16", "cidr '10.20.1.0/16'"),
    (NetworkConfig, "cidr", "20.20.0.0/16", "cidr '20.20.0.0/16'"),
    (NetworkConfig, "cidr", "fd00::/16", "cidr 'fd00::/16'"),
    (NetworkConfig, "zone_ids", ("use1-az1", "use1-az2", "use1-az3"), "zone_ids"),
    (NetworkConfig, "zone_ids", ("use1-az1", "use1-az2"), "zone_ids"),
    (NetworkConfig, "zone_ids", ("use1-az1", "use1-az1", "use1-az2"), "zone_ids"),
    (NetworkConfig, "nat_instances", 0, "nat_instances 0"),
    (NetworkConfig, "nat_instance_type", "t3.nano", "nat_instance_type 't3.nano'"),
    (NetworkConfig, "nat_refresh_hour", 24, "nat_refresh_hour 24"),
    (NetworkConfig, "nat_max_surplus_credits", 0, "nat_max_surplus_credits 0"),
    (NetworkConfig, "nat_max_dropped_packets", -1, "nat_max_dropped_packets -1"),
    (NetworkConfig, "interface_endpoints", "yes", "interface_endpoints 'yes'"),
    (DatabaseConfig, "min_capacity", 0.7, "min_capacity 0.7"),
    (DatabaseConfig, "max_capacity", 0.5, "max_capacity 0.5"),
    (DatabaseConfig, "instance_type", "db.r8g.large", "instance_type 'db.r8g.large'"),
    (DatabaseConfig, "backup_days", 6, "backup_days 6"),
    (DatabaseConfig, "migration", "node src/migrate.mjs", "migration 'node src/migrate.mjs'"),
    (DatabaseConfig, "migration", (), "migration ()"),
    (a_backend, "tls", "yes", "tls 'yes'"),
    (a_backend, "health_path", "health", "health_path 'health'"),
    (a_backend, "image", "portal/backend", "image 'portal/backend'"),
    (a_backend, "memory", 4096, "cpu and memory (256, 4096)"),
    (a_backend, "tasks", True, "tasks True"),
    (a_backend, "on_demand_base", 1, "on_demand_base 1"),
    (a_backend, "max_tasks", 1, "max_tasks 1"),
    (a_backend, "cpu_target", 95, "cpu_target 95"),
    (a_backend, "memory_target", 5, "memory_target 5"),
    (a_backend, "requests_per_target", 0, "requests_per_target 0"),
    (a_backend, "rollback_errors", 0, "rollback_errors 0"),
    (UsagePlanConfig, "rate_limit", 0, "rate_limit 0"),
    (UsagePlanConfig, "burst_limit", 5001, "burst_limit 5001"),
    (UsagePlanConfig, "daily_quota", 0, "daily_quota 0"),
    (ApiConfig, "stage_rate_limit", 100, "stage_rate_limit 100"),
    (ApiConfig, "stage_burst_limit", 200, "stage_burst_limit 200"),
    (FirewallConfig, "cdn_requests_per_address", 9, "cdn_requests_per_address 9"),
]
REQUIRED: dict[object, dict[str, object]] = {
    HostedZone: {"id": "Z1", "name": "dev.bank.example"},
    NetworkConfig: {"cidr": "10.20.0.0/16"},
}


@pytest.mark.parametrize(("build", "field", "value", "told"), REFUSED)
def test_a_broken_rule_is_told_with_field_value_rule_and_example(
    build: Callable[..., object], field: str, value: object, told: str
) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        build(**{**REQUIRED.get(build, {}), field: value})
    (problem,) = refusal.value.problems
    assert told in problem
    assert ": use " in problem
    assert ", for example " in problem


@pytest.mark.parametrize("cidr", ["10.20.0.0/16", "172.16.32.0/19", "192.168.0.0/18"])
def test_a_private_network_with_room_for_nine_subnets_is_taken(cidr: str) -> None:
    assert NetworkConfig(cidr=cidr).cidr == cidr


@pytest.mark.parametrize(
    "image",
    [
        PRIVATE_IMAGE,
        "public.ecr.aws/bank/backend:1",
        "registry.bank.example:5000/backend@sha256:" + "0" * 64,
    ],
)
def test_an_image_reference_names_a_version(image: str) -> None:
    assert a_backend(image=image).image == image


def test_all_problems_of_an_object_come_in_one_message() -> None:
    with pytest.raises(ConfigurationError) as refusal:
        an_environment(suffix="X", account="1", owner="")
    assert [problem.split("'")[2].strip(": ").split()[0] for problem in refusal.value.problems] == [
        "environment_suffix",
        "account",
        "owner",
    ]


def test_a_whole_file_is_reported_at_once_and_each_problem_with_its_environment() -> None:
    def file() -> None:
        with collecting_errors() as errors:
            an_environment(suffix="one", network=NetworkConfig(cidr="10.0.0.0/28"))
            an_environment(suffix="two", account="1")
            errors.add("two environments that cannot be neighbours")

    with pytest.raises(ConfigurationError) as refusal:
        file()
    first, second, third = str(refusal.value).splitlines()
    assert first.startswith("environment 'one': network.cidr '10.0.0.0/28': ")
    assert second.startswith("environment 'two': account '1': ")
    assert third == "two environments that cannot be neighbours"


def test_a_part_without_an_environment_is_reported_too() -> None:
    with pytest.raises(ConfigurationError, match=r"^cpu_target 5: "), collecting_errors():
        ServiceConfig(cpu_target=5, health_path="/")


def test_another_error_in_the_file_is_not_hidden_by_the_collected_ones() -> None:
    def file() -> None:
        with collecting_errors():
            an_environment(account="1")
            raise KeyError("a mistake in the file")

    with pytest.raises(KeyError):
        file()


def test_outside_of_a_file_an_object_is_refused_at_once() -> None:
    with pytest.raises(ConfigurationError), collecting_errors():
        an_environment(account="1")
    with pytest.raises(ConfigurationError):
        an_environment(account="1")


def test_host_names_carry_the_suffix_outside_production() -> None:
    zone = HostedZone(id="Z1", name="bank.example")
    sandbox = an_environment(suffix="pr-42", zone=zone)
    production = an_environment(suffix="prod", zone=zone, production=True)
    assert (sandbox.portal_host, sandbox.api_host) == ("portal-pr-42.bank.example", "api-pr-42.bank.example")
    assert (production.portal_host, production.origin_host) == ("portal.bank.example", "origin.bank.example")


def test_a_zone_too_long_for_a_certificate_is_refused() -> None:
    zone = HostedZone(id="Z1", name=f"{'long-' * 10}name.bank.example")
    with pytest.raises(ConfigurationError, match=r"zone\.name .* within 64 characters"):
        an_environment(zone=zone)
