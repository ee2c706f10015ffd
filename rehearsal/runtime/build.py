"""Builds an image without a container engine: carries out a Dockerfile's instructions in a folder."""

import dataclasses
import hashlib
import os
import posixpath
import shutil
import string
import subprocess
from collections.abc import Mapping
from pathlib import Path

from . import dockerfile
from .dockerfile import DockerfileError, Instruction
from .images import Image, ImageConfig, ImageStore
from .node import NODE, NPM_CLI


def build(
    context: Path, *, file: Path, platform: str, store: ImageStore, environment: Mapping[str, str]
) -> Image:
    """Build the image of a folder and keep it in the store, untagged.

    `environment` is that of `RUN npm ci`, beside what the image's own ENV says. Raises DockerfileError when the
    Dockerfile asks for what cannot be done here, or when `npm ci` fails (its output goes to standard output).
    """
    instructions = dockerfile.read(file)
    folder = store.scratch()
    try:
        work = _Build(context, folder / "root", environment, file.name)
        config = ImageConfig(base=instructions[0].arguments[0], platform=platform)
        for instruction in instructions[1:]:
            config = work.step(instruction, config)
        if not config.command:
            raise DockerfileError(f'{file.name}: CMD is missing, for example CMD ["node", "server.mjs"]')
        return store.add(config, folder, _hash(context, file))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class _Build:
    def __init__(self, context: Path, root: Path, environment: Mapping[str, str], file: str) -> None:
        self._context = context.resolve()
        self._root = root
        self._environment = environment
        self._file = file
        root.mkdir()

    def step(self, instruction: Instruction, config: ImageConfig) -> ImageConfig:
        """Carry out one instruction; what it changes of the configuration is in the one returned."""
        words = instruction.arguments
        if instruction.name in ("WORKDIR", "COPY", "ENV", "EXPOSE", "USER"):
            words = self._expand(instruction, config.environment)
        match instruction.name:
            case "WORKDIR":
                workdir = posixpath.normpath(posixpath.join(config.workdir, words[0]))
                self._inside(workdir).mkdir(parents=True, exist_ok=True)
                return dataclasses.replace(config, workdir=workdir)
            case "COPY":
                self._copy(instruction, words, config.workdir)
            case "RUN":
                self._npm_ci(instruction, config)
            case "ENV":
                pairs = dict(word.split("=", 1) for word in words)
                return dataclasses.replace(config, environment={**config.environment, **pairs})
            case "EXPOSE":
                ports = tuple(int(word.partition("/")[0]) for word in words)
                return dataclasses.replace(config, ports=config.ports + ports)
            case "USER":
                return dataclasses.replace(config, user=words[0])
            case "HEALTHCHECK":
                return dataclasses.replace(config, healthcheck=words[0])
            case "CMD":
                return dataclasses.replace(config, command=words)
        return config

    def _expand(self, instruction: Instruction, known: Mapping[str, str]) -> tuple[str, ...]:
        try:
            return tuple(string.Template(word).substitute(known) for word in instruction.arguments)
        except (KeyError, ValueError) as error:
            raise self._refusal(instruction, f"the variable {error} is not set by an ENV above") from error

    def _copy(self, instruction: Instruction, words: tuple[str, ...], workdir: str) -> None:
        *patterns, target = words
        sources = []
        for pattern in patterns:
            relative = pattern.lstrip("/") or "."
            found = [self._context] if relative == "." else sorted(self._context.glob(relative))
            if not found:
                raise self._refusal(instruction, f"'{pattern}' is not in the build folder")
            sources += found
        destination = self._inside(posixpath.normpath(posixpath.join(workdir, target)))
        into_folder = target.endswith(("/", ".")) or len(sources) > 1
        for source in sources:
            if source.is_dir():
                shutil.copytree(source, destination, symlinks=True, dirs_exist_ok=True)
            else:
                place = destination / source.name if into_folder or destination.is_dir() else destination
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, place)

    def _npm_ci(self, instruction: Instruction, config: ImageConfig) -> None:
        environment = {**self._environment, **config.environment}
        environment["PATH"] = os.pathsep.join([str(NODE.parent), environment.get("PATH", os.defpath)])
        command = [str(NODE), str(NPM_CLI), *instruction.arguments[1:]]
        result = subprocess.run(command, cwd=self._inside(config.workdir), env=environment, check=False)  # noqa: S603  the Dockerfile's own words, checked by its reader
        if result.returncode:
            raise self._refusal(
                instruction, f"{' '.join(instruction.arguments)} ended with {result.returncode}"
            )

    def _inside(self, path: str) -> Path:
        """The place of one of the image's absolute paths; `posixpath.normpath` has taken its dots out."""
        return self._root / path.lstrip("/")

    def _refusal(self, instruction: Instruction, reason: str) -> DockerfileError:
        return DockerfileError(f"{self._file} line {instruction.line}: {instruction.name}: {reason}")


def _hash(context: Path, file: Path) -> str:
    """A hash of the build folder's files with their paths, and of the Dockerfile."""
    digest = hashlib.sha256(file.read_bytes())
    for path in sorted(path for path in context.rglob("*") if path.is_file()):
        digest.update(f"\0{path.relative_to(context)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
