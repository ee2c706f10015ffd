"""Accounts made ready as their administrator would: by the project's own command, else by `cdk bootstrap`."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from rehearsal.assembly import Assembly, Target
from rehearsal.local_aws import LocalAws
from rehearsal.toolchain import cdk, run


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

    def prepare(target: Target) -> None:
        env = {**aws.workbench(target.account), "CDK_VALIDATION": "false"}
        log = state / "logs" / f"bootstrap-{target.account}.log"
        if command:
            run(command, cwd=root, env=env, log=log)
        else:
            arguments = ("bootstrap", target.url, *assembly.trust(target), "--app", str(assembly.folder))
            cdk(*arguments, root=root, env=env, log=log)

    with ThreadPoolExecutor(len(targets)) as pool:
        list(pool.map(prepare, targets))
