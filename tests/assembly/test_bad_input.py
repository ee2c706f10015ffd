"""Wrong configuration ends the app with every problem in one message: no traceback, and nothing synthesized."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.assembly import synthesis as assembly

Refusal = Callable[..., list[str]]
USED_BY_THE_APP = ("app.py", "cdk.json", "package.json", "pipeline", "portal_stage", "buildspecs")


@pytest.fixture
def refusal(tmp_path: Path) -> Refusal:
    """The lines with which the app refuses a project whose environments file has `old` replaced by `new`."""

    def run(*changes: tuple[str, str], context: dict[str, str] | None = None) -> list[str]:
        project = tmp_path / "project"
        project.mkdir()
        for name in USED_BY_THE_APP:
            source = assembly.ROOT / name
            if source.is_dir():
                shutil.copytree(source, project / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, project / name)
        file = project / "pipeline" / "environments.py"
        text = file.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        file.write_text(text, encoding="utf-8")
        with pytest.raises(subprocess.CalledProcessError) as failure:
            assembly.synthesize(tmp_path / "cdk.out", project=project, context=context)
        assert failure.value.returncode == 1
        assert failure.value.stdout == ""
        assert not (tmp_path / "cdk.out" / "manifest.json").exists()
        assert "Traceback" not in failure.value.stderr
        return str(failure.value.stderr).splitlines()

    return run


def test_suffix_that_breaks_the_rule(refusal: Refusal) -> None:
    (line,) = refusal(('suffix="dev"', 'suffix="Dev_1"'))
    assert "environment_suffix 'Dev_1': use 2 to 12 lower-case letters" in line
    assert "for example 'dev'" in line


def test_account_of_eleven_digits(refusal: Refusal) -> None:
    (line,) = refusal(
        ('suffix="prod",\n        account="111111111111"', 'suffix="prod",\n        account="11111111111"')
    )
    assert line.startswith("environment 'prod': account '11111111111': use the account's twelve digits")


def test_network_too_small(refusal: Refusal) -> None:
    (line,) = refusal(('cidr="10.20.0.0/16"', 'cidr="10.20.0.0/24"'))
    assert line.startswith("environment 'dev': network.cidr '10.20.0.0/24': use ")


def test_duplicate_suffix(refusal: Refusal) -> None:
    (line,) = refusal(('suffix="staging"', 'suffix="dev"'))
    assert line.startswith("environment_suffix 'dev': used by 2 environments")


def test_networks_that_overlap(refusal: Refusal) -> None:
    (line,) = refusal(('cidr="10.21.0.0/16"', 'cidr="10.20.0.0/17"'))
    assert "'10.20.0.0/16' of 'dev' and '10.20.0.0/17' of 'staging'" in line


def test_all_problems_of_the_file_in_one_message(refusal: Refusal) -> None:
    lines = refusal(
        ('account="111111111111"', 'account="11111111111"'),
        ('suffix="dev"', 'suffix="Dev_1"'),
        ('cidr="10.22.0.0/16"', 'cidr="10.22.0.0/28"'),
        ('repository="bank/customer-portal"', 'repository="customer-portal"'),
    )
    assert [line.partition(": use")[0] for line in lines] == [
        "tools: account '11111111111'",
        "tools: repository 'customer-portal'",
        "environment 'Dev_1': environment_suffix 'Dev_1'",
        "environment 'prod': network.cidr '10.22.0.0/28'",
    ]


def test_cli_that_is_not_pinned(refusal: Refusal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "package.json"
    package.write_text(
        '{"devDependencies": {"aws-cdk": "^2.1148.1", "cdk-assets": "4.7.3"}}', encoding="utf-8"
    )
    copy = shutil.copy
    monkeypatch.setattr(
        shutil, "copy", lambda source, to: copy(package if source.name == package.name else source, to)
    )
    (line,) = refusal()
    assert line.startswith("package.json devDependencies 'aws-cdk' '^2.1148.1': pin one version")


@pytest.mark.parametrize(
    ("suffix", "message"),
    [
        ("PR_42", "environment_suffix 'PR_42': use 2 to 12 lower-case letters"),
        ("staging", "environment_suffix 'staging': taken, as are dev, staging, prod, tools; use another"),
    ],
)
def test_sandbox_with_a_suffix_that_cannot_be(suffix: str, message: str, refusal: Refusal) -> None:
    (line,) = refusal(context={"environmentSuffix": suffix})
    assert line.startswith(message)
