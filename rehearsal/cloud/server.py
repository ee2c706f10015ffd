"""Serves the emulator on a loopback port, in a thread with an event loop of its own."""

import asyncio
import logging
import os
import socket
import sys
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from . import mends, registry, types
from .callers import guarded
from .here import client_of
from .listening import listen
from .survival import Kept, Survival

REGION = "us-east-1"
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
        self._environment: dict[str, str | None] = {}
        self._failure: BaseException | None = None

    def __enter__(self) -> Self:
        if Cloud._running is not None:
            raise AlreadyRunning(f"a cloud already runs at {Cloud._running.endpoint}: stop it first")
        snapshot = self._survival.read() if self._restore else None
        listener = listen(self._port, rather=snapshot["port"] if snapshot else None)
        port = int(listener.getsockname()[1])
        self.endpoint = f"http://127.0.0.1:{port}"
        self.state.mkdir(parents=True, exist_ok=True)
        self._set_environment(port)
        self._log = _log_to(self.state / "cloud.log")
        _import_emulator(port)
        if snapshot:
            self._put_back(snapshot, listener)
        ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, args=(listener, ready), name="cloud", daemon=True)
        self._thread.start()
        if not ready.wait(_START_SECONDS) or self._failure:
            raise RuntimeError(
                f"the emulator did not start; see {self.state / 'cloud.log'}"
            ) from self._failure
        Cloud._running = self
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def client(self, service: str, account: str) -> Any:
        """A boto3 client for the 12-digit `account`."""
        return client_of(service, account, REGION)

    def submit(self, coroutine: Coroutine[Any, Any, _T]) -> "Future[_T]":
        """Runs a coroutine on the cloud's event loop; the answer is a future of this thread."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop)

    def stop(self) -> None:
        """Stops serving and forgets every resource. A second call does nothing."""
        if Cloud._running is not self:
            return
        self.loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(_STOP_SECONDS)
        self._forget()

    def keep(self, name: str, kept: Kept) -> None:
        """Let something beside the emulator come along in snapshots. To be called before this is entered."""
        self._survival.keep(name, kept)

    def snapshot(self, *, patience: float = 0) -> bool:
        """Write down everything that is deployed, for a cloud with `restore` to begin with; from any thread.

        Answers whether it was written: not while a stack changes, whose end is waited for up to `patience` seconds.
        """
        return self._survival.write(port=int(self.endpoint.rpartition(":")[2]), patience=patience)

    def _put_back(self, snapshot: dict[str, Any], listener: socket.socket) -> None:
        """Before anything is served, so that nobody sees half of it."""
        try:
            self._survival.put_back(snapshot)
        except BaseException:
            listener.close()
            self._forget()
            raise
        self.restored = True

    def _forget(self) -> None:
        """Empty the emulator, which is global to the process, and give back what was borrowed of the process."""
        import ministack.app

        ministack.app._reset_all_state()
        types.forget_all()
        registry.forget_resources()
        Cloud._running = None
        logging.getLogger().removeHandler(self._log)
        self._log.close()
        for name, value in self._environment.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value

    def _set_environment(self, port: int) -> None:
        """What the emulator, its Lambdas and every client in this process must find in the environment.

        AWS_ENDPOINT_URL keeps any client without an explicit endpoint away from the real AWS; the socket
        that does not exist keeps the emulator away from the user's own Docker engine.
        """
        wanted = {
            "AUTH": "true",
            "GATEWAY_PORT": str(port),
            "MINISTACK_REGION": REGION,
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_SECRET_ACCESS_KEY": "rehearsal",
            "DOCKER_HOST": f"unix://{self.state.resolve()}/no-docker-engine.sock",
            "LOG_LEVEL": "WARNING",
            "SFTP_ENABLED": "0",
            "IOT_MTLS_ENABLED": "0",
            "PERSIST_STATE": "0",
            "NODE_PATH": str(mends.MODULES),
        }
        self._environment = {name: os.environ.get(name) for name in wanted}
        os.environ.update(wanted)

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


def _import_emulator(port: int) -> None:
    """Imports the emulator after its environment is set, and adds what it lacks."""
    import ministack.app  # noqa: F401 - reads the environment
    from ministack.services.cloudformation import provisioners, stacks

    # Modules of an earlier cloud in this process still hold that one's port.
    for name, module in list(sys.modules.items()):
        if name.startswith("ministack."):
            for constant in ("_PORT", "_GATEWAY_PORT", "_MINISTACK_PORT", "DEFAULT_PORT"):
                if hasattr(module, constant):
                    setattr(module, constant, str(port))

    types.register_all()
    mends.apply_all(provisioners._RESOURCE_HANDLERS)
    registry.install(provisioners._RESOURCE_HANDLERS)
    if not hasattr(stacks._runs_on_worker_thread, "ours"):
        blocking = stacks._runs_on_worker_thread

        def runs_on_worker_thread(resource_type: str) -> bool:
            return registry.blocks(resource_type) or bool(blocking(resource_type))

        runs_on_worker_thread.ours = True  # type: ignore[attr-defined]
        stacks._runs_on_worker_thread = runs_on_worker_thread


def _log_to(path: Path) -> logging.Handler:
    """The emulator logs under many names at the root; warnings and worse go to `path`."""
    handler = logging.FileHandler(path)
    handler.setLevel(logging.WARNING)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s [%(name)s] %(message)s"))
    logging.getLogger().addHandler(handler)
    return handler
