"""Turns CloudFormation properties into the parameters of an AWS operation, led by botocore's model of it."""

from collections.abc import Mapping
from typing import Any

from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape


def operation_of(client: Any, method: str) -> OperationModel:
    """The model of the operation behind a client's method, such as `create_network_acl`."""
    return client.meta.service_model.operation_model(client.meta.method_to_api_mapping[method])


def parameters(operation: OperationModel, properties: Mapping[str, Any]) -> dict[str, Any]:
    """Those of `properties` that the operation takes, in its spelling and with its types.

    CloudFormation writes names in other cases (`CapacityProviders` for ECS's `capacityProviders`) and
    numbers or booleans as strings; CloudFront wraps lists as `{Quantity, Items}`; tags are lists here,
    maps there.
    """
    shape = operation.input_shape
    if shape is None:
        return {}
    spelled = {member.lower(): member for member in shape.members}
    return {
        spelled[name.lower()]: shaped(value, shape.members[spelled[name.lower()]])
        for name, value in properties.items()
        if name.lower() in spelled
    }


def shaped(value: Any, shape: Shape) -> Any:
    """`value` in the form that `shape` asks for; what the shape does not know is left out."""
    if isinstance(shape, StructureShape):
        if isinstance(value, list):
            wrapped = {"Quantity": len(value), "Items": value}
            return shaped({name: wrapped[name] for name in wrapped if name in shape.members}, shape)
        spelled = {member.lower(): member for member in shape.members}
        return {
            spelled[name.lower()]: shaped(item, shape.members[spelled[name.lower()]])
            for name, item in value.items()
            if name.lower() in spelled
        }
    if isinstance(shape, ListShape):
        return [shaped(item, shape.member) for item in value]
    if isinstance(shape, MapShape):
        pairs = {tag["Key"]: tag["Value"] for tag in value} if isinstance(value, list) else value
        return {key: shaped(item, shape.value) for key, item in pairs.items()}
    return _scalar(value, shape.type_name)


def _scalar(value: Any, type_name: str) -> Any:
    if type_name == "boolean":
        return str(value).lower() == "true"
    if type_name in ("integer", "long"):
        return int(value)
    if type_name in ("float", "double"):
        return float(value)
    if type_name == "string":
        return str(value).lower() if isinstance(value, bool) else str(value)
    return value
