"""The one builder of physical names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_stage import names as names_module
from portal_stage.errors import ConfigurationError
from portal_stage.names import LIMITS, SUFFIX_LENGTH, Limit, Names


@pytest.mark.parametrize("suffix", ["dev", "prod", "pr-42", "a1", "a-1-b-2", "x" * SUFFIX_LENGTH])
def test_a_good_suffix_ends_every_name(suffix: str) -> None:
    assert Names(suffix)("alb") == f"alb-{suffix}"


@pytest.mark.parametrize(
    "suffix", ["", "d", "Dev", "1dev", "-dev", "dev-", "pr--42", "dev_1", "dev.1", "dev\n", "x" * 13]
)
def test_a_suffix_that_breaks_the_rule_is_refused_by_value(suffix: str) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        Names(suffix)
    assert str(refusal.value).startswith(f"environment_suffix {suffix!r}: use ")


@given(
    suffix=st.from_regex(r"[a-z](?:-?[a-z0-9]){1,11}", fullmatch=True).filter(lambda text: len(text) <= 12)
)
def test_every_resource_type_has_room_for_every_suffix(suffix: str) -> None:
    names = Names(suffix)
    built = {names(resource_type) for resource_type in LIMITS}
    assert len(built) == len(LIMITS)


def test_a_type_without_a_row_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="resource type 'elb': use a type that has a row"):
        Names("dev")("elb")


def test_a_name_that_is_too_long_is_refused_and_not_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(names_module.LIMITS, "alb", Limit(6, r"[a-z-]+"))
    assert Names("de")("alb") == "alb-de"
    with pytest.raises(ConfigurationError, match="name 'alb-dev': use at most 6 characters"):
        Names("dev")("alb")


def test_a_name_of_other_characters_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(names_module.LIMITS, "alb", Limit(32, r"[a-z]+"))
    with pytest.raises(ConfigurationError, match="name 'alb-dev'"):
        Names("dev")("alb")
