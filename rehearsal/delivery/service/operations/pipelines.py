"""GetPipeline, ListPipelines, UpdatePipeline."""

from typing import Any

from ...errors import PipelineNotFoundError
from ...pipelines import DeployedPipeline
from ..call import Call
from ..errors import ConstraintError
from ..pages import page

_MOST_PIPELINES = 1000


def get(call: Call) -> dict[str, Any]:
    """GetPipeline: the declaration, as it is now or was in a version, and what AWS knows beside it."""
    found = call.pipeline(call.parameters["name"])
    version = call.parameters.get("version")
    if version is not None:
        found = call.engine.get_pipeline(found.name, version)
    return {
        "pipeline": _declared(found),
        "metadata": {"pipelineArn": found.arn, "created": found.created, "updated": found.updated},
    }


def list_all(call: Call) -> dict[str, Any]:
    """ListPipelines: those of the asking account, by name."""
    found, token = page(call, call.pipelines(), key=lambda pipeline: pipeline.name, longest=_MOST_PIPELINES)
    rows = [
        {
            "name": pipeline.name,
            "version": pipeline.version,
            "pipelineType": pipeline.declaration["pipelineType"],
            "executionMode": pipeline.declaration["executionMode"],
            "created": pipeline.created,
            "updated": pipeline.updated,
        }
        for pipeline in found
    ]
    return {"pipelines": rows, "nextToken": token}


def update(call: Call) -> dict[str, Any]:
    """UpdatePipeline: the structure as given from now on; a version in it, as GetPipeline gives it, counts for
    nothing."""
    declaration = {k: v for k, v in call.parameters["pipeline"].items() if k != "version"}
    try:
        call.pipeline(declaration["name"])
    except PipelineNotFoundError as error:  # the model has no other word for it here
        raise ConstraintError(str(error)) from error
    return {"pipeline": _declared(call.engine.update_pipeline(declaration))}


def _declared(pipeline: DeployedPipeline) -> dict[str, Any]:
    return {**pipeline.declaration, "version": pipeline.version}
