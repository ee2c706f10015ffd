"""`open`: what was deployed, in a browser, and a list of what there is."""

import argparse
import base64
import hashlib
import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from rich.console import Console

from rehearsal.client.deployed import hosts

from .command import Command, CommandError, project_of
from .environments import Operator

TEACHES = """\
Without HOST: the addresses that each environment's hosted zones lead to something, and how a browser, curl, the AWS CLI
and psql get there. With HOST: that address in Chromium or Chrome, with a profile of its own under build/rehearsal, the
rehearsal's proxy, and trust in the rehearsal's certificates alone. Your own browser's settings stay as they are.

examples:
  python -m rehearsal open
  python -m rehearsal open portal-dev.dev.bank.example
  python -m rehearsal open --json          the addresses by environment
"""
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("host", nargs="?", metavar="HOST", help="one of the listed addresses")


def _run(arguments: argparse.Namespace, console: Console) -> int:
    operator = Operator(project_of(arguments))
    found = deployed(operator)
    if arguments.host:
        _open(operator, found, arguments.host.removeprefix("https://").rstrip("/"))
    elif arguments.json:
        print(json.dumps(found, indent=2))
    else:
        show(operator, found, console)
    return 0


def deployed(operator: Operator) -> dict[str, list[str]]:
    """Host names by environment."""
    return {name: hosts(operator.endpoint, account) for name, account in operator.accounts.items()}


def show(operator: Operator, found: Mapping[str, list[str]], console: Console) -> None:
    """Print what can be opened, and how."""
    names = [name for name, listed in found.items() if listed]
    lines = [f"  {name}: https://{host}/" for name in names for host in found[name]]
    example = names[0] if names else next(iter(operator.accounts))
    console.print(
        "\n".join(
            [
                *(["What is deployed answers at"] if lines else ["Nothing that is deployed has a name yet."]),
                *lines,
                f"  in a browser       python -m rehearsal open {found[names[0]][0] if names else 'HOST'}",
                f"  the AWS CLI        python -m rehearsal aws {example} sts get-caller-identity",
                f"  the database       python -m rehearsal psql {example}",
                f"  curl, tests, cdk   set -a; . {operator.state / 'environment'}; set +a",
                f"                     and then also aws --profile {example}",
            ]
        ),
        markup=False,
        highlight=False,
        soft_wrap=True,
    )


def _open(operator: Operator, found: Mapping[str, list[str]], host: str) -> None:
    known = [each for listed in found.values() for each in listed]
    if host not in known:
        raise CommandError(f"{host!r} is not deployed: there is {', '.join(known) or 'nothing yet'}")
    shell = operator.shell(next(iter(operator.accounts)))
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        raise CommandError(
            f"there is none of {', '.join(BROWSERS)} here. In another browser: the proxy {shell['HTTPS_PROXY']}, "
            f"and the authority {shell['NODE_EXTRA_CA_CERTS']}, in a profile of its own; then https://{host}/"
        )
    command = [
        program,
        f"--user-data-dir={operator.state / 'browser'}",
        f"--proxy-server={shell['HTTPS_PROXY']}",
        f"--ignore-certificate-errors-spki-list={_key_hash(Path(shell['NODE_EXTRA_CA_CERTS']))}",
        "--no-first-run",
        f"https://{host}/",
    ]
    # The browser outlives this command, which does not wait for it.
    detached = ["/bin/sh", "-c", '"$@" >/dev/null 2>&1 &', "sh", *command]
    subprocess.run(detached, env=shell, start_new_session=True, check=True)  # noqa: S603  a browser of the user's


def _key_hash(certificate: Path) -> str:
    """SHA-256 of the authority's public key, in base64, by which Chromium knows it."""
    key = x509.load_pem_x509_certificate(certificate.read_bytes()).public_key()
    encoded = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(encoded).digest()).decode()


OPEN = Command(
    name="open",
    summary="list what was deployed, or open it in a browser",
    teaches=TEACHES,
    arguments=_arguments,
    run=_run,
    json="print the addresses by environment as JSON on standard output",
)
