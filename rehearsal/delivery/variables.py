"""References of the form `#{namespace.variable}` in an action's configuration."""

import re
from collections.abc import Mapping

from .errors import ActionFailed

_REFERENCE = re.compile(r"#\{([^{}]*)\}")

Namespaces = Mapping[str, Mapping[str, str]]


def resolve(configuration: Mapping[str, str], namespaces: Namespaces) -> dict[str, str]:
    """The configuration with every reference replaced by its value, as plain text.

    Raises ActionFailed for a reference to what no earlier action has given: CodePipeline fails the action too.
    """

    def value(match: re.Match[str]) -> str:
        namespace, _, variable = match[1].rpartition(".")
        if variable not in namespaces.get(namespace, {}):
            raise ActionFailed(
                f"the variable {match[0]} is not set: no action of namespace '{namespace}' gave it"
            )
        return namespaces[namespace][variable]

    return {name: _REFERENCE.sub(value, text) for name, text in configuration.items()}
