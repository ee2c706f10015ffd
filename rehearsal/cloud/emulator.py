"""The emulator in this process: what it finds around it, its import with what it lacks added, and how it is emptied."""

import logging
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from . import mends, registry, types

REGION = "us-east-1"


@contextmanager
def environment(*, endpoint: str, port: int, state: Path) -> Iterator[None]:
    """What the emulator, its functions and every client in this process must find in the environment, for a while.

    AWS_ENDPOINT_URL keeps any client without an explicit endpoint away from the real AWS; the socket that does not
    exist keeps the emulator away from the user's own Docker engine.
    """
    wanted = {
        "AUTH": "true",
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": REGION,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_SECRET_ACCESS_KEY": "rehearsal",
        "DOCKER_HOST": f"unix://{state.resolve()}/no-docker-engine.sock",
        "LOG_LEVEL": "WARNING",
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "PERSIST_STATE": "0",
        "NODE_PATH": str(mends.MODULES),
    }
    with set_environment(wanted):
        yield


@contextmanager
def set_environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Set variables of this process, and put back what was there."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def logging_to(path: Path) -> Iterator[None]:
    """The emulator logs under many names at the root; warnings and worse go to `path`."""
    handler = logging.FileHandler(path)
    handler.setLevel(logging.WARNING)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s [%(name)s] %(message)s"))
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)
        handler.close()


def load(port: int) -> None:
    """Import the emulator, its environment being set, and add what it lacks."""
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


def empty() -> None:
    """Forget every resource; the emulator's state is global to the process."""
    import ministack.app

    ministack.app._reset_all_state()
    types.forget_all()
    registry.forget_resources()
