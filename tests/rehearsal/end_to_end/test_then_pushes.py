"""Pushes after the first: what changes only the backend, and a backend that answers wrongly."""

import json
import subprocess
import sys
import time
from typing import Any

import pytest

from .conftest import Standing

PIPELINE = "pipeline-tools"
OVER = ("Succeeded", "Failed", "Stopped", "Superseded", "Cancelled")
PATIENCE_SECONDS = 600
DOORS = ("https://portal-dev.dev.bank.example", "https://portal-staging.staging.bank.example")
PROD = "https://portal.bank.example"


class Pusher:
    """Commits to the standing rehearsal's checkout, pushes, approves, and looks."""

    def __init__(self, standing: Standing) -> None:
        self._standing = standing
        self._pipeline = standing.client("codepipeline", stack=PIPELINE)

    def push(self, message: str, *changes: tuple[str, str, str]) -> str:
        """Commit changes (file, old text, new text) and push; the id of the execution that follows."""
        known = {execution["pipelineExecutionId"] for execution in self.executions()}
        for name, old, new in changes:
            path = self._standing.project / name
            text = path.read_text()
            assert old in text, f"{name} does not contain {old!r}"
            path.write_text(text.replace(old, new, 1))
        self._git("add", "--update")
        self._git("commit", "--quiet", "-m", message)
        self._git("push", "--quiet", str(self._standing.state / "source.git"), "HEAD:main")
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            for execution in self.executions():
                if execution["pipelineExecutionId"] not in known:
                    return str(execution["pipelineExecutionId"])
            time.sleep(0.3)
        raise AssertionError("the push started nothing")

    def executions(self) -> list[dict[str, Any]]:
        answer = self._pipeline.list_pipeline_executions(pipelineName=PIPELINE)
        found: list[dict[str, Any]] = answer["pipelineExecutionSummaries"]
        return found

    def ends(self, execution: str) -> str:
        """Approve whatever waits until the execution is over; its status."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            answer = self._pipeline.get_pipeline_execution(
                pipelineName=PIPELINE, pipelineExecutionId=execution
            )
            if (status := str(answer["pipelineExecution"]["status"])) in OVER:
                return status
            self._approve()
            time.sleep(0.5)
        raise AssertionError(f"{execution} did not end in {PATIENCE_SECONDS} s: {self.actions(execution)}")

    def actions(self, execution: str) -> dict[str, tuple[str, str]]:
        """Status and summary of each action that ran, by `stage/action`."""
        pages = self._pipeline.get_paginator("list_action_executions").paginate(
            pipelineName=PIPELINE, filter={"pipelineExecutionId": execution}
        )
        details = [detail for page in pages for detail in page["actionExecutionDetails"]]
        return {
            f"{detail['stageName']}/{detail['actionName']}": (
                detail["status"],
                detail.get("output", {}).get("executionResult", {}).get("externalExecutionSummary", ""),
            )
            for detail in details
        }

    def _approve(self) -> None:
        for stage in self._pipeline.get_pipeline_state(name=PIPELINE)["stageStates"]:
            for action in stage.get("actionStates", []):
                latest = action.get("latestExecution", {})
                if latest.get("status") == "InProgress" and "token" in latest:
                    self._pipeline.put_approval_result(
                        pipelineName=PIPELINE,
                        stageName=stage["stageName"],
                        actionName=action["actionName"],
                        result={"status": "Approved", "summary": "by the test"},
                        token=latest["token"],
                    )

    def _git(self, *arguments: str) -> None:
        identity = ["-c", "user.name=Test", "-c", "user.email=test@bank.example"]
        subprocess.run(["git", *identity, *arguments], cwd=self._standing.project, check=True)


@pytest.fixture(scope="module")
def pusher(standing: Standing) -> Pusher:
    return Pusher(standing)


def version(standing: Standing, portal: str) -> tuple[int, str]:
    """Status and version that the backend answers with, through the portal's own door."""
    proxy, trust = standing.environment["HTTPS_PROXY"], standing.environment["SSL_CERT_FILE"]
    program = (
        "import httpx, json, sys; a = httpx.get(sys.argv[1]); "
        "print(json.dumps([a.status_code, a.json().get('version', '')]))"
    )
    result = subprocess.run(
        [sys.executable, "-c", program, f"{portal}/api/version"],
        env={"HTTPS_PROXY": proxy, "SSL_CERT_FILE": trust},
        capture_output=True,
        text=True,
        check=True,
    )
    status, answered = json.loads(result.stdout)
    return status, answered


def test_a_change_of_the_backend_reaches_only_what_it_must(standing: Standing, pusher: Pusher) -> None:
    execution = pusher.push(
        "A new backend", ("containers/backend/package.json", '"version": "0.1.0"', '"version": "0.2.0"')
    )
    assert pusher.ends(execution) == "Succeeded", pusher.actions(execution)
    assert pusher.executions()[0]["pipelineExecutionId"] == execution, "the pipeline changed itself"

    prepared = {
        name: summary for name, (_, summary) in pusher.actions(execution).items() if "Prepare" in name
    }
    assert len(prepared) == 9
    for name, summary in prepared.items():
        changed = summary != "no changes"
        assert changed == ("/portal-" in name), f"{name}: {summary}"
    for portal in (*DOORS, PROD):
        assert version(standing, portal) == (200, "0.2.0")


def test_a_backend_that_answers_wrongly_stops_in_dev_and_the_next_push_mends_it(
    standing: Standing, pusher: Pusher
) -> None:
    routes = "containers/backend/src/routes.mjs"
    wrong = ("status: 200, body: about", "status: 418, body: about")
    broken = pusher.push(
        "A wrong backend",
        ("containers/backend/package.json", '"version": "0.2.0"', '"version": "0.3.0"'),
        (routes, *wrong),
    )
    assert pusher.ends(broken) == "Failed"
    stages = {name.split("/")[0] for name in pusher.actions(broken)}
    assert stages == {"Source", "Build", "UpdatePipeline", "Assets", "dev"}
    for portal in (DOORS[1], PROD):
        assert version(standing, portal) == (200, "0.2.0")

    mended = pusher.push("The backend mended", (routes, *reversed(wrong)))
    assert pusher.ends(mended) == "Succeeded", pusher.actions(mended)
    for portal in (*DOORS, PROD):
        assert version(standing, portal) == (200, "0.3.0")
