"""No secret is written in a template; the database's password is RDS's own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from tests.assembly.policies import listed
from tests.assembly.register import each_has, invariant, told
from tests.assembly.synthesis import Synthesis

# What a secret looks like, whatever it is called.
SHAPES = {
    "an access key of AWS": re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    "a private key": re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----"),
    "a token of GitHub": re.compile(r"\bgh[pousr]_[A-Za-z0-9]{36}"),
    "a URL with a password": re.compile(r"\b[a-z][a-z0-9+]*://[^\s/:@\"]+:[^\s/@\"]+@"),
}
# Properties that hold a secret's text, by type.
TEXTS = {
    "AWS::ApiGateway::ApiKey": ("Value",),
    "AWS::RDS::DBCluster": ("MasterUserPassword",),
    "AWS::RDS::DBInstance": ("MasterUserPassword",),
    "AWS::SecretsManager::Secret": ("SecretString",),
}
# In the name of the export by which RDS's secret of the master reaches another stack.
_MASTER = "MasterUserSecret"
# Variables whose value would be a secret. What says where one is, an ARN or a name, is none.
CALLED = re.compile(
    r"(?i)(?:password|passwd|secret|token|credential|private_?key|api_?key)(?!.*_(?:arn|name|id)$)"
)


@invariant
def templates_hold_no_secret(synthesis: Synthesis) -> Iterator[str]:
    """Nothing in a template looks like a credential."""
    for template in synthesis.templates:
        for what in _secrets_in(json.dumps(template.body)):
            yield told(template.stack, "template", found=what, wanted="none")


@lru_cache(maxsize=64)
def _secrets_in(text: str) -> tuple[str, ...]:
    """What looks like a credential there; remembered, because a twin changes one template of ten."""
    return tuple(what for what, shape in SHAPES.items() if shape.search(text))


@invariant
def secrets_have_no_text(synthesis: Synthesis) -> Iterator[str]:
    """Passwords and keys are made by AWS where they are kept."""
    for template, logical_id, resource in synthesis.resources(*TEXTS):
        for name in TEXTS[resource["Type"]]:
            if name in resource.get("Properties", {}):
                yield told(template.stack, logical_id, found=f"the property {name}", wanted="it made by AWS")


@invariant
def the_master_password_is_managed(synthesis: Synthesis) -> Iterator[str]:
    """RDS makes it, keeps it in Secrets Manager and rotates it."""
    yield from each_has(synthesis, "AWS::RDS::DBCluster", field="ManageMasterUserPassword", wanted=[True])


@invariant
def the_master_serves_the_migration_only(synthesis: Synthesis) -> Iterator[str]:
    """Its secret goes to containers that end before the task serves, by the role with which a task is started."""
    for template, logical_id, task in synthesis.properties("AWS::ECS::TaskDefinition"):
        for container in task["ContainerDefinitions"]:
            if _MASTER in json.dumps(container.get("Secrets", [])) and container.get("Essential", True):
                found = f"the master's secret in {container['Name']}"
                yield told(template.stack, logical_id, found=found, wanted="it in containers that end")
    for template, logical_id, policy in synthesis.properties("AWS::IAM::Policy"):
        tasks = [task for _, task in template.properties("AWS::ECS::TaskDefinition")]
        starting = [task["ExecutionRoleArn"]["Fn::GetAtt"][0] for task in tasks]
        taken = [role["Ref"] for role in policy["Roles"] if role["Ref"] not in starting]
        if taken and _MASTER in json.dumps(policy["PolicyDocument"]):
            yield told(
                template.stack, logical_id, found=f"the master's secret for {taken}", wanted="it for none"
            )


@invariant
def variables_name_no_secret(synthesis: Synthesis) -> Iterator[str]:
    """Functions, containers and builds get the place of a secret, never its value."""
    for template, logical_id, resource in synthesis.resources():
        for name, value in _variables(resource):
            if CALLED.search(name) and isinstance(value, str) and not value.startswith("arn:"):
                yield told(
                    template.stack, logical_id, found=f"{name} in clear", wanted=f"{name}_ARN, or a secret"
                )


def _variables(resource: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    properties = resource.get("Properties", {})
    match resource["Type"]:
        case "AWS::Lambda::Function":
            yield from properties.get("Environment", {}).get("Variables", {}).items()
        case "AWS::ECS::TaskDefinition":
            for container in properties["ContainerDefinitions"]:
                yield from ((one["Name"], one["Value"]) for one in container.get("Environment", []))
        case "AWS::CodeBuild::Project":
            for one in listed(properties["Environment"].get("EnvironmentVariables", [])):
                if one.get("Type", "PLAINTEXT") == "PLAINTEXT":
                    yield one["Name"], one["Value"]
