"""CloudFormation actions: a change set is made, and another action executes it."""

import json
import uuid
from contextlib import suppress
from typing import Any

from botocore.exceptions import ClientError

from ..artifact_access import READ, check_artifacts
from ..errors import Abandoned, ActionFailed
from .context import ActionContext, ActionResult

_TICK = 0.25
# CloudFormation takes a longer template only from a bucket, up to 1 MB.
_LONGEST_INLINE = 51_200
_DONE = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE")


def run(context: ActionContext) -> ActionResult:
    """CHANGE_SET_REPLACE and CHANGE_SET_EXECUTE; the variables are the stack's outputs."""
    mode = context.action.configuration.get("ActionMode")
    stack = _Stack(context)
    match mode:
        case "CHANGE_SET_REPLACE":
            stack.replace_change_set()
        case "CHANGE_SET_EXECUTE":
            stack.execute_change_set()
        case _:
            raise ActionFailed(
                f"ActionMode '{mode}': the rehearsal knows CHANGE_SET_REPLACE and CHANGE_SET_EXECUTE"
            )
    return ActionResult(variables=stack.outputs())


class _Stack:
    """The stack that the action names, seen and changed by the action's role, in that role's account."""

    def __init__(self, context: ActionContext) -> None:
        self._context = context
        self._configuration = context.action.configuration
        self._cloudformation = context.credentials.client("cloudformation")
        self._name = self._configuration["StackName"]
        self._change_set = {"StackName": self._name, "ChangeSetName": self._configuration["ChangeSetName"]}

    def replace_change_set(self) -> None:
        """Make the change set anew. One without changes is as good as any: executing it does nothing."""
        found = self._describe()
        status = found["StackStatus"] if found else None
        if status in ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED"):
            raise ActionFailed(
                f"stack {self._name} is in {status} and cannot be updated: delete it, then retry this stage"
            )
        exists = status not in (None, "REVIEW_IN_PROGRESS")
        with suppress(ClientError):
            self._cloudformation.delete_change_set(**self._change_set)
        self._create_change_set("UPDATE" if exists else "CREATE")
        made = self._wait_for_change_set()
        if made["Status"] == "FAILED" and not _empty(made):
            raise ActionFailed(f"change set of {self._name}: {made.get('StatusReason', 'FAILED')}")
        self._context.tell(external_id=made["ChangeSetId"], summary=_counted(made))

    def execute_change_set(self) -> None:
        """Execute it and wait for the stack. Raises ActionFailed with the reason of what failed first."""
        made = self._wait_for_change_set()
        if _empty(made):
            self._context.tell(external_id=made["StackId"], summary="no changes")
            return
        seen = {event["EventId"] for event in self._events()}
        try:
            self._cloudformation.execute_change_set(**self._change_set)
        except ClientError as error:
            raise self._failed(error) from error
        self._context.tell(external_id=made["StackId"], summary=_counted(made))
        while (found := self._describe()) and found["StackStatus"].endswith("_IN_PROGRESS"):
            self._pause()
        status = found["StackStatus"] if found else "deleted"
        if status not in _DONE:
            raise ActionFailed(f"stack {self._name} is {status}: {self._reason(seen)}")

    def outputs(self) -> dict[str, str]:
        """The stack's outputs as they are now."""
        found = self._describe()
        return {o["OutputKey"]: o["OutputValue"] for o in (found or {}).get("Outputs", [])}

    def _create_change_set(self, kind: str) -> None:
        configuration = self._configuration
        check_artifacts(self._context.pipeline, self._context.credentials.role_arn, READ)
        artifact, _, path = configuration["TemplatePath"].partition("::")
        template = self._context.inputs[artifact].read(path)
        request: dict[str, Any] = {**self._change_set, "ChangeSetType": kind, **self._settings()}
        if configuration.get("Capabilities"):
            request["Capabilities"] = configuration["Capabilities"].split(",")
        if configuration.get("RoleArn"):
            request["RoleARN"] = configuration["RoleArn"]
        try:
            if len(template.encode()) <= _LONGEST_INLINE:
                self._cloudformation.create_change_set(**request, TemplateBody=template)
            else:
                self._create_from_bucket(request, template)
        except ClientError as error:
            raise self._failed(error) from error

    def _create_from_bucket(self, request: dict[str, Any], template: str) -> None:
        """Through the pipeline's artifact bucket, from which the template is gone again afterwards."""
        s3 = self._context.delivery_credentials.client("s3")
        bucket = self._context.pipeline.structure.artifact_bucket
        key = f"{self._context.pipeline.name}/templates/{uuid.uuid4()}.json"
        s3.put_object(Bucket=bucket, Key=key, Body=template.encode())
        try:
            url = f"{self._context.services.cloud.endpoint}/{bucket}/{key}"
            self._cloudformation.create_change_set(**request, TemplateURL=url)
        finally:
            s3.delete_object(Bucket=bucket, Key=key)

    def _settings(self) -> dict[str, Any]:
        """Parameters and tags: the template configuration file's, then the action's overrides."""
        file = self._configuration.get("TemplateConfiguration")
        settings: dict[str, Any] = {}
        if file:
            artifact, _, path = file.partition("::")
            settings = json.loads(self._context.inputs[artifact].read(path))
        overrides = json.loads(self._configuration.get("ParameterOverrides") or "{}")
        parameters = {**settings.get("Parameters", {}), **overrides}
        return {
            "Parameters": [{"ParameterKey": k, "ParameterValue": str(v)} for k, v in parameters.items()],
            "Tags": [{"Key": k, "Value": str(v)} for k, v in settings.get("Tags", {}).items()],
        }

    def _wait_for_change_set(self) -> Any:
        while True:
            try:
                made = self._cloudformation.describe_change_set(**self._change_set)
            except ClientError as error:
                raise self._failed(error) from error
            if made["Status"] not in ("CREATE_PENDING", "CREATE_IN_PROGRESS"):
                return made
            self._pause()

    def _describe(self) -> Any:
        """The stack as it is now; None if there is none. Raises ActionFailed where the role may not ask."""
        try:
            return self._cloudformation.describe_stacks(StackName=self._name)["Stacks"][0]
        except ClientError as error:
            if "does not exist" in error.response["Error"]["Message"]:  # its code is that of any bad request
                return None
            raise self._failed(error) from error

    def _events(self) -> list[Any]:
        """The stack's events, oldest first."""
        try:
            pages = self._cloudformation.get_paginator("describe_stack_events").paginate(StackName=self._name)
            return [event for page in pages for event in page["StackEvents"]][::-1]
        except ClientError:
            return []

    def _reason(self, seen: set[str]) -> str:
        """What failed first in this operation; a cancellation follows from it and is no reason."""
        for event in self._events():
            reason = event.get("ResourceStatusReason", "")
            if (
                event["EventId"] in seen
                or not event["ResourceStatus"].endswith("_FAILED")
                or "cancelled" in reason
            ):
                continue
            return (
                f"{event['LogicalResourceId']} ({event['ResourceType']}) {event['ResourceStatus']}: {reason}"
            )
        return "the events name no resource that failed"

    def _failed(self, error: ClientError) -> ActionFailed:
        return ActionFailed(f"{self._name}: {error.response['Error']['Message']}")

    def _pause(self) -> None:
        if self._context.abandoned.wait(_TICK):
            raise Abandoned


def _empty(change_set: Any) -> bool:
    reason = change_set.get("StatusReason", "")
    return change_set["Status"] == "FAILED" and ("didn't contain changes" in reason or "No updates" in reason)


def _counted(change_set: Any) -> str:
    """`added 3, changed 1`, by the kind of change."""
    words = {"Add": "added", "Modify": "changed", "Remove": "removed", "Import": "imported"}
    kinds = [change["ResourceChange"]["Action"] for change in change_set.get("Changes", [])]
    counted = [f"{word} {kinds.count(kind)}" for kind, word in words.items() if kind in kinds]
    return ", ".join(counted) or "no changes"
