"""What a template's properties say before anything of it exists: functions resolved as far as they can be.

What only a deployment tells is left as `${LogicalId}` or `${LogicalId.Attribute}` inside the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

UNKNOWN = re.compile(r"\$\{[^}]*\}")
_NOTHING = object()
_SUBSTITUTED = re.compile(r"\$\{([^!}][^}]*)\}")


@dataclass(kw_only=True)
class Resolver:
    """Resolves the functions of one template. `known` are its parameters' and AWS's own values, by name.

    `imported` collects the exports that were asked for on the way, which a branch not taken does not.
    """

    known: Mapping[str, Any]
    exports: Mapping[str, str]
    mappings: Mapping[str, Any] = field(default_factory=dict)
    conditions: Mapping[str, Any] = field(default_factory=dict)
    imported: set[str] = field(default_factory=set)

    def value(self, node: Any) -> Any:
        """The same structure in plain JSON; a property that is `AWS::NoValue` is left out."""
        if isinstance(node, list):
            return [value for item in node if (value := self.value(item)) is not _NOTHING]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            ((name, argument),) = node.items()
            if name == "Ref":
                return (
                    _NOTHING if argument == "AWS::NoValue" else self.known.get(argument, f"${{{argument}}}")
                )
            if name.startswith("Fn::"):
                function = _FUNCTIONS.get(name)
                return function(self, argument) if function else f"${{{name}}}"
        return {key: value for key, item in node.items() if (value := self.value(item)) is not _NOTHING}

    def holds(self, condition: str) -> bool:
        """Whether a condition of the template does; one that cannot be told is taken to."""
        return self._holds(self.conditions.get(condition, True))

    def _holds(self, node: Any) -> bool:
        match node:
            case {"Condition": name}:
                return self.holds(name)
            case {"Fn::Not": [inner]}:
                return not self._holds(inner)
            case {"Fn::And": parts}:
                return all(self._holds(part) for part in parts)
            case {"Fn::Or": parts}:
                return any(self._holds(part) for part in parts)
            case {"Fn::Equals": [one, other]}:
                return bool(self.value(one) == self.value(other))
        return True


def references(node: Any) -> Iterator[str]:
    """The names that a part of a template refers to by Ref, Fn::GetAtt or Fn::Sub."""
    if isinstance(node, list):
        for item in node:
            yield from references(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "Ref":
                yield value
            elif key == "Fn::GetAtt":
                yield value.split(".")[0] if isinstance(value, str) else value[0]
            else:
                if key == "Fn::Sub":
                    text = value if isinstance(value, str) else value[0]
                    yield from (name.split(".")[0] for name in _SUBSTITUTED.findall(text))
                yield from references(value)


def named(text: str) -> str:
    """The logical id that the first placeholder in a text stands for; empty without one."""
    found = UNKNOWN.search(text)
    return found.group(0)[2:-1].partition(".")[0] if found else ""


def listed(value: Any) -> list[Any]:
    """A list as it is; nothing where only a deployment tells what is in it."""
    return value if isinstance(value, list) else []


def _attribute(resolver: Resolver, argument: Any) -> str:
    name = argument if isinstance(argument, str) else ".".join(str(resolver.value(part)) for part in argument)
    return f"${{{name}}}"


def _join(resolver: Resolver, argument: Any) -> Any:
    separator, parts = argument
    resolved = resolver.value(parts)
    return separator.join(map(str, resolved)) if isinstance(resolved, list) else f"{resolved}"


def _sub(resolver: Resolver, argument: Any) -> str:
    text, given = (argument, {}) if isinstance(argument, str) else argument
    own = {name: resolver.value(value) for name, value in given.items()}

    def substituted(match: re.Match[str]) -> str:
        name = match.group(1)
        return str(own.get(name, resolver.known.get(name, match.group(0))))

    return _SUBSTITUTED.sub(substituted, text).replace("${!", "${")


def _if(resolver: Resolver, argument: Any) -> Any:
    condition, true, false = argument
    return resolver.value(true if resolver.holds(condition) else false)


def _select(resolver: Resolver, argument: Any) -> Any:
    index, items = resolver.value(argument[0]), resolver.value(argument[1])
    try:
        return items[int(index)] if isinstance(items, list) else f"${{Select {index} of {items}}}"
    except (ValueError, IndexError):
        return f"${{Select {index}}}"


def _split(resolver: Resolver, argument: Any) -> Any:
    separator, text = argument[0], resolver.value(argument[1])
    return text if UNKNOWN.search(str(text)) else str(text).split(separator)


def _find(resolver: Resolver, argument: Any) -> Any:
    name, first, second = (resolver.value(part) for part in argument[:3])
    return resolver.mappings.get(name, {}).get(first, {}).get(second, f"${{{name}.{first}.{second}}}")


def _import(resolver: Resolver, argument: Any) -> Any:
    name = str(resolver.value(argument))
    resolver.imported.add(name)
    value = resolver.exports.get(name, "")
    # A placeholder of the exporting stack would read like one of this stack.
    return value if value and not UNKNOWN.search(value) else f"${{import {name}}}"


_FUNCTIONS: Mapping[str, Callable[[Resolver, Any], Any]] = {
    "Fn::GetAtt": _attribute,
    "Fn::Join": _join,
    "Fn::Sub": _sub,
    "Fn::If": _if,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::FindInMap": _find,
    "Fn::ImportValue": _import,
}
