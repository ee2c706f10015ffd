"""The pinned CDK CLI and cdk-assets, read from where they are written once: `package.json`."""

from __future__ import annotations

import json
import re
from pathlib import Path

from portal_stage.errors import ConfigurationError

PACKAGE_FILE = Path(__file__).resolve().parent.parent / "package.json"


def pinned(package: str, file: Path = PACKAGE_FILE) -> str:
    """The exact version of an npm package, for example `pinned("aws-cdk")`.

    Raises:
        ConfigurationError: when the package is missing, or is a range: npm's `latest` of the CDK CLI
            has once been a release that reads no current assembly.
    """
    version = json.loads(file.read_text(encoding="utf-8")).get("devDependencies", {}).get(package)
    if not isinstance(version, str) or not re.fullmatch(r"\d+\.\d+\.\d+", version):
        raise ConfigurationError(
            [f"{file.name} devDependencies {package!r} {version!r}: pin one version, for example '2.1148.1'"]
        )
    return version
