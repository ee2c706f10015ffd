"""EnableStageTransition, DisableStageTransition."""

from typing import Any

from ..call import Call


def enable(call: Call) -> dict[str, Any]:
    """EnableStageTransition: whoever waits in front of the stage goes on."""
    asked = call.parameters
    pipeline = call.pipeline(asked["pipelineName"]).name
    call.engine.enable_stage_transition(pipeline, asked["stageName"], asked["transitionType"], by=call.caller)
    return {}


def disable(call: Call) -> dict[str, Any]:
    """DisableStageTransition."""
    asked = call.parameters
    call.engine.disable_stage_transition(
        call.pipeline(asked["pipelineName"]).name,
        asked["stageName"],
        asked["transitionType"],
        reason=asked["reason"],
        by=call.caller,
    )
    return {}
