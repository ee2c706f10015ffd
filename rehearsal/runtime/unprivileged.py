"""Run a program as another user for good: `python unprivileged.py USER GROUP PROGRAM [ARGUMENT ...]`, as root.

A program of its own, with nothing but the standard library: a thread of the rehearsal cannot change its user.
PostgreSQL refuses to run as root (https://www.postgresql.org/docs/16/server-start.html), and the other user can reach
neither the virtual environment nor the rehearsal's folder below a folder of mode 0700. One capability lets it pass and
read, but not write: CAP_DAC_READ_SEARCH, or CAP_DAC_OVERRIDE where root has no other (Docker's default).

PostgreSQL looks for its programs with access(2). For a user other than root, access(2) asks without capabilities unless
SECBIT_NO_SETUID_FIXUP is set (access_override_creds in Linux's fs/open.c; capabilities(7)). With that bit, setresuid(2)
leaves every capability as it is, so all others are dropped here.
"""

import ctypes
import os
import sys
from pathlib import Path

# Numbers of linux/prctl.h, linux/securebits.h and linux/capability.h.
_PR_SET_SECUREBITS, _PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE = 28, 38, 47, 2
_SECBIT_NO_SETUID_FIXUP = 1 << 2
_VERSION_3 = 0x20080522
_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH = 1, 2

_libc = ctypes.CDLL(None, use_errno=True)


def become(user: int, group: int) -> None:
    """Be this user from now on, with at most the capability to pass and read. Raises OSError without the right to."""
    kept = _to_keep(_permitted())
    if _libc.prctl(_PR_SET_SECUREBITS, _SECBIT_NO_SETUID_FIXUP, 0, 0, 0):
        kept = None  # setresuid drops them all
    os.setgroups([])
    os.setresgid(group, group, group)
    os.setresuid(user, user, user)
    _set_capabilities(0 if kept is None else 1 << kept)
    if kept is not None:
        _libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, kept, 0, 0)
    _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)  # no program with the setuid bit gives anything back


def _permitted() -> int:
    """The capabilities of this process, a bit each."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1], 16) for line in lines if line.startswith("CapPrm:"))


def _to_keep(permitted: int) -> int | None:
    for capability in (_CAP_DAC_READ_SEARCH, _CAP_DAC_OVERRIDE):
        if permitted >> capability & 1:
            return capability
    return None


def _set_capabilities(mask: int) -> None:
    """Make these the effective, permitted and inheritable capabilities. Raises OSError."""
    header = (ctypes.c_uint32 * 2)(_VERSION_3, 0)
    low, high = mask & 0xFFFFFFFF, mask >> 32
    sets = (ctypes.c_uint32 * 6)(low, low, low, high, high, high)
    if _libc.capset(header, sets):
        raise OSError(ctypes.get_errno(), "capset")


if __name__ == "__main__":
    become(int(sys.argv[1]), int(sys.argv[2]))
    os.execv(sys.argv[3], sys.argv[3:])  # noqa: S606  the program that it was asked to run
