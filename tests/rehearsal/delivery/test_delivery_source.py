"""The bare repository: what a push leaves, and what a source action takes out of it."""

import subprocess
from pathlib import Path

import pytest

from rehearsal.delivery.source import Push, SourceRepository


@pytest.fixture
def repository(tmp_path: Path) -> SourceRepository:
    made = SourceRepository(tmp_path / "state" / "source.git")
    made.create()
    return made


@pytest.fixture
def work(tmp_path: Path, repository: SourceRepository) -> Path:
    folder = tmp_path / "work"
    git("init", "-q", "-b", "main", str(folder), at=tmp_path)
    git("remote", "add", "rehearsal", str(repository.path), at=folder)
    return folder


def git(*arguments: str, at: Path) -> str:
    identity = ["-c", "user.name=Ann Lee", "-c", "user.email=ann@bank.example"]
    answer = subprocess.run(
        ["git", *identity, *arguments], cwd=at, check=True, capture_output=True, text=True
    )
    return answer.stdout.strip()


def commit(work: Path, message: str = "one\n\nand why") -> str:
    (work / "run.sh").write_text(f"echo {message}")
    (work / "run.sh").chmod(0o755)
    git("add", "-A", at=work)
    git("commit", "-q", "--allow-empty", "-m", message, at=work)
    return git("rev-parse", "HEAD", at=work)


def test_each_push_is_told_once_and_in_order(repository: SourceRepository, work: Path) -> None:
    pushed = []
    for branch in ("main", "main", "side"):
        pushed.append(Push(branch=branch, revision=commit(work)))
        git("push", "-q", "rehearsal", f"HEAD:{branch}", at=work)
    git("push", "-q", "rehearsal", "HEAD:refs/tags/v1", at=work)
    git("push", "-q", "rehearsal", ":side", at=work)

    assert repository.new_pushes() == pushed
    assert repository.new_pushes() == []


def test_pushes_are_told_where_the_user_has_hooks_of_their_own(
    repository: SourceRepository, work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gitconfig").write_text(f"[core]\n\thooksPath = {tmp_path}\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    commit(work)

    git("push", "-q", "rehearsal", "HEAD:main", at=work)

    assert len(repository.new_pushes()) == 1


def test_push_is_told_to_the_next_process_until_it_is_acknowledged(
    repository: SourceRepository, work: Path
) -> None:
    revision = commit(work)
    git("push", "-q", "rehearsal", "HEAD:main", at=work)
    assert [push.revision for push in repository.new_pushes()] == [revision]

    later = SourceRepository(repository.path)
    later.create()
    assert [push.revision for push in later.new_pushes()] == [revision]
    later.acknowledge()

    last = SourceRepository(repository.path)
    last.create()
    assert last.new_pushes() == []
    assert last.head("main") == revision
    assert last.head("none") is None


def test_export_has_the_files_and_clone_has_the_history(
    repository: SourceRepository, work: Path, tmp_path: Path
) -> None:
    first = commit(work)
    commit(work, "two")
    git("push", "-q", "rehearsal", "HEAD:main", at=work)
    exported, cloned = tmp_path / "exported", tmp_path / "cloned"
    exported.mkdir()

    repository.export(first, exported)
    repository.clone(first, cloned)

    assert [path.name for path in exported.iterdir()] == ["run.sh"]
    assert (exported / "run.sh").stat().st_mode & 0o100
    assert git("rev-parse", "HEAD", at=cloned) == first
    assert git("log", "--format=%s", "origin/main", at=cloned) == "two\none"


def test_commit_is_described_by_its_author_and_whole_message(
    repository: SourceRepository, work: Path
) -> None:
    revision = commit(work)
    git("push", "-q", "rehearsal", "HEAD:main", at=work)

    described = repository.describe(revision)

    assert described["author"] == "Ann Lee <ann@bank.example>"
    assert described["message"] == "one\n\nand why"
