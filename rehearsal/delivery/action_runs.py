"""The actions of one execution: what each is given, how it runs, and what its state tells of it."""

import logging
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from .actions import PROVIDERS, ActionContext, Services, Tell
from .artifacts import Artifact, at, place
from .book import Book
from .errors import Abandoned, ActionFailed, internal
from .pipelines import DeployedPipeline
from .state import Execution
from .structure import Action, Stage
from .variables import Namespaces, resolve

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Given:
    """What the actions before have given: artifacts by name, variables by namespace."""

    artifacts: Mapping[str, Artifact]
    namespaces: Namespaces


class Actions:
    """Runs the actions of one execution. Those that are ended because the whole service is `suspended` leave their
    state as it is."""

    def __init__(
        self,
        *,
        pipeline: DeployedPipeline,
        execution: Execution,
        services: Services,
        book: Book,
        abandoned: threading.Event,
        suspended: Callable[[], bool],
    ) -> None:
        self._pipeline, self._id, self._revision = pipeline, execution.id, execution.revision
        self._services, self._book = services, book
        self._abandoned, self._suspended = abandoned, suspended

    def given(self, execution: Execution) -> Given:
        """What the execution's actions have given until now."""
        return Given(artifacts=self._artifacts(execution), namespaces=self._namespaces(execution))

    def _artifacts(self, execution: Execution) -> dict[str, Artifact]:
        """What its actions have handed over until now."""
        return {
            output.name: at(output, self._services.repository)
            for stage in execution.stages
            for action in stage.actions
            for output in action.artifacts
        }

    def _namespaces(self, execution: Execution) -> Namespaces:
        """The variables that its actions have given until now, and its own."""
        found = {
            "codepipeline": {"PipelineExecutionId": execution.id},
            "variables": execution.variables,
        }
        for stage in self._pipeline.structure.stages:
            for action in stage.actions:
                state = execution.stage(stage.name).action(action.name)
                if action.namespace and state.status == "Succeeded":
                    found[action.namespace] = state.variables
        return found

    def run(self, stage: Stage, action: Action, given: Given) -> None:
        """Run an action, or go on waiting in it. Its state tells what came of it."""

        def tell(**fields: object) -> None:
            self._book.update_action(self._id, stage.name, action.name, **fields)

        state = self._book.execution(self._id).stage(stage.name).action(action.name)
        action_id = state.id or str(uuid.uuid4())
        if state.status is None:
            tell(status="InProgress", id=action_id, configuration=dict(action.configuration))
        outcome = self._outcome(stage, action, action_id, given, tell)
        if outcome["status"] != "Succeeded" and self._suspended():
            return
        try:
            self._services.settled()
            tell(**outcome)
        except Exception as error:
            fault = _fault(stage, action, error)
            tell(**(fault if outcome["status"] == "Succeeded" else outcome))

    def _outcome(
        self, stage: Stage, action: Action, action_id: str, given: Given, tell: Tell
    ) -> dict[str, object]:
        """Fields of the action's state as it is once it has run."""
        try:
            run = PROVIDERS.get((action.category, action.provider))
            if run is None:
                raise ActionFailed(
                    f"the rehearsal has no {action.category} actions of provider {action.provider}"
                )
            configuration = resolve(action.configuration, given.namespaces)
            tell(configuration=configuration)
            result = run(
                ActionContext(
                    services=self._services,
                    pipeline=self._pipeline,
                    execution_id=self._id,
                    id=action_id,
                    attempt=self._attempt(stage, action),
                    revision=self._revision,
                    stage=stage.name,
                    action=replace(action, configuration=configuration),
                    inputs={name: given.artifacts[name] for name in action.inputs},
                    abandoned=self._abandoned,
                    tell=tell,
                )
            )
        except Abandoned:
            return {"status": "Abandoned"}
        except ActionFailed as failure:
            return {"status": "Failed", "error": str(failure)}
        except Exception as error:
            return _fault(stage, action, error)
        return {
            "status": "Succeeded",
            "variables": dict(result.variables),
            "artifacts": tuple(place(name, artifact) for name, artifact in result.artifacts.items()),
        }

    def _attempt(self, stage: Stage, action: Action) -> int:
        """How often the action has run in this execution, this time included."""
        runs = self._book.action_executions(self._id)
        return sum((run.stage, run.action.name) == (stage.name, action.name) for run in runs)


def _fault(stage: Stage, action: Action, error: Exception) -> dict[str, object]:
    """The outcome where the rehearsal itself is at fault, or met input that it does not foresee."""
    _log.error("%s/%s", stage.name, action.name, exc_info=error)
    return {"status": "Failed", "error": internal(error)}
