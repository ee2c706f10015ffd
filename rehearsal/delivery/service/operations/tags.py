"""ListTagsForResource, TagResource, UntagResource."""

from typing import Any

from ...errors import ResourceNotFoundError
from ..call import Call
from ..errors import RefusedError
from ..pages import page

_MOST_TAGS = 100


def list_all(call: Call) -> dict[str, Any]:
    """ListTagsForResource: by key."""
    tags = sorted(call.engine.list_tags(_pipeline(call)).items())
    found, token = page(call, tags, key=lambda tag: tag[0], longest=_MOST_TAGS)
    return {"tags": [{"key": key, "value": value} for key, value in found], "nextToken": token}


def put(call: Call) -> dict[str, Any]:
    """TagResource: adds tags, and changes those that are there."""
    arn, tags = _pipeline(call), call.parameters["tags"]
    if any(tag["key"].lower().startswith("aws:") for tag in tags):
        raise RefusedError("InvalidTagsException", "Tag keys that start with 'aws:' are reserved")
    call.engine.tag_resource(arn, {tag["key"]: tag["value"] for tag in tags})
    return {}


def remove(call: Call) -> dict[str, Any]:
    """UntagResource: keys that are not there are passed over."""
    call.engine.untag_resource(_pipeline(call), call.parameters["tagKeys"])
    return {}


def _pipeline(call: Call) -> str:
    """The ARN that is asked for. Raises ResourceNotFoundError unless it is a pipeline of the asking account."""
    arn = str(call.parameters["resourceArn"])
    if arn not in {pipeline.arn for pipeline in call.pipelines()}:
        raise ResourceNotFoundError(f"Account '{call.account}' has no pipeline with the ARN '{arn[:200]}'")
    return arn
