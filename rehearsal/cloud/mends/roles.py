"""IAM roles: CloudFormation gives them the permissions boundary of their template."""

from typing import Any

from ..types.row import Call, given, identity
from .applied import Applied, apply_rows

ROLE = (
    Applied(
        property=given("PermissionsBoundary"),
        put=Call("put_role_permissions_boundary", RoleName=identity),
        drop=Call("delete_role_permissions_boundary", RoleName=identity),
    ),
)


def apply(emulated: dict[str, Any]) -> None:
    """Puts it in place."""
    apply_rows(emulated, "AWS::IAM::Role", "iam", ROLE)
