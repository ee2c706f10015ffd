"""What the pipeline itself shows, in the tools account: its builds, and the tests of the environment's stage."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from verification.asking import Asked, NotYet, Said


def stage_succeeded(name: str) -> Callable[[Asked], Iterator[Said]]:
    """A check that a stage of the pipeline succeeded the last time."""

    def ask(asked: Asked) -> Iterator[Said]:
        pipeline = asked.tools.name("pipeline")
        state = asked.client("codepipeline").get_pipeline_state(name=pipeline)
        stages = {stage["stageName"]: stage for stage in state["stageStates"]}
        status = stages.get(name, {}).get("latestExecution", {}).get("status")
        if status in (None, "InProgress"):
            raise NotYet(f"the stage {name} of {pipeline} is {status or 'not run yet'}")
        yield status == "Succeeded", f"the stage {name} of {pipeline} {status.lower()}"

    return ask


def tests_passed(asked: Asked) -> Iterator[Said]:
    """The tests of the environment passed the last time."""
    last = _tests(asked)[0]
    yield last["status"] == "Succeeded", f"IntegrationTests of {asked.environment.suffix}: {last['status']}"


def tests_passed_at_once(asked: Asked) -> Iterator[Said]:
    """The very first run of the tests found every door open."""
    first = _tests(asked)[-1]
    yield (
        first["status"] == "Succeeded",
        f"the first IntegrationTests of {asked.environment.suffix}: {first['status']}",
    )


def _tests(asked: Asked) -> list[dict[str, Any]]:
    """The finished runs of the environment's tests, the newest first."""
    listed = asked.pages(
        "codepipeline",
        "list_action_executions",
        "actionExecutionDetails",
        pipelineName=asked.tools.name("pipeline"),
    )
    here = (asked.environment.suffix, "IntegrationTests")
    found = [
        run
        for run in listed
        if (run["stageName"], run["actionName"]) == here and run["status"] != "InProgress"
    ]
    if not found:
        raise NotYet(f"IntegrationTests of {asked.environment.suffix} have not run yet")
    return found
