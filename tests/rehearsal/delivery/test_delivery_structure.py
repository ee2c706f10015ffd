"""The rules of CodePipeline for a pipeline's structure: each breach is told in a sentence, and all of them at once."""

from typing import Any

import pytest

from rehearsal.delivery import InvalidStructureError
from rehearsal.delivery.structure import declaration
from tests.rehearsal.delivery.pieces import approval, build, pipeline, source, stage


def declared(*stages: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The declaration of a pipeline of these stages, as the API has it."""
    properties = pipeline(*stages, **more)["Resources"]["Pipeline"]["Properties"]
    return declaration({**properties, "ArtifactStore": {"Type": "S3", "Location": "artifacts"}}, "delivery")


def making(name: str, *outputs: str, **more: Any) -> dict[str, Any]:
    made = build(name, "P", outputs=list(outputs), **more)
    made["Configuration"] = {"ProjectName": "P"}
    return made


GATE = stage("Gate", approval())


@pytest.mark.parametrize(
    ("stages", "breach"),
    [
        ([source()], "a pipeline has at least two stages"),
        ([source(), GATE, GATE], "two stages are named 'Gate'"),
        ([source(), stage("Gate", approval(), approval())], "stage 'Gate': two actions are named 'Approve'"),
        ([source(), stage("Gate")], "stage 'Gate' has 0 actions: at least 1 and at most 50"),
        (
            [source(), stage("Gate", *(approval(f"A{n}") for n in range(51)))],
            "stage 'Gate' has 51 actions: at least 1 and at most 50",
        ),
        (
            [source(), stage("Other", *source()["Actions"])],
            "stage 'Other': the first stage, and no other, holds source actions",
        ),
        ([GATE, stage("End", approval())], "stage 'Gate': the first stage, and no other, holds source"),
        (
            [source(), stage("Build", making("One", "Same"), making("Two", "Same"))],
            "two actions make the artifact 'Same'",
        ),
        (
            [source(), stage("Build", making("One", "Made"), making("Two", inputs=["Made"]))],
            "Build/Two reads Made, which no earlier action makes",
        ),
    ],
)
def test_breach_between_the_parts_is_told(stages: list[dict[str, Any]], breach: str) -> None:
    with pytest.raises(InvalidStructureError) as refused:
        declared(*stages)

    assert str(refused.value).startswith("pipeline 'delivery': ")
    assert breach in str(refused.value)


@pytest.mark.parametrize(
    ("change", "breach"),
    [
        ({"ExecutionMode": "SOMETIMES"}, "Pipeline.ExecutionMode is 'SOMETIMES': use one of"),
        ({"RoleArn": "nobody"}, "Pipeline.RoleArn is 'nobody', which does not match"),
        ({"Colour": "blue"}, "Pipeline.Colour: CodePipeline knows no such property"),
        ({"Stages": "all"}, "Pipeline.Stages is of type str, not a list"),
        ({"Stages": [{"Actions": []}]}, "Pipeline.Stages[0]: Name is missing"),
        ({"Stages": [{"Name": "x" * 101, "Actions": []}]}, "has 101 characters: at least 1 and at most 100"),
        ({"ArtifactStore": []}, "Pipeline.ArtifactStore is of type list, not a structure"),
    ],
)
def test_breach_of_the_model_is_told_by_its_path(change: dict[str, Any], breach: str) -> None:
    properties = pipeline(source(), GATE)["Resources"]["Pipeline"]["Properties"]
    whole = {**properties, "ArtifactStore": {"Type": "S3", "Location": "artifacts"}}

    with pytest.raises(InvalidStructureError) as refused:
        declaration({**whole, **change}, "delivery")

    assert breach in str(refused.value)


def test_artifact_is_read_by_any_later_action() -> None:
    reader = making("Two", inputs=["Source", "Made"], run_order=2)

    assert declared(source(), stage("Build", making("One", "Made"), reader))["stages"][1]["name"] == "Build"


def test_all_breaches_are_told_at_once() -> None:
    with pytest.raises(InvalidStructureError) as refused:
        declared(source(), GATE, GATE, stage("Build", making("B", inputs=["Nobody"])))

    assert str(refused.value).count("; ") == 1


def test_words_of_cloudformation_become_the_apis() -> None:
    made = declared(
        source(), stage("Gate", approval(timeout_in_minutes="60", run_order="2")), ExecutionMode="QUEUED"
    )

    action = made["stages"][1]["actions"][0]
    assert (action["runOrder"], action["timeoutInMinutes"]) == (2, 60)
    assert made["stages"][0]["actions"][0]["configuration"]["BranchName"] == "main"
    assert not {"tags", "restartExecutionOnUpdate", "version"} & set(made)


def test_what_a_declaration_leaves_open_has_codepipelines_defaults() -> None:
    properties = pipeline(source(), GATE)["Resources"]["Pipeline"]["Properties"]
    bare = {name: properties[name] for name in ("RoleArn", "Stages")}

    made = declaration({**bare, "ArtifactStore": {"Type": "S3", "Location": "artifacts"}}, "delivery")

    assert (made["pipelineType"], made["executionMode"], made["name"]) == ("V1", "SUPERSEDED", "delivery")
