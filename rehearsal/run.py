"""One whole rehearsal: start the local AWS, deploy the pipeline into it, push, follow the run, report."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from rehearsal.approvals import Approver
from rehearsal.client import Endpoint
from rehearsal.cloud import raise_quotas
from rehearsal.failures import show_failures
from rehearsal.following import follow
from rehearsal.limits import not_rehearsed
from rehearsal.local_aws import LocalAws
from rehearsal.machine import full_disk, require, stop_if_full
from rehearsal.preparation import Preparation
from rehearsal.report import Report
from rehearsal.settings import Settings
from rehearsal.timing import timed
from rehearsal.verdicts import reported
from rehearsal.workspace import Workspace


def rehearse(
    root: Path,
    *,
    console: Console,
    approver: Approver,
    port: int | None,
    keep: bool,
    then: Callable[[Report], None],
) -> Report:
    """Run the pipeline of the project at `root` to its end, and report; call `then` while everything still stands.

    `keep` says that `then` will stay, so that what was deployed can be destroyed. Raises WorkspaceError, PortInUse,
    AssemblyError, ToolError or MachineError, each with a sentence for the user.
    """
    workspace = Workspace(root)
    report = Report(commit=workspace.commit())
    _ask_the_machine(root, console)
    with _prepared(workspace, console, report.parts, port=port, destroyable=keep) as prepared:
        endpoint = prepared.endpoint()
        endpoint.write(workspace.state)
        with timed(console, "push", report.parts):
            workspace.push(endpoint.repository, report.commit, endpoint.branch)
        if untracked := workspace.untracked():
            console.print(
                f"Not in the commit, as git does not track it: {untracked}", style="yellow", markup=False
            )
        console.print(f"git push of {report.commit[:8]} started the pipeline.\n", highlight=False)
        began = time.monotonic()
        execution = follow(endpoint.delivery(), console, approver=approver, check=lambda: stop_if_full(root))
        report.parts["push to the end"] = round(time.monotonic() - began, 1)
        show_failures(endpoint, execution, console)
        report.add_execution(execution)
        report.add_tests(reported(workspace.state, execution))
        if report.problems and (full := full_disk(root, " ".join(report.problems))):
            report.problems.append(full)
        with timed(console, "compare templates with what is deployed", report.parts):
            report.dropped = prepared.aws.dropped_properties(prepared.assembly)
        report.not_rehearsed = not_rehearsed(prepared.assembly)
        report.write(workspace.state / "report.json")
        if keep:
            prepared.aws.write_environment(prepared.assembly)
        then(report)
    return report


def stand(root: Path, *, console: Console, port: int | None, then: Callable[[Endpoint], None]) -> None:
    """Let what an earlier process left stand again, or deploy the pipeline of the project at `root`; call `then`.

    Everything is ended when `then` returns or raises. Raises as `rehearse` does, and CannotRestore.
    """
    workspace = Workspace(root, keep=True)
    if workspace.holder() is None:
        _ask_the_machine(root, console)
    with _prepared(workspace, console, {}, port=port, destroyable=True, restore=True) as prepared:
        prepared.aws.write_environment(prepared.assembly)
        then(prepared.endpoint())


def _ask_the_machine(root: Path, console: Console) -> None:
    """Raise MachineError before minutes have passed; print what is only a warning."""
    require(root, lambda told: console.print(f"! {told}", style="yellow", markup=False, soft_wrap=True))


@contextmanager
def _prepared(
    workspace: Workspace,
    console: Console,
    seconds: dict[str, float],
    *,
    port: int | None,
    destroyable: bool,
    restore: bool = False,
) -> Iterator[Preparation]:
    """A local AWS with the pipeline deployed; `seconds` get what it took."""
    settings = Settings.of(workspace.root)
    raise_quotas(settings.quotas)
    with workspace:
        began = time.monotonic()
        with LocalAws(workspace.state, port=port, restore=restore) as aws:
            seconds["start"] = round(time.monotonic() - began, 1)
            preparation = Preparation(
                workspace=workspace,
                aws=aws,
                console=console,
                seconds=seconds,
                settings=settings,
                destroyable=destroyable,
            )
            if not preparation.resume():
                preparation.prepare()
            yield preparation
