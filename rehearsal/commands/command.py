"""What a command is: a row of the table that `python -m rehearsal --help` lists."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console


class CommandError(RuntimeError):
    """A command cannot do what it was asked; the message says what to do instead."""


def no_arguments(_parser: argparse.ArgumentParser) -> None:
    """Of a command that takes none but those of every command."""


@dataclass(frozen=True, kw_only=True)
class Command:
    """A command: `summary` is its line in the list, `teaches` the rest of its own --help, with examples.

    `run` gives the exit code: 0 done, 1 done and the answer is no, 2 could not be done. `json` says what
    --json prints, for a command that a program would read.
    """

    name: str
    summary: str
    teaches: str
    run: Callable[[argparse.Namespace, Console], int]
    arguments: Callable[[argparse.ArgumentParser], None] = no_arguments
    json: str | None = None

    def add(self, commands: "argparse._SubParsersAction[Any]") -> None:
        """Put the command into the command line."""
        parser = commands.add_parser(
            self.name,
            help=self.summary,
            description=f"{self.summary[0].upper()}{self.summary[1:]}.\n\n{self.teaches}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        self.arguments(parser)
        if self.json:
            parser.add_argument("--json", action="store_true", help=self.json)
        parser.add_argument(
            "--project", type=Path, help="the project's top (default: that of the project around this folder)"
        )
        parser.set_defaults(run=self.run, json=False)


def project_of(arguments: argparse.Namespace) -> Path:
    """The project's top. Raises CommandError where there is no such folder: nobody wants it made."""
    if arguments.project is None:
        return top_of(Path.cwd())
    root: Path = arguments.project.resolve()
    if not root.is_dir():
        raise CommandError(f"--project {root}: there is no such folder")
    return root


def top_of(folder: Path) -> Path:
    """The top of the project that the folder is in: where cdk.json is, else the checkout's; else the folder itself."""
    around = (folder, *folder.parents)
    found = (place for sign in ("cdk.json", ".git") for place in around if (place / sign).exists())
    return next(found, folder)


def port(text: str) -> int:
    """A port that a user may open, from the command line."""
    if not text.isdigit() or not 1024 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r}: use a number from 1024 to 65535, for example 4566")
    return int(text)
