"""What a project tells the rehearsal: `[tool.rehearsal]` of its pyproject.toml, where everything has a default."""

import json
import shlex
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rehearsal.workspace import WorkspaceError


@dataclass(frozen=True, kw_only=True)
class Settings:
    """`bootstrap`: the command with which the project's operator prepares each account, run in the project's folder
    with that account's credentials; without one it is `cdk bootstrap`. `policies`: managed policies that each account
    has before, by their names, as documents (JSON). `quotas`: those that AWS has raised for the accounts, by their code
    in Service Quotas.
    """

    bootstrap: tuple[str, ...] = ()
    policies: Mapping[str, str] = field(default_factory=dict)
    quotas: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, root: Path) -> "Settings":
        """Those of the project at `root`. Raises WorkspaceError for what is not understood."""
        path = root / "pyproject.toml"
        try:
            tools = tomllib.loads(path.read_text()).get("tool", {})
        except FileNotFoundError:
            return cls()
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise WorkspaceError(f"{path}: {error}") from error
        table = tools.get("rehearsal", {}) if isinstance(tools, dict) else {}
        if not isinstance(table, dict):
            raise WorkspaceError(f"{path}, tool.rehearsal {table!r}: use a table, [tool.rehearsal]")
        if unknown := sorted(set(table) - {"bootstrap", "policies", "quotas"}):
            raise WorkspaceError(
                f"{path}, [tool.rehearsal]: {unknown[0]!r} is none of bootstrap, policies and quotas"
            )
        command, quotas = table.get("bootstrap", ""), table.get("quotas", {})
        words = _words(command)
        if words is None:
            raise WorkspaceError(
                f"{path}, bootstrap {command!r}: use a command, for example 'python -m pipeline.bootstrap'"
            )
        if not isinstance(quotas, dict) or not all(type(value) is int for value in quotas.values()):
            raise WorkspaceError(
                f"{path}, quotas {quotas!r}: use codes with numbers, for example {{L-0263D0A3 = 10}}"
            )
        return cls(bootstrap=words, policies=_documents(path, table.get("policies", {})), quotas=quotas)


def _documents(path: Path, policies: object) -> dict[str, str]:
    """The texts of the files that the table names. Raises WorkspaceError."""
    root = path.parent.resolve()
    if not isinstance(policies, dict) or not all(isinstance(file, str) for file in policies.values()):
        raise WorkspaceError(
            f"{path}, policies {policies!r}: use names with files, for example "
            "{bank-boundary = 'policies/boundary.json'}"
        )
    documents = {}
    for name, file in policies.items():
        place = (root / file).resolve()
        if not place.is_relative_to(root):
            raise WorkspaceError(f"{path}, policies, {name}: {file!r} is outside of the project's folder")
        try:
            documents[name] = place.read_text()
            json.loads(documents[name])
        except (OSError, ValueError) as error:
            raise WorkspaceError(
                f"{path}, policies, {name}: {file!r} is no JSON document: {error}"
            ) from error
    return documents


def _words(command: object) -> tuple[str, ...] | None:
    """The words of a command as a shell has them; None of what is no command."""
    try:
        return tuple(shlex.split(command)) if isinstance(command, str) else None
    except ValueError:  # a quote that is not closed
        return None
