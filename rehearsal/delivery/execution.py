"""One execution of a pipeline: its stages in order, the actions of a stage by run order."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from .actions import PROVIDERS, ActionContext, ActionResult, Services
from .artifacts import Artifact
from .errors import Abandoned, ActionFailed
from .locks import StageLocks, SupersededError
from .pipelines import DeployedPipeline
from .state import ActionState, Book, Execution, StageState
from .structure import Action, Stage
from .variables import resolve

_log = logging.getLogger(__name__)


class Runner:
    """Runs one execution in a thread of its own, by the structure that the pipeline had at its start.

    `outdated` is asked between actions whether the pipeline has changed so that the execution ends as
    Cancelled; `ended` is called after the last change of its state.
    """

    def __init__(
        self,
        *,
        pipeline: DeployedPipeline,
        execution: Execution,
        services: Services,
        book: Book,
        locks: StageLocks,
        outdated: Callable[["Runner"], bool],
        ended: Callable[["Runner"], None],
    ) -> None:
        self.pipeline, self.id, self.revision = pipeline, execution.id, execution.revision
        self._services, self._book, self._locks = services, book, locks
        self._outdated, self._ended = outdated, ended
        self._abandoned = threading.Event()
        self._outcome = "Failed"
        self._artifacts: dict[str, Artifact] = {}
        structure = pipeline.structure
        self._namespaces: dict[str, dict[str, str]] = {
            "codepipeline": {"PipelineExecutionId": execution.id},
            "variables": dict(execution.variables),
        }
        self._mode = structure.mode
        locks.join(structure.stages[0].name, self.id, mode=self._mode)
        self.thread = threading.Thread(target=self._run, name=f"execution-{self.id[:8]}", daemon=True)

    def abandon(self, outcome: str) -> None:
        """End the execution as `outcome` (Stopped or Cancelled), its running actions as Abandoned."""
        self._outcome = outcome
        self._abandoned.set()

    def _run(self) -> None:
        try:
            self._run_stages()
        except SupersededError:
            self._outcome = "Superseded"
        except Exception:  # an execution that dies unseen would leave its stage locked for good
            _log.exception("execution %s", self.id)
        finally:
            self._locks.forget(self.id)
            self._book.update(self.id, status=self._outcome)
            self._ended(self)

    def _run_stages(self) -> None:
        stages = self.pipeline.structure.stages
        for stage, following in zip(stages, [*stages[1:], None], strict=True):
            if not self._locks.wait(stage.name, self.id, mode=self._mode, abandoned=self._abandoned):
                return
            if self._is_outdated() or not self._run_stage(stage):
                return
            if following:
                self._locks.join(following.name, self.id, mode=self._mode)
            self._locks.leave(stage.name, self.id)
        self._outcome = "Succeeded"

    def _run_stage(self, stage: Stage) -> bool:
        """Run a stage; whether the execution goes on behind it."""
        self._book.update_stage(self.id, stage.name, status="InProgress")
        batches = stage.batches()
        for batch in batches:
            with ThreadPoolExecutor(len(batch), thread_name_prefix=f"action-{self.id[:8]}") as pool:
                results = list(pool.map(lambda action: self._run_action(stage, action), batch))
            for action, result in zip(batch, results, strict=True):
                if result:
                    self._take(action, result)
            if self._abandoned.is_set():
                self._book.update_stage(self.id, stage.name, status=self._outcome)
                return False
            if not all(results):
                self._book.update_stage(self.id, stage.name, status="Failed")
                return False
            last = batch is batches[-1]
            if self._is_outdated():
                self._book.update_stage(self.id, stage.name, status="Succeeded" if last else "Cancelled")
                return False
        self._book.update_stage(self.id, stage.name, status="Succeeded")
        return True

    def _is_outdated(self) -> bool:
        if self._outdated(self):
            self._outcome = "Cancelled"
            return True
        return False

    def _take(self, action: Action, result: ActionResult) -> None:
        self._artifacts.update(result.artifacts)
        if action.namespace:
            self._namespaces[action.namespace] = dict(result.variables)

    def _run_action(self, stage: Stage, action: Action) -> ActionResult | None:
        """Run an action; None if it did not succeed. Its state tells why."""

        def tell(**fields: object) -> None:
            self._book.update_action(self.id, stage.name, action.name, **fields)

        tell(status="InProgress")
        try:
            run = PROVIDERS.get((action.category, action.provider))
            if run is None:
                raise ActionFailed(
                    f"the rehearsal has no {action.category} actions of provider {action.provider}"
                )
            result = run(self._context(stage, action, tell))
        except Abandoned:
            tell(status="Abandoned")
            return None
        except ActionFailed as failure:
            tell(status="Failed", error=str(failure))
            return None
        except (
            Exception
        ) as error:  # the rehearsal's own fault, or input it does not foresee: one action fails
            _log.exception("%s/%s", stage.name, action.name)
            tell(status="Failed", error=f"{type(error).__name__}: {error}")
            return None
        tell(status="Succeeded")
        return result

    def _context(self, stage: Stage, action: Action, tell: Callable[..., None]) -> ActionContext:
        resolved = Action(
            **{**vars(action), "configuration": resolve(action.configuration, self._namespaces)}
        )
        return ActionContext(
            services=self._services,
            pipeline=self.pipeline,
            execution_id=self.id,
            revision=self.revision,
            stage=stage.name,
            action=resolved,
            inputs={name: self._artifacts[name] for name in action.inputs},
            abandoned=self._abandoned,
            tell=tell,
        )


def not_started(stages: tuple[Stage, ...]) -> tuple[StageState, ...]:
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
