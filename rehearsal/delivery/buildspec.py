"""A buildspec read with suspicion: safe YAML, every type checked, every refusal one sentence."""

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from .errors import ActionFailed

PHASES = ("install", "pre_build", "build", "post_build")
_LARGEST = 256 * 1024  # characters; CodeBuild's own limit for one inside a project is 25,600
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PHASE_KEYS = {"commands", "finally", "on-failure", "run-as", "runtime-versions"}
_KEYS = {"version", "run-as", "env", "proxy", "batch", "phases", "reports", "artifacts", "cache"}


@dataclass(frozen=True, kw_only=True)
class Phase:
    """A phase's commands, and those that run `last` whatever became of them (finally). `on_failure` is ABORT or
    CONTINUE where the phase says so."""

    name: str
    commands: tuple[str, ...] = ()
    last: tuple[str, ...] = ()
    on_failure: str | None = None


@dataclass(frozen=True, kw_only=True)
class Files:
    """Files that a build hands over, as patterns under `base` of the build's folder."""

    base: str = "."
    patterns: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    flat: bool = False


@dataclass(frozen=True, kw_only=True)
class Buildspec:
    """A buildspec of version 0.2. `parameters` and `secrets` name what the variables are read from."""

    phases: tuple[Phase, ...]
    runtimes: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    exported: tuple[str, ...] = ()
    artifacts: Files | None = None
    secondary: dict[str, Files] = field(default_factory=dict)
    reports: dict[str, Files] = field(default_factory=dict)


def parse(text: str) -> Buildspec:
    """The buildspec in `text`. Raises ActionFailed with what is wrong and where."""
    if len(text) > _LARGEST:
        raise ActionFailed(f"the buildspec has {len(text)} characters: {_LARGEST} at most")
    try:
        loaded = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        place = getattr(error, "problem_mark", None)
        where = f" at line {place.line + 1}" if place else ""
        raise ActionFailed(f"the buildspec is not YAML{where}") from error
    try:
        return _checked(loaded)
    except ActionFailed as refused:  # it is told in one line, and a key of YAML's may have several
        raise ActionFailed(" ".join(str(refused).split())) from refused


def _checked(loaded: Any) -> Buildspec:
    spec = _map(loaded, "the buildspec")
    _known(spec, _KEYS, "the buildspec")
    if str(spec.get("version")) != "0.2":
        raise ActionFailed("the buildspec's version is not 0.2, the only one in which commands share a shell")
    phases = _map(spec.get("phases"), "phases")
    _known(phases, set(PHASES), "phases")
    env = _map(spec.get("env"), "env")
    if env.get("shell", "bash") not in ("bash", "/bin/sh"):
        raise ActionFailed("env.shell: the rehearsal runs bash only")
    artifacts = _map(spec.get("artifacts"), "artifacts")
    secondary = _map(artifacts.get("secondary-artifacts"), "artifacts.secondary-artifacts")
    reports = _map(spec.get("reports"), "reports")
    install = _map(phases.get("install"), "phases.install")
    return Buildspec(
        phases=tuple(_phase(name, phases.get(name)) for name in PHASES),
        runtimes=_strings(install.get("runtime-versions"), "phases.install.runtime-versions"),
        variables=_strings(env.get("variables"), "env.variables", names=True),
        parameters=_strings(env.get("parameter-store"), "env.parameter-store", names=True),
        secrets=_strings(env.get("secrets-manager"), "env.secrets-manager", names=True),
        exported=tuple(
            dict.fromkeys(
                _name(n, "env.exported-variables")
                for n in _list(env.get("exported-variables"), "env.exported-variables")
            )
        ),
        artifacts=_files(artifacts, "artifacts") if "files" in artifacts else None,
        secondary={str(n): _files(v, f"artifacts.secondary-artifacts.{n}") for n, v in secondary.items()},
        reports={str(n): _files(v, f"reports.{n}") for n, v in reports.items()},
    )


def _phase(name: str, value: Any) -> Phase:
    where = f"phases.{name}"
    phase = _map(value, where)
    _known(phase, _PHASE_KEYS, where)
    on_failure = phase.get("on-failure")
    if on_failure not in (None, "ABORT", "CONTINUE"):
        raise ActionFailed(f"{where}.on-failure: the rehearsal knows ABORT and CONTINUE")
    return Phase(
        name=name,
        commands=tuple(_list(phase.get("commands"), f"{where}.commands")),
        last=tuple(_list(phase.get("finally"), f"{where}.finally")),
        on_failure=on_failure,
    )


def _files(value: Any, where: str) -> Files:
    files = _map(value, where)
    base = files.get("base-directory", ".")
    if not isinstance(base, str):
        raise _not(f"{where}.base-directory", base, "a string")
    flat = files.get("discard-paths", False)
    return Files(
        base=base,
        patterns=tuple(_list(files.get("files"), f"{where}.files")),
        excluded=tuple(_list(files.get("exclude-paths"), f"{where}.exclude-paths")),
        flat=flat is True or flat == "yes",
    )


def _map(value: Any, where: str) -> dict[Any, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise _not(where, value, "a map")
    return value


def _list(value: Any, where: str) -> list[str]:
    """A list of strings; one string stands for a list of one, as CodeBuild has it."""
    if value is None:
        return []
    if isinstance(value, str):
        return [value]
    if not isinstance(value, list):
        raise _not(where, value, "a list")
    for number, item in enumerate(value):
        if not isinstance(item, str):
            raise _not(
                f"{where}[{number}]", item, "a string (put quotes around a command that holds a colon)"
            )
    return value


def _strings(value: Any, where: str, *, names: bool = False) -> dict[str, str]:
    answer = {}
    for key, item in _map(value, where).items():
        if isinstance(item, dict | list):
            raise _not(f"{where}.{key}", item, "a string")
        text = str(item).lower() if isinstance(item, bool) else str("" if item is None else item)
        answer[_name(key, where) if names else str(key)] = text
    return answer


def _name(value: Any, where: str) -> str:
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise ActionFailed(f"{where}: {str(value)[:60]!r} is no name for an environment variable")
    return value


def _known(value: dict[Any, Any], keys: set[str], where: str) -> None:
    unknown = [str(key)[:60] for key in value if key not in keys]
    if unknown:
        raise ActionFailed(f"{where} has '{unknown[0]}': known are {', '.join(sorted(keys))}")


def _not(where: str, value: Any, wanted: str) -> ActionFailed:
    return ActionFailed(f"{where} is of type {type(value).__name__}, not {wanted}")
