"""Every alarm acts when it rings and when it ends, and says what silence means."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from tests.assembly.register import each_has, invariant, told
from tests.assembly.synthesis import Synthesis

ALARM, COMPOSITE = "AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"
DASHBOARD = "AWS::CloudWatch::Dashboard"
# CPU, memory and tasks of ECS, connections and load of Aurora, latency and errors of the API.
SHOWN = {
    *("CPUUtilization", "MemoryUtilization", "RunningTaskCount"),
    *("DatabaseConnections", "Latency", "5XXError"),
}
HOUR, DAY = 3600, 86_400
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html
MOST_METRICS = 10
PAGES = ("degraded-alarm", "unavailable-alarm")


@invariant
def alarms_act(synthesis: Synthesis) -> Iterator[str]:
    """To the topic of their environment, in both directions."""
    for template, logical_id, alarm in synthesis.properties(ALARM, COMPOSITE):
        topics = synthesis.template(f"foundation-{template.suffix}").places("AWS::SNS::Topic")
        for field in ("AlarmActions", "OKActions"):
            found = set(synthesis.pointed_at(template, alarm.get(field)))
            if found != topics:
                yield told(
                    template.stack, logical_id, found=f"{field} {sorted(found)}", wanted=sorted(topics)
                )
        if alarm.get("ActionsEnabled", True) is not True:
            yield told(template.stack, logical_id, found="actions turned off", wanted="them on")


@invariant
def alarms_say_what_silence_means(synthesis: Synthesis) -> Iterator[str]:
    """Whether missing data is breaching, is not, or keeps the state; by default an alarm would fall silent."""
    yield from each_has(
        synthesis, ALARM, field="TreatMissingData", wanted=["breaching", "notBreaching", "ignore"]
    )


@invariant
def alarms_are_explained(synthesis: Synthesis) -> Iterator[str]:
    """Whoever is woken reads what it is about."""
    for template, logical_id, alarm in synthesis.properties(ALARM, COMPOSITE):
        if not alarm.get("AlarmDescription"):
            yield told(template.stack, logical_id, found="no description", wanted="one sentence")


@invariant
def alarms_look_back_as_far_as_they_may(synthesis: Synthesis) -> Iterator[str]:
    """A day, or a week by the hour, over ten metrics at most; CloudWatch refuses a longer look."""
    for template, logical_id, alarm in synthesis.properties(ALARM):
        watched = [one["MetricStat"] for one in alarm.get("Metrics", []) if "MetricStat" in one] or [alarm]
        period = max(one["Period"] for one in watched)
        seconds, most = period * alarm["EvaluationPeriods"], DAY if period < HOUR else 7 * DAY
        if seconds > most or len(watched) > MOST_METRICS:
            found = f"{len(watched)} metrics over {seconds} seconds"
            wanted = f"{MOST_METRICS} over {most}"
            yield told(template.stack, logical_id, found=found, wanted=wanted)


@invariant
def two_composites_page(synthesis: Synthesis) -> Iterator[str]:
    """Unavailable and degraded, each made of alarms of the template, and of the network's own page."""
    for template in synthesis.tier("portal"):
        composites = dict(template.properties(COMPOSITE))
        names = sorted(str(alarm.get("AlarmName")) for alarm in composites.values())
        wanted = [f"{name}-{template.suffix}" for name in PAGES]
        if names != wanted:
            yield told(template.stack, "composites", found=names, wanted=wanted)
        foundation = synthesis.template(f"foundation-{template.suffix}")
        alarms = template.places(ALARM) | foundation.places(COMPOSITE)
        for logical_id, composite in composites.items():
            watched = set(synthesis.pointed_at(template, composite["AlarmRule"]))
            if not watched or watched - alarms or not re.search(r"ALARM\(", str(composite["AlarmRule"])):
                found = f"a rule over {sorted(watched - alarms)}"
                yield told(template.stack, logical_id, found=found, wanted="alarms of the template")


@invariant
def a_zone_without_a_way_out_pages(synthesis: Synthesis) -> Iterator[str]:
    """Each NAT alarm but that of the credits is in the network's page, and that one is in `degraded`."""
    for template in synthesis.tier("foundation"):
        paging = {
            place
            for _, composite in template.properties(COMPOSITE)
            for place in synthesis.pointed_at(template, composite["AlarmRule"])
        }
        for logical_id, alarm in template.properties(ALARM):
            if "-credits-" not in alarm["AlarmName"] and (template.stack, logical_id) not in paging:
                yield told(template.stack, logical_id, found="no page", wanted="one that it rings")
        portal = synthesis.template(f"portal-{template.suffix}")
        parts = {
            place
            for _, composite in portal.properties(COMPOSITE)
            for place in synthesis.pointed_at(portal, composite["AlarmRule"])
        }
        for place in template.places(COMPOSITE) - parts:
            yield told(*place, found="a page of its own", wanted="a part of degraded")


@invariant
def the_dashboard_shows_what_matters(synthesis: Synthesis) -> Iterator[str]:
    """One dashboard for each environment, with the metrics that were asked for."""
    for template in synthesis.tier("portal"):
        boards = [json.dumps(board["DashboardBody"]) for _, board in template.properties(DASHBOARD)]
        missing = {metric for metric in SHOWN if not any(f'\\"{metric}\\"' in board for board in boards)}
        if len(boards) != 1 or missing:
            found = f"{len(boards)} without {sorted(missing)}"
            yield told(template.stack, "dashboard", found=found, wanted="one with all of them")
