"""`python -m pipeline.preflight`: asks the account of the present credentials whether it is ready; it only reads."""

from __future__ import annotations

import argparse
import sys
from functools import cache
from pathlib import Path

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from pipeline.bootstrap import account_of
from pipeline.preflight.asking import Asked
from pipeline.preflight.dns import name_servers
from pipeline.preflight.report import answers, as_json, as_text
from portal_stage.errors import ConfigurationError
from rehearsal.assembly import Assembly, AssemblyError

ROOT = Path(__file__).resolve().parents[2]
TEACHES = """\
One sentence for each thing that a deployment relies on: the bootstrap, whom it trusts and what CloudFormation may do
with it, service-linked roles, API Gateway's role for logs, the connection to the source, the hosted zone and its
delegation, the portal's names, and the account's quotas against what the synthesized templates make. Nothing is
changed; the rights of ReadOnlyAccess suffice.

examples:
  make preflight                                  synthesize, then ask with the credentials that the AWS CLI would use
  AWS_PROFILE=dev python -m pipeline.preflight    ask dev's account, with the assembly in cdk.out
  python -m pipeline.preflight --json             for a program

The exit code is 0 if the account is ready, 1 if something is not, 2 if it could not be asked.
"""


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m pipeline.preflight",
        description="Ask an account, before anything is deployed to it, whether it is ready.",
        epilog=TEACHES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--assembly", type=Path, default=ROOT / "cdk.out", help="default: cdk.out")
    parser.add_argument("--json", action="store_true", help="print the answers as JSON")
    arguments = parser.parse_args()
    try:
        asked = _asked(arguments.assembly)
    except (ConfigurationError, AssemblyError) as error:
        return _impossible(str(error))
    except (BotoCoreError, ClientError) as error:
        return _impossible(
            f"AWS cannot be asked: {error}. Use the credentials of the account in question, for example "
            "AWS_PROFILE=dev make preflight"
        )
    said = []
    for answer in answers(asked):
        said.append(answer)
        if not arguments.json:
            print(as_text(answer), flush=True)
    if arguments.json:
        print(as_json(asked, said))
    else:
        missing = sum(not answer.ok for answer in said)
        ready = f"not ready: {missing} of {len(said)}" if missing else "ready"
        print("\nWhat else the account holds of a quota comes on top of what is needed.")
        print(f"Account {asked.account} is {ready}.")
    return 0 if all(answer.ok for answer in said) else 1


def _asked(folder: Path) -> Asked:
    """Raises ConfigurationError, AssemblyError, or what boto3 raises without credentials."""
    from pipeline.environments import ENVIRONMENTS, TOOLS

    stacks = Assembly(folder).stacks
    session = boto3.Session(region_name=TOOLS.region)
    account = account_of(session, {TOOLS.account, *(environment.account for environment in ENVIRONMENTS)})
    return Asked(
        account=account,
        tools=TOOLS,
        environments=[environment for environment in ENVIRONMENTS if environment.account == account],
        stacks=stacks,
        client=cache(session.client),
        name_servers=name_servers,
    )


def _impossible(why: str) -> int:
    print(why, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
