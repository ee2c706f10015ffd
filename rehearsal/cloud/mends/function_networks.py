"""Lambda functions in a VPC: Lambda makes their network interfaces with the function's own role.

On AWS a role without these rights stops a deployment, and later an invocation for which the interface is made anew
(after weeks of idleness); here it stops each invocation, so that it is seen.
https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
"""

from typing import Any

from ..auth import refusal
from ..registry import Created, Properties

_FUNCTION = "AWS::Lambda::Function"
_ACTIONS = ("CreateNetworkInterface", "DescribeNetworkInterfaces", "DeleteNetworkInterface")


def apply(emulated: dict[str, Any]) -> None:
    """Lets deployments and invocations ask. `emulated`: the emulator's table of resource types."""
    original = emulated[_FUNCTION]
    create, update = original["create"], original["update"]

    def create_function(logical_id: str, properties: Properties, stack: str) -> Created:
        _check(properties)
        made: Created = create(logical_id, properties, stack)
        return made

    def update_function(id_: str, old: Properties, new: Properties, *more: Any) -> Created:
        if [old.get(name) for name in ("Role", "VpcConfig")] != [
            new.get(name) for name in ("Role", "VpcConfig")
        ]:
            _check(new)
        changed: Created = update(id_, old, new, *more)
        return changed

    emulated[_FUNCTION] = {**original, "create": create_function, "update": update_function}
    _refuse_invocations()


def _check(properties: Properties) -> None:
    """Raises PermissionError with the words in which CreateFunction refuses the role."""
    if lacking := _lacking(properties):
        action, _ = lacking
        raise PermissionError(
            f"The provided execution role does not have permissions to call {action} on EC2"
        )


def _refuse_invocations() -> None:
    from ministack.core.responses import error_response_json
    from ministack.services import lambda_svc

    invoke = lambda_svc._invoke

    async def invoke_function(name: str, *more: Any) -> Any:
        found = lambda_svc._functions.get(name)
        if found and (lacking := _lacking(found["config"])):
            return error_response_json(
                "EC2AccessDeniedException",
                f"Need additional permissions to configure VPC settings. {lacking[1]}",
                502,
            )
        return await invoke(name, *more)

    lambda_svc._invoke = invoke_function


def _lacking(function: Properties) -> tuple[str, str] | None:
    """The first action that a function's role lacks, and why."""
    if not (function.get("VpcConfig") or {}).get("SubnetIds"):
        return None
    for action in _ACTIONS:
        if reason := refusal(function["Role"], f"ec2:{action}", "*"):
            return action, reason
    return None
