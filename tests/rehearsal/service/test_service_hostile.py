"""Whatever arrives, what goes back is an answer, or an error that the model declares: never a fault of ours."""

import json
from collections.abc import Mapping
from typing import Any

import botocore.session
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rehearsal.delivery.service.call import Operation
from rehearsal.delivery.service.dispatcher import Service
from rehearsal.delivery.service.operations import BUILDS, PIPELINES
from tests.rehearsal.delivery.pieces import ACCOUNT, approval, pipeline, source, stage
from tests.rehearsal.service.test_service_callers import ask
from tests.rehearsal.service.world import World

COMMON = {"SerializationException", "ValidationException", "InvalidInputException"}
SERVICES: Mapping[str, Mapping[str, Operation]] = {"codepipeline": PIPELINES, "codebuild": BUILDS}
EVERY = [(service, operation) for service, table in SERVICES.items() for operation in table]
CALLER = f"arn:aws:iam::{ACCOUNT}:root"
# A name that exists brings a request further than any that does not.
NAMES = st.sampled_from(["delivery", "Source", "Gate", "Repo", "Approve", "nobody"])
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def _like(shape: Any) -> st.SearchStrategy[Any]:
    """Values of the shape, most of them right, and some of them anything at all."""
    words = shape.metadata.get("enum")
    match shape.type_name:
        case "structure":
            required = {n: _like(m) for n, m in shape.members.items() if n in shape.required_members}
            optional = {n: _like(m) for n, m in shape.members.items() if n not in shape.required_members}
            right: st.SearchStrategy[Any] = st.fixed_dictionaries(required, optional=optional)
        case "list":
            right = st.lists(_like(shape.member), max_size=3)
        case "map":
            right = st.dictionaries(NAMES, _like(shape.value), max_size=3)
        case "integer" | "long":
            right = st.integers(min_value=-1, max_value=3) | st.integers()
        case "boolean":
            right = st.booleans()
        case _:
            ids = st.uuids().map(str)
            arns = st.sampled_from(["delivery", "nobody"]).map(
                lambda name: f"arn:aws:codepipeline:us-east-1:{ACCOUNT}:{name}"
            )
            right = st.sampled_from(words) if words else NAMES | ids | arns | st.text(max_size=20)
    return right if shape.type_name == "structure" else st.one_of(right, right, right, ANYTHING)


@pytest.mark.parametrize(("service", "operation"), EVERY)
def test_any_body_gets_an_answer_or_a_declared_error(world: World, service: str, operation: str) -> None:
    # GIVEN a pipeline with no commit to build, so that executions end as soon as they start
    world.deploy(pipeline(source(), stage("Gate", approval())))
    served = Service(service, SERVICES[service], world.engine)
    model = botocore.session.get_session().get_service_model(service).operation_model(operation)
    declared = {shape.name for shape in model.error_shapes} | COMMON

    @given(value=_like(model.input_shape) | ANYTHING)
    @settings(max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    def answers(value: Any) -> None:
        target = f"{served.target_prefix}.{operation}"
        body = json.dumps(value).encode()
        response = served.answer(target, body, account=ACCOUNT, region="us-east-1", caller=CALLER)
        if response.status != 200:
            error = json.loads(response.body)
            assert response.status == 400, error
            assert error["__type"] in declared, error
            assert "Traceback" not in error["message"]

    answers()


@pytest.fixture(scope="module")
def unreached() -> Service:
    """CodePipeline without an engine behind it."""
    return Service("codepipeline", PIPELINES, None)  # type: ignore[arg-type] - never reached


@given(body=st.binary(max_size=200))
@settings(max_examples=60, deadline=None, database=None)
def test_any_bytes_get_an_error_of_awss_form(unreached: Service, body: bytes) -> None:
    response = unreached.answer(
        "CodePipeline_20150709.GetPipeline", body, account=ACCOUNT, region="us-east-1", caller=CALLER
    )
    assert response.status == 400
    assert json.loads(response.body)["__type"] in COMMON


@pytest.mark.parametrize(
    "target",
    ["CodePipeline_20150709.", "CodePipeline_20150709.__init__", "CodePipeline_20150709.CreatePipeline"],
)
def test_unknown_operation_is_told_as_such(world: World, target: str) -> None:
    status, answer = ask(world, target, b"{}", {})
    assert (status, answer["__type"]) == (400, "UnknownOperationException")


def test_fault_inside_an_operation_tells_nothing_of_the_inside(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world.engine, "list_pipelines", lambda: [][1])

    status, answer = ask(world, "CodePipeline_20150709.ListPipelines", b"{}", {})

    assert (status, answer["__type"]) == (500, "InternalFailure")
    assert "IndexError" not in json.dumps(answer)
