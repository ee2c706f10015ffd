"""Buildspecs come from whoever can push: each wrong one is refused with one sentence."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.delivery.buildspec import parse
from rehearsal.delivery.errors import ActionFailed

BOMB = "version: 0.2\na: &a [x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(24)
)


def spec(**parts: Any) -> str:
    return yaml.safe_dump({"version": 0.2, "phases": {"build": {"commands": ["true"]}}, **parts})


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "version is not 0.2"),
        ("version: 0.1", "version is not 0.2"),
        ("- a list", "the buildspec is of type list, not a map"),
        ("a: [", "the buildspec is not YAML at line 1"),
        ("!!python/object/apply:os.system ['true']", "the buildspec is not YAML at line 1"),
        ("[" * 5000, "the buildspec is not YAML"),
        (BOMB, "the buildspec has 'a': known are"),
        ("x" * 300_000, "has 300000 characters"),
        (spec(phases={"buidl": {}}), "phases has 'buidl': known are build"),
        (spec(phases={"build": ["true"]}), "phases.build is of type list, not a map"),
        (spec(phases={"build": {"commands": [{"echo a": "b"}]}}), "phases.build.commands[0] is of type dict"),
        (spec(phases={"build": {"commands": 7}}), "phases.build.commands is of type int, not a list"),
        (spec(phases={"build": {"on-failure": "RETRY"}}), "phases.build.on-failure: the rehearsal knows ABORT and"),
        (spec(env={"variables": {"A B": "x"}}), "env.variables: 'A B' is no name"),
        (spec(env={"variables": {"A": ["x"]}}), "env.variables.A is of type list, not a string"),
        (spec(env={"exported-variables": ["A;rm"]}), "env.exported-variables: 'A;rm' is no name"),
        (spec(env={"shell": "powershell.exe"}), "env.shell: the rehearsal runs bash only"),
        (spec(artifacts={"base-directory": 7, "files": ["x"]}), "artifacts.base-directory is of type int"),
    ],
)  # fmt: skip
def test_wrong_buildspec_is_refused_with_one_sentence(text: str, reason: str) -> None:
    with pytest.raises(ActionFailed) as refused:
        parse(text)

    assert reason in str(refused.value)
    assert "\n" not in str(refused.value)


_yaml = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)


def refusal(text: str) -> str:
    """The sentence with which a buildspec is refused; empty if it is taken."""
    try:
        parse(text)
    except ActionFailed as refused:
        return str(refused)
    return ""


@given(part=st.sampled_from(["phases", "env", "artifacts", "reports"]), value=_yaml)
def test_no_content_of_a_buildspec_is_more_than_refused(part: str, value: Any) -> None:
    assert "\n" not in refusal(spec(**{part: value}))


@given(text=st.text(max_size=200))
def test_no_text_is_more_than_refused(text: str) -> None:
    assert len(refusal(text)) < 500


def test_values_of_variables_become_text_as_codebuild_has_it() -> None:
    parsed = parse(spec(env={"variables": {"A": 1, "B": True, "C": None}}))

    assert parsed.variables == {"A": "1", "B": "true", "C": ""}


DOUBLINGS = [
    f"&b{depth} [{', '.join([f'*b{depth - 1}'] * 9)}]" if depth else "&b0 [boom]" for depth in range(60)
]
LIST = f"[{', '.join(DOUBLINGS)}]"
MAP = "{" + ", ".join(f"name{depth}: {value}" for depth, value in enumerate(DOUBLINGS)) + "}"
SMALL = "version: 0.2\nphases: {build: {commands: [ls]}}\n"


@pytest.mark.parametrize(
    "text",
    [
        "version: 0.2\nphases: {build: {commands: " + LIST + "}}",
        SMALL + "env: {variables: " + MAP + "}",
        SMALL + "artifacts: {files: " + LIST + "}",
        SMALL + "reports: " + MAP,
    ],
    ids=["commands", "variables", "artifacts", "reports"],
)
def test_aliases_that_would_grow_beyond_all_bounds_are_refused_unfolded(text: str) -> None:
    assert len(refusal(text)) < 500
