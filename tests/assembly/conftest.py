"""One synthesis of each variant for the whole session, read as plain JSON."""

from __future__ import annotations

import copy
import re
from pathlib import Path

import pytest

from tests.assembly import synthesis as assembly
from tests.assembly.projects import project_copy
from tests.assembly.synthesis import Synthesis

ACCOUNT = "999999999999"


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


@pytest.fixture(scope="session")
def in_one_account(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    """The app with an environments file that names one account throughout."""
    project = project_copy(
        tmp_path_factory.mktemp("one-account"), lambda text: re.sub(r"(?<!\d)\d{12}(?!\d)", ACCOUNT, text)
    )
    folder = tmp_path_factory.mktemp("assembly")
    assembly.synthesize(folder, project=project)
    return assembly.read(folder)
