"""Deploys a template as CodePipeline does: a change set, described, executed, waited for."""

import json
import time
import uuid
from collections.abc import Mapping
from typing import Any

_POLL_SECONDS = 0.05


class DeploymentFailed(RuntimeError):  # noqa: N818 - what the caller reads is the condition
    """A change set or a stack did not reach its end; the message gives CloudFormation's reasons."""


def deploy(
    cloudformation: Any,
    name: str,
    template: Mapping[str, Any],
    *,
    parameters: Mapping[str, str] | None = None,
    role: str | None = None,
    seconds: float = 120,
) -> dict[str, str]:
    """Creates or updates the stack `name` and gives its outputs.

    `cloudformation`: a boto3 client. `role`: the ARN of the execution role, if it is to have one. Raises
    DeploymentFailed, also for a change set without changes.
    """
    change_set = f"deploy-{uuid.uuid4().hex[:8]}"
    named = {"StackName": name, "ChangeSetName": change_set}
    cloudformation.create_change_set(
        **named,
        TemplateBody=json.dumps(template),
        ChangeSetType="UPDATE" if _exists(cloudformation, name) else "CREATE",
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
        Parameters=[
            {"ParameterKey": key, "ParameterValue": value} for key, value in (parameters or {}).items()
        ],
        **({"RoleARN": role} if role else {}),
    )
    end = time.monotonic() + seconds
    described = cloudformation.describe_change_set(**named)
    while described["Status"] not in ("CREATE_COMPLETE", "FAILED") and time.monotonic() < end:
        time.sleep(_POLL_SECONDS)
        described = cloudformation.describe_change_set(**named)
    if described["Status"] != "CREATE_COMPLETE":
        raise DeploymentFailed(f"{name}: {described.get('StatusReason', described['Status'])}")
    cloudformation.execute_change_set(**named)
    stack = _settled(cloudformation, name, end)
    if stack["StackStatus"] not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        raise DeploymentFailed(
            f"{name}: {stack['StackStatus']}: {failures(cloudformation, stack['StackId'])}"
        )
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def delete(cloudformation: Any, name: str, *, seconds: float = 120) -> None:
    """Deletes the stack. Raises DeploymentFailed with the reasons if something stays."""
    stack_id = cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackId"]
    cloudformation.delete_stack(StackName=name)
    stack = _settled(cloudformation, stack_id, time.monotonic() + seconds)
    if stack["StackStatus"] != "DELETE_COMPLETE":
        raise DeploymentFailed(f"{name}: {stack['StackStatus']}: {failures(cloudformation, stack_id)}")


def failures(cloudformation: Any, stack: str) -> str:
    """The reasons of the failed events of a stack, oldest first."""
    events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    return "; ".join(
        f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}"
        for event in reversed(events)
        if event["ResourceStatus"].endswith("_FAILED")
    )


def _exists(cloudformation: Any, name: str) -> bool:
    try:
        stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    except cloudformation.exceptions.ClientError:
        return False
    return str(stack["StackStatus"]) not in ("REVIEW_IN_PROGRESS", "DELETE_COMPLETE")


def _settled(cloudformation: Any, stack: str, end: float) -> dict[str, Any]:
    while True:
        found: dict[str, Any] = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
        if not found["StackStatus"].endswith("_IN_PROGRESS"):
            return found
        if time.monotonic() > end:
            raise DeploymentFailed(f"{stack}: still {found['StackStatus']}")
        time.sleep(_POLL_SECONDS)
