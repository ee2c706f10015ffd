"""What a rehearsal asks of a checkout, and that its folder belongs to one rehearsal at a time."""

import subprocess
from pathlib import Path

import pytest

from rehearsal import workspace
from rehearsal.workspace import Workspace, WorkspaceError


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=Test", "-c", "user.email=test@bank.example", "-c", "init.defaultBranch=main"]
    command = ["git", *identity, *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    git(tmp_path, "init", "--quiet")
    (tmp_path / ".gitignore").write_text("build/\n")
    git(tmp_path, "add", ".gitignore")
    git(tmp_path, "commit", "--quiet", "-m", "first")
    return tmp_path


def test_a_clean_checkout_gives_its_commit(checkout: Path) -> None:
    assert Workspace(checkout).commit() == git(checkout, "rev-parse", "HEAD")


def test_changes_not_committed_are_named(checkout: Path) -> None:
    for number in range(7):
        (checkout / f"new{number}").touch()
    assert Workspace(checkout).commit()  # no commit has what git does not track
    assert Workspace(checkout).untracked() == "new0, new1, new2, new3, new4 and 2 more"
    git(checkout, "add", ".")
    with pytest.raises(WorkspaceError, match=r"not committed: new0, .*new4 and 2 more"):
        Workspace(checkout).commit()


def test_a_shallow_clone_is_told_how_to_become_whole(checkout: Path, tmp_path: Path) -> None:
    git(checkout, "commit", "--quiet", "--allow-empty", "-m", "second")
    clone = tmp_path / "build" / "clone"
    git(checkout, "clone", "--quiet", "--depth", "1", checkout.as_uri(), str(clone))
    with pytest.raises(WorkspaceError, match="run `git fetch --unshallow` first"):
        Workspace(clone).commit()
    git(clone, "fetch", "--quiet", "--unshallow")
    assert Workspace(clone).commit() == git(checkout, "rev-parse", "HEAD")


def test_a_remote_is_added_once_and_another_one_of_its_name_is_left_alone(checkout: Path) -> None:
    assert Workspace(checkout).add_remote("/ours.git")
    assert Workspace(checkout).add_remote("/ours.git")
    assert not Workspace(checkout).add_remote("/others.git")
    assert git(checkout, "remote", "get-url", "rehearsal") == "/ours.git"


def test_a_checkout_without_a_commit_is_refused(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    with pytest.raises(WorkspaceError, match="there is no commit yet"):
        Workspace(tmp_path).commit()


def test_a_folder_that_is_no_checkout_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="not the top of a git checkout"):
        Workspace(tmp_path).commit()


def test_a_checkout_that_git_does_not_trust_is_told_in_gits_words(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    with pytest.raises(WorkspaceError, match=r"not the top of a git checkout \(fatal: .*ownership"):
        Workspace(checkout).commit()


def test_the_holder_is_known_as_soon_as_it_has_written_its_number(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Workspace(checkout) as held:
        lock = held.state / "lock"
        lock.write_text("")
        monkeypatch.setattr(workspace.time, "sleep", lambda _: lock.write_text("4711"))
        assert Workspace(checkout).holder() == 4711


def test_entering_empties_the_folder_but_keeps_downloads(checkout: Path) -> None:
    state = checkout / "build" / "rehearsal"
    (state / "cache").mkdir(parents=True)
    (state / "logs").mkdir()
    with Workspace(checkout):
        assert sorted(entry.name for entry in state.iterdir()) == ["cache", "guard.json", "lock"]


def test_a_second_rehearsal_of_the_same_project_is_refused(checkout: Path) -> None:
    with Workspace(checkout), pytest.raises(WorkspaceError, match=r"already running \(process \d+\)"):
        Workspace(checkout).__enter__()


def test_the_folder_is_free_again_afterwards(checkout: Path) -> None:
    with Workspace(checkout) as held:
        assert held.holder() is not None
    assert held.holder() is None
    with Workspace(checkout):
        pass


def test_push_carries_the_commit_to_the_branch(checkout: Path) -> None:
    source = checkout / "build" / "source.git"
    git(checkout, "init", "--quiet", "--bare", str(source))
    workspace = Workspace(checkout)
    workspace.push(source, workspace.commit(), "main")
    assert git(source, "rev-parse", "main") == workspace.commit()


def test_a_refused_push_tells_why(checkout: Path) -> None:
    workspace = Workspace(checkout)
    with pytest.raises(WorkspaceError, match=r"git push to the rehearsal failed: .+"):
        workspace.push(checkout / "missing.git", workspace.commit(), "main")


def test_nobody_else_looks_into_the_folder(tmp_path: Path) -> None:
    (tmp_path / "build" / "rehearsal").mkdir(parents=True, mode=0o755)
    with Workspace(tmp_path) as held:
        assert held.state.stat().st_mode & 0o077 == 0
