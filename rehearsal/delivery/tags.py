"""The tags of pipelines, by their ARNs."""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .database import Database
from .errors import TooManyTagsError

_MOST = 50


@dataclass(frozen=True, kw_only=True)
class _Tags:
    arn: str
    tags: Mapping[str, str]


class Tags:
    """Keys and values by the ARN of what they are on."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._tags = {kept.arn: dict(kept.tags) for kept in database.all("tags", _Tags)}

    def of(self, arn: str) -> dict[str, str]:
        """All tags of one resource."""
        with self._lock:
            return dict(self._tags.get(arn, {}))

    def set(self, arn: str, tags: Mapping[str, str]) -> None:
        """Put these in the place of all tags of one resource. Raises TooManyTagsError over 50."""
        with self._lock:
            self._keep(arn, tags)

    def add(self, arn: str, tags: Mapping[str, str]) -> None:
        """Add these, or change their values. Raises TooManyTagsError over 50."""
        with self._lock:
            self._keep(arn, {**self._tags.get(arn, {}), **tags})

    def drop(self, arn: str, keys: Iterable[str]) -> None:
        """Take these off."""
        gone = set(keys)
        with self._lock:
            self._keep(arn, {key: value for key, value in self._tags.get(arn, {}).items() if key not in gone})

    def forget(self, arn: str) -> None:
        """The resource is deleted."""
        with self._lock:
            with self._database.change() as change:
                change.remove("tags", arn)
            self._tags.pop(arn, None)

    def _keep(self, arn: str, tags: Mapping[str, str]) -> None:
        if len(tags) > _MOST:
            raise TooManyTagsError(f"{arn} would have {len(tags)} tags: at most {_MOST}")
        with self._database.change() as change:
            change.put("tags", arn, _Tags(arn=arn, tags=tags))
        self._tags[arn] = dict(tags)
