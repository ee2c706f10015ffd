"""A file of plain data, written whole or not at all: it holds values, and reading it runs no code."""

import io
import pickle
import uuid
from pathlib import Path
from typing import Any

_ALLOWED = frozenset(
    {
        ("builtins", "bytearray"),
        ("builtins", "dict"),
        ("builtins", "list"),
        ("builtins", "set"),
        ("collections", "OrderedDict"),
        ("collections", "defaultdict"),
        ("collections", "deque"),
        ("datetime", "datetime"),
        ("datetime", "timedelta"),
        ("datetime", "timezone"),
        ("decimal", "Decimal"),
    }
)


class NotPlainError(ValueError):
    """Something is not plain data, or the file is damaged; the message names it."""


def to_bytes(value: Any) -> bytes:
    """The value; parts that it has twice stay one. Raises NotPlainError for an object that is not data."""
    written = io.BytesIO()
    _Writer(written, pickle.HIGHEST_PROTOCOL).dump(value)
    return written.getvalue()


def write(path: Path, content: bytes) -> None:
    """Replace the file: whoever reads it sees the old content or the new, also after kill -9."""
    fresh = path.with_name(f".{path.name}-{uuid.uuid4().hex}")
    try:
        fresh.touch(mode=0o600)  # before anything is in it: passwords and keys are
        fresh.write_bytes(content)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def read(path: Path) -> Any:
    """What was written. Raises NotPlainError for a damaged file, FileNotFoundError without one."""
    with path.open("rb") as file:
        try:
            return _Reader(file).load()
        except Exception as error:  # bytes that nobody wrote so may end in nearly any
            raise NotPlainError(f"{path} is damaged: {error}") from error


class _Writer(pickle.Pickler):
    def reducer_override(self, value: Any) -> Any:
        """Asked for whatever is not a string, a number, a dict and so on."""
        kind = value if isinstance(value, type) else type(value)
        if (kind.__module__, kind.__qualname__) not in _ALLOWED:
            raise NotPlainError(f"{value!r:.200} is a {kind.__module__}.{kind.__qualname__}, not data")
        return NotImplemented


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _ALLOWED:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}")
        return super().find_class(module, name)
