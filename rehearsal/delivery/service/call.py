"""What an operation is given: the parameters, who asks, and the engine."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..engine import Engine
from ..errors import PipelineNotFoundError
from ..pipelines import DeployedPipeline
from ..state import Execution
from .errors import RefusedError


@dataclass(frozen=True, kw_only=True)
class Call:
    """One checked request. `operation` is the model's name of it, `parameters` have the model's members, `caller`
    is the ARN of who asks."""

    engine: Engine
    account: str
    region: str
    caller: str
    operation: str
    parameters: Mapping[str, Any]

    def pipeline(self, name: str) -> DeployedPipeline:
        """The asking account's pipeline. Raises PipelineNotFoundError."""
        try:
            found = self.engine.get_pipeline(name)
        except PipelineNotFoundError:
            found = None
        if found is None or (found.account, found.region) != (self.account, self.region):
            raise PipelineNotFoundError(
                f"Account '{self.account}' does not have a pipeline with name '{name}'"
            )
        return found

    def pipelines(self) -> list[DeployedPipeline]:
        """The asking account's pipelines, by name."""
        return [
            p for p in self.engine.list_pipelines() if (p.account, p.region) == (self.account, self.region)
        ]

    def executions(self, pipeline: DeployedPipeline) -> list[Execution]:
        """The pipeline's executions, the newest first."""
        return self.engine.executions(pipeline.name)

    def execution(
        self,
        pipeline: DeployedPipeline,
        execution_id: str,
        *,
        missing: str = "PipelineExecutionNotFoundException",
    ) -> Execution:
        """One of them. Raises RefusedError with the code `missing`."""
        for execution in self.executions(pipeline):
            if execution.id == execution_id:
                return execution
        raise RefusedError(
            missing,
            f"The pipeline '{pipeline.name}' has no execution with the id '{execution_id}'",
        )


Operation = Callable[[Call], dict[str, Any]]
