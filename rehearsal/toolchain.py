"""Commands run to their end, the real CDK CLI of the project's own node_modules among them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from rehearsal.runtime import guard
from rehearsal.workspace import for_its_owner

TAIL = 25  # lines of a failed command's output that an error shows


class ToolError(RuntimeError):
    """A command ended with an error; the message ends with the last lines that it printed."""


@contextmanager
def started(
    arguments: Sequence[str], *, cwd: Path, env: Mapping[str, str], log: Path
) -> Iterator[Callable[[], None]]:
    """Start a command with its output in `log`; what is given waits for its end, and raises ToolError when that is
    with another code than 0. Left earlier, for an interrupt or another's failure, the command is ended."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "ab", opener=for_its_owner) as output:
        process = guard.spawn(list(arguments), cwd=cwd, env=dict(env), output=output)

    def finish() -> None:
        if code := process.wait():
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-TAIL:])
            raise ToolError(f"`{' '.join(arguments[:3])}` ended with code {code}; the end of {log}:\n{tail}")

    try:
        yield finish
    finally:
        guard.end(process)


def run(arguments: Sequence[str], *, cwd: Path, env: Mapping[str, str], log: Path) -> None:
    """Run a command to its end, as `started` has it."""
    with started(arguments, cwd=cwd, env=env, log=log) as finish:
        finish()


def cdk(*arguments: str, root: Path) -> list[str]:
    """A command of the project's pinned CDK CLI. Raises ToolError when that is not installed."""
    program = root / "node_modules" / ".bin" / "cdk"
    if not program.exists():
        raise ToolError(f"{program} is missing: run `make install`")
    return [str(program), *arguments]
