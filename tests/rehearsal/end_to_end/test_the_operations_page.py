"""Every command of docs/operations.md, in its order, against a rehearsed portal: it does what the page says, or the
rehearsal refuses it in a sentence. It runs after the tests that need the portal, for it ends with `make destroy`."""

import re
import subprocess

import pytest

from .conftest import ROOT, Standing
from .operations_page import TABLE, Row
from .operations_world import World
from .operator_shell import OperatorShell

PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


def commands_of(page: str) -> list[str]:
    """The commands of the page's blocks of the shell, without comments."""
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```", page, re.DOTALL | re.MULTILINE)
    lines = [line.partition("  #")[0].strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line]


COMMANDS = commands_of(PAGE)
FIRST = "\n".join(COMMANDS[:2])


@pytest.fixture(scope="module")
def world(standing: Standing) -> World:
    source = str(standing.state / "source.git")
    subprocess.run(["git", "remote", "add", "origin", source], cwd=standing.project, check=True)
    return World(standing, OperatorShell(standing, first=FIRST))


def test_every_command_of_the_page_has_its_row() -> None:
    planned = [row.command for row in TABLE]
    found = [
        next((row for row in planned[at : at + 1] if command.startswith(row)), command)
        for at, command in enumerate(COMMANDS)
    ]
    assert found == planned


@pytest.mark.parametrize(
    ("row", "command"),
    list(zip(TABLE, COMMANDS, strict=False)),
    ids=[f"{number}-{row.command}" for number, row in enumerate(TABLE)],
)
def test_the_command_does_what_the_page_says(world: World, row: Row, command: str) -> None:
    row.before(world)

    outcome = world.run(command, stack=row.stack, typed=row.typed)

    assert bool(row.refused) == (outcome.code != 0), outcome.output
    assert row.refused in outcome.output
    assert "Traceback" not in outcome.output
    row.then(world, outcome.output)
