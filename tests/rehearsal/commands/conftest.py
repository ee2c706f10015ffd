"""One emulated cloud with the delivery service for all tests of this folder, and commands as a user types them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.client import Endpoint
from rehearsal.cloud import Cloud
from rehearsal.delivery import service
from rehearsal.workspace import Workspace
from tests.rehearsal.commands.shell import Shell, in_this_process
from tests.rehearsal.delivery.pieces import ACCOUNT
from tests.rehearsal.service.world import World


@pytest.fixture(scope="package")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with Cloud(tmp_path_factory.mktemp("cloud")) as running:
        yield running


@pytest.fixture
def project(tmp_path: Path) -> Path:
    made = tmp_path / "project"
    made.mkdir()
    return made


@pytest.fixture
def world(cloud: Cloud, project: Path) -> Iterator[World]:
    """A standing rehearsal of `project`, whose pipeline is yet to be deployed."""
    import ministack.app

    workspace = Workspace(project, keep=True)
    with workspace:
        made = World(cloud, workspace.state, project)
        (project / ".gitignore").write_text("build/\n")
        uninstall = service.install(made.engine)
        Endpoint(
            pid=0,
            url=cloud.endpoint,
            region="us-east-1",
            account=ACCOUNT,
            pipeline="delivery",
            repository=str(workspace.state / "source.git"),
            branch="main",
        ).write(workspace.state)
        yield made
        made.engine.stop()
        uninstall()
        ministack.app._reset_all_state()


@pytest.fixture
def shell(project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.setenv("COLUMNS", "160")
    return Shell(project, in_this_process(capsys))
