"""The environment of every program that the rehearsal starts: chosen names of the user's own, never all of them."""

import os
from pathlib import Path

REGION = "us-east-1"
# How this machine finds its packages and speaks its language. Credentials, profiles and endpoints stay outside.
KEPT_PREFIXES = ("PIP_", "NPM_CONFIG_", "npm_config_", "LC_")
KEPT = ("PATH", "LANG", "TMPDIR", "TERM", "TZ")
# A home folder of the rehearsal's own keeps the user's clean; these files of the user's still hold.
USER_FILES = {
    "NPM_CONFIG_USERCONFIG": ".npmrc",
    "PIP_CONFIG_FILE": ".config/pip/pip.conf",
    "GIT_CONFIG_GLOBAL": ".gitconfig",
}


def surroundings(*, endpoint: str, account: str, home: Path, network: dict[str, str]) -> dict[str, str]:
    """The whole environment of a child.

    `endpoint` is the emulator's URL, `account` (12 digits) becomes the access key, which is how the emulator
    tells accounts apart; `network` is the edge's (proxies, trust). `home` is made when it is missing.
    """
    home.mkdir(parents=True, exist_ok=True)
    kept = {
        name: value for name, value in os.environ.items() if name in KEPT or name.startswith(KEPT_PREFIXES)
    }
    files = {
        name: str(path)
        for name, relative in USER_FILES.items()
        if (path := Path.home() / relative).is_file() and name not in kept
    }
    return {
        **kept,
        **files,
        "HOME": str(home),
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": account,
        "AWS_SECRET_ACCESS_KEY": "rehearsal",
        "AWS_EC2_METADATA_DISABLED": "true",
        **network,
    }
