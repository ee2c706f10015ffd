"""One emulated cloud with the delivery service's API, for all tests of this folder; emptied after each."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.cloud import Cloud
from rehearsal.delivery import service
from tests.rehearsal.service.world import World


@pytest.fixture(scope="package")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with Cloud(tmp_path_factory.mktemp("cloud")) as running:
        yield running


@pytest.fixture
def world(cloud: Cloud, tmp_path: Path) -> Iterator[World]:
    import ministack.app

    made = World(cloud, tmp_path / "state", tmp_path / "work")
    uninstall = service.install(made.engine)
    yield made
    made.engine.stop()
    uninstall()
    ministack.app._reset_all_state()
