"""`retry` and `stop` change a run that failed or is at work."""

from tests.rehearsal.commands.shell import Shell
from tests.rehearsal.delivery.pieces import approval, build, commands, pipeline, project, source, stage
from tests.rehearsal.service.world import World


def flaky(world: World) -> dict[str, object]:
    """A pipeline whose stage Test fails until a file is made, `mended` in the state folder."""
    unit = project(commands(f"test -e {world.state}/mended"))
    return pipeline(source(), stage("Test", build("Unit", "Unit")), projects={"Unit": unit})


def test_the_failed_stage_runs_again_in_the_same_execution(world: World, shell: Shell) -> None:
    failed = world.run(flaky(world))
    assert failed.status == "Failed"
    (world.state / "mended").touch()
    assert shell.json("retry") == {"execution": failed.id, "stage": "Test"}
    world.ended()
    (execution,) = world.engine.executions()
    assert (execution.id, execution.status) == (failed.id, "Succeeded")


def test_what_did_not_fail_is_not_retried(world: World, shell: Shell) -> None:
    (world.state / "mended").touch()
    done = world.run(flaky(world))
    assert shell.refused("retry") == (
        f"no stage of {done.id[:8]} failed (it is Succeeded): there is nothing to retry"
    )
    assert shell.refused("retry", "Nope") == "stage 'Nope': the pipeline has Source, Test"
    assert shell.refused("retry", "Test").startswith("The pipeline's service refuses: ")


def test_the_one_run_that_is_at_work_need_not_be_named(world: World, shell: Shell) -> None:
    world.deploy(pipeline(source(), stage("Gate", approval())))
    world.push()
    world.waiting()
    assert shell("stop", "--abandon", "--why", "wrong commit") == 0
    assert "is abandoned." in shell.said
    world.ended()
    assert world.engine.executions()[0].status == "Stopped"
    assert shell.refused("stop") == "name the execution to stop; running: none"


def test_of_several_runs_one_must_be_named(world: World, shell: Shell) -> None:
    world.deploy(pipeline(source(), stage("Gate", approval())))
    world.push()
    world.waiting()
    world.push(message="the second")
    second, first = world.until(lambda: len(e := world.engine.executions()) == 2 and e)
    said = shell.refused("stop")
    assert said.startswith("name the execution to stop; running: ")
    assert first.id[:8] in said
    assert shell("stop", second.id[:8], "--abandon") == 0
    stopped = world.until(lambda: world.engine.executions()[0].status == "Stopped" and "yes")
    assert stopped == "yes"
    assert shell("approve") == 0
