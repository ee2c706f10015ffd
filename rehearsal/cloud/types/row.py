"""A resource type as a row: which operations make, change and remove it, and what Ref and GetAtt give."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import jmespath  # type: ignore[import-untyped]

from ..here import client
from ..registry import Created, Properties, register
from .shaping import operation_of, parameters


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """What is known while a row is carried out; `id` is empty and `answer` is too before the creation."""

    logical_id: str
    stack_name: str
    properties: Properties
    id: str = ""
    answer: Mapping[str, Any] = field(default_factory=dict)


Expression = Callable[[Occasion], Any]
"""A value worked out on the occasion; None leaves the parameter out."""


class Call:
    """An operation by its client's method name. Parameters not given are taken from the properties."""

    def __init__(self, method: str, **given: Expression) -> None:
        self.method = method
        self.given = given

    def run(self, service: str, occasion: Occasion) -> Mapping[str, Any]:
        """The operation's answer. Raises botocore's ClientError as the service refuses."""
        api = client(service)
        worked_out = {name: expression(occasion) for name, expression in self.given.items()}
        taken = {name.lower() for name in worked_out}
        arguments = parameters(
            operation_of(api, self.method),
            {name: value for name, value in occasion.properties.items() if name.lower() not in taken}
            | {name: value for name, value in worked_out.items() if value is not None},
        )
        answer: Mapping[str, Any] = getattr(api, self.method)(**arguments)
        return answer


def identity(occasion: Occasion) -> Any:
    """The physical id."""
    return occasion.id


def given(path: str) -> Expression:
    """A value of the properties, by JMESPath."""
    return lambda occasion: jmespath.search(path, occasion.properties)


def answered(path: str) -> Expression:
    """A value of the creating operation's answer, by JMESPath."""
    return lambda occasion: jmespath.search(path, occasion.answer)


def constant(value: Any) -> Expression:
    """Always the same."""
    return lambda _: value


def fresh(_: Occasion) -> str:
    """A token that makes a request unique."""
    return str(uuid.uuid4())


def tagged_as(resource_type: str) -> Expression:
    """EC2's way to tag at creation."""

    def specification(occasion: Occasion) -> Any:
        tags = occasion.properties.get("Tags")
        return [{"ResourceType": resource_type, "Tags": tags}] if tags else None

    return specification


@dataclass(frozen=True, kw_only=True)
class Row:
    """One resource type over one service's operations.

    `update` runs in order when a property changed that is not in `fixed`; without it, or when a fixed one
    changed, the resource is replaced. `retag` sets the tags where they are all that changed and there is no `update`.
    `amend` puts right what the emulator's operations leave out.
    """

    type: str
    service: str
    create: Call
    id: Expression
    attributes: Mapping[str, Expression] = field(default_factory=dict)
    update: tuple[Call, ...] = ()
    fixed: tuple[str, ...] = ()
    delete: Call | None = None
    retag: Callable[[str, Properties], None] | None = None
    check: Callable[[Properties], None] | None = None
    amend: Callable[[str, Properties], None] | None = None

    def created(self, logical_id: str, properties: Properties, stack_name: str) -> Created:
        """Makes the resource."""
        if self.check:
            self.check(properties)
        before = Occasion(logical_id=logical_id, stack_name=stack_name, properties=properties)
        answer = self.create.run(self.service, before)
        made = Occasion(logical_id=logical_id, stack_name=stack_name, properties=properties, answer=answer)
        physical_id = str(self.id(made))
        if self.amend:
            self.amend(physical_id, properties)
        return physical_id, self._attributes(made, physical_id)

    def updated(self, physical_id: str, old: Properties, new: Properties, stack_name: str) -> Created | None:
        """Changes the resource in place; None when it must be replaced."""
        if self.retag and {**old, "Tags": None} == {**new, "Tags": None}:
            self.retag(physical_id, new)
            return physical_id, {}
        if not self.update or any(old.get(name) != new.get(name) for name in self.fixed):
            return None
        if self.check:
            self.check(new)
        occasion = Occasion(logical_id="", stack_name=stack_name, properties=new, id=physical_id)
        for call in self.update:
            call.run(self.service, occasion)
        if self.amend:
            self.amend(physical_id, new)
        return physical_id, {}

    def deleted(self, physical_id: str, properties: Properties) -> None:
        """Removes the resource; one that is gone already is as good as removed."""
        if self.delete is None:
            return
        occasion = Occasion(logical_id="", stack_name="", properties=properties, id=physical_id)
        try:
            self.delete.run(self.service, occasion)
        except client(self.service).exceptions.ClientError as refusal:
            code = str(refusal.response.get("Error", {}).get("Code", ""))
            if not any(word in code for word in ("NotFound", "NoSuch", "NonExistent")):
                raise

    def _attributes(self, made: Occasion, physical_id: str) -> dict[str, Any]:
        named = Occasion(
            logical_id=made.logical_id,
            stack_name=made.stack_name,
            properties=made.properties,
            id=physical_id,
            answer=made.answer,
        )
        return {name: expression(named) for name, expression in self.attributes.items()}

    def register(self) -> None:
        """Lets CloudFormation use the row."""
        register(self.type, create=self.created, update=self.updated, delete=self.deleted)
