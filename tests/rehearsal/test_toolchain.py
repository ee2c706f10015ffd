"""Commands that a rehearsal runs: their logs are private, their failures are told, and none is left behind."""

import os
import stat
from collections.abc import Mapping
from pathlib import Path

import pytest

from rehearsal.assembly import Assembly, Target
from rehearsal.bootstrapping import bootstrap
from rehearsal.toolchain import ToolError, cdk, run, started
from tests.rehearsal.delivery.world import until

ENVIRONMENT = {"PATH": os.environ["PATH"]}


def script(text: str) -> list[str]:
    return ["sh", "-c", text]


def alive(pid: int) -> bool:
    """Whether the process runs; one that has ended and was not waited for has no command line."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes() != b""
    except FileNotFoundError:
        return False


def test_log_of_a_command_is_for_its_owner_alone(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "cdk-synth.log"
    log.parent.mkdir()
    log.touch(0o644)

    run(script("echo said; echo complained >&2"), cwd=tmp_path, env=ENVIRONMENT, log=log)

    assert log.read_text() == "said\ncomplained\n"
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_command_that_fails_is_told_with_the_end_of_its_log(tmp_path: Path) -> None:
    with pytest.raises(ToolError) as failed:
        run(script("seq 100; exit 3"), cwd=tmp_path, env=ENVIRONMENT, log=tmp_path / "log")

    first, *tail = str(failed.value).splitlines()
    assert first.endswith(f"ended with code 3; the end of {tmp_path / 'log'}:")
    assert tail == [str(number) for number in range(76, 101)]


def test_command_that_is_not_waited_for_is_ended_with_all_it_started(tmp_path: Path) -> None:
    here = tmp_path / "here"
    interrupted = script(f"sleep 600 & echo $! > {here}.new; mv {here}.new {here}; wait")

    with started(interrupted, cwd=tmp_path, env=ENVIRONMENT, log=tmp_path / "log"):
        until(here.exists)

    until(lambda: not alive(int(here.read_text())))


def test_cdk_is_the_one_that_the_project_has_installed(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match=r"node_modules/\.bin/cdk is missing: run `make install`"):
        cdk("synth", root=tmp_path)
    program = tmp_path / "node_modules" / ".bin" / "cdk"
    program.parent.mkdir(parents=True)
    program.touch()

    assert cdk("synth", "--quiet", root=tmp_path) == [str(program), "synth", "--quiet"]


class Workbench:
    """Stands for the local AWS: gives each account an environment of its own."""

    def workbench(self, account: str) -> Mapping[str, str]:
        return {**ENVIRONMENT, "AWS_ACCESS_KEY_ID": account}


@pytest.fixture
def assembly(tmp_path: Path) -> Assembly:
    (tmp_path / "manifest.json").write_text('{"artifacts": {}}')
    return Assembly(tmp_path)


def prepare(folder: Path, assembly: Assembly, command: list[str], *accounts: str) -> None:
    bootstrap(
        [Target(account=account, region="us-east-1") for account in accounts],
        root=folder,
        state=folder,
        aws=Workbench(),  # type: ignore[arg-type]  all that is asked of it
        assembly=assembly,
        command=command,
    )


def test_accounts_are_prepared_side_by_side_each_with_its_own_credentials(
    tmp_path: Path, assembly: Assembly
) -> None:
    meets = "touch $AWS_ACCESS_KEY_ID; until [ -e 1 ] && [ -e 2 ]; do sleep 0.05; done; echo $CDK_VALIDATION"

    prepare(tmp_path, assembly, script(meets), "1", "2")

    assert [(tmp_path / "logs" / f"bootstrap-{n}.log").read_text() for n in "12"] == ["false\n"] * 2


def test_account_that_cannot_be_prepared_ends_the_others(tmp_path: Path, assembly: Assembly) -> None:
    fails = (
        "if [ $AWS_ACCESS_KEY_ID = 2 ]; then echo $$ > new; mv new pid; exec sleep 600; fi; "
        "until [ -e pid ]; do sleep 0.05; done; exit 1"
    )

    with pytest.raises(ToolError, match=r"bootstrap-1\.log"):
        prepare(tmp_path, assembly, script(fails), "1", "2")

    until(lambda: not alive(int((tmp_path / "pid").read_text())))
