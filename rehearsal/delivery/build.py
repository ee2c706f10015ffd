"""One CodeBuild build: inputs into a fresh folder, one shell through the phases, outputs out of it."""

import re
import shutil
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .artifacts import collect
from .build_environment import Tools
from .build_phases import BuildLog, Progress, run_phases
from .build_shell import BuildShell, Signal, TimedOut
from .build_variables import Values, of_codebuild, of_project
from .buildspec import Buildspec, Files, parse
from .errors import Abandoned, ActionFailed, BuildEnded
from .masking import MaskedLog
from .order import Order


@dataclass(frozen=True, kw_only=True)
class Build:
    """One build of an order, with what it works with. `builds` is the folder in which it gets one of its own;
    none of `secrets` gets into its log.
    """

    order: Order
    id: str
    number: int
    builds: Path
    tools: Tools
    values: Values
    surroundings: dict[str, str]
    secrets: tuple[str, ...]
    progress: Progress
    abandoned: Signal


@dataclass(frozen=True, kw_only=True)
class BuildResult:
    """Exported variables, and the folder of each output artifact by its name."""

    variables: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, Path] = field(default_factory=dict)


def run(build: Build) -> BuildResult:
    """Run the build to its end. Raises ActionFailed with CodeBuild's words, or Abandoned.

    The folder of a build that failed is kept, to be looked into; the log's last line names it.
    """
    folder = build.builds.resolve() / uuid.uuid4().hex[:8]
    folder.mkdir(parents=True, mode=0o700)
    build.order.log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with MaskedLog(build.order.log) as masked:
        masked.hide(build.secrets)
        log = BuildLog(masked.file, build.progress)
        try:
            result = _run(build, folder, log, masked)
        except ActionFailed as error:
            log.line(f"{error}\n[Container] The build's folder is kept: {folder}")
            raise
        except TimedOut:
            log.line(f"The build took longer than {build.order.minutes:g} minutes and was ended: {folder}")
            raise BuildEnded("TIMED_OUT", f" after {build.order.minutes:g} minutes") from None
        except Abandoned:
            log.line("The build was stopped")
            shutil.rmtree(folder, ignore_errors=True)
            raise
        # Thousands of small files: the pipeline need not wait for them to go.
        threading.Thread(target=shutil.rmtree, args=(folder, True), daemon=True).start()
        return result


def _run(build: Build, folder: Path, log: BuildLog, masked: MaskedLog) -> BuildResult:
    deadline = time.monotonic() + build.order.minutes * 60
    log.enter("DOWNLOAD_SOURCE")
    sources = _sources(build, folder / "work")
    source = next(iter(sources.values()))
    spec = parse(_buildspec(build.order.project["source"].get("buildspec") or "", source))
    for name in ("private", "shell"):
        (folder / name).mkdir(mode=0o700)
    environment = {
        **build.tools.environment(folder / "private", build.surroundings),
        **_codebuild_variables(build, sources),
        **build.values.of_buildspec(spec),
        **build.values.of(of_project(build.order.project["environment"].get("environmentVariables", []))),
        **build.values.of(build.order.variables),
    }
    masked.hide(build.values.secrets)
    with BuildShell(
        folder=folder / "shell",
        cwd=source,
        env=environment,
        log=log.file,
        deadline=deadline,
        abandoned=build.abandoned,
    ) as shell:
        failure = run_phases(spec, shell, log)
        exported = shell.variables(spec.exported) if spec.exported and not failure else {}
    _keep_reports(spec, source, build.order.reports, log)
    if failure:
        raise BuildEnded("FAILED", f". {failure}")
    log.enter("UPLOAD_ARTIFACTS")
    return BuildResult(variables=exported, outputs=_outputs(build, spec, source, log))


def _sources(build: Build, work: Path) -> dict[str, Path]:
    """The inputs' folders: the primary source's first, the others beside it."""
    work.mkdir(mode=0o700)
    folders = {}
    for number, (name, artifact) in enumerate(build.order.inputs.items()):
        folders[name] = work / ("src" if number == 0 else f"src{number}")
        artifact.copy_to(folders[name])
    return folders


def _buildspec(named: str, source: Path) -> str:
    """The text itself when it stands in the project, else that of the file in the source (buildspec.yml)."""
    if "\n" in named or named.lstrip().startswith("{"):
        return named
    file = (source / (named or "buildspec.yml")).resolve()
    if not file.is_relative_to(source.resolve()) or not file.is_file():
        raise ActionFailed(f"YAML_FILE_ERROR: the source has no file '{named or 'buildspec.yml'}'")
    return file.read_text(errors="replace")


def _codebuild_variables(build: Build, sources: Mapping[str, Path]) -> dict[str, str]:
    return of_codebuild(
        project=build.order.project,
        build_id=build.id,
        number=build.number,
        initiator=build.order.initiator,
        revision=build.order.revision,
        sources=sources,
    )


def _outputs(build: Build, spec: Buildspec, source: Path, log: BuildLog) -> dict[str, Path]:
    """One output is the primary one unless named; several are secondary artifacts by their names."""
    made = {}
    for name in build.order.outputs:
        files = spec.secondary.get(name)
        if files is None and len(build.order.outputs) == 1:
            files = spec.artifacts
        if files is None:
            raise ActionFailed(f"CLIENT_ERROR: the buildspec has no artifacts for the output '{name}'")
        made[name] = build.order.outputs_in / name
        count = _collect(files, source, made[name])
        if count == 0:
            raise ActionFailed(
                f"CLIENT_ERROR: no matching artifact paths found for '{name}' under '{files.base}': {files.patterns}"
            )
        log.line(f"Artifact {name}: {count} files")
    return made


def _keep_reports(spec: Buildspec, source: Path, target: Path, log: BuildLog) -> None:
    """Reports are kept whatever the outcome; one without files is told and does not fail the build."""
    for group, files in spec.reports.items():
        name = re.sub(r"[^A-Za-z0-9_-]", "-", group.rpartition("/")[2])
        try:
            count = _collect(files, source, target / name)
        except (ActionFailed, OSError) as error:
            log.line(f"Report {name}: {error}")
        else:
            log.line(f"Report {name}: {count} files")


def _collect(files: Files, source: Path, target: Path) -> int:
    base = (source / files.base).resolve()
    if not base.is_relative_to(source.resolve()):
        raise ActionFailed(f"base-directory '{files.base[:80]}' leads out of the build's folder")
    if not base.is_dir():
        raise ActionFailed(f"base-directory '{files.base[:80]}' does not exist")
    return collect(base, list(files.patterns), excluded=list(files.excluded), flat=files.flat, target=target)
