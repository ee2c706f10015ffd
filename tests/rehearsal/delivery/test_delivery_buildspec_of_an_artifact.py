"""A build whose buildspec is a file of what an earlier build made, as a self-mutation reads that of its commit."""

from tests.rehearsal.delivery.pieces import build, commands, pipeline, project, source, stage
from tests.rehearsal.delivery.world import World

SYNTH = commands(
    "mkdir out",
    """printf '{"version": "0.2", "phases": {"build": {"commands": ["echo deploys with %s"]}}}' "$(cat pin)" """
    "> out/mutate.yml",
    artifacts={"base-directory": "out", "files": ["**/*"]},
)
MADE = pipeline(
    source(),
    stage("Build", build("Synth", "Synth", outputs=["Assembly"])),
    stage("UpdatePipeline", build("SelfMutate", "Mutation", inputs=["Assembly"])),
    projects={"Synth": project(SYNTH), "Mutation": project("mutate.yml")},
)


def test_each_commit_runs_the_buildspec_that_its_own_build_made(world: World) -> None:
    # GIVEN a pipeline that is never deployed again
    world.deploy(MADE)
    for pin in ("2.0.0", "2.1.0"):
        # WHEN a commit brings a pin
        world.push({"pin": pin})
        execution = world.ended()

        # THEN the deployed project runs what that commit pins
        assert execution.status == "Succeeded"
        assert f"deploys with {pin}" in world.log(execution, "UpdatePipeline", "SelfMutate")


def test_buildspec_that_the_artifact_lacks_fails_the_build_in_codebuilds_words(world: World) -> None:
    missing = {"Synth": project(SYNTH), "Mutation": project("other.yml")}
    execution = world.run(
        pipeline(
            source(),
            stage("Build", build("Synth", "Synth", outputs=["Assembly"])),
            stage("UpdatePipeline", build("SelfMutate", "Mutation", inputs=["Assembly"])),
            projects=missing,
        ),
        {"pin": "2.0.0"},
    )
    assert execution.status == "Failed"
    assert "YAML_FILE_ERROR" in world.log(execution, "UpdatePipeline", "SelfMutate")
