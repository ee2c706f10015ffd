"""The commands of a build: one shell, the phases and their order, and an end in time."""

import math
import time
from types import SimpleNamespace
from typing import Any

import pytest

from rehearsal.delivery import build_shell
from tests.rehearsal.delivery.builds import error, lines, run
from tests.rehearsal.delivery.pieces import commands
from tests.rehearsal.delivery.world import World


def test_variables_functions_and_folder_last_from_one_command_to_the_next(world: World) -> None:
    spec = {
        "phases": {
            "install": {"commands": ["PLAIN=one; say() { echo said $1; }", "mkdir deep", "cd deep"]},
            "build": {"commands": ["say $PLAIN", 'echo "${PWD#"$CODEBUILD_SRC_DIR"}"']},
        }
    }

    assert lines(world, run(world, spec)) == ["said one", "/deep"]


def test_command_that_leaves_the_shell_fails_its_phase_and_post_build_goes_on(world: World) -> None:
    spec = {
        "phases": {
            "install": {"commands": ["KEPT=kept; cd /"]},
            "build": {"commands": ["exit 3", "echo never"], "finally": ["echo finally $KEPT"]},
            "post_build": {"commands": ["echo post $KEPT $PWD succeeding=$CODEBUILD_BUILD_SUCCEEDING"]},
        }
    }

    execution = run(world, spec)

    assert lines(world, execution) == ["finally kept", "post kept / succeeding=0"]
    assert "Phase: BUILD, Code: COMMAND_EXECUTION_ERROR" in error(execution)
    assert error(execution).endswith("exit 3. Reason: exit status 3")


@pytest.mark.parametrize(
    ("phase", "on_failure", "ran"),
    [
        ("install", None, []),
        ("pre_build", None, []),
        ("build", None, ["post"]),
        ("build", "ABORT", []),
        ("pre_build", "CONTINUE", ["build", "post"]),
        ("post_build", None, []),
    ],
)
def test_what_runs_after_a_failed_phase(
    world: World, phase: str, on_failure: str | None, ran: list[str]
) -> None:
    phases: dict[str, Any] = {
        "build": {"commands": ["echo build"]},
        "post_build": {"commands": ["echo post"]},
    }
    phases[phase] = {"commands": ["false"], **({"on-failure": on_failure} if on_failure else {})}

    execution = run(world, {"phases": phases})

    assert execution.status == "Failed"
    told = lines(world, execution)
    assert told == (["build"] if phase == "post_build" else ran)


def test_finally_runs_after_a_failed_command_and_its_own_failure_counts(world: World) -> None:
    execution = run(
        world, {"phases": {"build": {"commands": ["echo in"], "finally": ["echo last", "false"]}}}
    )

    assert lines(world, execution) == ["in", "last"]
    assert "exit status 1" in error(execution)


def test_syntax_error_and_a_strict_shell_fail_the_build_and_not_the_rehearsal(world: World) -> None:
    spec = {
        "phases": {
            "build": {"commands": ["if then"]},
            "post_build": {"commands": ["set -eu", "false", "echo no"]},
        }
    }

    execution = run(world, spec)

    assert execution.status == "Failed"
    assert "no" not in lines(world, execution)


def test_time_out_ends_the_build_with_all_it_started(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    beat = world.state / "beat"
    spec = commands('(while :; do date +%s%N > "$BEAT"; sleep 0.05; done) &', "sleep 600")
    # The build's time is over once there is a process of its own in the background.
    clock = SimpleNamespace(monotonic=lambda: math.inf if beat.exists() else time.monotonic())
    monkeypatch.setattr(build_shell, "time", clock)

    execution = run(world, spec, variables=[{"name": "BEAT", "value": str(beat)}])

    assert "TIMED_OUT after 5 minutes" in error(execution)
    last = beat.read_text()
    time.sleep(0.3)
    assert beat.read_text() == last
