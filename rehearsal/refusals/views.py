"""What a check looks at: a template with its functions resolved, the accounts it meets, and the change it makes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .values import Resolver, references

Properties = dict[str, Any]
Found = tuple[str, str]
"""The logical id of what AWS refuses, and what of it."""

_LISTS = ("CommaDelimitedList", "List<")


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One resource that the template's conditions let be made. `after` are those that it refers to or depends on."""

    type: str
    properties: Properties
    after: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Template:
    """One stack's template. `exports` are names with their values, `imports` the names that it imports."""

    stack: str
    account: str
    region: str
    resources: Mapping[str, Resource]
    exports: Mapping[str, str]
    imports: frozenset[str]

    def properties(self, *types: str) -> Iterator[tuple[str, Properties]]:
        """Logical id and properties of each resource of these types."""
        for logical_id, resource in self.resources.items():
            if resource.type in types:
                yield logical_id, resource.properties

    def is_after(self, later: str, earlier: str) -> bool:
        """Whether CloudFormation waits for `earlier` before it makes `later`."""
        seen, waiting = {later}, [later]
        while waiting:
            resource = self.resources.get(waiting.pop())
            for name in (resource.after if resource else frozenset()) - seen:
                if name == earlier:
                    return True
                seen.add(name)
                waiting.append(name)
        return False


@dataclass(frozen=True, kw_only=True)
class Account:
    """An account in one Region as it is before a deployment.

    `roles` are names of IAM roles, None where nobody asked for them; `service_linked` the services that have their
    own role there; `gateway_logs` says whether API Gateway has one for logs; `stacks` are the templates that are
    deployed, by stack.
    """

    id: str
    region: str
    roles: frozenset[str] | None = frozenset()
    service_linked: frozenset[str] = frozenset()
    gateway_logs: bool = False
    stacks: Mapping[str, Template] = field(default_factory=dict)

    @property
    def exports(self) -> dict[str, str]:
        """Every export's value as far as the templates tell it, by name."""
        return {name: value for stack in self.stacks.values() for name, value in stack.exports.items()}

    def importers(self, export: str) -> list[str]:
        """The stacks that import an export."""
        return sorted(stack.stack for stack in self.stacks.values() if export in stack.imports)


@dataclass(frozen=True, kw_only=True)
class Change:
    """A template that is about to be deployed into one of `accounts`, which are all that are known, by id.

    `quotas` are those that AWS has raised, by their code in Service Quotas; the others have their defaults.
    """

    template: Template
    accounts: Mapping[str, Account]
    quotas: Mapping[str, int] = field(default_factory=dict)

    @property
    def account(self) -> Account:
        """The account into which it goes."""
        template = self.template
        return self.accounts.get(template.account, Account(id=template.account, region=template.region))

    @property
    def before(self) -> Template | None:
        """What is deployed under the stack's name."""
        return self.account.stacks.get(self.template.stack)

    def keeps(self, logical_id: str) -> bool:
        """Whether a resource of this name is deployed and stays as it is."""
        before = self.before.resources.get(logical_id) if self.before else None
        now = self.template.resources.get(logical_id)
        return (
            before is not None
            and now is not None
            and (before.type, before.properties) == (now.type, now.properties)
        )

    @property
    def stacks(self) -> list[Template]:
        """Every stack that the account will hold."""
        return list({**self.account.stacks, self.template.stack: self.template}.values())


def read(
    body: Mapping[str, Any],
    *,
    stack: str,
    account: str,
    region: str,
    parameters: Mapping[str, Any] | None = None,
    exports: Mapping[str, str] | None = None,
) -> Template:
    """The view of a parsed template. `parameters` are given values, `exports` those of the account."""
    given = {
        **{
            name: declared["Default"]
            for name, declared in body.get("Parameters", {}).items()
            if _plain(declared)
        },
        **(parameters or {}),
    }
    own = {
        "AWS::AccountId": account,
        "AWS::Region": region,
        "AWS::Partition": "aws",
        "AWS::URLSuffix": "amazonaws.com",
        "AWS::StackName": stack,
    }
    resolver = Resolver(
        known=own | {name: _as_declared(body, name, value) for name, value in given.items()},
        exports=exports or {},
        mappings=body.get("Mappings", {}),
        conditions=body.get("Conditions", {}),
    )
    made = {
        logical_id: resource
        for logical_id, resource in body.get("Resources", {}).items()
        if resolver.holds(resource.get("Condition", ""))
    }
    resources = {
        logical_id: Resource(
            type=resource["Type"],
            properties=resolver.value(resource.get("Properties", {})),
            after=frozenset((*references(resource.get("Properties", {})), *_waits_for(resource))),
        )
        for logical_id, resource in made.items()
    }
    outputs = [
        resolver.value(output)
        for output in body.get("Outputs", {}).values()
        if resolver.holds(output.get("Condition", ""))
    ]
    return Template(
        stack=stack,
        account=account,
        region=region,
        resources=resources,
        exports={str(o["Export"]["Name"]): str(o["Value"]) for o in outputs if "Export" in o},
        imports=frozenset(resolver.imported),
    )


def _plain(declared: Mapping[str, Any]) -> bool:
    """Whether a parameter's default is its value, and not the name of an SSM parameter that has it."""
    return "Default" in declared and not str(declared["Type"]).startswith("AWS::SSM::Parameter::Value<")


def _as_declared(body: Mapping[str, Any], name: str, value: Any) -> Any:
    """A parameter's value; that of a list comes as one text."""
    type_ = str(body.get("Parameters", {}).get(name, {}).get("Type", ""))
    is_list = isinstance(value, str) and any(kind in type_ for kind in _LISTS)
    return [part.strip() for part in value.split(",")] if is_list else value


def _waits_for(resource: Mapping[str, Any]) -> list[str]:
    named = resource.get("DependsOn", [])
    return [named] if isinstance(named, str) else list(named)
