"""`psql`: a shell of an environment's database."""

import argparse
import json
import ssl
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping

from rich.console import Console

from rehearsal.client.deployed import Database, databases
from rehearsal.client.tls_tunnel import tunnel
from rehearsal.runtime.postgres_programs import PROGRAMS

from .command import Command, CommandError, project_of
from .environments import Operator

TEACHES = """\
Connects to the writer of the environment's cluster as its master user, whose password comes from Secrets Manager, over
TLS. What follows goes to psql as it is; its exit code is this command's.

examples:
  python -m rehearsal psql dev
  python -m rehearsal psql dev -c 'SELECT now()'
"""


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--cluster", metavar="NAME", help="where the account has several clusters")
    parser.add_argument("environment", metavar="ENV", help="for example dev")
    parser.add_argument("words", nargs=argparse.REMAINDER, metavar="...", help="what psql is told")


def _run(arguments: argparse.Namespace, _console: Console) -> int:
    operator = Operator(project_of(arguments))
    account = operator.account(arguments.environment)
    database = _chosen(databases(operator.endpoint, account), arguments)
    shell = operator.shell(arguments.environment)
    context = ssl.create_default_context(cafile=shell["SSL_CERT_FILE"])
    with tunnel(_address(shell, database), context, database.host) as port:
        target = f"host=127.0.0.1 port={port} user={database.user} dbname={database.name}"
        command = [str(PROGRAMS[max(PROGRAMS)] / "psql"), target, *arguments.words]
        own = {
            "PGPASSWORD": database.password,
            "PGSSLMODE": "disable",
        }  # the tunnel has TLS, this psql has none
        return subprocess.run(command, env={**shell, **own}, check=False).returncode  # noqa: S603


def _chosen(found: list[Database], arguments: argparse.Namespace) -> Database:
    chosen = [database for database in found if arguments.cluster in (None, database.cluster)]
    if len(chosen) == 1:
        return chosen[0]
    names = ", ".join(database.cluster for database in found) or "none"
    raise CommandError(
        f"{arguments.environment} has these clusters: {names}; "
        + ("name one with --cluster" if found else "deploy the environment first: python -m rehearsal push")
    )


def _address(shell: Mapping[str, str], database: Database) -> tuple[str, int]:
    """Where the server listens on this machine. Raises CommandError when nothing does."""
    query = urllib.parse.urlencode({"name": database.host, "port": database.port})
    directly = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with directly.open(f"{shell['REHEARSAL_RESOLVER']}?{query}", timeout=30) as answer:
            told = json.load(answer)
    except urllib.error.HTTPError as error:
        raise CommandError(f"{database.host} cannot be reached: {error.read().decode()}") from error
    return told["address"], told["port"]


PSQL = Command(
    name="psql",
    summary="open a shell of an environment's database",
    teaches=TEACHES,
    arguments=_arguments,
    run=_run,
)
