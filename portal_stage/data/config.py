"""What may be configured of the database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from portal_stage.data.windows import window_problems
from portal_stage.errors import Checked
from portal_stage.rules import matches, number, problem, whole

# Families that AWS lists for Aurora (r9g since November 2026), without those that only older versions take. Which sizes
# a family has was not compared one by one, so a wrong size may pass here and fail at the deployment:
# `aws rds describe-orderable-db-instance-options --engine aurora-postgresql` tells.
# https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.DBInstanceClass.SupportAurora.html
_FAMILIES = ("r5", "r6g", "r6gd", "r6i", "r6id", "r7g", "r7i", "r8g", "r8gd", "r9g", "x2g")
_SIZES = ("large", "xlarge", *(f"{times}xlarge" for times in (2, 4, 8, 12, 16, 24, 32, 48)))
_INSTANCE_TYPES = {
    *(f"{family}.{size}" for family in _FAMILIES for size in _SIZES),
    *(f"{family}.{size}" for family in ("t3", "t4g") for size in ("medium", "large")),
}
_WORD = r"[\x20-\x7e]{1,200}"


@dataclass(frozen=True, kw_only=True)
class DatabaseConfig(Checked):
    """Aurora PostgreSQL: Serverless v2 between two capacities (ACU), or provisioned by instance type."""

    min_capacity: float = 0.5
    max_capacity: float = 2
    instance_type: str | None = None
    backup_days: int = 7
    backup_window: str = "04:00-04:30"
    """UTC, each day."""
    maintenance_window: str = "sun:06:00-sun:06:30"
    """UTC, each week: what AWS must do to the machines, and changes that wait. Minor versions wait for a push
    (docs/decisions/0007)."""
    migration: tuple[str, ...] = ("node", "src/migrate.mjs")
    """The command of the backend's image that makes its tables and its database user (see `containers/`)."""

    def problems(self) -> Iterator[str]:
        known = number(self.min_capacity, 0.5, 256, step=0.5)
        if not known:
            rule = "use 0.5 to 256 ACU in steps of 0.5"
            yield problem("min_capacity", self.min_capacity, rule, example=0.5)
        least = max(1, self.min_capacity) if known else 1
        if not number(self.max_capacity, least, 256, step=0.5):
            rule = "use 1 to 256 ACU in steps of 0.5, and not less than min_capacity"
            yield problem("max_capacity", self.max_capacity, rule, example=max(4, least))
        if self.instance_type is not None and self.instance_type not in _INSTANCE_TYPES:
            rule = "use an instance type of Aurora PostgreSQL without 'db.', or None for Serverless v2"
            yield problem("instance_type", self.instance_type, rule, example="r8g.large")
        if not whole(self.backup_days, 7, 35):
            yield problem("backup_days", self.backup_days, "use 7 to 35 days", example=7)
        yield from window_problems(
            backup_window=self.backup_window, maintenance_window=self.maintenance_window
        )
        words = self.migration if isinstance(self.migration, tuple) else ()
        if not words or not all(matches(_WORD, word) for word in words):
            rule = "use a tuple of a command's words; no shell reads them"
            yield problem("migration", self.migration, rule, example=("node", "src/migrate.mjs"))
