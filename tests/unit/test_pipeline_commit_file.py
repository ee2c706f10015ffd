"""The file that says which commit an assembly was built from."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from pipeline import commit_file

MESSAGE = 'Say "hello" to #{everyone}\n\nC:\\path, $HOME, ünïcode and a second line.'


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    for command in (
        ["init", "--quiet"],
        ["config", "user.name", 'Ann "Quote" O\'Neill'],
        ["config", "user.email", "ann@bank.example"],
        ["commit", "--quiet", "--allow-empty", "--no-verify", "--no-gpg-sign", "--message", MESSAGE],
    ):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    return tmp_path


def test_message_survives_quotes_and_line_breaks(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository)
    commit_file.main(["commit.json"])
    commit = json.loads((repository / "commit.json").read_text(encoding="utf-8"))
    assert commit["message"] == MESSAGE
    assert commit["author"] == 'Ann "Quote" O\'Neill <ann@bank.example>'


def test_id_is_the_commits(repository: Path) -> None:
    head = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=repository, check=True, capture_output=True, text=True
    ).stdout.strip()
    assert commit_file.describe(repository)["id"] == head


def test_folder_without_git_fails_the_build(tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        commit_file.describe(tmp_path)


def test_wrong_arguments_are_answered_with_the_usage() -> None:
    with pytest.raises(SystemExit, match=r"usage: python -m pipeline\.commit_file FILE"):
        commit_file.main([])
