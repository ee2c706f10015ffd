"""What every test may rely on, and which tests one worker of pytest-xdist runs."""

import signal
from pathlib import Path

import pytest

# CI may start us in the background, where a shell ignores interrupts; every child would inherit that and never end.
signal.signal(signal.SIGINT, signal.default_int_handler)

TESTS = Path(__file__).parent
# The tests of such a folder share what takes a minute to make: a synthesis, or a rehearsal that stays up.
SHARING = ("unit", "assembly", "compliance", "rehearsal/end_to_end", "rehearsal/scenarios")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a folder that shares something, and those of any other file, in one worker and in order."""
    for item in items:
        path = item.path.relative_to(TESTS).as_posix()
        group = next((folder for folder in SHARING if path.startswith(f"{folder}/")), path)
        item.add_marker(pytest.mark.xdist_group(group))
