"""What every test may rely on, and which tests one worker of pytest-xdist runs."""

import signal

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

# CI may start us in the background, where a shell ignores interrupts; every child would inherit that and never end.
signal.signal(signal.SIGINT, signal.default_int_handler)

# The tests of such a folder share what takes a minute to make: a synthesis, or a rehearsal that stays up.
SHARING = tuple(
    f"tests/{folder}/"
    for folder in ("unit", "assembly", "compliance", "rehearsal/end_to_end", "rehearsal/scenarios")
)


class ByFolder(LoadScopeScheduling):
    """One worker runs, in their order, the tests of a folder that shares something, or else of a file."""

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        return next((folder for folder in SHARING if path.startswith(folder)), path)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFolder:
    """Schedule so where the command asks for several workers. `--dist loadgroup` does not work with pytest 9.2."""
    return ByFolder(config, log)
