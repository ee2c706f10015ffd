"""One synthesis for the whole session, read as plain JSON."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest

from tests.assembly import synthesis as assembly
from tests.assembly.synthesis import Synthesis


@pytest.fixture(scope="session")
def assembly_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("assembly")
    assembly.synthesize(folder)
    return folder


@pytest.fixture(scope="session")
def synthesis(assembly_folder: Path) -> Synthesis:
    return assembly.read(assembly_folder)


@pytest.fixture
def broken(synthesis: Synthesis) -> Synthesis:
    """A copy of the session's synthesis, for a test to break."""
    return copy.deepcopy(synthesis)
