"""`cdk destroy` of every environment and of the pipeline, and then a look into every corner for what is left."""

import functools
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console

from rehearsal.assembly import Assembly
from rehearsal.audit.inventory import ClientOf, Inventory, left_over, take_inventory, uncounted
from rehearsal.client import shell
from rehearsal.client.endpoint import Endpoint, NotUpError, find
from rehearsal.timing import timed
from rehearsal.toolchain import cdk, run

BASELINE = "baseline.json"
"""What the accounts held after the bootstrap and before the pipeline, in the state folder."""


def destroy(root: Path, *, console: Console, as_json: bool) -> int:
    """Destroy what the standing rehearsal of `root` deployed; 0 if nothing is left, 1 if something is.

    Environments go in the opposite order of their delivery, each with its stacks in the order of their
    dependencies, the pipeline last. Raises NotUpError, AssemblyError or ToolError.
    """
    endpoint = find(root)
    state = root / "build" / "rehearsal"
    before = _baseline(state)
    assembly = Assembly(state / "cdk.out")
    seconds: dict[str, float] = {}
    for name, selection in _in_order(assembly):
        with timed(console, f"destroy {name}", seconds, key=name):
            _cdk_destroy(root, state, endpoint.account, selection)
    after = take_inventory(_clients(endpoint), sorted(before))
    left = left_over(before, after)
    clean = not any(left.values())
    if as_json:
        print(
            json.dumps({"clean": clean, "left": left, "not_counted": uncounted(assembly), "seconds": seconds})
        )
    else:
        show_left(console, after, left, uncounted(assembly))
    return 0 if clean else 1


def _baseline(state: Path) -> Inventory:
    """What the accounts held before. Raises NotUpError where what is left could not be told from that."""
    if not (state / "environment").exists():
        raise NotUpError(
            "a `run` is at work here: destroy what `up` deploys, or `run --keep` once it stays up"
        )
    try:
        noted: Inventory = json.loads((state / BASELINE).read_text())
    except FileNotFoundError:
        raise NotUpError(
            "a `run` has deployed this, and did not note what was there before: "
            "destroy what `down` and `up --fresh` deploy"
        ) from None
    return noted


def _clients(endpoint: Endpoint) -> ClientOf:
    """Clients of the standing rehearsal, one for each service and account."""

    @functools.cache
    def client(service: str, account: str) -> Any:
        return replace(endpoint, account=account).client(service)

    return client


def _in_order(assembly: Assembly) -> list[tuple[str, str]]:
    """Environments from the last to the first, then the pipeline: a name and the CDK CLI's selection of stacks."""
    pipeline = assembly.pipeline_stack
    environments = dict.fromkeys(
        stack.id.rpartition("/")[0] for stack in assembly.stacks if stack is not pipeline
    )
    backwards = [(path.rpartition("/")[2], f"{path}/*") for path in reversed(environments) if path]
    return [*backwards, (pipeline.name, pipeline.id)]


def _cdk_destroy(root: Path, state: Path, account: str, selection: str) -> None:
    command = cdk("destroy", "--force", "--app", str(state / "cdk.out"), selection, root=root)
    run(
        command,
        cwd=root,
        env={**shell.read(state, account), "HOME": str(state / "home")},
        log=state / "logs" / "cdk-destroy.log",
    )


def show_left(
    console: Console, after: Inventory, left: dict[str, dict[str, list[str]]], unseen: list[str]
) -> None:
    """Print a line for each account, and what is left by name."""
    for account, listings in after.items():
        count = sum(len(names) for names in left[account].values())
        before = sum(len(names) for names in listings.values()) - count
        console.print(
            f"Account {account}: {count} left, and {before} that were there before; {len(listings)} listings asked.",
            highlight=False,
        )
    for account, listings in left.items():
        for name, new in listings.items():
            console.print(
                f"[red]✗[/red] {account}: {name}: {', '.join(new)}", highlight=False, soft_wrap=True
            )
    if unseen:
        console.print(
            f"Not counted, for want of a listing: {', '.join(unseen)}", highlight=False, soft_wrap=True
        )
    if not any(left.values()):
        console.print("[bold green]Nothing is left[/bold green] but the bootstrap and the account baseline.")
