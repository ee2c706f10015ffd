"""A new execution of a pipeline: for which commit, with which variables, and none of its stages entered yet."""

import time
import uuid
from collections.abc import Mapping

from .errors import DeliveryError
from .pipelines import DeployedPipeline
from .source import SourceRepository
from .state import ActionState, Execution, StageState
from .structure import Stage


def opened(
    pipeline: DeployedPipeline,
    repository: SourceRepository,
    *,
    revision: str | None,
    trigger: str,
    variables: Mapping[str, str],
    request_token: str | None,
    restarted: bool,
) -> Execution:
    """An execution for a commit, by default the newest of the pipeline's branch.

    Raises DeliveryError for a variable that the pipeline does not declare.
    """
    structure = pipeline.structure
    for unknown in sorted(variables.keys() - structure.variables.keys()):
        raise DeliveryError(f"the pipeline '{pipeline.name}' declares no variable '{unknown}'")
    commit = revision or repository.head(structure.branch) or ""
    return Execution(
        id=str(uuid.uuid4()),
        pipeline=pipeline.name,
        version=pipeline.version,
        trigger=trigger,
        status="InProgress",
        revision=commit,
        message=repository.describe(commit)["message"].split("\n")[0] if commit else "",
        started=time.time(),
        stages=_not_started(structure.stages),
        mode=structure.mode,
        variables={**structure.variables, **variables},
        request_token=request_token,
        restarted=restarted,
    )


def _not_started(stages: tuple[Stage, ...]) -> tuple[StageState, ...]:
    """The state of stages that no execution has entered yet."""
    return tuple(
        StageState(
            name=stage.name,
            actions=tuple(
                ActionState(name=a.name, category=a.category, provider=a.provider, run_order=a.run_order)
                for batch in stage.batches()
                for a in batch
            ),
        )
        for stage in stages
    )
