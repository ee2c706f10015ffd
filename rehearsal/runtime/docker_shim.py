"""The `docker` module as the emulator sees it: its own ECS scheduler then runs tasks as local processes.

A real container engine could take its place: whatever the emulator asks here is docker-py's interface.
"""

import os
import sys
import types
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from . import ecs_service, task_order, task_stop
from .addresses import Addresses
from .container import NETWORK, Container
from .engine import TASK_LABEL, Engine, Identity, NoSuchImageError, Surroundings
from .identity import task_role


class DockerException(Exception):  # noqa: N818 - docker-py's name
    """docker-py's base exception and APIError."""


class NotFound(DockerException):
    """No such container or image."""


class Containers:
    """docker-py's `client.containers`."""

    def __init__(self, client: "Client") -> None:
        self._client = client

    def run(
        self,
        image: str,
        command: Sequence[str] | None = None,
        *,
        name: str | None = None,
        environment: Mapping[str, str] | None = None,
        labels: Mapping[str, str] | None = None,
        **_: Any,
    ) -> Container:
        """Start a container, detached. Raises NotFound for an image that was not built here."""
        try:
            return self._client.engine.start(
                image, command=command, name=name, environment=environment or {}, labels=labels or {}
            )
        except NoSuchImageError as error:
            raise NotFound(str(error)) from error

    def get(self, wanted: str) -> Any:
        """A container by id or name; by this host's name, what stands for the emulator's own container."""
        if wanted == os.environ.get("HOSTNAME", ""):
            networks = {NETWORK: {"IPAddress": "127.0.0.1"}}
            return SimpleNamespace(attrs={"NetworkSettings": {"Networks": networks}})
        for container in self._client.engine.containers():
            if wanted in (container.id, container.name):
                return container
        raise NotFound(f"no container {wanted}")

    def list(self, *, filters: Mapping[str, Any] | None = None, **_: Any) -> list[Container]:
        """Containers that carry every label (`key` or `key=value`) of the filter."""
        wanted = (filters or {}).get("label") or []
        wanted = [wanted] if isinstance(wanted, str) else wanted
        return [
            container
            for container in self._client.engine.containers()
            if all(_carries(container.labels, label) for label in wanted)
        ]


def _carries(labels: Mapping[str, str], wanted: str) -> bool:
    key, equals, value = wanted.partition("=")
    return labels.get(key) == value if equals else key in labels


class Images:
    """docker-py's `client.images`, over the store of images that this rehearsal built."""

    def __init__(self, client: "Client") -> None:
        self._client = client

    def get(self, name: str, **_: Any) -> SimpleNamespace:
        """An image by name or digest. Raises NotFound."""
        try:
            digest = self._client.engine.image(name).digest
        except NoSuchImageError as error:
            raise NotFound(str(error)) from error
        # The emulator tags the image that it pulled by digest; the store knows that name already.
        return SimpleNamespace(id=digest, tag=lambda *_, **__: True)

    # What was pushed is in the store, and an image's id is its manifest's digest.
    pull = get
    get_registry_data = get


class Nothing:
    """docker-py's `client.networks` and `client.volumes`: there are none."""

    def list(self, **_: Any) -> list[Any]:
        """None at all."""
        return []

    def get(self, name: str, **_: Any) -> None:
        """Raises NotFound."""
        raise NotFound(f"no network or volume {name}")


class Client:
    """docker-py's client. The emulator keeps the first one for good, so `engine` is that of the rehearsal now."""

    engine: Engine

    def __init__(self) -> None:
        self.containers = Containers(self)
        self.images = Images(self)
        self.networks = self.volumes = Nothing()

    def ping(self) -> bool:
        """There is always an engine."""
        return True


_client = Client()


def running_of(task_arn: str) -> list[Container]:
    """The containers of a task that run."""
    found = _client.containers.list(filters={"label": f"{TASK_LABEL}={task_arn}"})
    return [container for container in found if container.status == "running"]


def known(container_id: str) -> Container | None:
    """The container of that id, if it is not removed yet."""
    return next((each for each in _client.engine.containers() if each.id == container_id), None)


def install(
    state: Path,
    surroundings: Surroundings,
    *,
    addresses: Addresses | None = None,
    identity: Identity = task_role,
) -> Engine:
    """Stand for the `docker` module in this process, before or after the emulator is imported.

    `state` is the rehearsal's folder; `surroundings()` gives the environment that every child gets. The engine
    returned is to be stopped at the end. CloudFormation's services then finish when their tasks answer.
    """
    ecs_service.install()
    task_order.install()
    task_stop.install()
    _client.engine = Engine(
        state, surroundings=surroundings, identity=identity, addresses=addresses or Addresses()
    )
    module = types.ModuleType("docker")
    errors = types.ModuleType("docker.errors")
    module.__dict__.update(
        from_env=lambda **_: _client, errors=errors, types=types.ModuleType("docker.types")
    )
    errors.__dict__.update(
        DockerException=DockerException, APIError=DockerException, NotFound=NotFound, ImageNotFound=NotFound
    )
    sys.modules.update({"docker": module, "docker.errors": errors, "docker.types": module.types})
    return _client.engine
