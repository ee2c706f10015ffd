"""The structure of a pipeline: its declaration as CodePipeline has it, checked, and as objects to run."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .errors import InvalidStructureError
from .shapes import from_cloudformation, shape

# Properties of AWS::CodePipeline::Pipeline that are requests of their own in the API.
_BESIDE = ("DisableInboundStageTransitions", "RestartExecutionOnUpdate", "Tags")


@dataclass(frozen=True, kw_only=True)
class Action:
    """One action. `timeout` is in minutes; `inputs` and `outputs` are names of artifacts."""

    name: str
    category: str
    provider: str
    run_order: int
    configuration: Mapping[str, str]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    namespace: str | None
    role_arn: str | None
    timeout: int | None


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A stage: its actions run in run order, those of the same run order side by side."""

    name: str
    actions: tuple[Action, ...]

    def batches(self) -> list[list[Action]]:
        """The actions in the order in which they run; each list runs in parallel."""
        orders = sorted({action.run_order for action in self.actions})
        return [[action for action in self.actions if action.run_order == order] for order in orders]


@dataclass(frozen=True, kw_only=True)
class Structure:
    """What an execution follows from its start to its end. `mode` is QUEUED, SUPERSEDED or PARALLEL."""

    name: str
    mode: str
    artifact_bucket: str
    variables: Mapping[str, str]
    stages: tuple[Stage, ...]

    @property
    def branch(self) -> str:
        """The branch of the first source action."""
        return self.stages[0].actions[0].configuration.get("BranchName", "main")


def declaration(properties: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The API's PipelineDeclaration of an AWS::CodePipeline::Pipeline. Raises InvalidStructureError."""
    problems: list[str] = []
    wanted = {key: value for key, value in properties.items() if key not in _BESIDE} | {"Name": name}
    made: dict[str, Any] = from_cloudformation(
        shape("codepipeline", "PipelineDeclaration"), wanted, "Pipeline", problems
    )
    if problems:
        raise _invalid(name, problems)
    return checked(made)


def checked(declared: Mapping[str, Any]) -> dict[str, Any]:
    """A declaration that fits the API's model, with its defaults, as CodePipeline keeps it; the version is not
    part of it. Raises InvalidStructureError."""
    made = {"pipelineType": "V1", "executionMode": "SUPERSEDED", **declared}
    made.pop("version", None)
    problems = check(structure(made))
    if problems:
        raise _invalid(made["name"], problems)
    return made


def _invalid(name: str, problems: list[str]) -> InvalidStructureError:
    return InvalidStructureError(f"pipeline '{name}': " + "; ".join(problems))


def structure(declared: Mapping[str, Any]) -> Structure:
    """The declaration as objects."""
    return Structure(
        name=declared["name"],
        mode=declared["executionMode"],
        artifact_bucket=declared.get("artifactStore", {}).get("location", ""),
        variables={v["name"]: v.get("defaultValue", "") for v in declared.get("variables", [])},
        stages=tuple(
            Stage(name=stage["name"], actions=tuple(_action(action) for action in stage["actions"]))
            for stage in declared["stages"]
        ),
    )


def _action(declared: Mapping[str, Any]) -> Action:
    kind = declared["actionTypeId"]
    return Action(
        name=declared["name"],
        category=kind["category"],
        provider=kind["provider"],
        run_order=declared.get("runOrder", 1),
        configuration=declared.get("configuration", {}),
        inputs=tuple(artifact["name"] for artifact in declared.get("inputArtifacts", [])),
        outputs=tuple(artifact["name"] for artifact in declared.get("outputArtifacts", [])),
        namespace=declared.get("namespace"),
        role_arn=declared.get("roleArn"),
        timeout=declared.get("timeoutInMinutes"),
    )


def check(pipeline: Structure) -> list[str]:
    """The rules between the parts that the model cannot express, each breach as one sentence."""
    problems = [f"two stages are named '{name}'" for name in _twice(stage.name for stage in pipeline.stages)]
    if len(pipeline.stages) < 2:
        problems.append("a pipeline has at least two stages")
    made: set[str] = set()
    outputs = [name for stage in pipeline.stages for action in stage.actions for name in action.outputs]
    problems += [f"two actions make the artifact '{name}'" for name in _twice(outputs)]
    for number, stage in enumerate(pipeline.stages):
        names = _twice(action.name for action in stage.actions)
        problems += [f"stage '{stage.name}': two actions are named '{name}'" for name in names]
        if not 1 <= len(stage.actions) <= 50:
            problems.append(
                f"stage '{stage.name}' has {len(stage.actions)} actions: at least 1 and at most 50"
            )
        if any((action.category == "Source") != (number == 0) for action in stage.actions):
            problems.append(f"stage '{stage.name}': the first stage, and no other, holds source actions")
        for batch in stage.batches():
            for action in batch:
                missing = ", ".join(name for name in action.inputs if name not in made)
                if missing:
                    problems.append(
                        f"{stage.name}/{action.name} reads {missing}, which no earlier action makes"
                    )
            made.update(name for action in batch for name in action.outputs)
    return problems


def _twice(names: Any) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]
