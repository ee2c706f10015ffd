"""Which account a name means, and the shell of its operator."""

from pathlib import Path

from rehearsal.assembly import Assembly
from rehearsal.client import Endpoint, find, shell

from .command import CommandError


class Operator:
    """The operator of a standing rehearsal: its endpoint, and the accounts by the names of their environments."""

    def __init__(self, root: Path) -> None:
        """Raise NotUpError where no rehearsal is up, CommandError while a `run` is at work."""
        self.endpoint: Endpoint = find(root)
        self.state = root / "build" / "rehearsal"
        if not (self.state / shell.FILE).exists():
            raise CommandError(
                "a `run` is at work here: this is for `up`, or for `run --keep` once it stays up"
            )
        self.accounts = Assembly(self.state / "cdk.out").accounts

    def account(self, name: str) -> str:
        """The account of an environment, or the one of that number. Raises CommandError."""
        if name in self.accounts.values():
            return name
        if name not in self.accounts:
            raise CommandError(f"environment {name!r}: use one of {', '.join(self.accounts)}")
        return self.accounts[name]

    def shell(self, name: str) -> dict[str, str]:
        """The environment variables of that account's operator."""
        return shell.read(self.state, self.account(name))
