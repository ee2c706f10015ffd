"""A pipeline with one build, and what came of it."""

from typing import Any

from rehearsal.delivery import Execution
from tests.rehearsal.delivery.pieces import build, pipeline, project, source, stage
from tests.rehearsal.delivery.world import World


def run(world: World, buildspec: Any, files: dict[str, str] | None = None, **more: Any) -> Execution:
    """The execution of a pipeline with this one build, named B."""
    environment = more.pop("environment", {})
    made = project(buildspec, minutes=more.pop("minutes", 5), **environment)
    return world.run(pipeline(source(), stage("Build", build("B", "P", **more)), projects={"P": made}), files)


def lines(world: World, execution: Execution, name: str = "B") -> list[str]:
    """The commands' own output."""
    return [x for x in world.log(execution, "Build", name).splitlines() if not x.startswith("[Container]")]


def error(execution: Execution, name: str = "B") -> str:
    return execution.stage("Build").action(name).error or ""
