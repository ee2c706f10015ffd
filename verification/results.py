"""What each row's question was answered with, kept from run to run: JSON for programs, a table for people."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

from botocore.exceptions import BotoCoreError, ClientError

from verification.asking import Asked, Check, NotYet, Said
from verification.page import Row
from verification.read_only import WouldChange
from verification.table import check_of
from verification.trials import TRIALS, Trial, Trying

State = Literal["seen", "differs", "open"]
MARKS: Mapping[State, str] = {"seen": "✓", "differs": "✗", "open": "·"}


@dataclass(frozen=True, kw_only=True)
class Result:
    """`seen`: AWS does what the project relies on; `differs`: it does not; `open`: `told` says why."""

    section: str
    claim: str
    state: State
    told: str
    when: str
    account: str

    def __str__(self) -> str:
        return f"{MARKS[self.state]} {self.claim}\n    {self.told}"


def ask(rows: Sequence[Row], asked: Asked, *, today: str) -> Iterator[Result]:
    """Every row's answer; one that could not be asked is open and says why."""
    for row in rows:
        state, told = _answer(row, check_of(row), asked)
        yield Result(
            section=row.section, claim=row.claim, state=state, told=told, when=today, account=asked.account
        )


def tried(result: Result, trial: Trial, trying: Trying) -> Result:
    """The row's answer after the trial of it."""
    try:
        state, told = judge(list(trial.run(trying)))
    except (NotYet, BotoCoreError, ClientError, KeyError, ValueError) as error:
        state, told = "open", f"{trial.name} could not be tried: {type(error).__name__}: {error}"
    return replace(result, state=state, told=told)


def _answer(row: Row, check: Check | None, asked: Asked) -> tuple[State, str]:
    if check is None:
        trial = next((trial for trial in TRIALS.values() if row.claim.startswith(trial.claim)), None)
        return "open", f"TRY={trial.name} tries it" if trial else f"by hand: {row.check}"
    account = asked.tools.account if check.where == "tools" else asked.environment.account
    if check.where != "outside" and account != asked.account:
        return "open", f"ask with the credentials of account {account}"
    said: list[Said] = []
    try:
        for sentence in check.ask(asked):
            said.append(sentence)
    except NotYet as why:
        # What was wrong before stays wrong, whatever cannot be asked yet.
        if all(right for right, _ in said):
            return "open", str(why)
    except (BotoCoreError, ClientError, WouldChange, KeyError, ValueError) as error:
        return "open", f"could not ask: {type(error).__name__}: {error}"
    return judge(said)


def judge(said: Sequence[Said]) -> tuple[State, str]:
    """The state of a row whose check, or trial, said this."""
    wrong = [sentence for right, sentence in said if not right]
    if wrong or not said:
        return "differs", "; ".join(wrong) or "nothing was found"
    return "seen", "; ".join(sentence for _, sentence in said)


def merge(before: Sequence[Result], now: Sequence[Result]) -> list[Result]:
    """Now's answers; one that is open keeps the answer of an earlier run. Rows that the page has no more go."""
    known = {result.claim: result for result in before if result.state != "open"}
    return [known.get(result.claim, result) if result.state == "open" else result for result in now]


def load(path: Path) -> list[Result]:
    """The results of the runs before; none if there was none."""
    if not path.exists():
        return []
    return [Result(**each) for each in json.loads(path.read_text(encoding="utf-8"))["results"]]


def save(path: Path, environment: str, results: Sequence[Result]) -> None:
    """Write `path` for programs, and the same with `.md` for people."""
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {
        "environment": environment,
        "counts": counts(results),
        "results": [asdict(r) for r in results],
    }
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    path.with_suffix(".md").write_text("\n".join(_table(environment, results)) + "\n", encoding="utf-8")


def counts(results: Sequence[Result]) -> dict[str, int]:
    return {state: sum(result.state == state for result in results) for state in MARKS}


def _table(environment: str, results: Sequence[Result]) -> Iterator[str]:
    told = ", ".join(f"{number} {state}" for state, number in counts(results).items())
    yield f"# What was seen on AWS: {environment}\n\n`make verify-aws` wrote this: {told}."
    section = None
    for result in results:
        if result.section != section:
            section = result.section
            yield f"\n## {section}\n\n|  | What we rely on | What was seen | When | Account |\n|---|---|---|---|---|"
        cells = (
            MARKS[result.state],
            result.claim,
            result.told.replace("|", "\\|"),
            result.when,
            result.account,
        )
        yield f"| {' | '.join(cells)} |"
