"""What `Ref` gives of a resource on AWS, where the emulator knows it by another name and hands out that one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..registry import Created, Properties


@dataclass(frozen=True, kw_only=True)
class Ref:
    """A type, what `Ref` is by the attributes that the emulator gives, and the emulator's name for that."""

    type: str
    given: Callable[[dict[str, Any]], str]
    emulated: Callable[[str], str]


def _secret_name(arn: str) -> str:
    from ministack.services import secretsmanager

    return next((name for name, kept in secretsmanager._secrets.items() if kept["ARN"] == arn), arn)


def _profile_name(attributes: dict[str, Any]) -> str:
    return str(attributes["Arn"]).rpartition("/")[2]


def _profile_arn(name: str) -> str:
    from ministack.services import iam

    kept = iam._instance_profiles.get(name)
    return str(kept["Arn"]) if kept else name


ROWS = (
    Ref(type="AWS::SecretsManager::Secret", given=lambda made: str(made["Arn"]), emulated=_secret_name),
    Ref(type="AWS::IAM::InstanceProfile", given=_profile_name, emulated=_profile_arn),
)


def apply(emulated: dict[str, Any]) -> None:
    """Hands out AWS's, and looks the emulator's up again when the resource is changed or removed."""
    for row in ROWS:
        emulated[row.type] = _known_as(row, emulated[row.type])


def _known_as(row: Ref, original: dict[str, Any]) -> dict[str, Any]:
    create, update, delete = original["create"], original["update"], original["delete"]

    def created(*arguments: Any) -> Created:
        _, attributes = create(*arguments)
        return row.given(attributes), attributes

    def updated(physical_id: str, *more: Any) -> Created:
        _, attributes = update(row.emulated(physical_id), *more)
        return row.given(attributes), attributes

    def deleted(physical_id: str, properties: Properties) -> None:
        delete(row.emulated(physical_id), properties)

    return {**original, "create": created, "update": updated, "delete": deleted}
