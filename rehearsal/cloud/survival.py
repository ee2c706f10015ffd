"""What of the cloud outlives the process: one file that is replaced at safe points and read by the next process."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from . import plain, registry, stores
from .types import records

FORMAT = 2
LOST = (
    "what a deployment had done when the rehearsal was killed: its stack is as before, and can be deployed again",
    "what was written to DynamoDB, S3, Secrets Manager or a log group after the last action ended, when killed",
    "running tasks and functions: they start again, with new task ids and an empty memory",
    "open connections, requests under way, and how much of an API key's burst is used up",
    "the certificate authority: a new one signs the same names, in the same files",
    "a crash of the machine itself: nothing is forced to disk, PostgreSQL's data neither",
)
"""What cannot survive, a phrase each, for the documentation."""

_ATTEMPTS = 10
_PAUSE_SECONDS = 0.1
_log = logging.getLogger(__name__)


class CannotRestore(RuntimeError):  # noqa: N818 - what the caller reads is the condition
    """What an earlier process left cannot be taken up again; the message says why and what to do."""


@dataclass(frozen=True)
class Kept:
    """Something beside the emulator that comes along: `give` answers plain data, `take` gets it back."""

    give: Callable[[], Any]
    take: Callable[[Any], None]


class Survival:
    """The snapshot file of a cloud."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._kept = {
            "attributes": Kept(registry.remembered, registry.remember),
            "records": Kept(records.kept, records.put_back),
        }
        self._content = b""

    def keep(self, name: str, kept: Kept) -> None:
        """Let something more come along, under a name of its own."""
        self._kept[name] = kept

    def write(self, *, port: int, patience: float = 0) -> bool:
        """Write a snapshot; whether one was written.

        None is written while a stack changes, for nobody could go on with half of one; `patience` is how many
        seconds to wait for its end. The file of before then stands.
        """
        deadline = time.monotonic() + patience
        while changing := stores.unsettled():
            if time.monotonic() >= deadline:
                _log.info("no snapshot: %s", ", ".join(changing))
                return False
            time.sleep(_PAUSE_SECONDS)
        with self._lock:
            content = self._taken(port)
            if content != self._content:
                plain.write(self._path, content)
                self._content = content
        return True

    def read(self) -> dict[str, Any] | None:
        """The last snapshot; None if there is none. Raises CannotRestore."""
        try:
            snapshot: dict[str, Any] = plain.read(self._path)
        except FileNotFoundError:
            return None
        except plain.NotPlainError as error:
            raise CannotRestore(f"{error}: begin anew, without what was deployed") from error
        written_by = snapshot.get("format"), snapshot.get("emulator")
        if written_by != (FORMAT, version("ministack")):
            raise CannotRestore(
                f"{self._path} was written in format {written_by[0]} by ministack {written_by[1]}, this is format "
                f"{FORMAT} and ministack {version('ministack')}: begin anew, without what was deployed"
            )
        return snapshot

    def put_back(self, snapshot: dict[str, Any]) -> None:
        """Let everything be as the snapshot has it."""
        stores.put_back(snapshot["stores"])
        for name, value in snapshot["kept"].items():
            if name in self._kept:
                self._kept[name].take(value)

    def _taken(self, port: int) -> bytes:
        """Requests go on meanwhile: a dictionary that grows under the writer's eyes is read once more."""
        attempt = 1
        while True:
            try:
                return plain.to_bytes(
                    {
                        "format": FORMAT,
                        "emulator": version("ministack"),
                        "port": port,
                        "stores": stores.take(),
                        "kept": {name: kept.give() for name, kept in self._kept.items()},
                    }
                )
            except RuntimeError as error:
                if "during iteration" not in str(error) or attempt == _ATTEMPTS:
                    raise
            attempt += 1
            time.sleep(_PAUSE_SECONDS)
