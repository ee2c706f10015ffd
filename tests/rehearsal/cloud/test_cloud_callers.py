"""What a browser says of a request that a page makes without naming its origin, as for an image."""

import pytest

from rehearsal.cloud.callers import refusal

HOST = {"host": "127.0.0.1:4566"}


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_page_of_another_origin_may_not_even_load(site: str) -> None:
    assert refusal({**HOST, "sec-fetch-site": site}) == "web pages of other origins may not ask"


@pytest.mark.parametrize("site", ["none", "same-origin"])
def test_a_user_may_open_an_address(site: str) -> None:
    assert refusal({**HOST, "sec-fetch-site": site}) is None
