"""The resource types that the emulator lacks, as tables."""

from . import bucket_deployment, builds, containers, doors, ec2, ec2_access, operations
from .records import forget_all, recorded

__all__ = ["forget_all", "recorded", "register_all"]


def register_all() -> None:
    """Registers every row and record of this package."""
    for module in (ec2, ec2_access, containers, doors, operations):
        for row in module.ROWS:
            row.register()
    for module in (builds, containers, doors):
        module.register_records()
    bucket_deployment.register_deployment()
