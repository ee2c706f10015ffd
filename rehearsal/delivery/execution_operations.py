"""CodePipeline's operations on executions: started, shown, stopped, retried, and their approvals answered."""

from collections.abc import Mapping

from .approvals import Approvals, PendingApproval
from .book import Book
from .conductor import Conductor
from .errors import ActionNotFoundError, DeliveryError, ExecutionNotFoundError
from .pipeline_operations import PipelineOperations
from .state import ActionExecution, Execution


class ExecutionOperations(PipelineOperations):
    """The part of the engine that stands behind CodePipeline's API and is about single executions."""

    _approvals: Approvals
    _book: Book
    _conductor: Conductor

    def executions(self, pipeline: str | None = None) -> list[Execution]:
        """Snapshots of all executions, or of one pipeline's, the newest first."""
        return [e for e in self._book.executions()[::-1] if pipeline in (None, e.pipeline)]

    def get_pipeline_execution(self, pipeline: str, execution_id: str) -> Execution:
        """One execution. Raises PipelineNotFoundError and ExecutionNotFoundError."""
        self._pipelines.get(pipeline)
        for execution in self.executions(pipeline):
            if execution.id == execution_id:
                return execution
        raise ExecutionNotFoundError(f"the pipeline '{pipeline}' has no execution '{execution_id}'")

    def list_action_executions(self, pipeline: str, execution_id: str | None = None) -> list[ActionExecution]:
        """All runs of actions, or those of one execution, retried ones included, the newest first.

        Raises PipelineNotFoundError and ExecutionNotFoundError.
        """
        self._pipelines.get(pipeline)
        if execution_id is not None:
            self.get_pipeline_execution(pipeline, execution_id)
        wanted = {execution_id} if execution_id else {e.id for e in self.executions(pipeline)}
        return [run for run in self._book.action_executions()[::-1] if run.execution_id in wanted]

    def stop_pipeline_execution(
        self, pipeline: str, execution_id: str, *, abandon: bool = False, reason: str = ""
    ) -> None:
        """Stop an execution: it is Stopping, and Stopped when its running actions have finished, or, with
        `abandon`, have been ended.

        Raises PipelineNotFoundError, ExecutionNotFoundError, ExecutionNotStoppableError when it has ended, and
        DuplicatedStopRequestError when it is being stopped in this way already.
        """
        execution = self.get_pipeline_execution(pipeline, execution_id)
        self._conductor.stop(execution, abandon=abandon, reason=reason)

    def retry_stage_execution(
        self, pipeline: str, stage: str, execution_id: str, mode: str = "FAILED_ACTIONS"
    ) -> str:
        """Run the failed actions of a failed or stopped stage again, or with ALL_ACTIONS all of them; answer the
        execution's id, which goes on behind the stage.

        Raises PipelineNotFoundError, StageNotFoundError, ExecutionNotFoundError, StageNotRetryableError when
        nothing failed there or the pipeline has changed since, and NotLatestExecutionError when a later execution
        has been in the stage.
        """
        deployed = self._pipelines.get(pipeline)
        self._stage(pipeline, stage)
        self.get_pipeline_execution(pipeline, execution_id)
        if mode not in ("FAILED_ACTIONS", "ALL_ACTIONS"):
            raise DeliveryError(f"retry mode '{mode}': use FAILED_ACTIONS or ALL_ACTIONS")
        self._conductor.retry(deployed, stage, execution_id, everything=mode == "ALL_ACTIONS")
        return execution_id

    def pending_approvals(self) -> list[PendingApproval]:
        """The approvals that wait for a person, oldest first."""
        return self._approvals.waiting()

    def start_pipeline_execution(
        self,
        pipeline: str,
        *,
        revision: str | None = None,
        trigger: str = "StartPipelineExecution",
        variables: Mapping[str, str] | None = None,
        request_token: str | None = None,
    ) -> str:
        """Start an execution for a commit, by default the branch's newest; answer its id.

        `variables` are values for variables that the pipeline declares. A `request_token` that was used before
        answers the execution that it started. Raises PipelineNotFoundError, TooManyExecutionsError (50 that have
        not ended), and DeliveryError for an unknown variable or once the engine has been stopped.
        """
        return self._conductor.start(
            self._pipelines.get(pipeline),
            revision=revision,
            trigger=trigger,
            variables=variables,
            request_token=request_token,
        )

    def put_approval_result(
        self,
        *,
        pipeline: str,
        stage: str,
        action: str,
        token: str,
        status: str,
        summary: str,
        by: str | None = None,
    ) -> None:
        """Approve or reject: `status` is Approved or Rejected, `summary` at most 512 characters, `by` who says so.

        Raises the DeliveryErrors of approvals.Approvals.answer, and PipelineNotFoundError, StageNotFoundError
        and ActionNotFoundError for names that the deployed pipeline does not have.
        """
        if action not in [a.name for a in self._stage(pipeline, stage).actions]:
            raise ActionNotFoundError(f"the stage '{stage}' has no action '{action}'")
        self._approvals.answer(
            pipeline=pipeline, stage=stage, action=action, token=token, status=status, summary=summary, by=by
        )
