"""kill -9 of the rehearsal at the worst moments: after `up` the past is all there, and the work goes on."""

import pytest

from .operator import Operator


@pytest.fixture(scope="module", autouse=True)
def _past(operator: Operator) -> None:
    """A run that succeeded, to be found again after each kill."""
    execution = operator.push("the past", greeting="before")
    operator.waits_for_approval(execution)
    operator.command("approve", "Gate")
    operator.ends(execution, "Succeeded")


def killed_and_up_again(operator: Operator) -> list[str]:
    """Kill the rehearsal and start it again; the ids of the executions that were known before."""
    known = [execution["pipelineExecutionId"] for execution in operator.executions()]
    operator.kill()
    operator.command("up")
    assert [execution["pipelineExecutionId"] for execution in operator.executions()][: len(known)] == known
    return known


def test_killed_at_the_gate_the_approval_still_waits(operator: Operator) -> None:
    execution = operator.push("wait at the gate", greeting="at the gate")
    operator.waits_for_approval(execution)

    killed_and_up_again(operator)

    assert operator.greeting("dev") == "at the gate"
    assert operator.greeting("prod") == "before"
    operator.waits_for_approval(execution)
    operator.command("approve", "Gate")
    operator.ends(execution, "Succeeded")
    assert operator.greeting("prod") == "at the gate"


def test_killed_in_a_build_the_run_has_failed_there_and_is_retried(operator: Operator) -> None:
    execution = operator.push("die building", greeting="retried build")
    operator.until(lambda: operator.actions(execution).get("Build/Synth") == "InProgress", "the build")

    killed_and_up_again(operator)

    assert operator.status(execution) == "Failed"
    assert operator.actions(execution)["Build/Synth"] == "Failed"
    operator.command("retry")
    operator.waits_for_approval(execution)
    assert operator.greeting("dev") == "retried build"
    operator.command("reject", "Gate", "--why", "seen enough")
    operator.ends(execution, "Failed")


def test_killed_in_a_deployment_the_run_has_failed_there_and_is_retried(operator: Operator) -> None:
    execution = operator.push("die deploying", slow_seconds=12, greeting="retried deployment")
    deploying = "dev/greeting-dev.Deploy"
    operator.until(lambda: operator.actions(execution).get(deploying) == "InProgress", "the deployment")

    killed_and_up_again(operator)

    assert operator.status(execution) == "Failed"
    assert operator.actions(execution)[deploying] == "Failed"
    operator.command("retry", "--all-actions")
    operator.waits_for_approval(execution)
    assert operator.greeting("dev") == "retried deployment"
