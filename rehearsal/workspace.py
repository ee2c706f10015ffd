"""The rehearsal's folder in a project, and what a run asks of the project's git checkout."""

import fcntl
import os
import shutil
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from rehearsal.runtime import guard, predecessor
from rehearsal.runtime.predecessor import StillRunning

SHOWN = 5  # changed files named in an error before "and n more"
REMOTE = "rehearsal"  # what git calls the repository that starts the pipeline
LOG = "rehearsal.log"  # written from without, by whoever started the rehearsal in the background
KEPT = ("lock", "cache", LOG, predecessor.FILE)
OF_ONE_PROCESS = ("endpoint.json", "environment", "workbench")
LOCK_SECONDS = 1.0  # whoever only asks for the holder shares the lock for a moment
_POLL_SECONDS = 0.05


class WorkspaceError(RuntimeError):
    """The project cannot be rehearsed as it stands; the message says what to do."""


class Workspace:
    """`build/rehearsal` of the project at `root`, held by one rehearsal at a time.

    Entering it empties it, but for `cache/` (downloads that are the same every time); with `keep` everything
    stays but what described the process that held it before. Raises WorkspaceError when another rehearsal holds it.
    """

    def __init__(self, root: Path, *, keep: bool = False) -> None:
        self.root = root
        self.state = root / "build" / "rehearsal"
        self._keep = keep
        self._lock: IO[str] | None = None

    def __enter__(self) -> Self:
        self.state.mkdir(parents=True, exist_ok=True)
        self.state.chmod(0o700)  # keys, passwords and logs: nobody else's on a machine of several users
        lock = (self.state / "lock").open("a+")
        if not _locked(lock, fcntl.LOCK_EX, LOCK_SECONDS):
            lock.close()
            raise WorkspaceError(
                f"a rehearsal of this project is already running (process {self.holder()}): "
                "end it first, with `python -m rehearsal down`"
            )
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        self._lock = lock
        try:
            guard.start(self.state)  # nothing of a killed one may write here any more
        except StillRunning as error:
            lock.close()
            raise WorkspaceError(str(error)) from error
        for entry in self.state.iterdir():
            if entry.name in OF_ONE_PROCESS if self._keep else entry.name not in KEPT:
                _remove(entry)
        return self

    def holder(self) -> int | None:
        """The process that holds the folder; None if there is none."""
        while True:
            try:
                with (self.state / "lock").open() as lock:
                    if _locked(lock, fcntl.LOCK_SH, 0):
                        return None
                    text = lock.read()
            except FileNotFoundError:
                return None
            if text.isdigit():
                return int(text)
            time.sleep(_POLL_SECONDS)  # it has the lock and is about to write its number

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._lock is not None:
            self._lock.close()

    def commit(self) -> str:
        """The commit to rehearse, 40 hex digits.

        Raises WorkspaceError outside a git checkout, in a shallow one, before a first commit, or with changes of
        tracked files that are not committed: a push carries commits only, so the rehearsal would show something else
        than what is on the screen.
        """
        top = self._git("rev-parse", "--show-toplevel")
        if top.stdout.strip() != str(self.root.resolve()):
            # There is more to say of a checkout that is somebody else's, which git does not trust.
            known = not top.stderr or "not a git repository" in top.stderr
            reason = "" if known else f" ({top.stderr.splitlines()[0]})"
            raise WorkspaceError(
                f"{self.root} is not the top of a git checkout{reason}: the rehearsal starts with a git push"
            )
        commit = self._git("rev-parse", "--verify", "--quiet", "HEAD").stdout.strip()
        if not commit:
            raise WorkspaceError("there is no commit yet: the rehearsal pushes one, so commit first")
        changed = self._git("status", "--porcelain", "--untracked-files=no").stdout.splitlines()
        if changed:
            raise WorkspaceError(
                f"not committed: {_first([line[3:] for line in changed])}. "
                "The rehearsal pushes the last commit: commit or stash these first"
            )
        # https://git-scm.com/docs/shallow: the receiver lacks the commits before, and refuses.
        if self._git("rev-parse", "--is-shallow-repository").stdout.strip() == "true":
            raise WorkspaceError(
                "this is a shallow clone, which git cannot push from: run `git fetch --unshallow` first"
            )
        return commit

    def untracked(self) -> str:
        """The first names of what git does not track, so that no commit has it; empty if there is nothing."""
        found = self._git("ls-files", "--others", "--exclude-standard", "--directory").stdout.splitlines()
        return _first(found) if found else ""

    def add_remote(self, repository: Path | str) -> bool:
        """Name the repository `rehearsal` among the checkout's remotes; False where that name is another's already."""
        known = self._git("remote", "get-url", REMOTE)
        if known.returncode:
            return self._git("remote", "add", REMOTE, str(repository)).returncode == 0
        return known.stdout.strip() == str(repository)

    def push(self, repository: Path | str, commit: str, branch: str) -> bool:
        """`git push` of the commit to a bare repository on this machine; whether its branch was moved.

        Raises WorkspaceError when git refuses.
        """
        result = self._git("push", "--porcelain", "--force", str(repository), f"{commit}:refs/heads/{branch}")
        if result.returncode:
            raise WorkspaceError(f"git push to the rehearsal failed: {result.stderr.strip()}")
        # A line a reference, its first character what was done; = means that nothing was.
        return not any(line.startswith("=") for line in result.stdout.splitlines())

    def _git(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603  a list, no shell
            ["git", *arguments],  # noqa: S607  the user's own git
            cwd=self.root,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )


def _first(names: list[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def _locked(lock: IO[str], kind: int, seconds: float) -> bool:
    """Try for `seconds` to take the lock, as fcntl's LOCK_EX or LOCK_SH; whether it could be had."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(lock, kind | fcntl.LOCK_NB)
        except OSError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(_POLL_SECONDS)
        else:
            return True


def for_its_owner(path: str, flags: int) -> int:
    """An opener for `open`: nobody else on this machine reads what is written, logs for example."""
    descriptor = os.open(path, flags, 0o600)
    os.fchmod(descriptor, 0o600)  # it may be there already
    return descriptor


def _remove(entry: Path) -> None:
    if entry.is_dir() and not entry.is_symlink():
        shutil.rmtree(entry)
    else:
        entry.unlink()
