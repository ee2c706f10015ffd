"""What a project tells the rehearsal: `[tool.rehearsal]` of its pyproject.toml, where everything has a default."""

import shlex
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rehearsal.workspace import WorkspaceError


@dataclass(frozen=True, kw_only=True)
class Settings:
    """`bootstrap`: the command with which the project's operator prepares each account, run in the project's folder
    with that account's credentials; without one it is `cdk bootstrap`. `quotas`: those that AWS has raised for the
    accounts, by their code in Service Quotas.
    """

    bootstrap: tuple[str, ...] = ()
    quotas: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, root: Path) -> "Settings":
        """Those of the project at `root`. Raises WorkspaceError for what is not understood."""
        path = root / "pyproject.toml"
        try:
            table = tomllib.loads(path.read_text()).get("tool", {}).get("rehearsal", {})
        except FileNotFoundError:
            return cls()
        except tomllib.TOMLDecodeError as error:
            raise WorkspaceError(f"{path}: {error}") from error
        if unknown := sorted(set(table) - {"bootstrap", "quotas"}):
            raise WorkspaceError(f"{path}, [tool.rehearsal]: {unknown[0]!r} is none of bootstrap and quotas")
        command, quotas = table.get("bootstrap", ""), table.get("quotas", {})
        if not isinstance(command, str):
            raise WorkspaceError(
                f"{path}, bootstrap {command!r}: use a command, for example 'python -m pipeline.bootstrap'"
            )
        if not isinstance(quotas, dict) or not all(type(value) is int for value in quotas.values()):
            raise WorkspaceError(
                f"{path}, quotas {quotas!r}: use codes with numbers, for example {{L-0263D0A3 = 10}}"
            )
        return cls(bootstrap=tuple(shlex.split(command)), quotas=quotas)
