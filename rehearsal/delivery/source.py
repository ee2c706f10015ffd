"""The repository that the pipeline's source watches: a bare one on this machine that `git push` reaches."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .errors import ActionFailed

_PUSHES, _TOLD = "pushes", "told"
# Each push leaves a line per branch, so that two in a row are two, as a webhook would tell them.
_HOOK = f"""#!/bin/sh
cat >> "$GIT_DIR/{_PUSHES}"
"""


@dataclass(frozen=True, kw_only=True)
class Push:
    """A branch that was pushed, and the commit (40 hex digits) that it is at since."""

    branch: str
    revision: str


class SourceRepository:
    """A bare git repository at `path`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._told = 0

    def create(self) -> None:
        """Make the repository unless it is there."""
        if not (self.path / "HEAD").exists():
            self.path.mkdir(parents=True, mode=0o700, exist_ok=True)
            self._git("init", "--quiet", "--bare", "--initial-branch=main")
            # The user's own hooks, if configured for all repositories, are not for this one.
            self._git("config", "core.hooksPath", "hooks")
        hook = self.path / "hooks" / "post-receive"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(_HOOK)
        hook.chmod(0o700)
        told = self.path / _TOLD
        self._told = int(told.read_text()) if told.exists() else 0

    def new_pushes(self) -> list[Push]:
        """The pushes since the last call, oldest first. Deleted branches and tags are left out.

        Those that were not acknowledged are told to the next process again.
        """
        try:
            with (self.path / _PUSHES).open("rb") as file:
                file.seek(self._told)
                lines = file.read()
        except FileNotFoundError:
            return []
        complete = lines[: lines.rfind(b"\n") + 1]
        self._told += len(complete)
        found = []
        for line in complete.decode(errors="replace").splitlines():
            _, revision, ref = line.split(" ", 2) if line.count(" ") > 1 else ("", "", "")
            if ref.startswith("refs/heads/") and revision.strip("0"):
                found.append(Push(branch=ref.removeprefix("refs/heads/"), revision=revision))
        return found

    def acknowledge(self) -> None:
        """What the pushes told until now start has been started."""
        fresh = self.path / f"{_TOLD}.new"
        fresh.write_text(f"{self._told}\n")
        fresh.replace(self.path / _TOLD)

    def head(self, branch: str) -> str | None:
        """The commit of a branch; None if nothing was pushed to it."""
        answer = self._run("rev-parse", "--verify", "--quiet", f"refs/heads/{branch}")
        return answer.stdout.strip() or None

    def resolve(self, version: str) -> str | None:
        """The commit of a branch, a tag, or the beginning of a commit's id; None if there is none."""
        answer = self._run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{version}^{{commit}}")
        return answer.stdout.strip() or None

    def describe(self, revision: str) -> dict[str, str]:
        """`message` (whole), `author` (name and address) and `date` (ISO 8601) of a commit."""
        answer = self._git(
            "show", "--no-patch", "--no-show-signature", "--format=%an <%ae>%n%aI%n%B", revision, "--"
        )
        author, date, message = answer.split("\n", 2)
        return {"author": author, "date": date, "message": message.strip()}

    def clone(self, revision: str, target: Path) -> None:
        """A full clone into `target`, with the commit checked out."""
        self._git("clone", "--quiet", "--no-checkout", "--no-hardlinks", str(self.path), str(target))
        self._git("-C", str(target), "checkout", "--quiet", "--detach", revision, bare=False)

    def export(self, revision: str, target: Path) -> None:
        """The commit's files, without the repository, into the empty folder `target`."""
        index = target.with_name(target.name + ".index")
        environment = {"GIT_INDEX_FILE": str(index)}
        self._git("read-tree", revision, extra=environment)
        self._git("--work-tree", str(target), "checkout-index", "--all", extra=environment)
        index.unlink()

    def _git(self, *arguments: str, bare: bool = True, extra: dict[str, str] | None = None) -> str:
        answer = self._run(*arguments, bare=bare, extra=extra)
        if answer.returncode:
            command = next(word for word in arguments if not word.startswith("-"))
            raise ActionFailed(f"git {command} failed: {answer.stderr.strip()}")
        return answer.stdout

    def _run(
        self, *arguments: str, bare: bool = True, extra: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        repository = ["--git-dir", str(self.path)] if bare and arguments[0] != "clone" else []
        return subprocess.run(  # noqa: S603 - fixed programs, commits and paths of our own
            ["git", *repository, *arguments],  # noqa: S607 - git is the one program a user must have
            env={**_without_git(dict(os.environ)), **(extra or {})},
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )


def _without_git(environment: dict[str, str]) -> dict[str, str]:
    """Inside a hook or another repository's alias, variables would point git at that repository."""
    kept = {"GIT_CONFIG_GLOBAL", "GIT_SSL_CAINFO"}
    return {name: value for name, value in environment.items() if not name.startswith("GIT_") or name in kept}
