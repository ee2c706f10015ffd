"""`Ref` of a secret is its ARN on AWS; the emulator knows its own secrets by name."""

from collections.abc import Callable
from typing import Any

from ..registry import Created, Properties


def _name_of(arn: str) -> str:
    from ministack.services import secretsmanager

    return next((name for name, kept in secretsmanager._secrets.items() if kept["ARN"] == arn), arn)


def _known_by_arn(create: Callable[..., Created]) -> Callable[..., Created]:
    def wrapped(*arguments: Any) -> Created:
        _, attributes = create(*arguments)
        return attributes["Arn"], attributes

    return wrapped


def apply(emulated: dict[str, Any]) -> None:
    """Hands out the ARN, and looks the name up again when the secret is changed or removed."""
    original = emulated["AWS::SecretsManager::Secret"]
    update, delete = original["update"], original["delete"]

    def updated(arn: str, *more: Any) -> Created:
        physical_id, attributes = update(_name_of(arn), *more)
        return attributes.get("Arn", physical_id), attributes

    def deleted(arn: str, properties: Properties) -> None:
        delete(_name_of(arn), properties)

    emulated["AWS::SecretsManager::Secret"] = {
        **original,
        "create": _known_by_arn(original["create"]),
        "update": updated,
        "delete": deleted,
    }
