"""A child of the rehearsal sees chosen names of the user's environment, and none of the user's credentials."""

from pathlib import Path

import pytest

from rehearsal.surroundings import surroundings


@pytest.fixture
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's home folder, which the environment names."""
    home = tmp_path / "user"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    for name in ("NPM_CONFIG_USERCONFIG", "PIP_CONFIG_FILE"):
        monkeypatch.delenv(name, raising=False)
    return home


def child(folder: Path) -> dict[str, str]:
    return surroundings(
        endpoint="http://127.0.0.1:4566",
        account="111111111111",
        home=folder / "home",
        network={"HTTPS_PROXY": "http://127.0.0.1:3128"},
    )


def test_credentials_and_profiles_of_the_user_stay_outside(
    user: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "of the user")

    made = child(tmp_path)

    assert "of the user" not in made.values()
    assert made["AWS_ACCESS_KEY_ID"] == "111111111111"
    assert made["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4566"
    assert made["HTTPS_PROXY"] == "http://127.0.0.1:3128"


def test_how_the_machine_finds_its_packages_is_kept(
    user: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "https://packages.bank.example")
    (user / ".npmrc").touch()
    (user / ".gitconfig").touch()

    made = child(tmp_path)

    assert made["PIP_INDEX_URL"] == "https://packages.bank.example"
    assert made["NPM_CONFIG_USERCONFIG"] == str(user / ".npmrc")
    assert made["GIT_CONFIG_GLOBAL"] == str(user / ".gitconfig")
    assert "PIP_CONFIG_FILE" not in made


def test_what_a_child_writes_into_its_home_does_not_reach_the_users(user: Path, tmp_path: Path) -> None:
    assert child(tmp_path)["HOME"] == str(tmp_path / "home")
    assert (tmp_path / "home").is_dir()
