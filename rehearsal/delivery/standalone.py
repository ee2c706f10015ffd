"""Builds outside every pipeline: what StartBuild asks for, and what of it the rehearsal does."""

import copy
import logging
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .artifacts import Artifact, CloneArtifact, NoArtifact
from .build_variables import of_project
from .builder import Builder, new_id
from .builds import BuildState
from .errors import Abandoned, ActionFailed, InvalidInputError, ResourceNotFoundError
from .order import Order
from .source import SourceRepository

_log = logging.getLogger(__name__)

_TOKEN_SECONDS = 5 * 60  # botocore's model of StartBuild: a token is valid for five minutes

# Where each override goes in the project. Without effect here are image and machine: builds run on this one.
_OVERRIDES = {
    "sourceTypeOverride": ("source", "type"),
    "sourceLocationOverride": ("source", "location"),
    "buildspecOverride": ("source", "buildspec"),
    "gitCloneDepthOverride": ("source", "gitCloneDepth"),
    "environmentTypeOverride": ("environment", "type"),
    "imageOverride": ("environment", "image"),
    "computeTypeOverride": ("environment", "computeType"),
    "privilegedModeOverride": ("environment", "privilegedMode"),
    "artifactsOverride": ("artifacts",),
    "cacheOverride": ("cache",),
    "logsConfigOverride": ("logsConfig",),
    "serviceRoleOverride": ("serviceRole",),
    "encryptionKeyOverride": ("encryptionKey",),
    "timeoutInMinutesOverride": ("timeoutInMinutes",),
    "queuedTimeoutInMinutesOverride": ("queuedTimeoutInMinutes",),
    "sourceVersion": ("sourceVersion",),
}
_TAKEN = {*_OVERRIDES, "environmentVariablesOverride", "idempotencyToken"}
_GIT = ("CODECOMMIT", "GITHUB", "GITHUB_ENTERPRISE", "GITLAB", "GITLAB_SELF_MANAGED", "BITBUCKET")


class StandaloneBuilds:
    """Starts builds, each in a thread of its own. All git sources are the rehearsal's one repository."""

    def __init__(self, builder: Builder, *, state: Path, repository: SourceRepository) -> None:
        self._builder, self._state, self._repository = builder, state, repository
        self._threads: list[threading.Thread] = []
        self._starting = threading.Lock()

    def start(self, name: str, overrides: Mapping[str, Any], *, account: str, by: str) -> BuildState:
        """Start a build. Raises ResourceNotFoundError and InvalidInputError."""
        deployed = self._builder.project(name, account)
        if deployed is None:
            raise ResourceNotFoundError(f"Project cannot be found: {name}")
        with self._starting:
            if earlier := self._repeated(name, overrides, account):
                return earlier
            order = self._order(_overridden(deployed, overrides), overrides, account=account, by=by)
            build = self._builder.open(order)
            thread = threading.Thread(
                target=self._run, args=(build, order), name=f"build-{name}", daemon=True
            )
            self._threads = [one for one in self._threads if one.is_alive()] + [thread]
            thread.start()
            return build

    def wait(self, timeout: float) -> None:
        """Wait for the builds that run, up to `timeout` seconds for each."""
        with self._starting:
            threads = list(self._threads)
        for thread in threads:
            thread.join(timeout)

    def _repeated(self, name: str, overrides: Mapping[str, Any], account: str) -> BuildState | None:
        """The build that the same request has started, as its token says. Raises InvalidInputError for another
        request with the token."""
        token, since = overrides.get("idempotencyToken"), time.time() - _TOKEN_SECONDS
        for build in self._builder.builds.all(account):
            known = (build.project_name, build.request.get("idempotencyToken"))
            if token is None or known != (name, token) or build.started < since:
                continue
            if build.request != overrides:
                raise InvalidInputError(
                    f"parameter mismatch: the idempotencyToken '{token}' came with other parameters before"
                )
            return build
        return None

    def _run(self, build: BuildState, order: Order) -> None:
        try:
            self._builder.run(build, order, threading.Event())
        except (ActionFailed, Abandoned):
            pass  # the registry and the build's log tell, and there is nobody else to tell
        except Exception:
            _log.exception("build %s", build.id)

    def _order(
        self, project: Mapping[str, Any], overrides: Mapping[str, Any], *, account: str, by: str
    ) -> Order:
        build_id = new_id(project)
        place = build_id.replace(":", "-")
        return Order(
            id=build_id,
            account=account,
            project=project,
            inputs={"source": self._source(project)},
            outputs=(),
            variables=tuple(of_project(overrides.get("environmentVariablesOverride", []))),
            initiator=by,
            minutes=project["timeoutInMinutes"],
            log=self._state / "logs" / f"{place}.log",
            reports=self._state / "reports" / place,
            outputs_in=self._state / "artifacts" / place,
            request=overrides,
        )

    def _source(self, project: Mapping[str, Any]) -> Artifact:
        kind = project["source"]["type"]
        if kind == "NO_SOURCE":
            if not project["source"].get("buildspec"):
                raise InvalidInputError("a project of source type NO_SOURCE needs a buildspec of its own")
            return NoArtifact()
        if kind in _GIT:
            wanted = project.get("sourceVersion") or "HEAD"
            revision = self._repository.resolve(wanted)
            if revision is None:
                raise InvalidInputError(f"the repository has no version '{wanted}'")
            return CloneArtifact(repository=self._repository, revision=revision)
        raise InvalidInputError(
            f"the project's source is of type {kind}: outside a pipeline the rehearsal builds NO_SOURCE"
            f" (with --source-type-override and --buildspec-override) and {', '.join(_GIT)}"
        )


def _overridden(deployed: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    unknown = sorted(overrides.keys() - _TAKEN)
    if unknown:
        raise InvalidInputError(f"the rehearsal does not act out {unknown[0]}")
    project: dict[str, Any] = copy.deepcopy(dict(deployed))
    for name, (*folders, last) in _OVERRIDES.items():
        if name in overrides:
            place = project
            for folder in folders:
                place = place.setdefault(folder, {})
            place[last] = overrides[name]
    kind = project.get("artifacts", {}).get("type", "NO_ARTIFACTS")
    if kind == "S3":
        raise InvalidInputError("artifacts of type S3 are not kept outside a pipeline: use NO_ARTIFACTS")
    return project
