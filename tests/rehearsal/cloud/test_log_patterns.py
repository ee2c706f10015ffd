"""Filter patterns match what CloudWatch Logs would match."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.cloud.log_patterns import PatternError, matcher

EVENT = (
    '{"level": "error", "status": 502, "slow": true, "user": null, "tags": ["a", "b"], '
    '"rules": [{"action": "COUNT"}, {"action": "BLOCK"}], "path": "/api/sessions", "a-b": 1}'
)


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "error",
        '"error" 502',
        '?nothing ?"502"',
        "error -nothing",
        "%sta.us%",
        '{ $.level = "error" }',
        '{ $.level = "error" || $.level = "warn" }',
        '{ $.level = "err*" && $.status >= 500 }',
        "{ $.level = error }",
        '{ ($.level = "warn" || $.status = 502) && $.slow IS TRUE }',
        "{ $.user IS NULL }",
        "{ $.nobody NOT EXISTS }",
        '{ $.rules[0].action = "COUNT" }',
        '{ $.rules[*].action = "BLOCK" }',
        '{ $.tags[1] != "a" }',
        "{ $.path = %^/api% }",
        "{ $.status != 200 }",
        "{ $['a-b'] = 1 }",
    ],
)
def test_matches(pattern: str) -> None:
    assert matcher(pattern)(EVENT)


@pytest.mark.parametrize(
    "pattern",
    [
        "Error",
        "error -502",
        "error nothing",
        "?nothing ?neither",
        '{ $.level = "warn" }',
        '{ $.level = "error" && $.status < 500 }',
        '{ $.rules[0].action = "BLOCK" }',
        '{ $.rules[7].action = "COUNT" }',
        '{ $.nobody = "x" }',
        '{ $.nobody != "x" }',
        "{ $.slow IS FALSE }",
        '{ $.status = "502*1" }',
    ],
)
def test_matches_not(pattern: str) -> None:
    assert not matcher(pattern)(EVENT)


def test_an_event_that_is_no_json_has_no_fields() -> None:
    assert not matcher('{ $.level = "error" }')("level error")


@pytest.mark.parametrize(
    "pattern", ["{ $.level = ", "{ $.level }", "{ level = 1 }", "{ $.a < b }", "[ip, user]", "{ ($.a = 1 }"]
)
def test_what_cannot_be_read_is_said(pattern: str) -> None:
    with pytest.raises(PatternError, match="filter pattern"):
        matcher(pattern)


def test_filter_log_events_gives_what_matches(client: Callable[[str], Any]) -> None:
    logs = client("logs")
    logs.create_log_group(logGroupName="/patterns")
    logs.create_log_stream(logGroupName="/patterns", logStreamName="one")
    messages = [EVENT, '{"level": "info"}', "plain error"]
    logs.put_log_events(
        logGroupName="/patterns",
        logStreamName="one",
        logEvents=[{"timestamp": 1_700_000_000_000, "message": message} for message in messages],
    )

    def found(pattern: str) -> list[str]:
        answer = logs.filter_log_events(logGroupName="/patterns", filterPattern=pattern)
        return [event["message"] for event in answer["events"]]

    assert found('{ $.level = "error" }') == [EVENT]
    assert found("error") == [EVENT, "plain error"]
    with pytest.raises(ClientError, match=r"InvalidParameterException.*cannot be read"):
        found("{ $.level = }")
