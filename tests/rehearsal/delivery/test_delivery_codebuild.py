"""What a build finds: its buildspec, its variables, its tools."""

from base64 import b64decode
from pathlib import Path

import pytest

from tests.rehearsal.delivery.builds import error, lines, run
from tests.rehearsal.delivery.pieces import ACCOUNT, commands
from tests.rehearsal.delivery.world import World


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
        "echo $COLOUR $USER_NAME $PIN $WHOLE | base64",
        "echo plainly: $COLOUR $USER_NAME $PIN $WHOLE",
        "echo by its name: green",
        'printf gr; sleep 0.2; printf "een\\n"; printf "gr\\n"',
        env={"parameter-store": {"COLOUR": "/colour"}, "secrets-manager": {"USER_NAME": "bank:user"}},
    )
    declared = [
        {"Name": "PIN", "Value": f"{arn}:pin", "Type": "SECRETS_MANAGER"},
        {"Name": "WHOLE", "Value": "bank", "Type": "SECRETS_MANAGER"},
    ]

    execution = run(world, spec, environment={"EnvironmentVariables": declared})

    encoded, *masked = lines(world, execution)
    assert b64decode(encoded).decode() == 'green ann 12 {"user": "ann", "pin": "12"}\n'
    # As in CodeBuild's log, wherever the value stands and whoever wrote it.
    assert masked == ["plainly: *** *** *** ***", "by its name: ***", "***", "gr"]
    assert "Running command echo by its name: ***" in world.log(execution, "Build", "B")


def test_credentials_of_a_build_do_not_get_into_its_log(world: World) -> None:
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")

    execution = run(world, commands(*(f"echo {name} is ${{{name}:-missing}}" for name in names)))

    assert lines(world, execution) == [f"{name} is ***" for name in names]


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
