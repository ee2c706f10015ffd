"""Wrong configuration ends the app with every problem in one message: no traceback, and nothing synthesized."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.assembly import cloud_assembly as assembly
from tests.assembly.projects import project_copy

Refusal = Callable[..., list[str]]


@pytest.fixture
def refusal(tmp_path: Path) -> Refusal:
    """The lines with which the app refuses a project whose environments file has `old` replaced by `new`."""

    def run(*changes: tuple[str, str], context: dict[str, str] | None = None) -> list[str]:
        def edit(text: str) -> str:
            for old, new in changes:
                assert old in text
                text = text.replace(old, new, 1)
            return text

        project = project_copy(tmp_path, edit)
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
        ('suffix="prod",\n        account="333333333333"', 'suffix="prod",\n        account="33333333333"')
    )
    assert line.startswith("environment 'prod': account '33333333333': use the account's twelve digits")


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
        ('account="444444444444"', 'account="44444444444"'),
        ('suffix="dev"', 'suffix="Dev_1"'),
        ('cidr="10.22.0.0/16"', 'cidr="10.22.0.0/28"'),
        ('repository="bank/customer-portal"', 'repository="customer-portal"'),
    )
    assert [line.partition(": use")[0] for line in lines] == [
        "tools: account '44444444444'",
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
