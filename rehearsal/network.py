"""Whether the registries that pip and npm are configured for can be reached, as those two would reach them."""

import os
import shutil
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

SECONDS = 5.0
# Programs that tell the address, with what each has without a setting.
REGISTRIES: Mapping[str, tuple[tuple[str, ...], str]] = {
    "pip": ((sys.executable, "-m", "pip", "config", "get", "global.index-url"), "https://pypi.org/simple"),
    "npm": (("npm", "config", "get", "registry"), "https://registry.npmjs.org/"),
}


def unreachable_registries(root: Path) -> list[str]:
    """A phrase for each registry that does not answer; `root` has the project's own settings."""
    found = []
    for name, (command, default) in REGISTRIES.items():
        url = _told(command, root) or default
        if reason := _refusal(url):
            found.append(f"{name}'s registry {_without_password(url)} does not answer ({reason})")
    return found


def _told(command: tuple[str, ...], root: Path) -> str:
    """What the program says its registry is; nothing if it is not there or has no setting."""
    if command[0] == sys.executable and (url := os.environ.get("PIP_INDEX_URL")):
        return url
    if shutil.which(command[0]) is None:
        return ""
    try:
        done = subprocess.run(  # noqa: S603  pip and npm, of the user
            command, cwd=root, capture_output=True, text=True, check=False, timeout=SECONDS * 2
        )
    except subprocess.TimeoutExpired:
        return ""
    url = done.stdout.strip()
    return url if done.returncode == 0 and url.startswith("http") else ""


def _refusal(url: str) -> str:
    """Why nobody answers there; nothing if somebody does, whatever the answer is."""
    request = urllib.request.Request(url, method="HEAD")  # noqa: S310  http or https, see _told
    try:
        urllib.request.urlopen(request, timeout=SECONDS).close()  # noqa: S310
    except urllib.error.HTTPError:
        return ""  # a registry that answers no to this address does answer
    except urllib.error.URLError as error:
        # pip and npm may trust an authority of their own: that somebody offers a certificate is enough.
        return "" if isinstance(error.reason, ssl.SSLError) else str(error.reason)
    except (OSError, ValueError) as error:
        return str(error)
    return ""


def _without_password(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"
