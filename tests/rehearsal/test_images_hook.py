"""The program for CDK_DOCKER, asked as cdk-assets asks docker."""

import base64
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rehearsal.cloud import Cloud
from rehearsal.cloud.here import client_with
from rehearsal.runtime import docker_hook
from rehearsal.runtime.images import ImageStore
from tests.rehearsal.roles import make_role

ACCOUNT = "111111111111"
DOCKERFILE = """\
FROM node:24-slim
WORKDIR /app
ENV NODE_ENV=production
ENV HOME=/$NODE_ENV
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund
COPY . .
EXPOSE 8080
USER node
CMD ["node", "server.mjs"]
"""


@pytest.fixture
def context(tmp_path: Path) -> Path:
    folder = tmp_path / "context"
    (folder / "pages").mkdir(parents=True)
    (folder / "Dockerfile").write_text(DOCKERFILE)
    (folder / "package.json").write_text('{"name": "app", "version": "1.0.0"}')
    lock = {"name": "app", "version": "1.0.0", "lockfileVersion": 3, "packages": {"": {"name": "app"}}}
    (folder / "package-lock.json").write_text(json.dumps(lock))
    (folder / "server.mjs").write_text("console.log('hello')")
    (folder / "pages" / "index.html").write_text("<p>hello")
    return folder


class Docker:
    """Runs the written program in a folder of its own choice, as cdk-assets does."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.program = docker_hook.write(state)
        self.store = ImageStore(state / "images")

    def __call__(self, *words: str, cwd: Path, text: str = "") -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "DOCKER_CONFIG": str(self.state / "docker")}
        return subprocess.run(
            [self.program, *words], cwd=cwd, env=env, input=text, capture_output=True, text=True, check=False
        )


@pytest.fixture
def docker(tmp_path: Path) -> Docker:
    return Docker(tmp_path / "state")


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with Cloud(tmp_path_factory.mktemp("cloud")) as running:
        yield running


def test_a_built_image_holds_files_and_configuration(docker: Docker, context: Path) -> None:
    assert docker("inspect", "cdkasset-1", cwd=context).returncode == 1

    built = docker("build", "--tag", "cdkasset-1", "--platform", "linux/arm64", ".", cwd=context)

    assert built.returncode == 0, built.stderr
    assert docker("inspect", "cdkasset-1", cwd=context).returncode == 0
    image = docker.store.find("cdkasset-1")
    assert image is not None
    assert (image.root / "app" / "pages" / "index.html").read_text() == "<p>hello"
    assert (image.root / "app" / "server.mjs").exists()
    assert image.config.command == ("node", "server.mjs")
    assert image.config.workdir == "/app"
    assert image.config.environment == {"NODE_ENV": "production", "HOME": "/production"}
    assert image.config.ports == (8080,)
    assert image.config.platform == "linux/arm64"


def test_the_same_folder_gives_the_same_digest_and_another_one_does_not(
    docker: Docker, context: Path
) -> None:
    docker("build", "--tag", "one", ".", cwd=context)
    docker("build", "--tag", "two", ".", cwd=context)
    (context / "server.mjs").write_text("console.log('other')")
    docker("build", "--tag", "three", ".", cwd=context)

    one, two, three = (docker.store.find(name) for name in ("one", "two", "three"))
    assert one is not None
    assert two is not None
    assert three is not None
    assert one.digest == two.digest != three.digest
    assert not list((docker.state / "images" / "objects").glob(".building-*"))


def login(docker: Docker, ecr: Any, registry: str, cwd: Path) -> None:
    """As cdk-assets does: with the password that ECR gives to whoever may ask for one."""
    (given,) = ecr.get_authorization_token()["authorizationData"]
    user, _, password = base64.b64decode(given["authorizationToken"]).decode().partition(":")
    done = docker("login", "--username", user, "--password-stdin", registry, cwd=cwd, text=password)
    assert done.returncode == 0, done.stderr


def test_a_pushed_image_is_found_in_the_registry(docker: Docker, context: Path, cloud: Cloud) -> None:
    ecr = cloud.client("ecr", ACCOUNT)
    ecr.create_repository(repositoryName="assets")
    uri = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/assets:hash"
    docker("build", "--tag", "cdkasset-1", ".", cwd=context)
    login(docker, ecr, uri.split("/")[0], context)
    assert docker("tag", "cdkasset-1", uri, cwd=context).returncode == 0

    pushed = docker("push", uri, cwd=context)

    assert pushed.returncode == 0, pushed.stderr
    details = ecr.describe_images(repositoryName="assets", imageIds=[{"imageTag": "hash"}])["imageDetails"]
    found = docker.store.find(uri)
    assert found is not None
    assert details[0]["imageDigest"] == found.digest
    assert docker.store.find(f"{uri.partition(':')[0]}@{found.digest}") == found


@pytest.mark.parametrize(
    ("may", "said"),
    [
        (
            ("ecr:GetAuthorizationToken",),
            "assumed-role/publisher/test is not authorized to perform: ecr:PutImage",
        ),
        (("ecr:GetAuthorizationToken", "ecr:PutImage"), ""),
    ],
)
def test_a_push_has_the_rights_of_whoever_asked_for_the_password(
    docker: Docker, context: Path, cloud: Cloud, may: tuple[str, ...], said: str
) -> None:
    name = f"pushed-{len(may)}"
    cloud.client("ecr", ACCOUNT).create_repository(repositoryName=name)
    iam = cloud.client("iam", ACCOUNT)
    role = make_role(iam, "publisher", may=may)
    sts = cloud.client("sts", ACCOUNT)
    credentials = sts.assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    uri = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/{name}:1"
    docker("build", "--tag", uri, ".", cwd=context)
    ecr = client_with(
        "ecr",
        "us-east-1",
        access_key=credentials["AccessKeyId"],
        secret_key=credentials["SecretAccessKey"],
        token=credentials["SessionToken"],
    )
    login(docker, ecr, uri.split("/")[0], context)

    pushed = docker("push", uri, cwd=context)

    assert (pushed.returncode == 0) == (not said)
    assert said in pushed.stderr
    iam.delete_role_policy(RoleName="publisher", PolicyName="may")
    iam.delete_role(RoleName="publisher")


def test_nobody_pushes_without_a_login(docker: Docker, context: Path, cloud: Cloud) -> None:
    cloud.client("ecr", ACCOUNT).create_repository(repositoryName="closed")
    uri = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/closed:1"
    docker("build", "--tag", uri, ".", cwd=context)

    pushed = docker("push", uri, cwd=context)

    assert pushed.returncode == 1
    assert "no basic auth credentials" in pushed.stderr
    assert not cloud.client("ecr", ACCOUNT).describe_images(repositoryName="closed")["imageDetails"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("images", "--format", "x"), "invalid choice: 'images' (choose from 'login', 'inspect', 'build',"),
        (
            ("build", "--tag", "x", "--secret", "id=a", "."),
            "docker build --secret: the rehearsal has no such option",
        ),
        (("tag", "nothing", "x"), "No such object: nothing"),
        (("push", "nothing"), "No such object: nothing"),
        (("build", "--tag", "x", "--file", "Other", "."), "Other cannot be read"),
    ],
)
def test_what_docker_could_and_this_cannot_ends_with_1_and_a_sentence(
    docker: Docker, context: Path, words: tuple[str, ...], sentence: str
) -> None:
    result = docker(*words, cwd=context)

    assert result.returncode == 1
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("COPY nothing.txt .", "Dockerfile line 11: COPY: 'nothing.txt' is not in the build folder"),
        ("ENV A=$UNKNOWN", "Dockerfile line 11: ENV: the variable 'UNKNOWN' is not set by an ENV above"),
    ],
)
def test_an_instruction_that_fails_is_named(docker: Docker, context: Path, line: str, sentence: str) -> None:
    with (context / "Dockerfile").open("a") as dockerfile:
        dockerfile.write(line + "\n")

    result = docker("build", "--tag", "x", ".", cwd=context)

    assert result.returncode == 1
    assert sentence in result.stderr
    assert docker.store.find("x") is None
    assert not list((docker.state / "images" / "objects").iterdir())


def test_a_failing_npm_ci_fails_the_build(docker: Docker, context: Path) -> None:
    (context / "package-lock.json").unlink()
    (context / "Dockerfile").write_text(DOCKERFILE.replace(" package-lock.json", ""))

    result = docker("build", "--tag", "x", ".", cwd=context)

    assert result.returncode == 1
    assert "Dockerfile line 6: RUN: npm ci --omit=dev --no-audit --no-fund ended with 1" in result.stderr
