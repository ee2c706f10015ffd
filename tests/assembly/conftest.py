"""One synthesis of each variant for the whole session, read as plain JSON."""

from __future__ import annotations

import pickle
import re
from pathlib import Path

import pytest

from tests.assembly import cloud_assembly as assembly
from tests.assembly.catalog import INVARIANTS
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


@pytest.fixture(scope="session")
def frozen(synthesis: Synthesis) -> bytes:
    """The session's synthesis, from which copies are made quickly."""
    return pickle.dumps(synthesis)


@pytest.fixture
def broken(frozen: bytes) -> Synthesis:
    """A copy of the session's synthesis, for a test to break."""
    copy: Synthesis = pickle.loads(frozen)  # noqa: S301 - our own, of a moment ago
    return copy


@pytest.fixture(scope="session")
def messages(synthesis: Synthesis) -> dict[str, list[str]]:
    """What each invariant says of the session's synthesis: nothing, where all is well."""
    return {name: list(check(synthesis)) for name, check in INVARIANTS.items()}


@pytest.fixture(scope="session")
def in_one_account(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    """The app with an environments file that names one account throughout."""
    project = project_copy(
        tmp_path_factory.mktemp("one-account"), lambda text: re.sub(r"(?<!\d)\d{12}(?!\d)", ACCOUNT, text)
    )
    folder = tmp_path_factory.mktemp("assembly")
    assembly.synthesize(folder, project=project)
    return assembly.read(folder)
