"""What a project tells the rehearsal in its pyproject.toml."""

from pathlib import Path

import pytest

from rehearsal.settings import Settings
from rehearsal.workspace import WorkspaceError

ROOT = Path(__file__).parents[2]


def settings(folder: Path, text: str) -> Settings:
    (folder / "pyproject.toml").write_text(text)
    return Settings.of(folder)


def test_a_project_that_tells_nothing_has_the_defaults(tmp_path: Path) -> None:
    assert Settings.of(tmp_path) == Settings()
    assert settings(tmp_path, "[project]\nname = 'greeting'\n") == Settings()


def test_a_command_and_quotas_are_taken(tmp_path: Path) -> None:
    told = settings(
        tmp_path, "[tool.rehearsal]\nbootstrap = 'make \"two words\"'\nquotas = {L-0263D0A3 = 10}\n"
    )
    assert told == Settings(bootstrap=("make", "two words"), quotas={"L-0263D0A3": 10})


def test_policies_are_read_from_their_files(tmp_path: Path) -> None:
    (tmp_path / "boundary.json").write_text('{"Statement": []}')
    told = settings(tmp_path, "[tool.rehearsal.policies]\nbank-boundary = 'boundary.json'\n")
    assert told == Settings(policies={"bank-boundary": '{"Statement": []}'})


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("bootstap = 'x'", "'bootstap' is none of bootstrap, policies and quotas"),
        ("policies = 'x.json'", "use names with files"),
        ("policies = {a = 1}", "use names with files"),
        ("policies = {a = 'absent.json'}", "a: 'absent.json' is no JSON document"),
        ("policies = {a = 'pyproject.toml'}", "a: 'pyproject.toml' is no JSON document"),
        ("policies = {a = '../a.json'}", "a: '../a.json' is outside of the project's folder"),
        ("bootstrap = ['x']", "use a command, for example 'python -m pipeline.bootstrap'"),
        ('bootstrap = "make \'it"', "use a command, for example 'python -m pipeline.bootstrap'"),
        ("quotas = {L-0263D0A3 = 'ten'}", "use codes with numbers, for example {L-0263D0A3 = 10}"),
        ("bootstrap =", "Invalid value"),
    ],
)
def test_what_is_not_understood_is_said(tmp_path: Path, table: str, told: str) -> None:
    with pytest.raises(WorkspaceError) as error:
        settings(tmp_path, f"[tool.rehearsal]\n{table}\n")
    assert "pyproject.toml" in str(error.value)
    assert told in str(error.value)


def test_what_is_no_table_is_said(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match=r"tool\.rehearsal 3: use a table, \[tool\.rehearsal\]"):
        settings(tmp_path, "[tool]\nrehearsal = 3\n")


def test_this_project_prepares_its_accounts_as_its_operator_does() -> None:
    (recipe,) = [
        line for line in (ROOT / "Makefile").read_text().splitlines() if "pipeline.bootstrap" in line
    ]
    assert recipe.strip().replace("$(BIN)", "").split() == list(Settings.of(ROOT).bootstrap)
