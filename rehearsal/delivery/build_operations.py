"""CodeBuild's operations on builds."""

from collections.abc import Iterable, Mapping
from typing import Any

from .builder import Builder
from .builds import Builds, BuildState
from .errors import ResourceNotFoundError
from .standalone import StandaloneBuilds


class BuildOperations:
    """The part of the engine that stands behind CodeBuild's API."""

    _builder: Builder
    _builds: Builds
    _standalone: StandaloneBuilds

    def start_build(self, project: str, overrides: Mapping[str, Any], *, account: str, by: str) -> BuildState:
        """Start a build of a project outside every pipeline. `overrides` are StartBuild's other parameters by the
        API's names, `by` is the initiator that the build shows.

        Raises ResourceNotFoundError for a project that the account does not have, and InvalidInputError for a
        source or an override that the rehearsal does not act out.
        """
        return self._standalone.start(project, overrides, account=account, by=by)

    def stop_build(self, build_id: str, *, account: str) -> BuildState:
        """End a build with all it started; one that has ended stays as it is. Raises ResourceNotFoundError."""
        return self._builds.stop(build_id, account)

    def batch_get_builds(self, ids: Iterable[str], *, account: str) -> list[BuildState]:
        """The builds of these ids or ARNs, in their order, those that there are."""
        return self._builds.some(ids, account)

    def list_builds(self, project: str | None = None, *, account: str) -> list[BuildState]:
        """An account's builds, or one project's, the newest first. Raises ResourceNotFoundError for a project that
        the account has not and never built."""
        builds = self._builds.all(account)
        if project is None:
            return builds
        of_project = [build for build in builds if build.project_name == project]
        if not of_project and self._builder.project(project, account) is None:
            raise ResourceNotFoundError(f"The provided project {project} does not exist")
        return of_project
