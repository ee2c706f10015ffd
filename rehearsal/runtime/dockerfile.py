"""Reads a Dockerfile of the few instructions that can be carried out without a container engine."""

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ALLOWED = ("FROM", "WORKDIR", "COPY", "RUN", "ENV", "EXPOSE", "USER", "HEALTHCHECK", "CMD")
# The rehearsal has one interpreter, Node 24; a base image that brings another cannot be stood in for.
_BASE = re.compile(r"^(?:[a-z0-9.-]+(?::\d+)?/)*node:24(?:[.-][\w.-]+)?$")
_RUN = re.compile(r"^npm ci(?: --[a-z][a-z-]*(?:=[\w./-]+)?)*$")


class DockerfileError(ValueError):
    """A Dockerfile that the rehearsal does not build; the message is one sentence with file and line."""


@dataclass(frozen=True, kw_only=True)
class Instruction:
    """One instruction. `arguments` are words, but for RUN (the command's words) and CMD (its JSON list)."""

    line: int
    name: str
    arguments: tuple[str, ...]


def read(path: Path) -> tuple[Instruction, ...]:
    """The instructions of a Dockerfile, the first one FROM.

    Raises DockerfileError for an instruction, flag or form that is not in the short list, and when the file
    cannot be read.
    """
    try:
        text = path.read_text()
    except OSError as error:
        raise DockerfileError(f"{path.name} cannot be read: {error.strerror}") from error
    instructions = tuple(_instruction(path, line, logical) for line, logical in _logical_lines(text))
    if not instructions or instructions[0].name != "FROM":
        raise DockerfileError(f"{path.name}: the first instruction is FROM, for example 'FROM node:24-slim'")
    if [each.name for each in instructions].count("FROM") > 1:
        raise DockerfileError(f"{path.name}: the rehearsal builds one stage; remove the second FROM")
    return instructions


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines with their continuations, by the number of their first line; comments and empty lines left out."""
    start, parts = 0, list[str]()
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        start = start if parts else number
        if stripped.endswith("\\"):
            parts.append(stripped[:-1].strip())
            continue
        yield start, " ".join([*parts, stripped])
        parts = []
    if parts:
        yield start, " ".join(parts)


def _instruction(path: Path, line: int, logical: str) -> Instruction:
    name, _, rest = logical.partition(" ")
    name, rest = name.upper(), rest.strip()
    where = f"{path.name} line {line}: "
    if name not in ALLOWED:
        raise DockerfileError(f"{where}the rehearsal does not build {name}; it builds {', '.join(ALLOWED)}")
    try:
        return Instruction(line=line, name=name, arguments=_READERS[name](rest))
    except ValueError as error:
        raise DockerfileError(f"{where}{error}") from error


def _from(rest: str) -> tuple[str, ...]:
    if not _BASE.fullmatch(rest):
        raise ValueError(
            f"FROM {rest}: the rehearsal runs Node 24 in one stage, "
            "for example 'FROM public.ecr.aws/docker/library/node:24-slim'"
        )
    return (rest,)


def _run(rest: str) -> tuple[str, ...]:
    words = _json_list(rest) if rest.startswith("[") else tuple(rest.split())
    if not _RUN.fullmatch(" ".join(words)):
        raise ValueError(f"RUN {rest}: the rehearsal runs only 'npm ci' with long flags, no shell")
    return words


def _copy(rest: str) -> tuple[str, ...]:
    words = _json_list(rest) if rest.startswith("[") else tuple(shlex.split(rest))
    paths = tuple(word for word in words if not word.startswith("--chown="))
    flag = next((word for word in paths if word.startswith("--")), None)
    if flag:
        raise ValueError(f"COPY {flag}: of the flags the rehearsal knows only --chown, which it leaves out")
    if len(paths) < 2:
        raise ValueError(f"COPY {rest}: give sources and a destination, for example 'COPY src ./src'")
    outside = next((path for path in paths[:-1] if ".." in Path(path).parts), None)
    if outside:
        raise ValueError(f"COPY {outside}: a source lies inside the build folder")
    return paths


def _env(rest: str) -> tuple[str, ...]:
    words = tuple(shlex.split(rest))
    wrong = next((word for word in words if "=" not in word), None)
    if not words or wrong:
        raise ValueError(f"ENV {wrong or rest}: write NAME=value, for example 'ENV PORT=8080'")
    return words


def _expose(rest: str) -> tuple[str, ...]:
    words = tuple(rest.split())
    wrong = next((word for word in words if not re.fullmatch(r"\d{1,5}(/tcp)?", word)), None)
    if not words or wrong:
        raise ValueError(f"EXPOSE {wrong or rest}: give TCP ports, for example 'EXPOSE 8080'")
    return words


def _cmd(rest: str) -> tuple[str, ...]:
    words = _json_list(rest)
    if not words or words[0] != "node":
        raise ValueError(f'CMD {rest}: the rehearsal starts node, for example CMD ["node", "server.mjs"]')
    return words


def _one_word(rest: str) -> tuple[str, ...]:
    words = tuple(shlex.split(rest))
    if len(words) != 1:
        raise ValueError(f"'{rest}' is {len(words)} words where one is expected")
    return words


def _json_list(rest: str) -> tuple[str, ...]:
    try:
        words: Any = json.loads(rest)
    except json.JSONDecodeError:
        words = None
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise ValueError(f'{rest}: write the command as a JSON list, for example ["node", "server.mjs"]')
    return tuple(words)


_READERS = {
    "FROM": _from,
    "WORKDIR": _one_word,
    "COPY": _copy,
    "RUN": _run,
    "ENV": _env,
    "EXPOSE": _expose,
    "USER": _one_word,
    "HEALTHCHECK": lambda rest: (rest,),  # kept, not acted out: the load balancer's check decides
    "CMD": _cmd,
}
