"""How to read a deployed resource back: a row per type."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import jmespath  # type: ignore[import-untyped]

from ..types.row import Call, Occasion


@dataclass(frozen=True, kw_only=True)
class Source:
    """An operation and the part of its answer that describes the resource, by JMESPath."""

    call: Call
    path: str = "@"

    def read(self, service: str, occasion: Occasion) -> Any:
        """The description; None if the service does not know the resource or what was asked about it."""
        from ..here import client

        try:
            return jmespath.search(self.path, self.call.run(service, occasion))
        except client(service).exceptions.ClientError:
            return None


@dataclass(frozen=True, kw_only=True)
class ReadBack:
    """How the properties of one type are read back.

    `properties` says where a property is found whose name is not that of the description: a JMESPath in the
    description, a function of it, or a Source of its own. `unread` properties cannot be asked for on AWS
    either, or say how something is made, not what it is.
    """

    type: str
    service: str
    source: Source
    properties: Mapping[str, "str | Source | Callable[[Any], Any]"] = field(default_factory=dict)
    unread: tuple[str, ...] = ()


class Reading:
    """One resource while it is compared: every operation is asked once."""

    def __init__(self, row: ReadBack, occasion: Occasion) -> None:
        self.row = row
        self.occasion = occasion
        self.description = row.source.read(row.service, occasion)

    def value(self, name: str) -> Any:
        """What the service says about the property `name`."""
        where = self.row.properties.get(name)
        if isinstance(where, Source):
            return where.read(self.row.service, self.occasion)
        if isinstance(where, str):
            return jmespath.search(where, self.description)
        if where is not None:
            return where(self.description)
        if not isinstance(self.description, Mapping):
            return None
        spelled = {str(key).lower(): value for key, value in self.description.items()}
        return spelled.get(name.lower())
