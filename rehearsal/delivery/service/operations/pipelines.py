"""GetPipeline and ListPipelines."""

from typing import Any

from ..call import Call
from ..pages import page

_MOST_PIPELINES = 1000


def get(call: Call) -> dict[str, Any]:
    """GetPipeline: the declaration and what AWS knows beside it."""
    found = call.pipeline(call.parameters["name"])
    return {
        "pipeline": {**found.declaration, "version": found.version},
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
