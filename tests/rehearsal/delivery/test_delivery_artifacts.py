"""What a build is given and what it hands over."""

import re
from pathlib import Path
from typing import Any

import pytest

from rehearsal.delivery.artifacts import LARGEST_BYTES, FolderArtifact, collect
from rehearsal.delivery.errors import ActionFailed
from tests.rehearsal.delivery.builds import error, lines, run
from tests.rehearsal.delivery.pieces import ACCOUNT, build, commands, pipeline, project, source, stage
from tests.rehearsal.delivery.world import World


def test_second_input_is_found_by_its_variable_and_the_primary_source_is_the_folder(world: World) -> None:
    maker = commands(
        "mkdir out; echo made > out/made.txt", artifacts={"base-directory": "out", "files": "**/*"}
    )
    user = commands(
        "cat here.txt $CODEBUILD_SRC_DIR_Made/made.txt",
        'ln -s "$CODEBUILD_SRC_DIR_Made" ../made; cat ../made/*',
    )
    template = pipeline(
        source(),
        stage(
            "Build",
            build("Make", "Maker", outputs=["Made"]),
            build("B", "User", inputs=["Made", "Source"], primary="Source", run_order=2),
        ),
        projects={"Maker": project(maker), "User": project(user)},
    )

    execution = world.run(template, {"here.txt": "here\n"})

    assert lines(world, execution) == ["here", "made", "made"]


def test_several_outputs_are_secondary_artifacts_by_name(world: World) -> None:
    spec = commands(
        "mkdir -p a/deep b; echo a > a/deep/x; echo secret > a/left-out; echo b > b/y",
        artifacts={
            "files": ["nothing"],
            "secondary-artifacts": {
                "First": {"base-directory": "a", "files": ["**/*"], "exclude-paths": ["left-out"]},
                "Second": {"files": ["b/*"], "discard-paths": "yes"},
            },
        },
    )
    shown = commands("find . -type f | sort", "cd $CODEBUILD_SRC_DIR_Second; find . -type f; stat -c %a .")
    template = pipeline(
        source(),
        stage(
            "Build",
            build("Make", "Maker", outputs=["First", "Second"]),
            build("B", "Shown", inputs=["First", "Second"], run_order=2),
        ),
        projects={"Maker": project(spec), "Shown": project(shown)},
    )

    assert lines(world, world.run(template)) == ["./deep/x", "./y", "700"]


@pytest.mark.parametrize(
    ("artifacts", "reason"),
    [
        ({"files": ["../*"]}, "artifact path '../*': use a path inside"),
        ({"files": ["/etc/hosts"]}, "artifact path '/etc/hosts': use a path inside"),
        ({"files": ["link"]}, "'link' is a link out of the build's folder"),
        ({"base-directory": "../..", "files": ["*"]}, "base-directory '../..' leads out"),
        ({"base-directory": "away", "files": ["*"]}, "base-directory 'away' leads out"),
        ({"files": ["none"]}, "no matching artifact paths found"),
    ],
)
def test_artifacts_stay_inside_the_build(world: World, artifacts: dict[str, Any], reason: str) -> None:
    spec = commands("ln -s /etc/hosts link; ln -s /etc away", artifacts=artifacts)

    assert reason in error(run(world, spec, outputs=["Out"]))


@pytest.mark.parametrize("path", ["../secret", "link", "missing", "."])
def test_file_outside_an_artifact_is_not_read(tmp_path: Path, path: str) -> None:
    (tmp_path / "secret").write_text("of another")
    (tmp_path / "artifact").mkdir()
    (tmp_path / "artifact" / "link").symlink_to("../secret")
    (tmp_path / "artifact" / "template.json").write_text("{}")
    artifact = FolderArtifact(folder=tmp_path / "artifact", revision="c0ffee")

    assert artifact.read("template.json") == "{}"
    with pytest.raises(ActionFailed, match=f"the artifact has no file '{re.escape(path)}'"):
        artifact.read(path)


def test_reports_are_kept_even_of_a_failed_build(world: World) -> None:
    arn = f"arn:aws:codebuild:us-east-1:{ACCOUNT}:report-group/tests-dev"
    spec = commands(
        "mkdir -p build; echo '<testsuite/>' > build/result.xml; false",
        reports={arn: {"files": ["*.xml"], "base-directory": "build", "file-format": "JUNITXML"}},
    )

    action = run(world, spec).stage("Build").action("B")

    assert action.status == "Failed"
    assert action.reports is not None
    assert [p.relative_to(action.reports) for p in action.reports.rglob("*.xml")] == [
        Path("tests-dev/result.xml")
    ]


def test_an_artifact_that_is_too_large_is_refused_before_it_is_copied(tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    with (tmp_path / "source" / "huge").open("wb") as file:
        file.truncate(LARGEST_BYTES + 1)  # a hole: it takes no room on the disk

    with pytest.raises(
        ActionFailed, match=f"the artifact has {LARGEST_BYTES + 1} bytes: {LARGEST_BYTES} at most"
    ):
        collect(tmp_path / "source", ["**/*"], excluded=[], flat=False, target=tmp_path / "target")

    assert list((tmp_path / "target").iterdir()) == []
