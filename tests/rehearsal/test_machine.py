"""What stands in the way on this machine is told before anything is started, each with what to do."""

import errno
import http.server
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from rehearsal import machine, network
from rehearsal.machine import CHECKS, Check, MachineError, examine, full_disk, require
from rehearsal.runtime import postgres_programs

MEGABYTE = 1024 * 1024


def asked(name: str, root: Path) -> str:
    """What the check of that name tells."""
    (finding,) = examine(root, [check for check in CHECKS if check.name == name])
    return finding.sentence


def free(monkeypatch: pytest.MonkeyPatch, megabytes: int) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=megabytes * MEGABYTE))


def test_this_machine_is_well(tmp_path: Path) -> None:
    names = ("operating system", "git", "loopback addresses", "PostgreSQL")
    assert {name: asked(name, tmp_path) for name in names} == dict.fromkeys(names, "")


def test_another_operating_system_is_told_what_to_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine.sys, "platform", "darwin")
    assert "this is darwin: use Linux" in asked("operating system", tmp_path)


def test_a_machine_without_git_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "apt install git" in asked("git", tmp_path)


def test_too_little_room_is_told_in_megabytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free(monkeypatch, 1499)
    assert asked("disk", tmp_path).startswith("1499 MB are free on the disk of")
    free(monkeypatch, 1500)
    assert asked("disk", tmp_path) == ""


def test_a_machine_with_one_loopback_address_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(address: tuple[str, int]) -> None:
        raise OSError(errno.EADDRNOTAVAIL, "Cannot assign requested address")

    monkeypatch.setattr(socket, "create_server", refuse)
    assert asked("loopback addresses", tmp_path).startswith(
        "127.88.255.251 cannot be used (Cannot assign requested address)"
    )


def test_postgresql_that_cannot_be_run_is_told_with_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = dict.fromkeys(postgres_programs.PROGRAMS, tmp_path)
    monkeypatch.setattr(postgres_programs, "PROGRAMS", empty)
    assert "it does not run here (" in asked("PostgreSQL", tmp_path)
    assert not list((tmp_path / "build" / "rehearsal").iterdir())


@pytest.mark.parametrize(("user", "told"), [(0, "CAP_DAC_OVERRIDE"), (64321, "add one to /etc/passwd")])
def test_the_user_for_whom_postgresql_does_not_run_is_told_what_to_change(
    monkeypatch: pytest.MonkeyPatch, user: int, told: str
) -> None:
    monkeypatch.setattr(machine.os, "geteuid", lambda: user)
    assert told in machine._hint()


@pytest.mark.parametrize(
    ("text", "told"), [(b"#!/bin/sh\r\ntrue\r\n", True), (b"#!/bin/sh\ntrue\n", False), (b"a\r\n", False)]
)
def test_scripts_with_line_ends_of_windows_are_named(tmp_path: Path, text: bytes, told: bool) -> None:
    (tmp_path / "run").write_bytes(text)
    for command in (["init", "--quiet"], ["-c", "core.safecrlf=false", "add", "run"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    assert asked("line ends", tmp_path).startswith("run end their lines with CRLF") is told


def test_what_is_not_installed_and_not_committed_is_told(tmp_path: Path) -> None:
    assert "run `make install`" in asked("installation", tmp_path)
    assert "is not the top of a git checkout" in asked("commit", tmp_path)


@pytest.fixture
def registry() -> Iterator[str]:
    """A registry that answers no to everything."""
    server = http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://somebody:secret@127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_registry_that_answers_anything_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, registry: str
) -> None:
    monkeypatch.setattr(network, "_told", lambda _command, _root: registry.replace("somebody:secret@", ""))
    assert asked("package registries", tmp_path) == ""


def test_registries_that_do_not_answer_are_told_without_their_passwords(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network, "_told", lambda _command, _root: "http://somebody:secret@127.0.0.1:9/")
    monkeypatch.setenv("no_proxy", "*")
    told = asked("package registries", tmp_path)
    assert "pip's registry http://127.0.0.1:9/ does not answer (" in told
    assert "npm's registry" in told
    assert "secret" not in told


def test_pips_own_setting_is_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("no_proxy", "*")
    assert "http://127.0.0.1:9/simple" in asked("package registries", tmp_path)


def check(name: str, sentence: str, **more: object) -> Check:
    answer: Callable[[Path], str] = lambda _root: sentence  # noqa: E731  one line is what it is
    return Check(name=name, ask=answer, **more)  # type: ignore[arg-type]


def test_every_problem_is_told_at_once_and_warnings_stop_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warned: list[str] = []
    checks = [
        check("a", "one"),
        check("b", "two", level="warning"),
        check("c", ""),
        check("d", "three"),
        check("e", "four", only_doctor=True),
    ]
    monkeypatch.setattr(machine, "CHECKS", checks)
    with pytest.raises(MachineError, match=r"^a: one\nd: three$"):
        require(tmp_path, warned.append)
    assert warned == ["b: two"]
    monkeypatch.setattr(machine, "CHECKS", checks[1:3])
    require(tmp_path, warned.append)


def test_a_disk_that_is_full_is_the_reason_for_whatever_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free(monkeypatch, 15)
    assert "is full (15 MB are free now): make room" in full_disk(tmp_path, "it broke")
    free(monkeypatch, 16)
    assert full_disk(tmp_path, "it broke") == ""
    assert "is full (16 MB are free now)" in full_disk(tmp_path, "npm error ENOSPC: no space left on device")
