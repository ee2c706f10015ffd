"""The environment of an operator's shell: a file to source, and the AWS CLI's profiles, one for each account."""

import os
import shlex
from collections.abc import Mapping
from pathlib import Path

FILE = "environment"
_KEPT = ("PATH", "HOME", "LANG", "TERM", "TMPDIR", "DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR", "PAGER")


def write(state: Path, variables: Mapping[str, str], *, accounts: Mapping[str, str], region: str) -> Path:
    """Write the variables, a line each, and a profile for each account by its name; return the file to source."""
    folder = state / "aws"
    folder.mkdir(exist_ok=True)
    profiles = {
        "config": "".join(f"[profile {name}]\nregion = {region}\n" for name in accounts),
        "credentials": "".join(
            f"[{name}]\naws_access_key_id = {account}\naws_secret_access_key = rehearsal\n"
            for name, account in accounts.items()
        ),
    }
    for name, text in profiles.items():
        (folder / name).write_text(text)
    ours = {
        "AWS_CONFIG_FILE": str(folder / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(folder / "credentials"),
    }
    lines = (f"{name}={shlex.quote(value)}\n" for name, value in {**variables, **ours}.items())
    path = state / FILE
    path.write_text("".join(lines))
    return path


def read(state: Path, account: str) -> dict[str, str]:
    """The environment of a shell that has sourced the file, as that account's operator. Raises FileNotFoundError."""
    lines = (state / FILE).read_text().splitlines()
    told = {name: shlex.split(value)[0] for name, _, value in (line.partition("=") for line in lines)}
    own = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {**own, **told, "AWS_ACCESS_KEY_ID": account, "CDK_DISABLE_CLI_TELEMETRY": "true"}
