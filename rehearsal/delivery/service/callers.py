"""Who may ask: programs on this machine, and no web page that a browser on it shows.

StartBuild runs commands, and the endpoint stands on loopback without a secret: a page could reach it by a
cross-site request, or by a name of its own that it lets resolve to 127.0.0.1.
"""

from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

_NAMES = ("localhost", "amazonaws.com")


def refusal(headers: Mapping[str, str]) -> str | None:
    """Why a request with these headers (names in lower case) is refused; None if it is not."""
    host = headers.get("host", "")
    if not _is_ours(host):
        return f"the Host '{host[:100]}' is neither this machine nor AWS's"
    origin = headers.get("origin")
    if origin is not None and origin.partition("://")[2] != host:
        return f"web pages of '{origin[:100]}' may not ask"
    return None


def _is_ours(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return any(name == ours or name.endswith(f".{ours}") for ours in _NAMES)
