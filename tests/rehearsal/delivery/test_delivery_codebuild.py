"""What a build finds, what it runs, and what it hands over."""

import time
from pathlib import Path
from typing import Any

import pytest

from rehearsal.delivery import Execution, actions
from rehearsal.delivery.build import Build
from tests.rehearsal.delivery.pieces import ACCOUNT, build, commands, pipeline, project, source, stage
from tests.rehearsal.delivery.world import World


def run(world: World, buildspec: Any, files: dict[str, str] | None = None, **more: Any) -> Execution:
    """The execution of a pipeline with this one build, named B."""
    environment = more.pop("environment", {})
    made = project(buildspec, minutes=more.pop("minutes", 5), **environment)
    return world.run(pipeline(source(), stage("Build", build("B", "P", **more)), projects={"P": made}), files)


def lines(world: World, execution: Execution, name: str = "B") -> list[str]:
    """The commands' own output."""
    return [x for x in world.log(execution, "Build", name).splitlines() if not x.startswith("[Container]")]


def error(execution: Execution, name: str = "B") -> str:
    return execution.stage("Build").action(name).error or ""


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


def test_action_overrides_project_overrides_buildspec(world: World) -> None:
    names = ("SPEC", "PROJECT", "ACTION")
    spec = commands("echo $SPEC $PROJECT $ACTION", env={"variables": dict.fromkeys(names, "spec")})
    declared = [{"Name": n, "Value": "project"} for n in names[1:]]

    execution = run(
        world,
        spec,
        environment={"EnvironmentVariables": declared},
        variables=[{"name": "ACTION", "value": "action", "type": "PLAINTEXT"}],
    )

    assert lines(world, execution) == ["spec project action"]


def test_parameters_and_secrets_are_read_when_the_build_starts(world: World) -> None:
    world.cloud.client("ssm", ACCOUNT).put_parameter(Name="/colour", Type="SecureString", Value="green")
    secrets = world.cloud.client("secretsmanager", ACCOUNT)
    arn = secrets.create_secret(Name="bank", SecretString='{"user": "ann", "pin": "12"}')["ARN"]
    spec = commands(
        "echo $COLOUR $USER_NAME $PIN $WHOLE",
        env={"parameter-store": {"COLOUR": "/colour"}, "secrets-manager": {"USER_NAME": "bank:user"}},
    )
    declared = [
        {"Name": "PIN", "Value": f"{arn}:pin", "Type": "SECRETS_MANAGER"},
        {"Name": "WHOLE", "Value": "bank", "Type": "SECRETS_MANAGER"},
    ]

    execution = run(world, spec, environment={"EnvironmentVariables": declared})

    assert lines(world, execution) == ['green ann 12 {"user": "ann", "pin": "12"}']


@pytest.mark.parametrize(
    ("variable", "reason"),
    [
        ({"type": "PARAMETER_STORE", "value": "/none"}, "PARAMETER_STORE '/none': ParameterNotFound"),
        ({"type": "SECRETS_MANAGER", "value": "none"}, "SECRETS_MANAGER 'none': ResourceNotFoundException"),
        ({"type": "VAULT", "value": "x"}, "has type 'VAULT': use PLAINTEXT, PARAMETER_STORE or"),
    ],
)
def test_variable_that_cannot_be_read_fails_the_build(
    world: World, variable: dict[str, str], reason: str
) -> None:
    execution = run(world, commands("true"), variables=[{"name": "X", **variable}])

    assert reason in error(execution)


def test_codebuild_variables_tell_the_build_about_itself(world: World) -> None:
    told = ("BUILD_ID", "INITIATOR", "RESOLVED_SOURCE_VERSION", "BUILD_NUMBER", "BUILD_SUCCEEDING", "CI")
    execution = run(
        world,
        commands(*(f"echo $CODEBUILD_{name}" for name in told), "echo $AWS_REGION; git log --format=%H"),
    )

    action = execution.stage("Build").action("B")
    *known, region, commit = lines(world, execution)
    assert known == [action.external_id, "codepipeline/delivery", execution.revision, "1", "1", "true"]
    assert (region, commit) == ("us-east-1", execution.revision)


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


def test_time_out_ends_the_build_with_all_it_started(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    beat = world.state / "beat"
    spec = commands('(while :; do date +%s%N > "$BEAT"; sleep 0.05; done) &', "sleep 600")
    monkeypatch.setattr(actions.codebuild, "Build", lambda **fields: Build(**{**fields, "minutes": 0.02}))

    execution = run(world, spec, variables=[{"name": "BEAT", "value": str(beat)}])

    assert "TIMED_OUT after 0.02 minutes" in error(execution)
    last = beat.read_text()
    time.sleep(0.3)
    assert beat.read_text() == last


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


def test_buildspec_is_read_from_the_commit(world: World) -> None:
    text = "version: 0.2\nphases:\n  build:\n    commands:\n      - echo from the commit\n"

    assert lines(world, run(world, "ci/build.yml", {"ci/build.yml": text})) == ["from the commit"]


@pytest.mark.parametrize("path", ["missing.yml", "../../secret.yml", "/etc/hosts"])
def test_buildspec_outside_the_source_is_not_read(world: World, path: str) -> None:
    assert f"the source has no file '{path}'" in error(run(world, path))


def test_build_has_python_pip_node_and_npm_of_its_own(world: World) -> None:
    where = (
        'case $(command -v {0}) in "$VIRTUAL_ENV"/bin/*|*/state/bin/*) echo {0};; *) command -v {0};; esac'
    )
    spec = commands(
        *(where.format(name) for name in ("python", "pip", "pytest", "node", "npm", "npx")),
        "python -c 'import boto3, sys; print(sys.prefix != sys.base_prefix)'",
        "pip install --quiet --no-index boto3 && node --version && npm prefix --global",
    )

    execution = run(world, spec)

    assert execution.status == "Succeeded", world.log(execution, "Build", "B")
    *programs, overlay, node, prefix = lines(world, execution)
    assert programs == ["python", "pip", "pytest", "node", "npm", "npx"]
    assert overlay == "True"
    assert node.startswith("v24.")
    assert Path(prefix).is_relative_to(world.state)
