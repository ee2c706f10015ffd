"""What stands before the first push: the accounts bootstrapped, and the pipeline deployed into them."""

import json
import os
from dataclasses import dataclass, field

from botocore.exceptions import ClientError
from rich.console import Console

from rehearsal.assembly import PIPELINE, Assembly, AssemblyError, Target
from rehearsal.audit.inventory import take_inventory
from rehearsal.bootstrapping import bootstrap
from rehearsal.client import Endpoint
from rehearsal.destroy import BASELINE
from rehearsal.local_aws import LocalAws
from rehearsal.settings import Settings
from rehearsal.surroundings import REGION
from rehearsal.timing import timed
from rehearsal.toolchain import cdk, run
from rehearsal.workspace import Workspace

USABLE = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")


@dataclass(kw_only=True)
class Preparation:
    """Deploys the pipeline of a project, or takes up what an earlier process deployed: `assembly` is there then.

    Each step prints what it does and how long it took, and leaves its `seconds`. `destroyable` has the accounts'
    contents noted before the deployment, for `destroy` to compare with.
    """

    workspace: Workspace
    aws: LocalAws
    console: Console
    seconds: dict[str, float]
    settings: Settings
    destroyable: bool
    assembly: Assembly = field(init=False)

    def prepare(self) -> None:
        """Synthesize, create what the assembly expects to exist, bootstrap each account, deploy the pipeline."""
        output = str(self.workspace.state / "cdk.out")
        with timed(self.console, "synthesize", self.seconds):
            # The pipeline's own Synth validates; this assembly only tells what to bootstrap.
            self._cdk("synth", "--quiet", "--output", output, CDK_VALIDATION="false")
        self.assembly = Assembly(self.workspace.state / "cdk.out")
        self.aws.provide(self.assembly, self.settings.policies)
        home, *others = self.assembly.targets
        self._bootstrap(home)
        if others:
            self._bootstrap(*others)
        if self.destroyable:
            self._take_baseline()
        stack = self.assembly.pipeline_stack
        approved = ("--exclusively", "--require-approval", "never")
        with timed(self.console, f"deploy {stack.name}", self.seconds):
            self._cdk("deploy", stack.id, *approved, "--app", output, account=stack.target.account)

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

    def _take_baseline(self) -> None:
        with timed(self.console, "note what the accounts hold", self.seconds):
            accounts = sorted({target.account for target in self.assembly.targets})
            held = take_inventory(self.aws.cloud.client, accounts)
            (self.workspace.state / BASELINE).write_text(json.dumps(held, indent=1))

    def _bootstrap(self, *targets: Target) -> None:
        accounts = ", ".join(target.account for target in targets)
        with timed(self.console, f"bootstrap {accounts}", self.seconds):
            bootstrap(
                targets,
                root=self.workspace.root,
                state=self.workspace.state,
                aws=self.aws,
                assembly=self.assembly,
                command=self.settings.bootstrap,
            )

    def _cdk(self, *arguments: str, account: str | None = None, **extra: str) -> None:
        name = "-".join(filter(None, ["cdk", arguments[0], account]))
        run(
            cdk(*arguments, root=self.workspace.root),
            cwd=self.workspace.root,
            env={**self.aws.workbench(account), **extra},
            log=self.workspace.state / "logs" / f"{name}.log",
        )
