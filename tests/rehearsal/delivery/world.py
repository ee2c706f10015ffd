"""What a test of the delivery service acts on: a cloud, an engine, a repository to push to."""

import json
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from rehearsal.cloud import Cloud
from rehearsal.delivery import Engine, Execution, PendingApproval
from tests.rehearsal.delivery.pieces import ACCOUNT
from tests.rehearsal.roles import make_role

STACK = "pipeline-test"
Found = TypeVar("Found")
PATIENCE_SECONDS = 120  # a loaded machine is slow; what does not come at all is found out all the same


class World:
    """What a test acts on: deploys pipelines, pushes commits, reads what came of it."""

    def __init__(self, cloud: Cloud, state: Path, work: Path, *, watch: bool = True) -> None:
        self.cloud, self.state, self.work = cloud, state, work
        self.engine = Engine(cloud, state=state, surroundings=self.surroundings)
        if watch:
            self.engine.watch()
        self.make_roles("pipeline", "build")
        subprocess.run(["git", "init", "-q", "-b", "main", str(work)], check=True)

    def restart(self) -> None:
        """End the engine, and begin with another one on the same state."""
        self.engine.stop()
        self.engine = Engine(self.cloud, state=self.state, surroundings=self.surroundings)
        self.engine.watch()

    def surroundings(self) -> dict[str, str]:
        """The environment of a build."""
        return {
            "PATH": os.environ["PATH"],
            "AWS_ENDPOINT_URL": self.cloud.endpoint,
            "AWS_ACCESS_KEY_ID": ACCOUNT,
            "AWS_SECRET_ACCESS_KEY": "x",
        }

    def make_roles(self, *names: str, account: str = ACCOUNT) -> None:
        """Roles that anybody may take: the pieces' pipelines and projects name `pipeline` and `build`."""
        for name in names:
            make_role(self.cloud.client("iam", account), name)

    def deploy(self, template: dict[str, Any], stack: str = STACK) -> None:
        """Deploy a template by CloudFormation and wait for it."""
        cloudformation = self.cloud.client("cloudformation", ACCOUNT)
        cloudformation.create_stack(StackName=stack, TemplateBody=json.dumps(template))
        waiter = cloudformation.get_waiter("stack_create_complete")
        waiter.wait(StackName=stack, WaiterConfig={"Delay": 0.1, "MaxAttempts": 100})

    def update(self, template: dict[str, Any], stack: str = STACK) -> None:
        """Change a deployed stack and wait for it."""
        cloudformation = self.cloud.client("cloudformation", ACCOUNT)
        cloudformation.update_stack(StackName=stack, TemplateBody=json.dumps(template))
        waiter = cloudformation.get_waiter("stack_update_complete")
        waiter.wait(StackName=stack, WaiterConfig={"Delay": 0.1, "MaxAttempts": 100})

    def push(self, files: dict[str, str] | None = None, message: str = "a change") -> str:
        """Commit these files and push; the commit's id."""
        for name, text in (files or {}).items():
            (self.work / name).parent.mkdir(parents=True, exist_ok=True)
            (self.work / name).write_text(text)
        identity = ["-c", "user.name=A", "-c", "user.email=a@bank.example"]
        git = ["git", "-C", str(self.work), *identity]
        subprocess.run([*git, "add", "-A"], check=True)
        subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", message], check=True)
        target = str(self.state / "source.git")
        subprocess.run([*git, "push", "-q", target, "HEAD:main"], check=True)
        return subprocess.run(
            [*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True
        ).stdout.strip()

    def run(self, template: dict[str, Any], files: dict[str, str] | None = None) -> Execution:
        """Deploy the pipeline, push, wait for the end; the newest execution."""
        self.deploy(template)
        self.push(files)
        return self.ended()

    def ended(self) -> Execution:
        """Wait until nothing runs any more; the newest execution."""
        assert self.engine.wait(PATIENCE_SECONDS), [e.status for e in self.engine.executions()]
        return self.engine.executions()[0]

    def log(self, execution: Execution, stage_name: str, action_name: str) -> str:
        """The log of a build."""
        log = execution.stage(stage_name).action(action_name).log
        assert log is not None
        return log.read_text()

    def waiting(self, count: int = 1) -> list[PendingApproval]:
        """The pending approvals once there are `count` of them."""
        until(
            lambda: len(self.engine.pending_approvals()) >= count,
            tell=lambda: [e.status for e in self.engine.executions()],
        )
        return self.engine.pending_approvals()

    def answer(self, pending: PendingApproval, status: str, summary: str = "looked at it") -> None:
        """Approve or reject."""
        self.engine.put_approval_result(
            pipeline=pending.pipeline,
            stage=pending.stage,
            action=pending.action,
            token=pending.token,
            status=status,
            summary=summary,
        )


def until(condition: Callable[[], Found], *, tell: Callable[[], object] = lambda: "") -> Found:
    """Wait until it holds; what it answers then. `tell` says what there is instead, if it never does."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not (found := condition()):
        assert time.monotonic() < end, tell()
        time.sleep(0.02)
    return found
