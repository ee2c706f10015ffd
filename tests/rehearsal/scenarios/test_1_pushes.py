"""Pushes: what they change, what breaks, what mends it, and who waits for whom."""

from .operator import Operator


def test_a_push_travels_to_the_gate_and_behind_it(operator: Operator) -> None:
    execution = operator.push("greet", greeting="hello")
    operator.waits_for_approval(execution)
    assert (operator.greeting("dev"), operator.greeting("prod")) == ("hello", None)

    operator.command("approve", "Gate", "--why", "looks friendly")

    operator.ends(execution, "Succeeded")
    assert operator.greeting("prod") == "hello"


def test_a_push_that_adds_a_step_restarts_once_with_the_same_commit(operator: Operator) -> None:
    first = operator.push("one more step", steps=["Look", "LookAgain"], greeting="hello again")
    operator.ends(first, "Cancelled")
    newest, older = operator.executions()[:2]
    assert older["pipelineExecutionId"] == first
    assert newest["sourceRevisions"][0]["revisionId"] == older["sourceRevisions"][0]["revisionId"]

    second = newest["pipelineExecutionId"]
    operator.waits_for_approval(second)
    assert operator.actions(second)["dev/LookAgain"] == "Succeeded"
    assert operator.executions()[0]["pipelineExecutionId"] == second, "it restarted more than once"
    operator.command("approve")
    operator.ends(second, "Succeeded")


def test_a_broken_synth_stops_before_anything_is_touched_and_the_next_push_mends_it(
    operator: Operator,
) -> None:
    broken = operator.push("a mistake", mistake=True, greeting="broken")
    operator.ends(broken, "Failed")
    assert operator.actions(broken)["Build/Synth"] == "Failed"
    assert operator.greeting("dev") == "hello again"

    mended = operator.push("the mistake mended", mistake=False, greeting="mended")
    operator.waits_for_approval(mended)
    assert operator.greeting("dev") == "mended"
    operator.command("reject", "Gate", "--why", "not today")


def test_a_rejected_approval_fails_and_says_why(operator: Operator) -> None:
    execution = operator.push("another one", greeting="rejected")
    operator.waits_for_approval(execution)

    operator.command("reject", "Gate", "--why", "it is not friendly enough")

    operator.ends(execution, "Failed")
    assert operator.greeting("prod") == "hello again"
    assert "it is not friendly enough" in operator.command("status")


def test_what_aws_refuses_fails_before_anything_of_it_is_made(operator: Operator) -> None:
    before = operator.greeting("dev")
    refused = operator.push("a key for somebody who is not there", key_user="nobody", greeting="refused")

    operator.ends(refused, "Failed")

    assert operator.actions(refused)["dev/greeting-dev.Prepare"] == "Failed"
    assert "dev/greeting-dev.Deploy" not in operator.actions(refused)
    assert operator.greeting("dev") == before
    told = operator.error("dev/greeting-dev.Prepare")
    assert "it names arn:aws:iam::555555555555:role/nobody, which does not exist" in told
    assert "Policy contains a statement with one or more invalid principals." in told
    mended = operator.push("without the key", key_user=None)
    operator.waits_for_approval(mended)
    operator.command("reject", "Gate", "--why", "not today")


def test_queued_pushes_wait_for_each_other_at_the_gate(operator: Operator) -> None:
    first = operator.push("one", greeting="one")
    operator.waits_for_approval(first)
    second = operator.push("two", greeting="two")
    operator.until(lambda: operator.greeting("dev") == "two", "the second push in dev")
    third = operator.push("three", greeting="three")
    operator.until(lambda: operator.greeting("dev") == "three", "the third push in dev")
    assert {operator.status(each) for each in (first, second, third)} == {"InProgress"}

    for execution, greeting in ((first, "one"), (second, "two"), (third, "three")):
        operator.waits_for_approval(execution)
        operator.command("approve", "Gate")
        operator.ends(execution, "Succeeded")
        assert operator.greeting("prod") == greeting


def test_superseded_pushes_give_way_to_the_newest(operator: Operator) -> None:
    first = operator.push("supersede", mode="SUPERSEDED", greeting="one")
    operator.ends(first, "Cancelled")
    first = operator.executions()[0]["pipelineExecutionId"]
    operator.waits_for_approval(first)
    second = operator.push("two", greeting="two")
    operator.until(lambda: operator.greeting("dev") == "two", "the second push in dev")
    third = operator.push("three", greeting="three")

    operator.ends(second, "Superseded")
    operator.command("approve", "Gate")
    operator.ends(first, "Succeeded")
    operator.waits_for_approval(third)
    operator.command("approve", "Gate")
    operator.ends(third, "Succeeded")
    assert operator.greeting("prod") == "three"
