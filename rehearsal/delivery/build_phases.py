"""The phases of a build: which of them run, in which order, and what the build's outcome is."""

import time
from typing import IO, Protocol

from .build_shell import BuildShell
from .buildspec import Buildspec, Phase


class Progress(Protocol):
    """Who is told in which phase a build is."""

    def enter(self, phase: str) -> None:
        """The build is in this phase now; the one before has succeeded unless it was said to have failed."""

    def fail(self, code: str, message: str) -> None:
        """The phase has failed."""


class BuildLog:
    """The build's log: the commands' own output, and CodeBuild's lines between."""

    def __init__(self, file: IO[bytes], progress: Progress) -> None:
        self.file, self.progress = file, progress

    def enter(self, phase: str) -> None:
        """The build enters a phase of this name."""
        self.line(f"Entering phase {phase}")
        self.progress.enter(phase)

    def line(self, text: str) -> None:
        """One line of the builder's own."""
        stamp = time.strftime("%Y/%m/%d %H:%M:%S", time.gmtime())
        self.file.write(f"[Container] {stamp} {text}\n".encode(errors="replace"))
        self.file.flush()


def run_phases(spec: Buildspec, shell: BuildShell, log: BuildLog) -> str | None:
    """Run the phases; None if all succeeded, else where and why the first failure was.

    After a failed install or pre_build nothing more runs; after a failed build post_build does, with
    CODEBUILD_BUILD_SUCCEEDING=0. `on-failure` overrides both: ABORT ends the build, CONTINUE goes on with
    the next phase. Either way the build has failed.
    """
    failure: str | None = None
    for phase in spec.phases:
        if phase.name == "install" and spec.runtimes:
            wanted = ", ".join(f"{name} {version}" for name, version in spec.runtimes.items())
            log.line(f"runtime-versions: {wanted} (recorded; the rehearsal's own runtimes are used)")
        failed = _run_phase(phase, shell, log, succeeding=failure is None)
        if not failed:
            continue
        failure = failure or f"Phase: {phase.name.upper()}, Code: COMMAND_EXECUTION_ERROR, Message: {failed}"
        goes_on = phase.on_failure == "CONTINUE" if phase.on_failure else phase.name == "build"
        if not goes_on:
            break
    return failure


def _run_phase(phase: Phase, shell: BuildShell, log: BuildLog, *, succeeding: bool) -> str | None:
    log.enter(phase.name.upper())
    failed: str | None = None
    for command in phase.commands:
        failed = _run_command(command, shell, log, succeeding=succeeding)
        if failed:
            break
    for command in phase.last:
        failed = _run_command(command, shell, log, succeeding=succeeding and not failed) or failed
    if failed:
        log.progress.fail("COMMAND_EXECUTION_ERROR", failed)
    log.line(f"Phase complete: {phase.name.upper()} State: {'FAILED' if failed else 'SUCCEEDED'}")
    return failed


def _run_command(command: str, shell: BuildShell, log: BuildLog, *, succeeding: bool) -> str | None:
    log.line(f"Running command {command.rstrip()}")
    code = shell.run(command, succeeding=succeeding)
    if code == 0:
        return None
    message = f"Error while executing command: {command.strip()[:200]}. Reason: exit status {code}"
    log.line(message)
    return message
