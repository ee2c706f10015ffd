"""What a build printed, from where CodeBuild says that its log is."""

import codecs
from pathlib import Path
from urllib.parse import unquote, urlsplit

from .endpoint import Endpoint
from .executions import Action

_CHUNK = 1024 * 1024


class FileLog:
    """A log file of this machine from its byte `begin` on; it may not be there yet, and may still grow."""

    def __init__(self, path: Path, *, begin: int = 0) -> None:
        self._path = path
        self._read = begin
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")

    def new(self) -> str:
        """What was added since the last call, a megabyte at most; empty where nothing was."""
        try:
            with self._path.open("rb") as file:
                file.seek(self._read)
                added = file.read(_CHUNK)
        except FileNotFoundError:
            return ""
        self._read += len(added)
        return self._decoder.decode(added)


def log_of(endpoint: Endpoint, action: Action) -> FileLog | None:
    """The log of an action's latest run; None for one that has none, because it is no build.

    Raises botocore's ClientError as CodeBuild refuses.
    """
    if action.provider != "CodeBuild" or not action.external_id:
        return None
    builds = endpoint.client("codebuild").batch_get_builds(ids=[action.external_id])["builds"]
    links = [urlsplit(build["logs"]["deepLink"]) for build in builds]
    return next((FileLog(Path(unquote(link.path))) for link in links if link.scheme == "file"), None)
