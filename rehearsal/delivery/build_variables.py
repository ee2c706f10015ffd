"""The environment variables of a build: CodeBuild's own, the project's, the action's and the buildspec's."""

import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from .buildspec import Buildspec
from .errors import ActionFailed


@dataclass(frozen=True, kw_only=True)
class Variable:
    """A variable as a project or an action declares it; `type` says what `value` is."""

    name: str
    value: str
    type: str = "PLAINTEXT"


def of_action(text: str | None) -> list[Variable]:
    """The JSON of an action's EnvironmentVariables. Raises ActionFailed for anything else."""
    if not text:
        return []
    try:
        return of_project(json.loads(text))
    except (json.JSONDecodeError, TypeError, AttributeError, KeyError) as error:
        raise ActionFailed(
            "EnvironmentVariables is not a JSON list of name, value and type "
            f"(a variable's value may have broken it): {text[:120]}"
        ) from error


def of_project(declared: Iterable[Mapping[str, Any]]) -> list[Variable]:
    """Variables as the API declares them: name, value, and a type that is PLAINTEXT unless given."""
    return [
        Variable(name=v["name"], value=str(v["value"]), type=v.get("type") or "PLAINTEXT") for v in declared
    ]


class Values:
    """Looks variables up where their type says; `client` makes a boto3 client with the build's credentials."""

    def __init__(self, client: Callable[[str], Any]) -> None:
        self._client = client
        self.secrets: list[str] = []
        """What was looked up until now: values of parameters and secrets."""

    def of(self, variables: Iterable[Variable]) -> dict[str, str]:
        """Names and values. Raises ActionFailed when a parameter or a secret is not there."""
        found = {}
        for variable in variables:
            found[variable.name] = self._value(variable)
            if variable.type != "PLAINTEXT":
                self.secrets.append(found[variable.name])
        return found

    def of_buildspec(self, spec: Buildspec) -> dict[str, str]:
        """The buildspec's `env`: variables, parameter-store and secrets-manager."""
        named = [Variable(name=n, value=v, type="PARAMETER_STORE") for n, v in spec.parameters.items()]
        named += [Variable(name=n, value=v, type="SECRETS_MANAGER") for n, v in spec.secrets.items()]
        return {**spec.variables, **self.of(named)}

    def _value(self, variable: Variable) -> str:
        try:
            match variable.type:
                case "PLAINTEXT":
                    return variable.value
                case "PARAMETER_STORE":
                    answer = self._client("ssm").get_parameter(Name=variable.value, WithDecryption=True)
                    return str(answer["Parameter"]["Value"])
                case "SECRETS_MANAGER":
                    return self._secret(variable.value)
        except ClientError as error:
            reason = error.response["Error"]
            raise ActionFailed(
                f"variable {variable.name}: {variable.type} '{variable.value}': {reason['Code']}, {reason['Message']}"
            ) from error
        raise ActionFailed(
            f"variable {variable.name} has type '{variable.type}': use PLAINTEXT, PARAMETER_STORE or SECRETS_MANAGER"
        )

    def _secret(self, reference: str) -> str:
        """`secret-id:json-key:version-stage:version-id`; the id may be an ARN, which has six colons of its own."""
        parts = reference.split(":")
        size = 7 if reference.startswith("arn:") else 1
        name = ":".join(parts[:size])
        key, stage, version = [*parts[size:], "", "", ""][:3]
        asked = {"SecretId": name, "VersionStage": stage, "VersionId": version}
        answer = self._client("secretsmanager").get_secret_value(**{k: v for k, v in asked.items() if v})
        text = str(answer["SecretString"])
        if not key:
            return text
        try:
            return str(json.loads(text)[key])
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise ActionFailed(f"secret '{name}' has no JSON key '{key}'") from error


def of_codebuild(
    *,
    project: Mapping[str, Any],
    build_id: str,
    number: int,
    initiator: str,
    revision: str,
    sources: Mapping[str, Path],
) -> dict[str, str]:
    """CODEBUILD_*: `sources` maps the input artifacts to their folders, the primary one first."""
    primary, *others = sources.items()
    region = project["arn"].split(":")[3]
    return {
        "CI": "true",
        "CODEBUILD_CI": "true",
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "CODEBUILD_BUILD_ID": build_id,
        "CODEBUILD_BUILD_ARN": project["arn"].split(":project/")[0] + f":build/{build_id}",
        "CODEBUILD_BUILD_NUMBER": str(number),
        "CODEBUILD_BUILD_IMAGE": project["environment"].get("image", ""),
        "CODEBUILD_BUILD_SUCCEEDING": "1",
        "CODEBUILD_INITIATOR": initiator,
        "CODEBUILD_KMS_KEY_ID": project.get("encryptionKey", ""),
        "CODEBUILD_LOG_PATH": build_id.rpartition(":")[2],
        "CODEBUILD_PROJECT_ARN": project["arn"],
        "CODEBUILD_RESOLVED_SOURCE_VERSION": revision,
        "CODEBUILD_SOURCE_VERSION": revision,
        "CODEBUILD_SRC_DIR": str(primary[1]),
        **{f"CODEBUILD_SRC_DIR_{name}": str(folder) for name, folder in others},
        "CODEBUILD_START_TIME": str(int(time.time() * 1000)),
    }
