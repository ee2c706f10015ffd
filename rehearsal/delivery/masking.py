"""A build's log file, into which no secret gets: *** stands in its place, as in CodeBuild's own logs."""

import os
import threading
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Self

_MASK = b"***"
_CHUNK = 64 * 1024
_END_SECONDS = 5


class MaskedLog:
    """Appends to the log at `path` what is written to `file`, by this process or by children whose output it is.

    Use as a context manager: at its end all that was written is in the log.
    """

    def __init__(self, path: Path) -> None:
        self._log = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._reader, writer = os.pipe()
        self.file = os.fdopen(writer, "wb", buffering=0)
        self._hidden: tuple[bytes, ...] = ()
        self._copier = threading.Thread(target=self._copy, name="build-log", daemon=True)

    def hide(self, secrets: Iterable[str]) -> None:
        """Let none of these get into the log from now on."""
        known = {*self._hidden, *(secret.encode(errors="replace") for secret in secrets if secret)}
        self._hidden = tuple(sorted(known, key=len, reverse=True))  # one may be a part of another

    def __enter__(self) -> Self:
        self._copier.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.file.close()
        # A process that has left the build's session may hold the pipe: the log goes on without us then.
        self._copier.join(_END_SECONDS)

    def _copy(self) -> None:
        held = b""
        while chunk := os.read(self._reader, _CHUNK):
            held = self._write(held + chunk, whole=False)
        self._write(held, whole=True)
        os.close(self._reader)
        os.close(self._log)

    def _write(self, text: bytes, *, whole: bool) -> bytes:
        """Write the text but for its end, where a secret may have begun; answer that end."""
        for secret in self._hidden:
            text = text.replace(secret, _MASK)
        kept = 0 if whole else max((_begun(secret, text) for secret in self._hidden), default=0)
        with suppress(OSError):  # a full disk: who writes must not wait for ever
            os.write(self._log, text[: len(text) - kept])
        return text[len(text) - kept :]


def _begun(secret: bytes, text: bytes) -> int:
    """How many of the secret's first bytes the text ends with."""
    longest = min(len(secret) - 1, len(text))
    return next((n for n in range(longest, 0, -1) if text.endswith(secret[:n])), 0)
