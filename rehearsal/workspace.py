"""The rehearsal's folder in a project, and what a run asks of the project's git checkout."""

import fcntl
import os
import shutil
import subprocess
from pathlib import Path
from types import TracebackType
from typing import IO, Self

SHOWN = 5  # changed files named in an error before "and n more"


class WorkspaceError(RuntimeError):
    """The project cannot be rehearsed as it stands; the message says what to do."""


class Workspace:
    """`build/rehearsal` of the project at `root`, held by one rehearsal at a time.

    Entering it empties it, but for `cache/` (downloads that are the same every time).
    Raises WorkspaceError when another rehearsal holds it.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.state = root / "build" / "rehearsal"
        self._lock: IO[str] | None = None

    def __enter__(self) -> Self:
        self.state.mkdir(parents=True, exist_ok=True)
        lock = (self.state / "lock").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            lock.close()
            raise WorkspaceError(
                f"a rehearsal of this project is already running (process {holder}): end it first"
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        self._lock = lock
        for entry in self.state.iterdir():
            if entry.name in ("lock", "cache"):
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._lock is not None:
            self._lock.close()

    def commit(self) -> str:
        """The commit to rehearse, 40 hex digits.

        Raises WorkspaceError outside a git checkout, before a first commit, or with changes not committed:
        a push carries commits only, so the rehearsal would show something else than what is on the screen.
        """
        if self._git("rev-parse", "--show-toplevel") != str(self.root.resolve()):
            raise WorkspaceError(
                f"{self.root} is not the top of a git checkout: the rehearsal starts with a git push"
            )
        commit = self._git("rev-parse", "--verify", "--quiet", "HEAD")
        if not commit:
            raise WorkspaceError("there is no commit yet: the rehearsal pushes one, so commit first")
        changed = self._git("status", "--porcelain").splitlines()
        if changed:
            names = ", ".join(line[3:] for line in changed[:SHOWN])
            more = f" and {len(changed) - SHOWN} more" if len(changed) > SHOWN else ""
            raise WorkspaceError(
                f"not committed: {names}{more}. The rehearsal pushes the last commit: commit or stash these first"
            )
        return commit

    def push(self, repository: Path, commit: str, branch: str) -> None:
        """`git push` of the commit to a bare repository on this machine. Raises WorkspaceError when git refuses."""
        result = subprocess.run(  # noqa: S603  a list, no shell
            ["git", "push", "--quiet", "--force", str(repository), f"{commit}:refs/heads/{branch}"],  # noqa: S607  the user's own git
            cwd=self.root,
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode:
            raise WorkspaceError(f"git push to the rehearsal failed: {result.stderr.strip()}")

    def _git(self, *arguments: str) -> str:
        result = subprocess.run(  # noqa: S603  a list, no shell
            ["git", *arguments],  # noqa: S607  the user's own git
            cwd=self.root,
            capture_output=True,
            text=True,
            check=False,
        )
        return result.stdout.strip() if arguments[0] != "status" else result.stdout.rstrip()
