"""One whole rehearsal: start the local AWS, deploy the pipeline into it, push, follow the run, report."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from rich.console import Console

from rehearsal.approvals import Approver
from rehearsal.assembly import Assembly
from rehearsal.delivery import Engine, Execution
from rehearsal.display import Watcher, watcher
from rehearsal.limits import not_rehearsed
from rehearsal.local_aws import LocalAws
from rehearsal.report import Report
from rehearsal.toolchain import cdk
from rehearsal.verdicts import Verdict, read_verdicts
from rehearsal.workspace import Workspace

POLL_SECONDS = 0.25
OVER = ("Succeeded", "Failed", "Stopped")


@dataclass(kw_only=True)
class Rehearsal:
    """The steps of a run, in order. Each prints what it does and how many seconds it took."""

    workspace: Workspace
    aws: LocalAws
    console: Console
    approver: Approver
    report: Report
    assembly: Assembly = field(init=False)

    def prepare(self) -> None:
        """Synthesize, create what the assembly expects to exist, bootstrap each account, deploy the pipeline."""
        output = self.workspace.state / "cdk.out"
        with self._part("synthesize"):
            # The pipeline's own Synth validates; this assembly only tells what to bootstrap.
            self._cdk("synth", "--quiet", "--output", str(output), CDK_VALIDATION="false")
        self.assembly = Assembly(output)
        self.aws.provide(self.assembly)
        for target in self.assembly.targets:
            with self._part(f"bootstrap {target.account}"):
                self._cdk("bootstrap", target.url, "--app", str(output), account=target.account)
        stack = self.assembly.pipeline_stack
        with self._part(f"deploy {stack.name}"):
            arguments = (
                "deploy",
                stack.id,
                "--exclusively",
                "--require-approval",
                "never",
                "--app",
                str(output),
            )
            self._cdk(*arguments, account=stack.target.account)

    def push(self) -> None:
        """`git push` the commit to the repository that the pipeline's source watches."""
        source = self.aws.engine.source
        with self._part("push"):
            self.workspace.push(source.repository, self.report.commit, source.branch)
        self.console.print(f"git push of {self.report.commit[:8]} started the pipeline.\n", highlight=False)

    def follow(self) -> Execution:
        """Show the run and have its approvals answered until it is over; return its last execution."""
        began = time.monotonic()
        screen = watcher(self.console)
        try:
            execution = _until_over(self.aws.engine, screen, self.approver)
        finally:
            screen.close()
        self.report.parts["push to the end"] = round(time.monotonic() - began, 1)
        self.report.add_execution(execution)
        return execution

    def conclude(self, execution: Execution) -> None:
        """Read what the tests said and what the local AWS left out, and write the report."""
        self.report.add_tests(self._environments(), _verdicts(execution))
        with self._part("compare templates with what is deployed"):
            self.report.dropped = self.aws.dropped_properties(self.assembly)
        self.report.not_rehearsed = not_rehearsed(self.assembly)
        self.report.write(self.workspace.state / "report.json")

    def _environments(self) -> list[str]:
        """The stages that deploy: each is an environment whose tests must have run."""
        deploying = [
            stage["name"]
            for stage in self.report.stages
            if any(action["provider"] == "CloudFormation" for action in stage["actions"])
        ]
        return list(dict.fromkeys(deploying))

    def _cdk(self, *arguments: str, account: str | None = None, **extra: str) -> None:
        env = {**self.aws.workbench(account), **extra}
        log = self.workspace.state / "logs" / f"cdk-{arguments[0]}.log"
        cdk(*arguments, root=self.workspace.root, env=env, log=log)

    @contextmanager
    def _part(self, name: str) -> Iterator[None]:
        began = time.monotonic()
        with self.console.status(f"{name} ..."):
            yield
        spent = time.monotonic() - began
        self.report.parts[name] = round(spent, 1)
        self.console.print(f"[green]✓[/green] {name} [dim]{spent:.0f} s[/dim]", highlight=False)


def _verdicts(execution: Execution) -> list[Verdict]:
    """What the JUnit files say that the builds of each stage handed in."""
    return [
        verdict
        for stage in execution.stages
        for action in stage.actions
        if action.reports is not None
        for file in sorted(action.reports.rglob("*.xml"))
        for verdict in read_verdicts(file, stage.name)
    ]


def _until_over(engine: Engine, screen: Watcher, approver: Approver) -> Execution:
    while True:
        execution = next(iter(engine.executions()), None)
        if execution is not None:
            screen.show(execution)
            for approval in engine.pending_approvals():
                answer = screen.paused(partial(approver, approval))
                engine.put_approval_result(
                    pipeline=approval.pipeline,
                    stage=approval.stage,
                    action=approval.action,
                    token=approval.token,
                    status=answer.status,
                    summary=answer.summary,
                )
            if execution.status in OVER:
                return execution
        time.sleep(POLL_SECONDS)


def rehearse(
    root: Path,
    *,
    console: Console,
    approver: Approver,
    port: int | None,
    then: Callable[[Report, LocalAws], None],
) -> Report:
    """Run the pipeline of the project at `root` to its end, and report; call `then` while everything still stands.

    Raises WorkspaceError, PortInUse, AssemblyError or ToolError, each with a sentence for the user.
    """
    workspace = Workspace(root)
    commit = workspace.commit()
    with workspace:
        report = Report(commit=commit)
        began = time.monotonic()
        with LocalAws(workspace.state, port=port) as aws:
            report.parts["start"] = round(time.monotonic() - began, 1)
            run = Rehearsal(workspace=workspace, aws=aws, console=console, approver=approver, report=report)
            run.prepare()
            run.push()
            run.conclude(run.follow())
            then(report, aws)
    return report
