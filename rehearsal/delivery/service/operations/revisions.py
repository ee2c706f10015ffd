"""The commits of an execution, as its source actions show them."""

import json
import re
from collections.abc import Iterator
from typing import Any

from ...pipelines import DeployedPipeline
from ...state import Execution
from ...structure import Action
from ..call import Call
from ..errors import ConstraintError
from . import console

_COMMIT = "[0-9a-f]{40}"


def sources(pipeline: DeployedPipeline, execution: Execution) -> Iterator[tuple[Action, dict[str, Any]]]:
    """Each source action that had a commit, and the members that every answer has for it."""
    for source in pipeline.structure.stages[0].actions:
        if execution.revision:
            shown = {
                "revisionId": execution.revision,
                "revisionSummary": _summary(source, execution.message),
                "revisionUrl": console.commit(source, execution.revision),
            }
            yield source, shown


def asked_for(call: Call, pipeline: DeployedPipeline) -> str | None:
    """The commit that StartPipelineExecution names; None for the branch's newest.

    Raises ConstraintError for an action that is no source, or for what is no commit id.
    """
    commit = None
    names = [action.name for action in pipeline.structure.stages[0].actions]
    for wanted in call.parameters.get("sourceRevisions", []):
        value = wanted["revisionValue"]
        if wanted["actionName"] not in names:
            raise ConstraintError(f"'{wanted['actionName']}' is no source action of '{pipeline.name}'")
        if wanted["revisionType"] != "COMMIT_ID":
            raise ConstraintError(f"revisionType '{wanted['revisionType']}': the source takes COMMIT_ID")
        if not re.fullmatch(_COMMIT, value):  # git would take another word for an option of its own
            raise ConstraintError(f"revisionValue '{value[:100]}': use the 40 hexadecimal digits of a commit")
        commit = value
    return commit


def _summary(source: Action, message: str) -> str | None:
    """The commit's message; a connection wraps it into JSON."""
    if not message or source.provider != "CodeStarSourceConnection":
        return message or None
    return json.dumps({"ProviderType": "GitHub", "CommitMessage": message})
