"""Before `make verify-aws TRY=...` changes anything: what is told and asked; and the traffic that it makes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from pipeline.environments import DEV, PROD, TOOLS
from verification.asking import Asked
from verification.consent import Declined, confirm, cost_while_standing, refuse_production
from verification.traffic import Traffic, doors
from verification.trials import TRIALS, Trying


def nobody(service: str) -> Any:
    raise AssertionError(f"{service} was asked")


def no_answer(url: str, **_: object) -> httpx.Response:
    raise AssertionError(f"{url} was asked")


ASKED = Asked(environment=DEV, tools=TOOLS, account=DEV.account, client=nobody, get=no_answer)


def test_a_trial_names_account_effect_and_cost_before_it_begins(capsys: pytest.CaptureFixture[str]) -> None:
    questions = []

    def answer(question: str) -> str:
        questions.append(question)
        return DEV.account

    confirm(list(TRIALS.values()), ASKED, None, ask=answer)

    told = capsys.readouterr().out
    assert f"This changes dev in account {DEV.account}:" in told
    for trial in TRIALS.values():
        assert f"{trial.name} {trial.effect}.\n    At most {trial.dollars:.2f} USD: {trial.cost}." in told
    assert f"Together at most {sum(trial.dollars for trial in TRIALS.values()):.2f} USD." in told
    assert questions == ["Type the account's number to go on: "]


@pytest.mark.parametrize("given", ["", "y", "yes", PROD.account])
def test_without_the_accounts_number_nothing_is_changed(given: str) -> None:
    with pytest.raises(Declined, match="nothing was changed"):
        confirm([TRIALS["fail-over"]], ASKED, None, ask=lambda _: given)
    with pytest.raises(Declined, match="nothing was changed"):
        confirm([TRIALS["fail-over"]], ASKED, given)


def test_without_a_terminal_a_trial_says_how_to_confirm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)
    with pytest.raises(Declined, match=f"pass --confirm {DEV.account}"):
        confirm([TRIALS["fail-over"]], ASKED, None)


def test_production_is_never_tried() -> None:
    refuse_production(DEV)
    with pytest.raises(Declined, match="prod is production"):
        refuse_production(PROD)


def test_what_the_environment_costs_is_told(tmp_path: Path) -> None:
    assert (
        cost_while_standing(tmp_path, "dev")
        == "What the environment costs while it stands is in docs/cost.md."
    )
    (tmp_path / "manifest.json").write_text(
        json.dumps(
            {
                "artifacts": {
                    "data-dev": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "t.json"}}
                }
            }
        )
    )
    (tmp_path / "t.json").write_text(
        json.dumps({"Resources": {"Key": {"Type": "AWS::KMS::Key", "Properties": {}}}})
    )
    assert cost_while_standing(tmp_path, "dev") == "While dev stands, it costs 0.00 USD an hour."


def test_traffic_stays_below_what_the_firewall_lets_one_address_ask() -> None:
    rates = doors(DEV)
    assert rates[f"https://{DEV.portal_host}/"] * 300 < DEV.firewall.cdn_requests_per_address
    assert rates[f"https://{DEV.api_host}/api/health"] * 300 < DEV.firewall.api_requests_per_address
    assert rates[f"https://{DEV.api_host}/api/health"] < DEV.api.stage_rate_limit


def test_traffic_tells_errors_and_refusals() -> None:
    answers = iter([200, 502, 403])

    def get(url: str) -> httpx.Response:
        if (status := next(answers, None)) is None:
            raise httpx.ConnectError("nobody")
        return httpx.Response(status)

    with Traffic({"https://a.example/": 100.0}, get) as traffic:
        while traffic.sent < 5:
            pass
    assert traffic.failed[:2] == ["https://a.example/ answered 502", "https://a.example/ answered 403"]
    assert "https://a.example/: nobody" in traffic.failed


def test_waiting_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(100))
    trying = Trying(asked=ASKED, change=nobody, now=lambda: float(next(clock)), sleep=lambda _: None)
    assert trying.until(lambda: False, 5) is None
    assert trying.until(lambda: True, 5) is not None
