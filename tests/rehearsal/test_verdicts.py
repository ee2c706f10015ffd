"""The portal's tests are counted by door, and a skip or an empty file is not green."""

from pathlib import Path

import pytest

from rehearsal.verdicts import read_verdicts

CASE = '<testcase classname="integration_tests.test_{door}" name="t" time="0.5">{outcome}</testcase>'


def junit(folder: Path, *cases: tuple[str, str]) -> Path:
    path = folder / "integration.xml"
    body = "".join(CASE.format(door=door, outcome=outcome) for door, outcome in cases)
    path.write_text(f"<testsuites><testsuite>{body}</testsuite></testsuites>")
    return path


def test_cases_are_counted_by_door(tmp_path: Path) -> None:
    report = junit(tmp_path, ("cloudfront", ""), ("cloudfront", "<failure/>"), ("api_gateway", ""))
    cloudfront, api = read_verdicts(report, "dev")
    assert (cloudfront.door, cloudfront.passed, cloudfront.failed) == ("cloudfront", 1, 1)
    assert (api.environment, api.door, api.seconds) == ("dev", "api gateway", 0.5)


@pytest.mark.parametrize("outcome", ["<failure/>", "<error/>", "<skipped/>"])
def test_anything_but_a_pass_is_not_green(tmp_path: Path, outcome: str) -> None:
    (verdict,) = read_verdicts(junit(tmp_path, ("cloudfront", ""), ("cloudfront", outcome)), "dev")
    assert not verdict.green


def test_passing_tests_are_green(tmp_path: Path) -> None:
    (verdict,) = read_verdicts(junit(tmp_path, ("cloudfront", "")), "dev")
    assert verdict.green


def test_no_test_gives_no_verdict(tmp_path: Path) -> None:
    assert read_verdicts(junit(tmp_path), "dev") == []
