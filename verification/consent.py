"""What a person is told, and asked, before anything is changed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from cost.assembly import read
from cost.floor import floors
from portal_stage.config import Environment
from verification.asking import Asked
from verification.trials import Trial

HOURS_A_MONTH = 730


class Declined(RuntimeError):  # noqa: N818 - what the caller reads is the condition
    """Nothing was changed; the message says why."""


def cost_while_standing(assembly: Path, suffix: str) -> str:
    """What the environment itself costs by the hour while it stands, by docs/cost.md's prices."""
    if not (assembly / "manifest.json").is_file():
        return "What the environment costs while it stands is in docs/cost.md."
    (monthly,) = (floor.dollars() for floor in floors(read(assembly)) if floor.suffix == suffix)
    return f"While {suffix} stands, it costs {monthly / HOURS_A_MONTH:.2f} USD an hour."


def refuse_production(environment: Environment) -> None:
    """Raise Declined for production: what is tried on purpose is tried elsewhere."""
    if environment.production:
        raise Declined(
            f"{environment.suffix} is production: try it in another environment, for example ENV=dev"
        )


def confirm(
    trials: Sequence[Trial], asked: Asked, given: str | None, ask: Callable[[str], str] | None = None
) -> None:
    """Tell effects and costs, and ask for the account's number; raise Declined without the right one."""
    if asked.account != asked.environment.account:
        raise Declined(f"to try something, use the credentials of account {asked.environment.account}")
    print(f"\nThis changes {asked.environment.suffix} in account {asked.account}:")
    for trial in trials:
        print(f"  {trial.name} {trial.effect}.\n    At most {trial.dollars:.2f} USD: {trial.cost}.")
    print(f"Together at most {sum(trial.dollars for trial in trials):.2f} USD.", flush=True)
    if given is None:
        if ask is None and not sys.stdin.isatty():
            raise Declined(
                f"nobody is there to confirm it: pass --confirm {asked.account}, or run it in a terminal"
            )
        given = (ask or input)("Type the account's number to go on: ").strip()
    if given != asked.account:
        raise Declined(f"{given!r} is not {asked.account}: nothing was changed")
