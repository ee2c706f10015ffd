"""Serves the emulator on a loopback port, in a thread with an event loop of its own."""

import asyncio
import logging
import socket
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from . import emulator
from .callers import guarded
from .here import client_of
from .listening import listen
from .survival import Kept, Survival

_START_SECONDS = 60
_STOP_SECONDS = 20
_T = TypeVar("_T")


class AlreadyRunning(RuntimeError):  # noqa: N818 - likewise
    """A process holds one cloud at a time: the emulator's state is global to the process."""


class Cloud:
    """The emulated cloud. `with Cloud(Path("build/rehearsal"), port=None) as cloud: cloud.client(...)`."""

    _running: "Cloud | None" = None

    def __init__(self, state: Path, *, port: int | None = None, restore: bool = False) -> None:
        """`state`: folder for logs and data. `port`: TCP port on 127.0.0.1, a free one if None.

        `restore`: begin with what the last snapshot under `state` has, if there is one, and on its port if that is
        free. Raises PortInUse, AlreadyRunning and CannotRestore when entered, not here.
        """
        self.state = state
        self.restored = False
        self._restore = restore
        self._survival = Survival(state / "cloud.snapshot")
        self.loop: asyncio.AbstractEventLoop
        self.endpoint: str
        self._port = port
        self._thread: threading.Thread
        self._stopping: asyncio.Event
        self._borrowed = ExitStack()
        self._failure: BaseException | None = None

    def __enter__(self) -> Self:
        if Cloud._running is not None:
            raise AlreadyRunning(f"a cloud already runs at {Cloud._running.endpoint}: stop it first")
        snapshot = self._survival.read() if self._restore else None
        with ExitStack() as borrowed:
            listener = borrowed.enter_context(
                listen(self._port, rather=snapshot["port"] if snapshot else None)
            )
            port = int(listener.getsockname()[1])
            self.endpoint = f"http://127.0.0.1:{port}"
            self.state.mkdir(parents=True, exist_ok=True)
            borrowed.enter_context(emulator.logging_to(self.state / "cloud.log"))
            borrowed.enter_context(emulator.environment(endpoint=self.endpoint, port=port, state=self.state))
            emulator.load(port)
            borrowed.callback(emulator.empty)
            if snapshot:  # before anything is served, so that nobody sees half of it
                self._survival.put_back(snapshot)
                self.restored = True
            self._start(listener)
            self._borrowed = borrowed.pop_all()
        Cloud._running = self
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def client(self, service: str, account: str) -> Any:
        """A boto3 client for the 12-digit `account`."""
        return client_of(service, account, emulator.REGION)

    def submit(self, coroutine: Coroutine[Any, Any, _T]) -> "Future[_T]":
        """Runs a coroutine on the cloud's event loop; the answer is a future of this thread."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop)

    def stop(self) -> None:
        """Stops serving and forgets every resource. A second call does nothing."""
        if Cloud._running is not self:
            return
        self.loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(_STOP_SECONDS)
        Cloud._running = None
        self._borrowed.close()

    def keep(self, name: str, kept: Kept) -> None:
        """Let something beside the emulator come along in snapshots. To be called before this is entered."""
        self._survival.keep(name, kept)

    def snapshot(self, *, patience: float = 0) -> bool:
        """Write down everything that is deployed, for a cloud with `restore` to begin with; from any thread.

        Answers whether it was written: not while a stack changes, whose end is waited for up to `patience` seconds.
        """
        return self._survival.write(port=int(self.endpoint.rpartition(":")[2]), patience=patience)

    def _start(self, listener: socket.socket) -> None:
        ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, args=(listener, ready), name="cloud", daemon=True)
        self._thread.start()
        if not ready.wait(_START_SECONDS) or self._failure:
            raise RuntimeError(
                f"the emulator did not start; see {self.state / 'cloud.log'}"
            ) from self._failure

    def _serve(self, listener: socket.socket, ready: threading.Event) -> None:
        try:
            asyncio.run(self._serve_until_stopped(listener, ready))
        except BaseException as error:
            self._failure = error
            logging.getLogger(__name__).exception("the emulator stopped")
        finally:
            ready.set()

    async def _serve_until_stopped(self, listener: socket.socket, ready: threading.Event) -> None:
        import ministack.app
        from hypercorn.asyncio import serve
        from hypercorn.config import Config

        self.loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        config = Config()
        config.bind = [f"fd://{listener.detach()}"]
        config.loglevel = "WARNING"
        config.keep_alive_timeout = 75
        config.graceful_timeout = config.shutdown_timeout = 1

        async def until_stopped() -> None:
            ready.set()  # asked for once the sockets are served
            await self._stopping.wait()

        await serve(guarded(ministack.app.app), config, shutdown_trigger=until_stopped)
