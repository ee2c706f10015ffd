"""The containers that run: what a container engine's daemon would know."""

import itertools
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from .addresses import Addresses
from .container import Container
from .images import Image, ImageStore

Surroundings = Callable[[], dict[str, str]]
Identity = Callable[[Mapping[str, str]], dict[str, str]]
TASK_LABEL = "com.amazonaws.ecs.task-arn"
# A task has the credentials of its own role or none; those of the surroundings are the pipeline's.
_NOT_FOR_TASKS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE")


class NoSuchImageError(LookupError):
    """The image was not built by this rehearsal."""


class Engine:
    """Starts images as processes on addresses of their own and knows them until they are removed."""

    def __init__(
        self, state: Path, *, surroundings: Surroundings, identity: Identity, addresses: Addresses
    ) -> None:
        """`surroundings` is every child's environment, `identity` that of a container by its labels."""
        self._state = state.resolve()
        self._store = ImageStore(self._state / "images")
        self._surroundings = surroundings
        self._identity = identity
        self._addresses = addresses
        self._lock = threading.Lock()
        self._known: dict[str, Container] = {}
        self._numbers = itertools.count(1)

    def image(self, name: str) -> Image:
        """The image of a name or digest. Raises NoSuchImageError."""
        image = self._store.find(name)
        if image is None:
            raise NoSuchImageError(
                f"image {name} was not built by this rehearsal, which runs what cdk-assets builds from a Dockerfile"
            )
        return image

    def containers(self) -> list[Container]:
        """Those that were started and not yet removed."""
        with self._lock:
            return list(self._known.values())

    def start(
        self,
        image_name: str,
        *,
        command: Sequence[str] | None,
        name: str | None,
        environment: Mapping[str, str],
        labels: Mapping[str, str],
    ) -> Container:
        """Start a container. Raises NoSuchImageError, and ValueError for a command other than node's."""
        image = self.image(image_name)
        around = {key: value for key, value in self._surroundings().items() if key not in _NOT_FOR_TASKS}
        own = {key: str(value) for key, value in environment.items()}
        name = name or f"container-{next(self._numbers)}"
        container = Container(
            image,
            name=name,
            command=command,
            environment={**around, **image.config.environment, **self._identity(labels), **own},
            labels=labels,
            address=self._address(labels.get(TASK_LABEL)),
            folder=self._state / "containers" / name,
            forget=self._forget,
        )
        with self._lock:
            self._known[container.id] = container
        try:
            container.start()
        except Exception:
            self._forget(container)
            raise
        return container

    def stop(self) -> None:
        """End and remove every container, all at a time."""
        threads = [threading.Thread(target=container.remove) for container in self.containers()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _address(self, task: str | None) -> str:
        """The containers of one task share its address."""
        for container in self.containers():
            if task and container.labels.get(TASK_LABEL) == task:
                return container.address
        return self._addresses.take()

    def _forget(self, container: Container) -> None:
        with self._lock:
            known = self._known.pop(container.id, None)
            shared = any(other.address == container.address for other in self._known.values())
        if known and not shared:
            self._addresses.give_back(container.address)
