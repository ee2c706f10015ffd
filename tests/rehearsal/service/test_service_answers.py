"""Answers are shaped by the service's model: whatever it lacks is a fault that shows."""

import json
from typing import Any

import botocore.session
import pytest

from rehearsal.delivery.service.answers import write
from rehearsal.delivery.service.errors import ShapeError


def _write(operation: str, answer: dict[str, Any]) -> Any:
    model = botocore.session.get_session().get_service_model("codepipeline")
    return json.loads(write(model.operation_model(operation).output_shape, answer) or b"null")


def test_times_are_numbers_and_members_without_a_value_are_left_out() -> None:
    answer = {"pipelines": [{"name": "delivery", "version": 1, "created": 12.34567}], "nextToken": None}
    assert _write("ListPipelines", answer) == {
        "pipelines": [{"name": "delivery", "version": 1, "created": 12.346}]
    }


def test_text_is_cut_where_the_model_ends() -> None:
    execution = {
        "actionExecutionDetails": [{"output": {"executionResult": {"errorDetails": {"message": "x" * 6000}}}}]
    }
    answer = _write("ListActionExecutions", execution)["actionExecutionDetails"][0]
    assert len(answer["output"]["executionResult"]["errorDetails"]["message"]) == 5000


@pytest.mark.parametrize(
    ("operation", "answer", "fault"),
    [
        ("ListPipelines", {"pipes": []}, "the model has no pipes"),
        ("ListPipelines", {"pipelines": {}}, "is of type dict, not a list"),
        ("ListPipelines", {"pipelines": [{"version": "1"}]}, "not a whole number"),
        ("ListPipelines", {"pipelines": [{"version": True}]}, "not a whole number"),
        ("ListPipelines", {"pipelines": [{"created": "today"}]}, "not seconds since the epoch"),
        ("ListPipelines", {"pipelines": [{"name": 1}]}, "not a string"),
        ("ListPipelines", {"pipelines": [{"executionMode": "FAST"}]}, "one of QUEUED"),
        ("GetPipelineState", {"stageStates": [{"latestExecution": {"status": "Failed"}}]}, "is missing"),
        ("GetPipelineState", {"stageStates": [{"inboundTransitionState": {"enabled": 1}}]}, "true or false"),
        ("DisableStageTransition", {"enabled": True}, "where the model has none"),
    ],
)
def test_answer_that_does_not_fit_the_model_is_a_fault(
    operation: str, answer: dict[str, Any], fault: str
) -> None:
    with pytest.raises(ShapeError, match=fault):
        _write(operation, answer)


def test_operation_without_an_answer_has_an_empty_body() -> None:
    assert _write("DisableStageTransition", {}) is None
