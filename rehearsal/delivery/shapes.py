"""Values checked against the service models that boto3 carries: AWS's own types, lengths, patterns and words."""

import functools
import re
from collections.abc import Mapping
from typing import Any

import botocore.session


@functools.cache
def shape(service: str, name: str) -> Any:
    """The shape `name` of a service's newest model, for example `shape("codepipeline", "PipelineDeclaration")`."""
    return botocore.session.get_session().get_service_model(service).shape_for(name)


def from_cloudformation(target: Any, value: Any, path: str, problems: list[str]) -> Any:
    """A CloudFormation value as the API has it: member names in lower camel case, numbers as numbers.

    Every breach of the model is added to `problems` as one sentence that starts with `path`.
    """
    match target.type_name:
        case "structure":
            return _structure(target, value, path, problems)
        case "list":
            if not isinstance(value, list):
                return _wrong(path, value, "a list", problems)
            _bounds(target, len(value), path, "items", problems)
            return [
                from_cloudformation(target.member, item, f"{path}[{n}]", problems)
                for n, item in enumerate(value)
            ]
        case "map":
            if not isinstance(value, Mapping):
                return _wrong(path, value, "a map", problems)
            return {
                str(key): from_cloudformation(target.value, item, f"{path}.{key}", problems)
                for key, item in value.items()
            }
        case "integer" | "long":
            return _integer(target, value, path, problems)
        case "boolean":
            if value in (True, False, "true", "false"):
                return value in (True, "true")
            return _wrong(path, value, "true or false", problems)
        case _:
            return _string(target, value, path, problems)


def _structure(target: Any, value: Any, path: str, problems: list[str]) -> Any:
    if not isinstance(value, Mapping):
        return _wrong(path, value, "a structure", problems)
    answer = {}
    for key, item in value.items():
        member = str(key)[:1].lower() + str(key)[1:]
        if member not in target.members:
            problems.append(f"{path}.{key}: CodePipeline knows no such property")
            continue
        answer[member] = from_cloudformation(target.members[member], item, f"{path}.{key}", problems)
    for member in target.required_members:
        if member not in answer:
            problems.append(f"{path}: {member[:1].upper() + member[1:]} is missing")
    return answer


def _integer(target: Any, value: Any, path: str, problems: list[str]) -> Any:
    try:
        number = int(value)
    except (TypeError, ValueError):
        return _wrong(path, value, "a whole number", problems)
    _bounds(target, number, path, "", problems)
    return number


def _string(target: Any, value: Any, path: str, problems: list[str]) -> Any:
    if isinstance(value, bool):
        value = str(value).lower()
    if not isinstance(value, str | int | float):
        return _wrong(path, value, "a string", problems)
    text = str(value)
    _bounds(target, len(text), path, "characters", problems)
    words = target.metadata.get("enum")
    if words and text not in words:
        problems.append(f"{path} is '{_short(text)}': use one of {', '.join(words)}")
    pattern = target.metadata.get("pattern")
    if pattern and not re.fullmatch(pattern, text):
        problems.append(f"{path} is '{_short(text)}', which does not match {pattern}")
    return text


def _bounds(target: Any, size: int, path: str, unit: str, problems: list[str]) -> None:
    low, high = target.metadata.get("min"), target.metadata.get("max")
    if (low is not None and size < low) or (high is not None and size > high):
        limits = " and ".join(
            f"{word} {n}" for word, n in (("at least", low), ("at most", high)) if n is not None
        )
        problems.append(f"{path} has {size} {unit}: {limits}" if unit else f"{path} is {size}: {limits}")


def _wrong(path: str, value: Any, wanted: str, problems: list[str]) -> None:
    problems.append(f"{path} is of type {type(value).__name__}, not {wanted}")


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."
