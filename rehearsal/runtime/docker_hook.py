"""Answers cdk-assets in the place of the `docker` command: login, inspect, build, tag and push, nothing more.

Run as `python -m rehearsal.runtime.docker_hook STATE COMMAND ...`, by the small program that `write` makes for
the environment variable CDK_DOCKER.
"""

import argparse
import base64
import json
import os
import re
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from botocore.exceptions import ClientError

from rehearsal.cloud import plain
from rehearsal.cloud.here import client_with

from .build import build
from .dockerfile import DockerfileError
from .images import MEDIA_TYPE, Image, ImageStore

PROJECT = Path(__file__).parents[2]
_ECR = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.[a-z.]+/(?P<name>[^:]+):(?P<tag>.+)"
)


class HookError(Exception):
    """What docker would answer with exit code 1, or what only the rehearsal cannot do; one sentence."""


def write(state: Path) -> Path:
    """Write the program for CDK_DOCKER to the rehearsal's folder and return its path."""
    program = state.resolve() / "bin" / "docker"
    program.parent.mkdir(parents=True, exist_ok=True)
    # -P: the folder that `docker` is called in may hold a module of our names.
    words = [sys.executable, "-P", "-m", __name__, str(state.resolve())]
    program.write_text(f'#!/bin/sh\nPYTHONPATH={shlex.quote(str(PROJECT))} exec {shlex.join(words)} "$@"\n')
    program.chmod(0o755)
    return program


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise HookError(message)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="docker", add_help=False)
    parser.add_argument("state", type=Path)
    parser.add_argument("--config")  # cdk-assets' credential helpers: no registry here asks for a password
    commands = parser.add_subparsers(dest="command", required=True, parser_class=_Parser, metavar="command")
    login = commands.add_parser("login")
    login.add_argument("--username", required=True)
    login.add_argument("--password-stdin", action="store_true", required=True)
    login.add_argument("server")
    commands.add_parser("inspect").add_argument("name")
    made = commands.add_parser("build", allow_abbrev=False)
    made.add_argument("--tag", required=True)
    made.add_argument("--file", type=Path, default=Path("Dockerfile"))
    made.add_argument("--platform", default="linux/amd64")
    made.add_argument("--no-cache", action="store_true")
    made.add_argument("context", type=Path)
    tag = commands.add_parser("tag")
    tag.add_argument("name")
    tag.add_argument("target")
    commands.add_parser("push").add_argument("name")
    return parser


def run(arguments: Sequence[str]) -> None:
    """Carry out one docker command. Raises HookError and DockerfileError, each with one sentence."""
    options, unknown = _parser().parse_known_args(arguments)
    if unknown:
        raise HookError(f"docker {options.command} {unknown[0]}: the rehearsal has no such option")
    state: Path = options.state
    store = ImageStore(state / "images")
    match options.command:
        case "login":
            _login(options.server, sys.stdin.read().strip())
        case "inspect":
            print(_known(store, options.name).manifest)
        case "tag":
            store.tag(options.target, _known(store, options.name).digest)
        case "push":
            _push(options.name, _known(store, options.name))
        case "build":
            cache = state / "cache" / "npm"
            environment = {
                **os.environ,
                "npm_config_cache": str(cache),
                "npm_config_update_notifier": "false",
            }
            file: Path = options.context / options.file
            image = build(
                options.context, file=file, platform=options.platform, store=store, environment=environment
            )
            store.tag(options.tag, image.digest)


def _known(store: ImageStore, name: str) -> Image:
    image = store.find(name)
    if image is None:
        raise HookError(f"Error: No such object: {name}")
    return image


def _push(name: str, image: Image) -> None:
    target = _ECR.fullmatch(name)
    if target is None:
        raise HookError(
            f"docker push {name}: the rehearsal pushes to ECR only, "
            "for example 111111111111.dkr.ecr.us-east-1.amazonaws.com/portal:1"
        )
    access_key, secret_key, token = _credentials(name.partition("/")[0])
    ecr = client_with("ecr", target["region"], access_key=access_key, secret_key=secret_key, token=token)
    try:
        ecr.put_image(
            repositoryName=target["name"],
            imageTag=target["tag"],
            imageManifest=image.manifest,
            imageManifestMediaType=MEDIA_TYPE,
        )
    except ClientError as error:
        raise HookError(f"denied: {error.response['Error']['Message']}") from error
    print(f"{target['tag']}: digest: {image.digest}")


def _login(server: str, password: str) -> None:
    """Keep a password as docker does, until the next login."""
    file = _kept_for(server)
    file.parent.mkdir(parents=True, exist_ok=True)
    plain.write(file, password.encode())


def _credentials(server: str) -> tuple[str, str, str | None]:
    """Whose rights the password gives that was kept at the login; ECR's has them in it."""
    try:
        access_key, secret_key, token = json.loads(base64.b64decode(_kept_for(server).read_bytes()))
    except FileNotFoundError as error:
        raise HookError(f"push to {server}: no basic auth credentials") from error
    except ValueError as error:
        raise HookError(f"push to {server}: denied: the password is not one of ECR's") from error
    return access_key, secret_key, token


def _kept_for(server: str) -> Path:
    folder = os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker"
    return Path(folder) / "logins" / server.removeprefix("https://").strip("/")


def main() -> int:
    """Exit code 0, or 1 with a sentence on standard error, as docker does."""
    try:
        run(sys.argv[1:])
    except (HookError, DockerfileError) as error:
        print(f"docker (rehearsal): {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
