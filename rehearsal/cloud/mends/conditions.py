"""CloudFormation: Fn::Join within a condition; by it the bootstrap template sees that a list of policies is empty."""

from typing import Any


def apply() -> None:
    """Joins before the emulator compares, which passes Fn::Join over."""
    from ministack.services.cloudformation import changesets, engine, handlers, stacks

    evaluate = engine._evaluate_conditions

    def evaluate_conditions(template: dict[str, Any], parameters: dict[str, Any]) -> Any:
        conditions = _joined(template.get("Conditions", {}), parameters)
        return evaluate({**template, "Conditions": conditions}, parameters)

    for module in (changesets, engine, handlers, stacks):
        module._evaluate_conditions = evaluate_conditions


def _joined(value: Any, parameters: dict[str, Any]) -> Any:
    if isinstance(value, list):
        return [_joined(each, parameters) for each in value]
    if not isinstance(value, dict):
        return value
    if "Fn::Join" not in value:
        return {key: _joined(each, parameters) for key, each in value.items()}
    separator, parts = value["Fn::Join"]
    # A parameter that is a list is kept as one text.
    texts = parts if isinstance(parts, list) else _text(parts, parameters).split(",")
    return separator.join(_text(each, parameters) for each in texts)


def _text(value: Any, parameters: dict[str, Any]) -> str:
    named = value.get("Ref") if isinstance(value, dict) else None
    return str(parameters[named]["Value"] if named in parameters else value)
