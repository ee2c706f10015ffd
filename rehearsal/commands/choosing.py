"""Which execution, approval or action a command means: the obvious one, or the one that is named."""

from difflib import get_close_matches

from rehearsal.client import Action, Execution, PendingApproval, Pipeline, Stage
from rehearsal.client.pipeline import REMEMBERED

from .command import CommandError


def execution_of(pipeline: Pipeline, id_: str | None) -> Execution:
    """The execution whose id starts so, with its stages; by default the newest. Raises CommandError.

    A commit stands for its newest execution: a pipeline that changes itself gives a commit another one.
    """
    if id_ is None:
        found = pipeline.executions(1)
        if not found:
            raise CommandError(f"{pipeline.name} has not run yet: start it with `python -m rehearsal push`")
    else:
        executions = pipeline.executions(REMEMBERED)
        found = [execution for execution in executions if execution.id.startswith(id_)]
        found = found or [execution for execution in executions if execution.revision.startswith(id_)][:1]
        if len(found) != 1:
            reason = f"{len(found)} executions start so" if found else "there is no such execution"
            raise CommandError(f"execution {id_!r}: {reason}; `python -m rehearsal status` lists them")
    return pipeline.execution(found[0])


def running(pipeline: Pipeline, id_: str | None) -> Execution:
    """The execution to stop: the one named, or the one that runs. Raises CommandError for none or several."""
    if id_ is not None:
        return execution_of(pipeline, id_)
    found = [e for e in pipeline.executions(REMEMBERED) if e.status in ("InProgress", "Stopping")]
    if len(found) != 1:
        names = ", ".join(f"{e.id[:8]} ({e.revision[:8]})" for e in found) or "none"
        raise CommandError(f"name the execution to stop; running: {names}")
    return found[0]


def failed_stage(execution: Execution, name: str | None) -> Stage:
    """The stage to run again: the one named, or the one that did not succeed. Raises CommandError."""
    stages = [stage for stage in execution.stages if stage.status in ("Failed", "Stopped")]
    if name is not None:
        stages = [stage for stage in execution.stages if stage.name == name]
        if not stages:
            known = ", ".join(stage.name for stage in execution.stages)
            raise CommandError(f"stage {name!r}: the pipeline has {known}")
    if not stages:
        raise CommandError(
            f"no stage of {execution.id[:8]} failed (it is {execution.status}): there is nothing to retry"
        )
    return stages[0]


def approval_of(pipeline: Pipeline, name: str | None) -> PendingApproval:
    """The approval that waits, in the stage (or STAGE/ACTION) that is named if one is. Raises CommandError."""
    waiting = pipeline.waiting()
    found = [a for a in waiting if name in (None, a.stage, f"{a.stage}/{a.action}")]
    if len(found) == 1:
        return found[0]
    if not waiting:
        raise CommandError(f"no approval of {pipeline.name} waits for a person")
    names = ", ".join(f"{a.stage}/{a.action}" for a in waiting)
    if name is None:
        raise CommandError(f"several approvals wait, so name one of {names}")
    raise CommandError(f"approval {name!r}: what waits is {names}")


def action_of(execution: Execution, name: str) -> tuple[Stage, Action]:
    """The action by its name, or as STAGE/ACTION where several stages have one. Raises CommandError."""
    pairs = [(stage, action) for stage in execution.stages for action in stage.actions]
    found = [(s, a) for s, a in pairs if name in (a.name, f"{s.name}/{a.name}")]
    if len(found) == 1:
        return found[0]
    names = [f"{s.name}/{a.name}" for s, a in found or pairs]
    if found:
        raise CommandError(f"action {name!r}: several stages have it; name one of {', '.join(names)}")
    near = [known for known in names if name.lower() in known.lower()] or get_close_matches(name, names, 5)
    hint = f"; near it are {', '.join(near)}" if near else f"; there are for example {', '.join(names[:5])}"
    raise CommandError(f"action {name!r}: there is no such action{hint}")
