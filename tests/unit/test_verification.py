"""`make verify-aws`: which rows it answers, that it only reads, and what it keeps."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.session
import httpx
import pytest
from botocore.exceptions import ClientError

from pipeline.environments import DEV, TOOLS
from verification import page, results
from verification.asking import Asked, NotYet, Said
from verification.page import Row
from verification.read_only import WouldChange, reads, session
from verification.results import Result
from verification.table import CHECKS, check_of
from verification.trials import TRIALS

ROWS = list(page.read(page.PAGE.read_text(encoding="utf-8")))
CLAIMS = [check.claim for check in CHECKS] + [trial.claim for trial in TRIALS.values()]


def nobody(service: str) -> Any:
    raise AssertionError(f"{service} was asked")


def no_answer(url: str, **_: object) -> httpx.Response:
    raise AssertionError(f"{url} was asked")


ASKED = Asked(environment=DEV, tools=TOOLS, account=DEV.account, client=nobody, get=no_answer)


def test_a_row_that_can_be_tried_says_how() -> None:
    (row,) = [row for row in ROWS if row.claim.startswith(TRIALS["fail-over"].claim)]
    (answer,) = results.ask([row], ASKED, today="2026-12-01")
    assert (answer.state, answer.told) == ("open", "TRY=fail-over tries it")


def a_result(claim: str, state: results.State, told: str = "told", **changes: str) -> Result:
    given: dict[str, Any] = {"section": "s", "when": "2026-12-01", "account": DEV.account} | changes
    return Result(claim=claim, state=state, told=told, **given)


@pytest.mark.parametrize("claim", CLAIMS)
def test_every_check_answers_one_row_of_the_page(claim: str) -> None:
    assert len([row for row in ROWS if row.claim.startswith(claim)]) == 1


def test_most_rows_have_a_check_and_the_others_say_what_a_person_does() -> None:
    tried = tuple(trial.claim for trial in TRIALS.values())
    by_hand = [row for row in ROWS if check_of(row) is None and not row.claim.startswith(tried)]
    assert len(by_hand) < len(ROWS) / 2
    answers = results.ask(by_hand, ASKED, today="2026-12-01")
    for row, answer in zip(by_hand, answers, strict=True):
        assert (answer.state, answer.told) == ("open", f"by hand: {row.check}")


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of what would have left this machine."""
    left: list[str] = []

    def send(_: object, request: Any) -> Any:
        left.append(request.url)
        raise InterruptedError(request.url)

    monkeypatch.setattr("botocore.httpsession.URLLib3Session.send", send)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "unused")
    return left


@pytest.mark.parametrize(
    ("service", "operation", "arguments"),
    [
        ("ec2", "terminate_instances", {"InstanceIds": ["i-1"]}),
        ("rds", "failover_db_cluster", {"DBClusterIdentifier": "aurora-dev"}),
        ("secretsmanager", "get_secret_value", {"SecretId": "x"}),
        ("apigateway", "get_api_keys", {"includeValues": True}),
        ("s3", "put_object", {"Bucket": "b", "Key": "k"}),
        ("sts", "assume_role", {"RoleArn": "arn:aws:iam::111111111111:role/x", "RoleSessionName": "session"}),
        ("lambda", "invoke", {"FunctionName": "probe-dev"}),
    ],
)
def test_a_call_that_does_not_only_read_leaves_nobody(
    no_network: list[str], service: str, operation: str, arguments: dict[str, Any]
) -> None:
    client = session("us-east-1").client(service)
    with pytest.raises(WouldChange, match="does not only read, so it was not sent"):
        getattr(client, operation)(**arguments)
    assert no_network == []


def test_a_call_that_reads_is_sent(no_network: list[str]) -> None:
    client = session("us-east-1").client("ec2")
    with pytest.raises(InterruptedError):
        client.describe_vpcs()
    assert no_network == ["https://ec2.us-east-1.amazonaws.com/"]


def test_no_operation_of_aws_that_changes_is_taken_for_one_that_reads() -> None:
    """Seen where AWS tells it by the HTTP method."""
    model = botocore.session.get_session().get_service_model
    for service in ("lambda", "apigateway"):
        for name in filter(reads, model(service).operation_names):
            assert model(service).operation_model(name).http["method"] in ("GET", "HEAD"), f"{service}:{name}"


def test_what_needs_another_account_says_which() -> None:
    rows = [row for row in ROWS if (check := check_of(row)) and check.where == "tools"]
    told = {answer.told for answer in results.ask(rows, ASKED, today="2026-12-01")}
    assert told == {f"ask with the credentials of account {TOOLS.account}"}


def test_answers_become_states() -> None:
    def check(*said: Said) -> tuple[str, str]:
        return results.judge(said)

    assert check((True, "a"), (True, "b")) == ("seen", "a; b")
    assert check((True, "a"), (False, "b")) == ("differs", "b")
    assert check() == ("differs", "nothing was found")


def test_what_cannot_be_asked_is_open_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_: Asked) -> Iterator[Said]:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "ListRoles")
        yield True, ""

    def later(_: Asked) -> Iterator[Said]:
        yield True, "half"
        raise NotYet("an hour later")

    row = Row(section="s", claim=CHECKS[0].claim, check="c")
    for ask, told in ((refused, "could not ask: ClientError"), (later, "an hour later")):
        check = dataclasses.replace(CHECKS[0], ask=ask)
        monkeypatch.setattr(results, "check_of", lambda _, check=check: check)
        (answer,) = results.ask([row], ASKED, today="2026-12-01")
        assert (answer.state, answer.told.startswith(told)) == ("open", True)


def test_what_is_wrong_is_told_though_the_rest_cannot_be_asked_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    def half(_: Asked) -> Iterator[Said]:
        yield False, "it is wrong"
        raise NotYet("an hour later")

    check = dataclasses.replace(CHECKS[0], ask=half)
    monkeypatch.setattr(results, "check_of", lambda _: check)
    (answer,) = results.ask([Row(section="s", claim="c", check="c")], ASKED, today="2026-12-01")
    assert (answer.state, answer.told) == ("differs", "it is wrong")


def test_earlier_answers_stay_until_another_run_answers(tmp_path: Path) -> None:
    path = tmp_path / "verified" / "dev.json"
    assert results.load(path) == []
    results.save(path, "dev", [a_result("a", "seen"), a_result("b", "seen"), a_result("gone", "seen")])
    now = [
        a_result("a", "open"),
        a_result("b", "differs", "worse | now"),
        a_result("c", "open", "by hand: look"),
    ]

    results.save(path, "dev", results.merge(results.load(path), now))

    kept = json.loads(path.read_text(encoding="utf-8"))
    assert [(each["claim"], each["state"]) for each in kept["results"]] == [
        ("a", "seen"),
        ("b", "differs"),
        ("c", "open"),
    ]
    assert kept["counts"] == {"seen": 1, "differs": 1, "open": 1}
    table = path.with_suffix(".md").read_text(encoding="utf-8")
    assert f"| ✓ | a | told | 2026-12-01 | {DEV.account} |" in table
    assert "| ✗ | b | worse \\| now |" in table
    assert "| · | c | by hand: look |" in table
