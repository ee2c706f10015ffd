"""A deployed pipeline, read and steered by CodePipeline's API as any operator's tool does it."""

import contextlib
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from .executions import Execution, PendingApproval, of_summary, stages

REMEMBERED = 1000  # executions that are looked through for one
LONGEST_SUMMARY = 512  # characters of an approval's answer
LARGEST_PAGE = 100  # executions that CodePipeline answers at once


class Pipeline:
    """The pipeline `name`, by a boto3 client of CodePipeline.

    Every method raises botocore's ClientError as the service refuses.
    """

    def __init__(self, api: Any, name: str) -> None:
        self._api = api
        self.name = name
        self._declared: dict[int, Sequence[Mapping[str, Any]]] = {}

    def executions(self, most: int) -> list[Execution]:
        """The newest executions, newest first, without their stages."""
        pages = self._api.get_paginator("list_pipeline_executions").paginate(
            pipelineName=self.name, PaginationConfig={"PageSize": min(most, LARGEST_PAGE)}
        )
        summaries = (summary for page in pages for summary in page["pipelineExecutionSummaries"])
        return [of_summary(self.name, summary) for summary in islice(summaries, most)]

    def summary(self, execution_id: str) -> Execution | None:
        """One execution, without its stages; None if the service does not know it."""
        return next((e for e in self.executions(REMEMBERED) if e.id == execution_id), None)

    def execution(self, execution: Execution) -> Execution:
        """The execution with its stages as they are now."""
        ran = self._ran(execution.id)
        declared = self._structure(ran[0]["pipelineVersion"] if ran else None)
        return Execution(**{**vars(execution), "stages": stages(declared, ran, execution.status)})

    def waiting(self) -> list[PendingApproval]:
        """The approvals that wait for a person, in the order of the stages."""
        found = []
        for stage in self._api.get_pipeline_state(name=self.name)["stageStates"]:
            for action in stage.get("actionStates", []):
                latest = action.get("latestExecution", {})
                if latest.get("status") == "InProgress" and "token" in latest:
                    found.append(self._pending(stage, action["actionName"], latest["token"]))
        return found

    def answer(self, approval: PendingApproval, *, status: str, summary: str) -> bool:
        """Approve or reject: `status` is Approved or Rejected, `summary` the reason, LONGEST_SUMMARY at most.

        False if somebody else was quicker.
        """
        try:
            self._api.put_approval_result(
                pipelineName=self.name,
                stageName=approval.stage,
                actionName=approval.action,
                result={"status": status, "summary": summary},
                token=approval.token,
            )
        except self._api.exceptions.ApprovalAlreadyCompletedException:
            return False
        return True

    def retry(self, stage: str, execution_id: str, *, all_actions: bool) -> None:
        """Run a failed stage of an execution again: the failed actions, or all of them."""
        self._api.retry_stage_execution(
            pipelineName=self.name,
            stageName=stage,
            pipelineExecutionId=execution_id,
            retryMode="ALL_ACTIONS" if all_actions else "FAILED_ACTIONS",
        )

    def stop(self, execution_id: str, *, abandon: bool, reason: str) -> None:
        """Stop an execution: after its running actions, or at once."""
        self._api.stop_pipeline_execution(
            pipelineName=self.name, pipelineExecutionId=execution_id, abandon=abandon, reason=reason
        )

    def closed_transitions(self) -> dict[str, str]:
        """The stages that executions may not enter now, with the reasons."""
        states = self._api.get_pipeline_state(name=self.name)["stageStates"]
        transitions = {stage["stageName"]: stage.get("inboundTransitionState", {}) for stage in states}
        return {
            name: transition.get("disabledReason", "")
            for name, transition in transitions.items()
            if not transition.get("enabled", True)
        }

    def _pending(self, stage: Mapping[str, Any], action: str, token: str) -> PendingApproval:
        execution_id = stage["latestExecution"]["pipelineExecutionId"]
        place = (stage["stageName"], action)
        shown = self._configuration(*place)
        for detail in self._ran(execution_id):
            if (detail["stageName"], detail["actionName"]) == place and detail["status"] == "InProgress":
                given = detail.get("input", {})
                shown = given.get("resolvedConfiguration") or shown
        return PendingApproval(
            pipeline=self.name,
            stage=stage["stageName"],
            action=action,
            token=token,
            execution_id=execution_id,
            custom_data=shown.get("CustomData", ""),
            url=shown.get("ExternalEntityLink", ""),
        )

    def _configuration(self, stage_name: str, action_name: str) -> Mapping[str, str]:
        """An action's configuration as it is declared, its variables not filled in."""
        found = [
            action.get("configuration", {})
            for stage in self._structure(None)
            for action in stage["actions"]
            if (stage["name"], action["name"]) == (stage_name, action_name)
        ]
        return found[0] if found else {}

    def _ran(self, execution_id: str) -> list[Mapping[str, Any]]:
        pages = self._api.get_paginator("list_action_executions").paginate(
            pipelineName=self.name, filter={"pipelineExecutionId": execution_id}
        )
        return [detail for page in pages for detail in page["actionExecutionDetails"]]

    def _structure(self, version: int | None) -> Sequence[Mapping[str, Any]]:
        """The stages of a version of the pipeline; those of now when the service does not keep the version."""
        if version in self._declared:
            return self._declared[version]
        declared = self._api.get_pipeline(name=self.name)["pipeline"]
        if version not in (None, declared["version"]):
            with contextlib.suppress(self._api.exceptions.PipelineVersionNotFoundException):
                declared = self._api.get_pipeline(name=self.name, version=version)["pipeline"]
        stages_: Sequence[Mapping[str, Any]] = declared["stages"]
        if version is not None:
            self._declared[version] = stages_
        return stages_
