"""When RDS may work on Aurora: two windows that are whole, and that do not meet."""

from __future__ import annotations

import pytest

from portal_stage.data.config import DatabaseConfig
from portal_stage.errors import ConfigurationError
from tests.unit.templates import Stage


@pytest.mark.parametrize(
    ("backup", "maintenance"),
    [
        ("04:00-04:30", "sun:04:30-sun:05:00"),
        ("04:00-04:30", "sun:03:30-sun:04:00"),
        ("23:30-00:30", "sun:00:30-sun:01:00"),
        ("12:00-12:30", "sun:23:30-mon:11:30"),
    ],
)
def test_windows_side_by_side_are_taken(backup: str, maintenance: str) -> None:
    DatabaseConfig(backup_window=backup, maintenance_window=maintenance)


@pytest.mark.parametrize(
    ("backup", "maintenance"),
    [
        ("04:00-04:30", "sun:04:29-sun:05:00"),
        ("04:00-04:30", "wed:03:00-wed:06:00"),
        # Past midnight, and past the end of the week.
        ("23:30-00:30", "mon:00:00-mon:00:30"),
        ("00:15-00:45", "sun:23:45-mon:00:30"),
    ],
)
def test_windows_that_meet_are_refused(backup: str, maintenance: str) -> None:
    with pytest.raises(ConfigurationError, match=f"outside of backup_window '{backup}'"):
        DatabaseConfig(backup_window=backup, maintenance_window=maintenance)


def test_cluster_and_instances_keep_the_windows_and_no_version_moves_by_itself(stage: Stage) -> None:
    cluster = stage.data.one("AWS::RDS::DBCluster")
    assert cluster["PreferredBackupWindow"] == "04:00-04:30"
    for one in (cluster, *stage.data.properties("AWS::RDS::DBInstance")):
        assert one["PreferredMaintenanceWindow"] == "sun:06:00-sun:06:30"
        assert one["AutoMinorVersionUpgrade"] is False
