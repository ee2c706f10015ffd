"""One whole rehearsal, run as a user runs it, kept standing for the tests that look at what it deployed."""

import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from rehearsal.assembly import Assembly

ROOT = Path(__file__).parents[3]
WHOLE_RUN_SECONDS = 900
# This looks at what was just deployed, before others push to it; the last ones destroy what the others look at.
FIRST = "test_verification.py"
LAST = ("test_the_operations_page.py", "test_undo.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run FIRST before and the files of LAST, in their order, after all others of this folder, which stay in theirs."""
    here = [index for index, item in enumerate(items) if item.path.parent == Path(__file__).parent]
    ordered = sorted(
        (items[index] for index in here),
        key=lambda item: (
            LAST.index(name) if (name := item.path.name) in LAST else -2 if name == FIRST else -1
        ),
    )
    for index, item in zip(here, ordered, strict=True):
        items[index] = item


@dataclass
class Standing:
    """A rehearsal that has run to its end and is still up."""

    project: Path
    report: dict[str, Any]
    environment: dict[str, str]
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)

    @cached_property
    def accounts(self) -> dict[str, str]:
        """The account of each stack, by the stack's name."""
        return {stack.name: stack.target.account for stack in Assembly(self.state / "cdk.out").stacks}

    @property
    def state(self) -> Path:
        return self.project / "build" / "rehearsal"

    def client(self, service: str, *, stack: str) -> Any:
        """A boto3 client of the local AWS, for the account into which a stack is deployed."""
        return boto3.client(
            service,
            endpoint_url=self.environment["AWS_ENDPOINT_URL"],
            region_name="us-east-1",
            aws_access_key_id=self.accounts[stack],
            aws_secret_access_key="rehearsal",  # noqa: S106  the emulator asks for any value
            config=Config(proxies={}),
        )


def committed_copy(folder: Path, edit: Callable[[Path], None] | None = None) -> Path:
    """The project as it stands in the work tree, edited and committed, in a checkout of its own."""
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name, follow_symlinks=False)
    if edit:
        edit(folder)
    # A copy, because `make` installs other modules into it once a test has pushed another pin.
    shutil.copytree(ROOT / "node_modules", folder / "node_modules", symlinks=True)
    identity = ["-c", "user.name=Test", "-c", "user.email=test@bank.example", "-c", "init.defaultBranch=main"]
    for command in (
        ["init", "--quiet"],
        ["add", "."],
        ["commit", "--quiet", "-m", 'Say "hello", with quotes'],
    ):
        subprocess.run(["git", *identity, *command], cwd=folder, check=True)
        # The installed modules are not part of the project.
        (folder / ".git" / "info" / "exclude").write_text("node_modules\n")
    return folder


@pytest.fixture(scope="session")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing]:
    project = committed_copy(tmp_path_factory.mktemp("project"))
    shared_cache(project)
    output = project.parent / "rehearsal.log"
    command = [sys.executable, "-m", "rehearsal", "run", "--approve", "all", "--keep"]
    with output.open("wb") as log:
        process = subprocess.Popen(command, cwd=project, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    try:
        wait_until_standing(project, process, output)
        report = json.loads((project / "build" / "rehearsal" / "report.json").read_text())
        yield Standing(project=project, report=report, environment=read_environment(project))
    finally:
        process.terminate()
        process.wait(60)


def shared_cache(project: Path) -> None:
    """Downloads and unpacked packages are the same for every rehearsal of this checkout: keep them between runs."""
    cache = ROOT / "build" / "rehearsal" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    state = project / "build" / "rehearsal"
    state.mkdir(parents=True)
    (state / "cache").symlink_to(cache)


def wait_until_standing(project: Path, process: subprocess.Popen[bytes], output: Path) -> None:
    """Until the environment file is written, which is the last thing before it stays up."""
    deadline = time.monotonic() + WHOLE_RUN_SECONDS
    while not (project / "build" / "rehearsal" / "environment").exists():
        said = output.read_text(errors="replace")
        assert process.poll() is None, f"the rehearsal ended with {process.returncode}:\n{said}"
        assert time.monotonic() < deadline, f"the rehearsal did not end in {WHOLE_RUN_SECONDS} s:\n{said}"
        time.sleep(0.5)


def read_environment(project: Path) -> dict[str, str]:
    lines = (project / "build" / "rehearsal" / "environment").read_text().splitlines()
    return {name: shlex.split(value)[0] for name, _, value in (line.partition("=") for line in lines)}


def child_environment(standing: Standing) -> dict[str, str]:
    """The environment of a program that acts from outside, as a user's shell would."""
    return {"PATH": os.environ["PATH"], "HOME": str(standing.project), **standing.environment}
