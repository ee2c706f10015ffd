"""Following a run: each approval is asked for once, and an execution that gives way is not the end."""

import io
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console

from rehearsal import following
from rehearsal.approvals import Answer
from rehearsal.client import Action, Execution, PendingApproval, Stage
from rehearsal.following import follow
from rehearsal.machine import MachineError
from tests.rehearsal.pending import APPROVAL


def execution(id_: str, status: str) -> Execution:
    done = None if status == "InProgress" else status
    action = Action(
        name="Unit", category="Build", provider="CodeBuild", run_order=1, status=done, configuration={}
    )
    return Execution(
        id=id_,
        pipeline="delivery",
        status=status,
        trigger="WebhookV2",
        revision="c0ffee",
        message="a change",
        started=0,
        stages=(Stage(name="Test", actions=(action,), status=done),),
    )


class Scripted:
    """A pipeline whose newest execution is the next of a list at each look; the last one stays."""

    def __init__(
        self,
        *newest: Execution,
        waiting: tuple[PendingApproval, ...] = (),
        closed: dict[str, str] | None = None,
    ) -> None:
        self._newest = list(newest)
        self._waiting = waiting
        self._closed = closed or {}
        self.answers: list[tuple[str, str, str]] = []
        self.looks = 0

    def executions(self, most: int) -> list[Execution]:
        self.looks += 1
        return [self._newest.pop(0) if len(self._newest) > 1 else self._newest[0]][:most]

    def summary(self, execution_id: str) -> Execution:
        return replace(self.executions(1)[0], id=execution_id)

    def execution(self, execution: Execution) -> Execution:
        return execution

    def waiting(self) -> tuple[PendingApproval, ...]:
        return self._waiting

    def closed_transitions(self) -> dict[str, str]:
        return self._closed

    def answer(self, approval: PendingApproval, *, status: str, summary: str) -> bool:
        self.answers.append((approval.token, status, summary))
        return True


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "POLL_SECONDS", 0.01)
    monkeypatch.setattr(following, "GIVING_WAY_SECONDS", 0.2)


@pytest.fixture
def console() -> Console:
    return Console(file=io.StringIO(), width=120)


def test_the_execution_that_follows_a_change_of_the_pipeline_is_the_one_to_wait_for(console: Console) -> None:
    script = Scripted(
        execution("1", "InProgress"),
        execution("1", "Cancelled"),
        execution("2", "InProgress"),
        execution("2", "Succeeded"),
    )
    assert follow(script, console).id == "2"


def test_each_execution_that_gives_way_is_given_time_anew(console: Console) -> None:
    script = Scripted(
        execution("1", "Cancelled"),
        *[execution("2", "InProgress")] * 30,  # longer than one is waited for
        execution("2", "Superseded"),
        execution("3", "Succeeded"),
    )
    assert follow(script, console).id == "3"


def test_an_execution_that_gives_way_to_nothing_is_the_end_after_a_while(console: Console) -> None:
    assert follow(Scripted(execution("1", "Cancelled")), console).status == "Cancelled"


def test_one_that_is_followed_by_its_id_ends_as_it_ends(console: Console) -> None:
    script = Scripted(execution("2", "Superseded"))
    assert follow(script, console, execution=execution("1", "InProgress")).id == "1"
    assert script.looks == 1


def test_one_that_is_followed_by_its_id_goes_on_as_the_execution_that_restarts_its_commit(
    console: Console,
) -> None:
    class Restarted(Scripted):
        def summary(self, execution_id: str) -> Execution:
            return execution("1", "Cancelled") if execution_id == "1" else execution("2", "Succeeded")

    script = Restarted(execution("2", "Succeeded"))
    assert follow(script, console, execution=execution("1", "InProgress")).id == "2"


@pytest.mark.parametrize("category", ["Approval", "Build"])
def test_it_can_be_followed_to_a_gate_at_which_nothing_else_is_at_work(
    console: Console, category: str
) -> None:
    going = execution("1", "InProgress")
    action = replace(going.stages[0].actions[0], status="InProgress", category=category)
    at_gate = replace(going, stages=(Stage(name="Gate", actions=(action,), status="InProgress"),))
    script = Scripted(at_gate, execution("1", "Succeeded"), waiting=(APPROVAL,))
    followed = follow(script, console, until_gate=True)
    assert followed.status == ("InProgress" if category == "Approval" else "Succeeded")


@pytest.mark.parametrize("held_by", [{"waiting": (APPROVAL,)}, {"closed": {"Test": "a freeze"}}])
def test_one_that_waits_behind_another_is_not_followed_for_ever(
    console: Console, held_by: dict[str, Any]
) -> None:
    idle = execution("2", "InProgress")
    assert follow(Scripted(idle, **held_by), console, until_gate=True) == idle


def test_between_two_actions_it_is_followed_on(console: Console) -> None:
    idle = execution("1", "InProgress")
    script = Scripted(*[idle] * 5, execution("1", "Succeeded"), waiting=(APPROVAL,))
    assert follow(script, console, until_gate=True).status == "Succeeded"


def test_a_run_that_cannot_go_on_is_not_waited_for(console: Console) -> None:
    def full() -> None:
        raise MachineError("the disk is full")

    with pytest.raises(MachineError, match="the disk is full"):
        follow(Scripted(execution("1", "InProgress")), console, check=full)


def test_an_approval_that_is_seen_twice_is_asked_for_once(console: Console) -> None:
    going = execution("1", "InProgress")
    script = Scripted(going, going, going, execution("1", "Succeeded"), waiting=(APPROVAL,))
    follow(script, console, approver=lambda _: Answer(status="Approved", summary="yes"))
    assert script.answers == [("t", "Approved", "yes")]


def test_without_an_approver_nothing_is_answered(console: Console) -> None:
    script = Scripted(execution("1", "InProgress"), execution("1", "Succeeded"), waiting=(APPROVAL,))
    follow(script, console)
    assert script.answers == []


def test_where_there_is_no_terminal_each_change_is_one_line(console: Console) -> None:
    done = execution("1", "Succeeded")
    follow(Scripted(execution("1", "InProgress"), done, done), console)
    assert console.file.getvalue() == "✓ Test / Unit Succeeded\n"
