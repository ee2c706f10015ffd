"""The master's password of a cluster: where RDS changes it, PostgreSQL changes it too."""

from collections.abc import Callable
from typing import Any

Record = dict[str, Any]
_emulated: Callable[[Record, str], None] | None = None


def install(change: Callable[[Record, str], None]) -> None:
    """Call `change` with a cluster's record and the new password before the emulator publishes it in the record.

    A second call replaces the first. RotateMasterUserPassword comes by here, and MasterUserPassword.
    """
    from ministack.services import rds

    global _emulated
    _emulated = _emulated or rds._apply_cluster_master_password_change
    publish = _emulated

    def change_and_publish(cluster: Record, password: str) -> None:
        change(cluster, password)
        publish(cluster, password)

    rds._apply_cluster_master_password_change = change_and_publish
