"""PutApprovalResult."""

import time
from typing import Any

from ..call import Call


def put_result(call: Call) -> dict[str, Any]:
    """PutApprovalResult: the answer's time, whether it is yes or no."""
    asked = call.parameters
    call.engine.put_approval_result(
        pipeline=call.pipeline(asked["pipelineName"]).name,
        stage=asked["stageName"],
        action=asked["actionName"],
        token=asked["token"],
        status=asked["result"]["status"],
        summary=asked["result"]["summary"],
        by=call.caller,
    )
    return {"approvedAt": time.time()}
