"""One standing rehearsal of the small project for the whole folder."""

from collections.abc import Iterator

import pytest

from .operator import Operator


@pytest.fixture(scope="package")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operator]:
    operator = Operator(tmp_path_factory.mktemp("greeting"))
    operator.commit("the first greeting")
    operator.command("up")
    try:
        yield operator
    finally:
        operator.command("down")
