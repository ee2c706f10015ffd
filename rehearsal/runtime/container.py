"""One container as one local process: the image's command with the task's address and environment."""

import contextlib
import os
import signal
import subprocess
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from . import guard
from .images import Image
from .node import NODE

NETWORK = "rehearsal"
PRELOAD = Path(__file__).with_name("node_task.cjs")
_FOLLOW_SECONDS = 0.1


class Container:
    """Shaped like docker-py's Container, as far as the emulator's schedulers look at one."""

    def __init__(
        self,
        image: Image,
        *,
        name: str,
        command: Sequence[str] | None,
        environment: Mapping[str, str],
        labels: Mapping[str, str],
        address: str,
        folder: Path,
        forget: Callable[["Container"], None],
    ) -> None:
        """`environment`: the whole of it. `folder`: the container's own, for its log and temporary files."""
        self.id = uuid.uuid4().hex * 2
        self.name = name
        self.labels = dict(labels)
        self.address = address
        self.log = folder / "log"
        self.stop_timeout: float = 10  # docker's own; a task's is in its definition
        self._image = image
        self._command = tuple(command or image.config.command)
        self._environment = dict(environment)
        self._folder = folder
        self._forget = forget
        self._ending = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def status(self) -> str:
        """`created`, `running` or `exited`."""
        if self._process is None:
            return "created"
        return "running" if self._process.poll() is None else "exited"

    @property
    def pid(self) -> int | None:
        """The process, whose number is its group's too; None before the start."""
        return self._process.pid if self._process else None

    @property
    def attrs(self) -> dict[str, Any]:
        """What `docker inspect` would say."""
        code = self._process.poll() if self._process else None
        return {
            "NetworkSettings": {"Networks": {NETWORK: {"IPAddress": self.address}}},
            "State": {"Status": self.status, "ExitCode": _reported(code or 0)},
            "Config": {"Labels": self.labels},
        }

    def start(self) -> None:
        """Start the process; a program that cannot start ends at once with its reason in the log."""
        program, *words = self._command
        if program != "node":
            raise ValueError(
                f"command {program!r}: the rehearsal starts node, for example ['node', 'server.mjs']"
            )
        argv = [str(NODE), "--require", str(PRELOAD), *map(self._outside, words)]
        environment = {
            "PATH": os.pathsep.join([str(NODE.parent), os.defpath]),
            "HOME": str(self._folder),
            "TMPDIR": str(self._folder),
            **self._environment,
            "HOSTNAME": "ip-" + self.address.replace(".", "-"),
            "REHEARSAL_ADDRESS": self.address,
        }
        workdir = self._image.root / self._image.config.workdir.lstrip("/")
        with self.log.open("ab") as output:
            self._process = guard.spawn(argv, cwd=workdir, env=environment, output=output)

    def _outside(self, word: str) -> str:
        """A word of the command; an absolute path that the image has is found in the image's files."""
        path = self._image.root / word.lstrip("/")
        return str(path) if word.startswith("/") and path.exists() else word

    def reload(self) -> None:
        """Nothing to do: every property is read from the process."""

    def wait(self, **_: Any) -> dict[str, int]:
        """Wait for the process and give its exit code."""
        if self._process is None:
            return {"StatusCode": 0}
        return {"StatusCode": _reported(self._process.wait())}

    def stop(self, timeout: float = 10, **_: Any) -> None:
        """SIGTERM, and SIGKILL for what is left after `timeout` seconds."""
        with self._ending:
            if self._process is not None and self.status == "running":
                guard.end(self._process, grace=timeout)

    def kill(self, **_: Any) -> None:
        """SIGKILL."""
        self.stop(timeout=0)

    def remove(self, **_: Any) -> None:
        """End the container and give its address back. Its log stays. One that is being stopped has had its time."""
        if not self._ending.acquire(timeout=1):
            if self.pid is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self.pid, signal.SIGKILL)
            self._ending.acquire()
        self._ending.release()
        self.stop(timeout=1)
        self._forget(self)

    def logs(self, *, stream: bool = False, follow: bool = False, **_: Any) -> bytes | Iterator[bytes]:
        """The whole output, or its lines until the process ends."""
        return self._follow() if stream and follow else self.log.read_bytes()

    def _follow(self) -> Iterator[bytes]:
        with contextlib.suppress(FileNotFoundError), self.log.open("rb") as lines:
            while True:
                # Asked first: no line may come between the read and the answer.
                ended = self.status == "exited"
                line = lines.readline()
                if line:
                    yield line
                elif ended:
                    return
                else:
                    time.sleep(_FOLLOW_SECONDS)


def _reported(code: int) -> int:
    """An exit code as docker has it: a signal counts as 128 and its number."""
    return code if code >= 0 else 128 - code
