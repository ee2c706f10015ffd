"""Run a command in a fresh clone of the last commit as a user without root's rights: `as_plain_user.py make rehearse`.

For CI that runs as root. The clone is below a folder of mode 0700 of that user's own, as a home is.
"""

import os
import pwd
import subprocess
import sys
import tempfile
from pathlib import Path

USER = pwd.getpwnam("nobody").pw_uid  # initdb asks for a user with a name


def main(command: list[str]) -> int:
    if os.geteuid() != 0:
        print("CI runs as a plain user already.")
        return 0
    project = Path(__file__).resolve().parents[1]
    with tempfile.TemporaryDirectory() as home:
        clone = Path(home) / "project"
        clone_it = ["git", "clone", "--quiet", "--no-hardlinks", str(project), str(clone)]
        subprocess.run(clone_it, check=True)  # noqa: S603  git, of this checkout
        for folder, folders, files in os.walk(home):
            for path in (folder, *(os.path.join(folder, name) for name in folders + files)):  # noqa: PTH118
                os.chown(path, USER, USER, follow_symlinks=False)
        done = subprocess.run(  # noqa: S603  the command that CI names
            command,
            cwd=clone,
            env={**os.environ, "HOME": home},
            user=USER,
            group=USER,
            extra_groups=[],
            check=False,
        )
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
