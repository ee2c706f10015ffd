"""What a build printed, from where CodeBuild says that its log is, and what a deployment did to its stack."""

import codecs
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from .endpoint import Endpoint
from .executions import Action

_CHUNK = 1024 * 1024


class FileLog:
    """A log file of this machine from its byte `begin` on; it may not be there yet, and may still grow."""

    def __init__(self, path: Path, *, begin: int = 0) -> None:
        self.path = path
        self._read = begin
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")

    def new(self) -> str:
        """What was added since the last call, a megabyte at most; empty where nothing was."""
        try:
            with self.path.open("rb") as file:
                file.seek(self._read)
                added = file.read(_CHUNK)
        except FileNotFoundError:
            return ""
        self._read += len(added)
        return self._decoder.decode(added)


def events_of(endpoint: Endpoint, action: Action) -> list[str]:
    """The stack events of an action that deploys, a line each, oldest first; none of another action.

    Raises botocore's ClientError as CloudFormation refuses.
    """
    stack, role = action.configuration.get("StackName"), action.configuration.get("RoleArn", "")
    if action.provider != "CloudFormation" or not stack or action.started is None:
        return []
    account = role.split(":")[4] if role else endpoint.account
    cloudformation = replace(endpoint, account=account).client("cloudformation")
    try:
        pages = list(cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack))
    except cloudformation.exceptions.ClientError as error:
        # So CloudFormation says that there is no such stack: the action failed before it made one.
        if error.response["Error"]["Code"] == "ValidationError":
            return []
        raise
    # CodePipeline's time and CloudFormation's are of one clock here, cut to whole seconds.
    events = [
        e for page in pages for e in page["StackEvents"] if e["Timestamp"].timestamp() > action.started - 1
    ]
    return [_line(event) for event in reversed(events)]


def _line(event: Mapping[str, Any]) -> str:
    words = (
        event["Timestamp"].strftime("%H:%M:%S"),
        event["ResourceStatus"],
        event["ResourceType"],
        event["LogicalResourceId"],
        event.get("ResourceStatusReason", ""),
    )
    return " ".join(filter(None, words))


def log_of(endpoint: Endpoint, action: Action) -> FileLog | None:
    """The log of an action's latest run; None for one that has none, because it is no build.

    Raises botocore's ClientError as CodeBuild refuses.
    """
    if action.provider != "CodeBuild" or not action.external_id:
        return None
    builds = endpoint.client("codebuild").batch_get_builds(ids=[action.external_id])["builds"]
    links = [urlsplit(build["logs"]["deepLink"]) for build in builds]
    return next((FileLog(Path(unquote(link.path))) for link in links if link.scheme == "file"), None)
