"""The dashboard, read as CloudWatch will: its body with the references put in."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.unit.templates import Stage

Widget = dict[str, Any]
ROWS = [
    ["Pages", "Portal availability", "API availability", "API latency, 95th percentile"],
    [
        "CloudFront requests",
        "CloudFront errors",
        "CloudFront origin latency",
        "CloudFront cache hits",
        "Blocked by the web ACL",
    ],
    ["API requests", "API latency", "API errors", "API throttled and blocked"],
    ["ECS CPU", "ECS memory", "ECS tasks", "Target response time", "Healthy targets"],
    ["Aurora connections", "Aurora load", "Aurora CPU", "Aurora replica lag", "Aurora capacity"],
    [
        "Sessions read and written",
        "Sessions turned away",
        "NAT traffic out",
        "NAT surplus CPU credits",
        "NAT dropped packets",
    ],
]


def test_the_rows_go_from_the_customer_down_to_the_way_out(stage: Stage) -> None:
    assert _rows(stage) == ROWS


def test_a_provisioned_database_shows_no_capacity(large: Stage) -> None:
    assert _rows(large)[4] == ROWS[4][:-1]


def test_every_widget_is_titled_with_its_unit(stage: Stage) -> None:
    for widget in _widgets(stage):
        properties = widget["properties"]
        unit = re.fullmatch(r"[A-Z].* \(([\w ]+)\)", properties["title"])
        assert unit, properties["title"]
        if properties.get("view") == "timeSeries":
            assert properties["yAxis"]["left"]["label"] == unit[1]


def test_every_graph_shows_metrics_of_this_region_and_environment(stage: Stage) -> None:
    for widget in _widgets(stage):
        if widget["type"] != "metric":
            continue
        assert widget["properties"]["region"] == "<AWS::Region>"
        assert widget["properties"]["metrics"]
        for metric in widget["properties"]["metrics"]:
            assert len(metric) > 1 or "expression" in metric[0]


def test_no_two_widgets_lie_on_each_other_and_none_beyond_the_page(stage: Stage) -> None:
    taken: set[tuple[int, int]] = set()
    for widget in _widgets(stage):
        cells = {
            (x, y)
            for x in range(widget["x"], widget["x"] + widget["width"])
            for y in range(widget["y"], widget["y"] + widget["height"])
        }
        assert not taken & cells
        assert widget["x"] + widget["width"] <= 24
        taken |= cells


def test_the_pages_stand_first(stage: Stage) -> None:
    first = _widgets(stage)[0]
    pages = stage.portal.resources("AWS::CloudWatch::CompositeAlarm")
    assert {arn.strip("<>").split(".")[0] for arn in first["properties"]["alarms"]} == set(pages)


@pytest.mark.parametrize(
    ("title", "metrics"),
    [
        ("API latency", {"Latency", "IntegrationLatency"}),
        ("API errors", {"4XXError", "5XXError"}),
        ("ECS CPU", {"CPUUtilization"}),
        ("ECS memory", {"MemoryUtilization"}),
        ("ECS tasks", {"DesiredTaskCount", "RunningTaskCount"}),
        ("Aurora connections", {"DatabaseConnections"}),
        ("Aurora load", {"DBLoad"}),
        ("NAT surplus CPU credits", {"CPUSurplusCreditBalance"}),
        ("NAT dropped packets", {"DroppedPackets"}),
    ],
)
def test_what_the_bank_asked_for_is_shown(stage: Stage, title: str, metrics: set[str]) -> None:
    (widget,) = (found for found in _widgets(stage) if _title(found) == title)
    assert {metric[1] for metric in widget["properties"]["metrics"]} == metrics


def test_both_services_all_three_instances_and_each_nat_group_are_shown(stage: Stage, large: Stage) -> None:
    def lines(shown: Stage, title: str) -> set[str]:
        (widget,) = (found for found in _widgets(shown) if _title(found) == title)
        return {metric[-1]["label"] for metric in widget["properties"]["metrics"]}

    assert lines(stage, "ECS CPU") == {"frontend", "backend"}
    assert lines(stage, "Aurora load") == {"writer", "reader 1", "reader 2"}
    assert lines(stage, "NAT traffic out") == {"nat-1-test", "nat-2-test", "nat-3-test"}
    assert lines(large, "NAT traffic out") == {"nat-1-large"}


def test_the_nat_groups_are_those_of_the_foundation(stage: Stage) -> None:
    groups = {
        group["AutoScalingGroupName"]
        for group in stage.foundation.properties("AWS::AutoScaling::AutoScalingGroup")
    }
    (widget,) = (found for found in _widgets(stage) if _title(found) == "NAT dropped packets")
    assert {metric[3] for metric in widget["properties"]["metrics"]} == groups


def _rows(stage: Stage) -> list[list[str]]:
    rows: dict[int, list[str]] = {}
    for widget in _widgets(stage):
        rows.setdefault(widget["y"], []).append(_title(widget))
    return [rows[y] for y in sorted(rows)]


def _title(widget: Widget) -> str:
    title: str = widget["properties"]["title"]
    return title.rpartition(" (")[0]


def _widgets(stage: Stage) -> list[Widget]:
    dashboard = stage.portal.one("AWS::CloudWatch::Dashboard")
    assert dashboard["DashboardName"] == f"portal-dashboard-{_suffix(stage)}"
    separator, parts = dashboard["DashboardBody"]["Fn::Join"]
    body = separator.join(part if isinstance(part, str) else _reference(part) for part in parts)
    widgets: list[Widget] = json.loads(body)["widgets"]
    return widgets


def _suffix(stage: Stage) -> str:
    name: str = stage.portal.one("AWS::ECS::Cluster")["ClusterName"]
    return name.removeprefix("ecs-")


def _reference(part: dict[str, Any]) -> str:
    """A reference as a word that names what it leads to."""
    ((_, target),) = part.items()
    return f"<{target if isinstance(target, str) else '.'.join(map(str, target))}>"
