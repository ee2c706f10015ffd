"""Writes which commit an assembly was built from: `python -m pipeline.commit_file cdk.out/commit.json`.

In a file the message survives quotes, line breaks and any length; as a variable of an action it would not.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

# NUL between the parts, because an author's name or a message may hold anything else.
FORMAT = "%H%x00%an <%ae>%x00%cI%x00%B"


def describe(repository: Path) -> dict[str, str]:
    """Id (40 hex digits), author, time (ISO 8601 with offset) and message of the checked-out commit.

    Raises:
        subprocess.CalledProcessError: when `repository` is no git checkout.
    """
    result = subprocess.run(  # noqa: S603 - nothing in the command comes from outside
        ["git", "log", "-1", f"--format={FORMAT}"],  # noqa: S607 - the build image's git, wherever it is
        cwd=repository,
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    id_, author, committed, message = result.stdout.split("\0")
    return {"id": id_, "author": author, "committed": committed, "message": message.strip()}


def main(arguments: list[str]) -> None:
    """Write the file that the one argument names."""
    if len(arguments) != 1:
        sys.exit("usage: python -m pipeline.commit_file FILE, for example cdk.out/commit.json")
    Path(arguments[0]).write_text(json.dumps(describe(Path.cwd()), indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
