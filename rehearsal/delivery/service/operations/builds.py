"""StartBuild, StopBuild, BatchGetBuilds, ListBuilds, ListBuildsForProject."""

from collections.abc import Sequence
from typing import Any

from ...builds import BuildState
from ..call import Call
from ..pages import page
from .build_answers import shown

_MOST_IDS = 100


def start(call: Call) -> dict[str, Any]:
    """StartBuild: outside every pipeline."""
    overrides = dict(call.parameters)
    project = overrides.pop("projectName")
    initiator = call.caller.rpartition("/")[2].rpartition(":")[2]
    return {"build": shown(call.engine.start_build(project, overrides, account=call.account, by=initiator))}


def stop(call: Call) -> dict[str, Any]:
    """StopBuild."""
    return {"build": shown(call.engine.stop_build(call.parameters["id"], account=call.account))}


def get_many(call: Call) -> dict[str, Any]:
    """BatchGetBuilds: by ids or ARNs."""
    asked = call.parameters["ids"]
    builds = call.engine.batch_get_builds(asked, account=call.account)
    known = {name for build in builds for name in (build.id, build.arn)}
    missing = [name for name in asked if name not in known]
    return {"builds": [shown(build) for build in builds], "buildsNotFound": missing or None}


def list_all(call: Call) -> dict[str, Any]:
    """ListBuilds: of the asking account, the newest first unless asked otherwise."""
    return _ids(call, call.engine.list_builds(account=call.account))


def list_of_project(call: Call) -> dict[str, Any]:
    """ListBuildsForProject."""
    return _ids(call, call.engine.list_builds(call.parameters["projectName"], account=call.account))


def _ids(call: Call, newest_first: Sequence[BuildState]) -> dict[str, Any]:
    ids = [build.id for build in newest_first]
    if call.parameters.get("sortOrder") == "ASCENDING":
        ids.reverse()
    found, token = page(call, ids, key=str, longest=_MOST_IDS, refusal="InvalidInputException")
    return {"ids": found, "nextToken": token}
