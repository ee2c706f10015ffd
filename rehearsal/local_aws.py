"""The local AWS as one thing: the cloud, its edge, the runtime of tasks and databases, and the pipeline engine."""

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from rehearsal.assembly import Assembly
from rehearsal.client import shell
from rehearsal.cloud import Cloud, Kept
from rehearsal.cloud.autosave import Autosave
from rehearsal.cloud.conformance import dropped_properties
from rehearsal.cloud.emulator import set_environment
from rehearsal.cloud.prerequisites import create_connection, create_hosted_zone, create_policies
from rehearsal.delivery import Engine, service
from rehearsal.delivery.build_environment import Tools
from rehearsal.edge import Edge
from rehearsal.runtime import docker_hook, docker_shim, ecs_service, guard
from rehearsal.runtime.addresses import Addresses
from rehearsal.runtime.aurora import Aurora
from rehearsal.surroundings import REGION, surroundings

# How long the end of a rehearsal waits for a stack that is being changed, in seconds.
_PATIENCE_SECONDS = 20


class LocalAws:
    """Everything that stands for AWS. `with LocalAws(state, port=None) as aws: aws.cloud.endpoint`

    `state` is the rehearsal's folder; `port` that of the AWS endpoint, a free one if None. With `restore`
    everything that an earlier process had deployed under `state` stands again, if there was one: `restored` says
    so, and `differences` what could not be had again. Raises PortInUse, CannotRestore and StillRunning when
    entered. Leaving ends every process that it started.
    """

    def __init__(self, state: Path, *, port: int | None, restore: bool = False) -> None:
        self.state = state
        self.cloud = Cloud(state, port=port, restore=restore)
        self.differences: list[str] = []
        self.edge: Edge
        self.engine: Engine
        self._account = ""
        self._tools: dict[str, str] | None = None
        self._open = ExitStack()

    def __enter__(self) -> Self:
        guard.start(self.state)
        # Made before the cloud changes the environment: the edge takes down the user's own proxies and bundles.
        self.edge = Edge(self.cloud, self.state)
        addresses = Addresses()
        self.aurora = Aurora(self.state, self.edge.authority.issue, addresses=addresses)
        with ExitStack() as opening:
            containers = docker_shim.install(self.state, self.surroundings, addresses=addresses)
            opening.callback(containers.stop)
            opening.callback(self.aurora.stop)
            self.aurora.install()
            self.cloud.keep("databases", Kept(self.aurora.kept, self.aurora.take_up))
            self.cloud.keep("account", Kept(lambda: self._account, self._act_for))
            opening.enter_context(self.cloud)
            opening.enter_context(self.edge)
            # The emulator starts functions itself, with this process's environment.
            opening.enter_context(set_environment(self.edge.environment()))
            if self.cloud.restored:
                self.differences = ecs_service.restart()
            opening.callback(self.snapshot, patience=_PATIENCE_SECONDS)
            opening.enter_context(Autosave(self.cloud))
            self.engine = Engine(
                self.cloud, state=self.state, surroundings=self.surroundings, settled=self.snapshot
            )
            opening.callback(self.engine.stop)
            opening.callback(service.install(self.engine))
            self.engine.watch()
            self._open = opening.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    @property
    def restored(self) -> bool:
        """Whether an earlier process's world stands again: there is a pipeline, nothing needs to be prepared."""
        return self.cloud.restored

    def snapshot(self, *, patience: float = 0) -> bool:
        """Write down what is deployed, as `Cloud.snapshot` does: for a safe point, such as the end of an action."""
        return self.cloud.snapshot(patience=patience)

    def _act_for(self, account: str) -> None:
        self._account = account

    def provide(self, assembly: Assembly, policies: Mapping[str, str]) -> None:
        """Make what the assembly expects to exist: imported zones, source connections, the accounts' own policies.

        `policies`: documents (JSON) by name. Raises ClientError for what IAM refuses.
        """
        self._act_for(assembly.pipeline_stack.target.account)
        for zone in assembly.zones:
            create_hosted_zone(self.cloud, account=zone.account, zone_id=zone.id, name=zone.name)
        for arn in assembly.connections:
            create_connection(account=arn.split(":")[4], arn=arn)
        for target in assembly.targets:
            create_policies(self.cloud, account=target.account, documents=policies)

    def surroundings(self, account: str | None = None) -> dict[str, str]:
        """The environment of a child that acts for an account, that of the pipeline if None."""
        return surroundings(
            endpoint=self.cloud.endpoint,
            account=account or self._account,
            home=self.state / "home",
            network=self.edge.environment(),
        )

    def workbench(self, account: str | None = None) -> dict[str, str]:
        """The environment of a command that an operator types: the tools are those of a build."""
        if self._tools is None:
            folder = self.state / "workbench"
            folder.mkdir()
            self._tools = Tools(self.state).environment(folder, self.surroundings())
        return {**self._tools, **self.surroundings(account), "PATH": self._tools["PATH"]}

    def write_environment(self, assembly: Assembly) -> Path:
        """Write what a shell needs to reach what is deployed and the AWS endpoint, a variable a line."""
        shown = {name: value for name, value in self.surroundings().items() if name.startswith("AWS_")}
        docker = {"CDK_DOCKER": str(docker_hook.write(self.state))}  # for a `cdk deploy` that is typed there
        return shell.write(
            self.state,
            {**shown, **docker, **self.edge.environment()},
            accounts=assembly.accounts,
            region=REGION,
        )

    def dropped_properties(self, assembly: Assembly) -> list[str]:
        """What was deployed otherwise than the templates ask, a line each."""
        return [*self.differences, *self.aurora.differences, *dropped_properties(self.cloud, assembly)]
