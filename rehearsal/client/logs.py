"""What a build printed: from the rehearsal's own file, else from CloudWatch Logs as CodeBuild tells where."""

from pathlib import Path
from typing import Any, Protocol

from .endpoint import Endpoint
from .executions import Action, Execution, Stage


class Log(Protocol):
    """A log that may still grow."""

    def new(self) -> str:
        """What was added since the last call, the whole log at the first."""


def log_of(endpoint: Endpoint, state: Path, execution: Execution, stage: Stage, action: Action) -> Log | None:
    """The log of an action that has started; None for one that has none, because it is no build.

    `state` is the rehearsal's folder. Raises botocore's ClientError as CodeBuild refuses.
    """
    file = state / "logs" / execution.id[:8] / f"{stage.name}.{action.name}.log"
    if file.exists():
        return FileLog(file)
    if action.provider != "CodeBuild" or not action.external_id:
        return None
    builds = endpoint.client("codebuild").batch_get_builds(ids=[action.external_id])["builds"]
    places = [build.get("logs", {}) for build in builds]
    if not places or "streamName" not in places[0]:
        return None
    return StreamLog(endpoint.client("logs"), group=places[0]["groupName"], stream=places[0]["streamName"])


class FileLog:
    """A log file of this machine."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = 0

    def new(self) -> str:
        """What was added since the last call."""
        with self._path.open("rb") as file:
            file.seek(self._read)
            added = file.read()
        self._read += len(added)
        return added.decode(errors="replace")


class StreamLog:
    """A log stream of CloudWatch Logs."""

    def __init__(self, api: Any, *, group: str, stream: str) -> None:
        self._api = api
        self._place = {"logGroupName": group, "logStreamName": stream, "startFromHead": True}
        self._token: str | None = None

    def new(self) -> str:
        """What was added since the last call. Raises botocore's ClientError if the stream is gone."""
        added = []
        while True:
            place = {**self._place, **({"nextToken": self._token} if self._token else {})}
            answer = self._api.get_log_events(**place)
            added += [event["message"] for event in answer["events"]]
            before, self._token = self._token, answer["nextForwardToken"]
            if self._token == before:  # the end, as CloudWatch Logs tells it
                return "".join(f"{message.rstrip(chr(10))}\n" for message in added)
