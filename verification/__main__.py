"""`python -m verification dev`: ask a deployed environment for what nobody has yet seen on AWS."""

from __future__ import annotations

import argparse
import datetime
import sys
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from pipeline.bootstrap import account_of
from portal_stage.errors import ConfigurationError
from verification import outside, page, read_only, results
from verification.asking import Asked
from verification.consent import Declined, confirm, cost_while_standing, refuse_production
from verification.results import Result
from verification.trials import TRIALS, Trial, Trying

ROOT = Path(__file__).resolve().parents[1]
TEACHES = f"""\
Each row of docs/unverified.md is asked of the account, with calls that only read, and from outside by GET requests.
What was seen is ticked in verified/ENV.json and verified/ENV.md, which keep the answers of earlier runs; ask a second
time with the tools account's credentials, and after make destroy. Rows that need a person are told with what to do.

With --try something is changed on purpose: {", ".join(TRIALS)}. It tells its effect and the most that it costs, and
asks for the account's number before it begins; production is refused.

examples:
  AWS_PROFILE=dev make verify-aws ENV=dev
  AWS_PROFILE=tools make verify-aws ENV=dev
  AWS_PROFILE=dev make verify-aws ENV=dev TRY=replace-nat,fail-over

The exit code is 0 if nothing differs from what the project relies on, 1 if something does, 2 if nobody could be asked.
"""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m verification",
        description="Ask a deployed environment for what nobody has yet seen on AWS.",
        epilog=TEACHES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("environment", help="its suffix, for example dev")
    parser.add_argument(
        "--try", dest="trials", default="", help="what to try on purpose, with commas between"
    )
    parser.add_argument(
        "--confirm", metavar="ACCOUNT", help="the account's number, where no terminal can ask for it"
    )
    parser.add_argument("--results", type=Path, help="default: verified/ENV.json")
    parser.add_argument("--assembly", type=Path, default=ROOT / "cdk.out", help="default: cdk.out")
    given = parser.parse_args(arguments)
    try:
        return _run(given)
    except (ConfigurationError, Declined) as error:
        print(error, file=sys.stderr)
    except (BotoCoreError, ClientError) as error:
        print(
            f"AWS cannot be asked: {error}. Use the credentials of the environment's account or of the tools account, "
            f"for example AWS_PROFILE={given.environment} make verify-aws ENV={given.environment}",
            file=sys.stderr,
        )
    return 2


def _run(given: argparse.Namespace) -> int:
    asked = _asked(given.environment)
    wanted = _trials(given.trials)
    endpoint = asked.client("sts").meta.endpoint_url
    is_aws = str(urlsplit(endpoint).hostname).endswith(".amazonaws.com")
    if wanted:
        refuse_production(asked.environment)
    default = (ROOT / "verified" if is_aws else ROOT / "build" / "verified") / f"{given.environment}.json"
    path = given.results or default
    where = "AWS" if is_aws else f"{endpoint}, which is not AWS"
    print(f"Environment {given.environment} in account {asked.account} at {where}. These calls only read.")
    print(
        "They cost nothing, or less than 0.01 USD. " + cost_while_standing(given.assembly, given.environment)
    )
    if wanted:
        confirm(wanted, asked, given.confirm)
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    now = []
    for result in results.ask(list(page.read(page.PAGE.read_text(encoding="utf-8"))), asked, today=today):
        now.append(result)
        print(result, flush=True)
    if wanted:
        now = _try(wanted, asked, now)
    kept = results.merge(results.load(path), now)
    results.save(path, given.environment if is_aws else f"{given.environment} at {where}", kept)
    told = ", ".join(f"{number} {state}" for state, number in results.counts(kept).items())
    print(f"\n{told}. {path} and {path.with_suffix('.md').name} have it all.")
    return 1 if any(result.state == "differs" for result in kept) else 0


def _asked(suffix: str) -> Asked:
    """Raises ConfigurationError for an environment or an account that the configuration does not have."""
    from pipeline.environments import ENVIRONMENTS, TOOLS

    named = {environment.suffix: environment for environment in ENVIRONMENTS}
    if suffix not in named:
        raise ConfigurationError(
            [f"environment {suffix!r}: use one of {', '.join(named)}, for example ENV=dev"]
        )
    session = read_only.session(TOOLS.region)
    account = account_of(session, {TOOLS.account, named[suffix].account})
    client: Any = cache(session.client)
    return Asked(environment=named[suffix], tools=TOOLS, account=account, client=client, get=outside.get)


def _trials(names: str) -> list[Trial]:
    """Raises ConfigurationError for a trial that there is not."""
    wanted = [name for name in names.split(",") if name]
    if unknown := [name for name in wanted if name not in TRIALS]:
        raise ConfigurationError([f"--try {', '.join(unknown)}: use {', '.join(TRIALS)}"])
    return [TRIALS[name] for name in wanted]


def _try(trials: list[Trial], asked: Asked, now: list[Result]) -> list[Result]:
    trying = Trying(asked=asked, change=cache(boto3.Session(region_name=asked.tools.region).client))
    for trial in trials:
        now = [
            results.tried(result, trial, trying) if result.claim.startswith(trial.claim) else result
            for result in now
        ]
        print(*(result for result in now if result.claim.startswith(trial.claim)), flush=True)
    return now


if __name__ == "__main__":
    sys.exit(main())
