"""The real CDK CLI, run from the project's own node_modules against the rehearsal."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from rehearsal.runtime.guard import spawn

TAIL = 25  # lines of a failed command's output that an error shows


class ToolError(RuntimeError):
    """A command ended with an error; the message ends with the last lines that it printed."""


def run(arguments: Sequence[str], *, cwd: Path, env: Mapping[str, str], log: Path) -> None:
    """Run a command to its end with its output in `log`. Raises ToolError when it exits other than with 0."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        process = spawn(list(arguments), cwd=cwd, env=dict(env), output=output)
        code = process.wait()
    if code:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-TAIL:])
        raise ToolError(f"`{' '.join(arguments[:3])}` ended with code {code}; the end of {log}:\n{tail}")


def cdk(*arguments: str, root: Path, env: Mapping[str, str], log: Path) -> None:
    """Run the project's pinned CDK CLI. Raises ToolError when it fails or is not installed."""
    program = root / "node_modules" / ".bin" / "cdk"
    if not program.exists():
        raise ToolError(f"{program} is missing: run `make install`")
    run([str(program), *arguments], cwd=root, env={**env, "CDK_DISABLE_CLI_TELEMETRY": "true"}, log=log)
