"""What a cloud assembly says about the world it expects: accounts, imported zones, connections, its pipeline."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

PIPELINE = "AWS::CodePipeline::Pipeline"
RECORD_SET = "AWS::Route53::RecordSet"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


class AssemblyError(ValueError):
    """The assembly cannot be rehearsed; the message says what is missing."""


@dataclass(frozen=True, kw_only=True, order=True)
class Target:
    """An account (12 digits) and a Region into which the assembly deploys."""

    account: str
    region: str

    @property
    def url(self) -> str:
        """The target as the CDK CLI writes it, for example `aws://111111111111/us-east-1`."""
        return f"aws://{self.account}/{self.region}"


@dataclass(frozen=True, kw_only=True)
class Stack:
    """One stack of the assembly. `id` is how the CDK CLI selects it; `template` is the parsed JSON.

    `bootstrap` is the oldest version of `cdk bootstrap` that its deployment takes, 0 if it takes any.
    """

    id: str
    name: str
    target: Target
    template: dict[str, Any]
    bootstrap: int = 0

    def resources(self, type_: str) -> list[dict[str, Any]]:
        """The properties of every resource of one CloudFormation type."""
        found = self.template.get("Resources", {}).values()
        return [resource.get("Properties", {}) for resource in found if resource["Type"] == type_]


@dataclass(frozen=True, kw_only=True, order=True)
class Zone:
    """A hosted zone that the templates import: it exists before the first deployment."""

    account: str
    id: str
    name: str


class Assembly:
    """A synthesized assembly, nested ones (a Stage each) included. Raises AssemblyError when there is none."""

    def __init__(self, folder: Path) -> None:
        if not (folder / "manifest.json").is_file():
            raise AssemblyError(f"{folder} holds no cloud assembly: run `cdk synth` first")
        self.folder = folder

    @cached_property
    def stacks(self) -> tuple[Stack, ...]:
        """Every stack, those of nested assemblies too."""
        return tuple(_stacks(self.folder))

    @property
    def targets(self) -> list[Target]:
        """Every account and Region to bootstrap: the pipeline's first, because the others trust it, then sorted."""
        home = self.pipeline_stack.target
        return sorted({stack.target for stack in self.stacks}, key=lambda target: (target != home, target))

    @property
    def accounts(self) -> dict[str, str]:
        """The accounts by names: of each environment that is one (a Stage), and of the pipeline's stack."""
        home = self.pipeline_stack
        named = {
            stack.id.split("/")[-2]: stack.target.account
            for stack in self.stacks
            if stack is not home and "/" in stack.id
        }
        return {**named, home.name: home.target.account}

    def trust(self, target: Target) -> tuple[str, ...]:
        """The arguments of `cdk bootstrap` that let the pipeline's account deploy into another; none for its own."""
        home = self.pipeline_stack.target.account
        if target.account == home:
            return ()
        # The CLI has a default for what CloudFormation may do, but asks for it where it is for another account.
        return ("--trust", home, "--cloudformation-execution-policies", ADMINISTRATOR)

    @property
    def pipeline_stack(self) -> Stack:
        """The one stack that defines a pipeline. Raises AssemblyError unless there is exactly one."""
        found = [stack for stack in self.stacks if stack.resources(PIPELINE)]
        if len(found) != 1:
            names = ", ".join(stack.name for stack in found) or "none"
            raise AssemblyError(f"one stack with a pipeline is needed; found: {names}")
        return found[0]

    @property
    def zones(self) -> list[Zone]:
        """Imported zones, by the records put into them: the longest name that all the records share."""
        records: dict[tuple[str, str], list[list[str]]] = {}
        for stack in self.stacks:
            for record in stack.resources(RECORD_SET):
                zone, name = record.get("HostedZoneId"), record.get("Name")
                if isinstance(zone, str) and isinstance(name, str):
                    labels = name.rstrip(".").lower().split(".")
                    records.setdefault((stack.target.account, zone), []).append(labels)
        return sorted(
            Zone(account=account, id=zone, name=_common_suffix(names))
            for (account, zone), names in records.items()
        )

    @property
    def connections(self) -> list[str]:
        """ARNs of the source connections that the pipeline uses."""
        actions = [
            action
            for pipeline in self.pipeline_stack.resources(PIPELINE)
            for stage in pipeline["Stages"]
            for action in stage["Actions"]
        ]
        arns = {action.get("Configuration", {}).get("ConnectionArn") for action in actions}
        return sorted(arn for arn in arns if isinstance(arn, str))


def _stacks(folder: Path) -> Iterator[Stack]:
    artifacts = json.loads((folder / "manifest.json").read_text())["artifacts"]
    for id_, artifact in artifacts.items():
        properties = artifact.get("properties", {})
        if artifact["type"] == "cdk:cloud-assembly":
            yield from _stacks(folder / properties["directoryName"])
        elif artifact["type"] == "aws:cloudformation:stack":
            account, region = artifact["environment"].removeprefix("aws://").split("/")
            yield Stack(
                id=artifact.get("displayName", id_),
                name=properties.get("stackName", id_),
                target=Target(account=account, region=region),
                template=json.loads((folder / properties["templateFile"]).read_text()),
                bootstrap=int(properties.get("requiresBootstrapStackVersion", 0)),
            )


def _common_suffix(names: list[list[str]]) -> str:
    """The labels that all names end with; a name's own first label is never part of its zone."""
    shared: list[str] = []
    for labels in zip(*(reversed(name[1:]) for name in names), strict=False):
        if len(set(labels)) > 1:
            break
        shared.insert(0, labels[0])
    return ".".join(shared)
