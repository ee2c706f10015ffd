"""CodePipeline."""

from __future__ import annotations

from collections.abc import Iterator

from ..values import UNKNOWN, listed
from ..views import Change, Found

LONGEST_VALUE = 1_000
MOST_ACTIONS = 50


def action_values_fit(change: Change) -> Iterator[Found]:
    """A value of an action's configuration, such as the variables of a build, has 1 to 1,000 characters."""
    for logical_id, pipeline in change.template.properties("AWS::CodePipeline::Pipeline"):
        for stage in listed(pipeline.get("Stages")):
            for action in listed(stage.get("Actions")):
                for key, value in action.get("Configuration", {}).items():
                    length = len(UNKNOWN.sub("", str(value)))
                    where = f"{stage['Name']}/{action['Name']}, {key}"
                    if length > LONGEST_VALUE:
                        yield logical_id, f"{where}: {length:,} characters of {LONGEST_VALUE:,}"
                    elif not str(value):
                        yield logical_id, f"{where}: it is empty"


def stages_are_not_crowded(change: Change) -> Iterator[Found]:
    """A stage has 50 actions at most."""
    for logical_id, pipeline in change.template.properties("AWS::CodePipeline::Pipeline"):
        for stage in listed(pipeline.get("Stages")):
            if len(listed(stage.get("Actions"))) > MOST_ACTIONS:
                yield logical_id, f"stage {stage['Name']}: {len(stage['Actions'])} actions of {MOST_ACTIONS}"
