"""Accounts made ready as their administrator would: by the project's own command, else by `cdk bootstrap`."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from rehearsal.assembly import Assembly, Target
from rehearsal.local_aws import LocalAws
from rehearsal.toolchain import cdk, started


def bootstrap(
    targets: Sequence[Target],
    *,
    root: Path,
    state: Path,
    aws: LocalAws,
    assembly: Assembly,
    command: Sequence[str],
) -> None:
    """Prepare these side by side, because the CLI spends most of its time waiting. Raises ToolError.

    `command` runs in the project's folder `root`, with each account's credentials; empty, it is `cdk bootstrap`.
    """
    with ExitStack() as running:
        waits = [
            running.enter_context(
                started(
                    command or _cdk_bootstrap(target, assembly, root),
                    cwd=root,
                    env={**aws.workbench(target.account), "CDK_VALIDATION": "false"},
                    log=state / "logs" / f"bootstrap-{target.account}.log",
                )
            )
            for target in targets
        ]
        for wait in waits:
            wait()


def _cdk_bootstrap(target: Target, assembly: Assembly, root: Path) -> list[str]:
    return cdk("bootstrap", target.url, *assembly.trust(target), "--app", str(assembly.folder), root=root)
