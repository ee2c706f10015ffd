"""One emulated cloud for all tests of the delivery service, emptied after each."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.cloud import Cloud
from tests.rehearsal.delivery.world import World


@pytest.fixture(scope="package")
def running_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with Cloud(tmp_path_factory.mktemp("cloud")) as cloud:
        yield cloud


@pytest.fixture
def world(running_cloud: Cloud, tmp_path: Path) -> Iterator[World]:
    import ministack.app

    made = World(running_cloud, tmp_path / "state", tmp_path / "work")
    yield made
    made.engine.stop()
    ministack.app._reset_all_state()
