"""A person at a keyboard: commits, pushes, asks for the state by the AWS API, approves, and kills."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
ACCOUNT = "555555555555"
PATIENCE_SECONDS = 240
IDENTITY = ["-c", "user.name=Test", "-c", "user.email=test@bank.example", "-c", "init.defaultBranch=main"]


class Operator:
    """Works in a checkout of the small project under `folder`, with a rehearsal of its own."""

    def __init__(self, folder: Path) -> None:
        self.project = folder / "project"
        shutil.copytree(HERE / "project", self.project)
        (self.project / ".gitignore").write_text("build/\nnode_modules\n__pycache__/\ncdk.context.json\n")
        (self.project / "node_modules").symlink_to(ROOT / "node_modules")
        self._share_downloads()
        self._git("init", "--quiet")

    @property
    def endpoint(self) -> dict[str, Any]:
        """What `up` told of the standing rehearsal."""
        told: dict[str, Any] = json.loads(
            (self.project / "build" / "rehearsal" / "endpoint.json").read_text()
        )
        return told

    def commit(self, message: str, **settings: Any) -> str:
        """Change the project's settings and commit; the commit's 40 hex digits."""
        path = self.project / "settings.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), **settings}, indent=2) + "\n")
        self._git("add", ".")
        self._git("commit", "--quiet", "--allow-empty", "-m", message)
        return self._git("rev-parse", "HEAD")

    def command(self, *arguments: str, code: int = 0) -> str:
        """`python -m rehearsal ...` in the project; what it printed."""
        result = subprocess.run(
            [sys.executable, "-m", "rehearsal", *arguments, "--project", str(self.project)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        said = result.stdout + result.stderr
        assert result.returncode == code, f"{arguments} ended with {result.returncode}:\n{said}\n{self.log()}"
        assert "Traceback" not in said, said
        return result.stdout

    def push(self, message: str, **settings: Any) -> str:
        """Commit and `git push`; the id of the execution that it started."""
        known = {execution["pipelineExecutionId"] for execution in self.executions()}
        commit = self.commit(message, **settings)
        self._git("push", "--quiet", "--force", self.endpoint["repository"], "HEAD:main")

        def started() -> str | None:
            for execution in self.executions():
                revisions = [source.get("revisionId") for source in execution["sourceRevisions"]]
                if execution["pipelineExecutionId"] not in known and commit in revisions:
                    return str(execution["pipelineExecutionId"])
            return None

        return self.until(started, f"an execution for {message!r}")

    def client(self, service: str) -> Any:
        """A boto3 client of the standing rehearsal."""
        return boto3.client(
            service,
            endpoint_url=self.endpoint["url"],
            region_name="us-east-1",
            aws_access_key_id=ACCOUNT,
            aws_secret_access_key="rehearsal",  # noqa: S106  the emulator asks for any value
            config=Config(proxies={}),
        )

    def executions(self) -> list[dict[str, Any]]:
        """Newest first, as ListPipelineExecutions tells them."""
        answer = self.client("codepipeline").list_pipeline_executions(pipelineName="greeting")
        found: list[dict[str, Any]] = answer["pipelineExecutionSummaries"]
        return found

    def status(self, execution: str) -> str:
        """The status of an execution, in AWS's words."""
        answer = self.client("codepipeline").get_pipeline_execution(
            pipelineName="greeting", pipelineExecutionId=execution
        )
        return str(answer["pipelineExecution"]["status"])

    def actions(self, execution: str) -> dict[str, str]:
        """The newest status of each action of an execution, by `stage/action`."""
        answer = self.client("codepipeline").list_action_executions(
            pipelineName="greeting", filter={"pipelineExecutionId": execution}
        )
        oldest_first = sorted(answer["actionExecutionDetails"], key=lambda detail: detail["startTime"])
        return {f"{detail['stageName']}/{detail['actionName']}": detail["status"] for detail in oldest_first}

    def error(self, action: str) -> str:
        """What CodePipeline says of an action that failed, given as `stage/action`."""
        stage, _, name = action.partition("/")
        state = self.client("codepipeline").get_pipeline_state(name="greeting")
        (shown,) = [
            each["latestExecution"]
            for states in state["stageStates"]
            for each in states["actionStates"]
            if (states["stageName"], each["actionName"]) == (stage, name)
        ]
        return str(shown["errorDetails"]["message"])

    def waits_for_approval(self, execution: str) -> None:
        """Until the execution stands at the gate; fails if it ends before."""

        def waits() -> bool:
            assert self.status(execution) == "InProgress", (self.actions(execution), self.log())
            return self.actions(execution).get("Gate/Approve") == "InProgress"

        self.until(waits, f"{execution} at the gate")

    def ends(self, execution: str, status: str, seconds: float = PATIENCE_SECONDS) -> None:
        """Until the execution is over, at most so long; fails unless it ends with the status."""
        over = ("Succeeded", "Failed", "Stopped", "Superseded", "Cancelled")
        self.until(lambda: self.status(execution) in over, f"the end of {execution}", seconds)
        assert self.status(execution) == status, (self.actions(execution), self.log())

    def greeting(self, environment: str) -> str | None:
        """What is deployed to an environment; None if nothing is."""
        ssm = self.client("ssm")
        try:
            return str(ssm.get_parameter(Name=f"/greeting/{environment}")["Parameter"]["Value"])
        except ssm.exceptions.ParameterNotFound:
            return None

    def kill(self) -> None:
        """kill -9 of the rehearsal, and nothing else."""
        pid = self.endpoint["pid"]
        os.kill(pid, signal.SIGKILL)
        self.until(lambda: not Path(f"/proc/{pid}").exists() or _is_zombie(pid), "the end of the process")

    def until(self, condition: Callable[[], Any], what: str, seconds: float = PATIENCE_SECONDS) -> Any:
        """Ask until the condition holds, and return its answer; fails after so many seconds."""
        deadline = time.monotonic() + seconds
        while not (answer := condition()):
            assert time.monotonic() < deadline, f"waited {seconds} s for {what}\n{self.log()}"
            time.sleep(0.3)
        return answer

    def log(self) -> str:
        """The end of the rehearsal's own log."""
        path = self.project / "build" / "rehearsal" / "rehearsal.log"
        return path.read_text(errors="replace")[-3000:] if path.exists() else ""

    def _share_downloads(self) -> None:
        cache = ROOT / "build" / "rehearsal" / "cache"
        cache.mkdir(parents=True, exist_ok=True)
        (self.project / "build" / "rehearsal").mkdir(parents=True)
        (self.project / "build" / "rehearsal" / "cache").symlink_to(cache)

    def _git(self, *arguments: str) -> str:
        result = subprocess.run(
            ["git", *IDENTITY, *arguments], cwd=self.project, capture_output=True, text=True, check=True
        )
        return result.stdout.strip()


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True
