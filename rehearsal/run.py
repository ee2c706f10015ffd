"""One whole rehearsal: start the local AWS, deploy the pipeline into it, push, follow the run, report."""

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from botocore.exceptions import ClientError
from rich.console import Console

from rehearsal.approvals import Approver
from rehearsal.assembly import Assembly, AssemblyError, Target
from rehearsal.audit.inventory import take_inventory
from rehearsal.bootstrapping import bootstrap
from rehearsal.client import Endpoint, Execution
from rehearsal.cloud import raise_quotas
from rehearsal.destroy import BASELINE
from rehearsal.following import follow
from rehearsal.limits import not_rehearsed
from rehearsal.local_aws import LocalAws
from rehearsal.report import Report
from rehearsal.settings import Settings
from rehearsal.surroundings import REGION
from rehearsal.toolchain import cdk
from rehearsal.verdicts import reported
from rehearsal.workspace import Workspace

PIPELINE = "AWS::CodePipeline::Pipeline"
USABLE = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")


@dataclass(kw_only=True)
class Rehearsal:
    """The steps of a run, in order. Each prints what it does and how many seconds it took.

    `destroyable` has the accounts' contents noted before the deployment, for `destroy` to compare with.
    """

    workspace: Workspace
    aws: LocalAws
    console: Console
    report: Report
    settings: Settings
    destroyable: bool
    assembly: Assembly = field(init=False)

    def prepare(self) -> None:
        """Synthesize, create what the assembly expects to exist, bootstrap each account, deploy the pipeline."""
        output = self.workspace.state / "cdk.out"
        with self._part("synthesize"):
            # The pipeline's own Synth validates; this assembly only tells what to bootstrap.
            self._cdk("synth", "--quiet", "--output", str(output), CDK_VALIDATION="false")
        self.assembly = Assembly(output)
        self.aws.provide(self.assembly)
        home, *others = self.assembly.targets
        self._bootstrap(home)
        if others:
            self._bootstrap(*others)
        if self.destroyable:
            self._take_baseline()
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

    def resume(self) -> bool:
        """Take up what an earlier process had prepared; whether it had come to the end of that."""
        if not self.aws.restored:
            return False
        try:
            self.assembly = Assembly(self.workspace.state / "cdk.out")
            stack = self.assembly.pipeline_stack
            cloudformation = self.aws.cloud.client("cloudformation", stack.target.account)
            status = cloudformation.describe_stacks(StackName=stack.name)["Stacks"][0]["StackStatus"]
        except (AssemblyError, ClientError):
            return False
        if status not in USABLE:
            return False
        self.console.print("[green]✓[/green] what was deployed stands again", highlight=False)
        for difference in self.aws.differences:
            self.console.print(f"  but {difference}", style="yellow", markup=False, highlight=False)
        return True

    def endpoint(self) -> Endpoint:
        """Where the deployed pipeline answers; every other command finds it by this."""
        stack = self.assembly.pipeline_stack
        cloudformation = self.aws.cloud.client("cloudformation", stack.target.account)
        resources = cloudformation.describe_stack_resources(StackName=stack.name)["StackResources"]
        source = self.aws.engine.source
        return Endpoint(
            pid=os.getpid(),
            url=self.aws.cloud.endpoint,
            region=REGION,
            account=stack.target.account,
            pipeline=next(r["PhysicalResourceId"] for r in resources if r["ResourceType"] == PIPELINE),
            repository=str(source.repository),
            branch=source.branch,
        )

    def push(self, endpoint: Endpoint) -> None:
        """`git push` the commit to the repository that the pipeline's source watches."""
        with self._part("push"):
            self.workspace.push(endpoint.repository, self.report.commit, endpoint.branch)
        self.console.print(f"git push of {self.report.commit[:8]} started the pipeline.\n", highlight=False)

    def follow(self, endpoint: Endpoint, approver: Approver) -> Execution:
        """Show the run and have its approvals answered until it is over; return its last execution."""
        began = time.monotonic()
        execution = follow(endpoint.delivery(), self.console, approver=approver)
        self.report.parts["push to the end"] = round(time.monotonic() - began, 1)
        self.report.add_execution(execution)
        return execution

    def conclude(self, execution: Execution) -> None:
        """Read what the tests said and what the local AWS left out, and write the report."""
        self.report.add_tests(self._environments(), reported(self.workspace.state, execution))
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

    def _take_baseline(self) -> None:
        with self._part("note what the accounts hold"):
            accounts = sorted({target.account for target in self.assembly.targets})
            held = take_inventory(self.aws.cloud.client, accounts)
            (self.workspace.state / BASELINE).write_text(json.dumps(held, indent=1))

    def _bootstrap(self, *targets: Target) -> None:
        with self._part(f"bootstrap {', '.join(target.account for target in targets)}"):
            bootstrap(
                targets,
                root=self.workspace.root,
                state=self.workspace.state,
                aws=self.aws,
                assembly=self.assembly,
                command=self.settings.bootstrap,
            )

    def _cdk(self, *arguments: str, account: str | None = None, **extra: str) -> None:
        env = {**self.aws.workbench(account), **extra}
        name = "-".join(filter(None, ["cdk", arguments[0], account]))
        log = self.workspace.state / "logs" / f"{name}.log"
        cdk(*arguments, root=self.workspace.root, env=env, log=log)

    @contextmanager
    def _part(self, name: str) -> Iterator[None]:
        began = time.monotonic()
        with self.console.status(f"{name} ..."):
            yield
        spent = time.monotonic() - began
        self.report.parts[name] = round(spent, 1)
        self.console.print(f"[green]✓[/green] {name} [dim]{spent:.0f} s[/dim]", highlight=False)


def rehearse(
    root: Path,
    *,
    console: Console,
    approver: Approver,
    port: int | None,
    keep: bool,
    then: Callable[[Report, LocalAws], None],
) -> Report:
    """Run the pipeline of the project at `root` to its end, and report; call `then` while everything still stands.

    `keep` says that `then` will stay, so that what was deployed can be destroyed. Raises WorkspaceError, PortInUse,
    AssemblyError or ToolError, each with a sentence for the user.
    """
    workspace = Workspace(root)
    report = Report(commit=workspace.commit())
    with _prepared(workspace, report, console=console, port=port, destroyable=keep) as run:
        endpoint = run.endpoint()
        endpoint.write(workspace.state)
        run.push(endpoint)
        run.conclude(run.follow(endpoint, approver))
        then(report, run.aws)
    return report


def stand(root: Path, *, console: Console, port: int | None, then: Callable[[Endpoint], None]) -> None:
    """Let what an earlier process left stand again, or deploy the pipeline of the project at `root`; call `then`.

    Everything is ended when `then` returns or raises. Raises as `rehearse` does, and CannotRestore.
    """
    workspace = Workspace(root, keep=True)
    report = Report(commit="")
    with _prepared(workspace, report, console=console, port=port, destroyable=True, restore=True) as run:
        run.aws.write_environment()
        then(run.endpoint())


@contextmanager
def _prepared(
    workspace: Workspace,
    report: Report,
    *,
    console: Console,
    port: int | None,
    destroyable: bool,
    restore: bool = False,
) -> Iterator[Rehearsal]:
    """A local AWS with the pipeline deployed."""
    settings = Settings.of(workspace.root)
    raise_quotas(settings.quotas)
    with workspace:
        began = time.monotonic()
        with LocalAws(workspace.state, port=port, restore=restore) as aws:
            report.parts["start"] = round(time.monotonic() - began, 1)
            run = Rehearsal(
                workspace=workspace,
                aws=aws,
                console=console,
                report=report,
                settings=settings,
                destroyable=destroyable,
            )
            if not run.resume():
                run.prepare()
            yield run
