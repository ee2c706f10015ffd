"""Bad input to `make` and to `python -m rehearsal`: one clear sentence, a non-zero exit code, no traceback."""

import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from rehearsal.__main__ import main, parser

ROOT = Path(__file__).parents[2]
OLD_PYTHON = """#!/bin/sh
exec {python} -c 'import sys; sys.version_info = (3, 9, 1); exec(sys.argv[2])' "$@"
"""


def rehearse(*arguments: str, project: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "rehearsal", "run", "--project", str(project), *arguments]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A clean checkout with one commit."""
    identity = ["-c", "user.name=Test", "-c", "user.email=test@bank.example"]
    (tmp_path / ".gitignore").write_text("build/\n")
    for command in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "first"]):
        subprocess.run(["git", *identity, *command], cwd=tmp_path, check=True)
    return tmp_path


def assert_one_sentence(result: subprocess.CompletedProcess[str], expected: str) -> None:
    said = result.stdout + result.stderr
    assert result.returncode == 2, said
    assert expected in said
    assert "Traceback" not in said


def test_a_dirty_work_tree_is_refused(checkout: Path) -> None:
    (checkout / ".gitignore").write_text("build/\ndist/\n")
    assert_one_sentence(
        rehearse("--approve", "all", project=checkout), "not committed: .gitignore. The rehearsal pushes"
    )


def test_a_port_in_use_is_named(checkout: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = str(holder.getsockname()[1])
        assert_one_sentence(
            rehearse("--approve", "all", "--port", port, project=checkout), f"port {port} on 127.0.0.1"
        )


def test_without_a_terminal_approvals_must_be_given_beforehand(checkout: Path) -> None:
    assert_one_sentence(rehearse(project=checkout), "add --approve all")


def test_a_project_that_was_not_installed_is_told(checkout: Path) -> None:
    assert_one_sentence(rehearse("--approve", "all", project=checkout), "is missing: run `make install`")


@pytest.mark.parametrize("port", ["http", "80", "70000"])
def test_a_port_must_be_a_free_number(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["run", "--port", port])
    assert f"{port!r}: use a number from 1024 to 65535, for example 4566" in capsys.readouterr().err


@pytest.mark.parametrize("sign", ["cdk.json", ".git"])
def test_a_command_is_meant_for_the_project_around_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], sign: str
) -> None:
    (tmp_path / "project" / sign).mkdir(parents=True)
    inside = tmp_path / "project" / "portal" / "data"
    inside.mkdir(parents=True)
    monkeypatch.chdir(inside)
    assert main(["status"]) == 2
    assert f"no rehearsal of {tmp_path / 'project'} is up" in capsys.readouterr().out.replace("\n", " ")


def test_the_module_is_found_from_any_folder_once_installed(tmp_path: Path) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "rehearsal.py").write_text("print('found')")
    (tmp_path / "deeper").mkdir()
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", ".venv"], cwd=tmp_path, check=True)
    subprocess.run(["make", "--silent", "-o", ".venv/.installed", ".venv/.on-path"], cwd=tmp_path, check=True)
    command = [str(tmp_path / ".venv" / "bin" / "python"), "-m", "rehearsal"]
    assert subprocess.check_output(command, cwd=tmp_path / "deeper", text=True) == "found\n"


def test_help_teaches_by_examples() -> None:
    assert "python -m rehearsal run --approve all" in parser().format_help()


def test_an_old_python_is_refused_before_anything_is_installed(tmp_path: Path) -> None:
    folders = ("integration_tests", "pipeline/check")
    requirements = [
        "requirements.txt",
        "requirements-dev.txt",
        *(f"{each}/requirements.txt" for each in folders),
    ]
    for name in ("Makefile", "package.json", "package-lock.json", *requirements):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    old = tmp_path / "python3.9"
    old.write_text(OLD_PYTHON.format(python=sys.executable))
    old.chmod(0o755)
    result = subprocess.run(
        ["make", "install", f"PYTHON={old}"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert result.returncode != 0
    assert "Python 3.11 or newer is needed and" in result.stderr
    assert "is 3.9: run for example make install PYTHON=python3.12" in result.stderr
    assert not (tmp_path / ".venv").exists()
