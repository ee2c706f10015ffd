"""What surrounds the code: line ends, the editor's rules, the dev container, the needs that README tells."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import yaml

from rehearsal.machine import NEEDED_MEGABYTES
from tests.unit.documents import ROOT, rows


def _git(*arguments: str, cwd: Path = ROOT) -> str:
    command = ["git", "-c", "user.name=test", "-c", "user.email=test@example.com", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=True).stdout


FILES = [
    Path(name)
    for name in _git("ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    if name
]


def _runs_or_is_hashed(path: Path) -> bool:
    """A script, or a part of an image or of a template, whose hash tells CDK whether it has changed."""
    return (
        path.suffix in (".sh", ".mjs", ".cjs")
        or path.name in ("Makefile", "Dockerfile")
        or path.parts[0] in (".ci", "buildspecs", "containers")
        or "probe_handler" in path.parts
        or (ROOT / path).read_bytes()[:2] == b"#!"
    )


def test_what_runs_or_is_hashed_keeps_its_line_ends_on_windows(tmp_path: Path) -> None:
    wanted = [path for path in FILES if (ROOT / path).is_file() and _runs_or_is_hashed(path)]
    assert len(wanted) > 30
    origin, clone = tmp_path / "origin", tmp_path / "clone"
    for path in (Path(".gitattributes"), Path("README.md"), *wanted):
        (origin / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, origin / path)
    _git("init", "--quiet", cwd=origin)
    _git("add", "--all", cwd=origin)
    _git("commit", "--quiet", "--message", "as it is", cwd=origin)
    # What Git for Windows is installed with.
    _git("clone", "--quiet", "--config", "core.autocrlf=true", str(origin), str(clone), cwd=tmp_path)
    assert b"\r\n" in (clone / "README.md").read_bytes(), "this git does not do what Git for Windows does"
    assert [str(path) for path in wanted if b"\r" in (clone / path).read_bytes()] == []


def _faults(path: Path) -> list[str]:
    text = (ROOT / path).read_bytes().decode("utf-8")
    found = {
        "a carriage return": "\r" in text,
        "no line end at the end": bool(text) and not text.endswith("\n"),
        "blanks at the end of a line": bool(re.search(r"[ \t]$", text, re.MULTILINE)),
        "a tab": "\t" in text and path.name != "Makefile",
    }
    return [f"{path}: {fault}" for fault, is_there in found.items() if is_there]


def test_files_are_as_the_editor_is_told_to_write_them() -> None:
    paths = [path for path in FILES if (ROOT / path).is_file() and path.name != "package-lock.json"]
    assert [fault for path in paths for fault in _faults(path)] == []


def test_the_dev_container_has_what_the_pipelines_builds_have() -> None:
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
    (python,) = re.findall(r"^mcr\.microsoft\.com/devcontainers/python:\d+-([\d.]+)-\w+$", container["image"])
    synth = yaml.safe_load((ROOT / "buildspecs" / "synth.yml").read_text(encoding="utf-8"))
    assert python == synth["phases"]["install"]["runtime-versions"]["python"]
    assert container["postCreateCommand"] == "make install"
    assert int(container["hostRequirements"]["storage"].removesuffix("gb")) * 1000 > 2 * NEEDED_MEGABYTES


def test_readme_tells_the_needs_once_and_before_the_first_command() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    needs, first_command = text.index("## What it needs"), text.index("```sh")
    assert needs < first_command
    told = dict(rows(text[needs:first_command]))
    assert f"{NEEDED_MEGABYTES / 1000:g} GB for a run" in told["Disk"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    least = project["requires-python"].removeprefix(">=")
    assert f"Python {least} or newer" in told["Programs"]
    assert text.count(f"Python {least}") == 1
    assert {"Linux", "WSL 2"} <= set(re.split(r", or | on ", told["System"]))


def test_the_licence_is_the_one_that_the_project_names() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["license"] == "MIT"
    assert [
        (ROOT / file).read_text(encoding="utf-8").splitlines()[0] for file in project["license-files"]
    ] == ["MIT License"]
