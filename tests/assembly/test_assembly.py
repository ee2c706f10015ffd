"""What two runs of the app show: determinism, the sandbox, and the file set that travels."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.environments import DEV, TOOLS
from tests.assembly import cloud_assembly as assembly
from tests.assembly.projects import project_copy
from tests.assembly.synthesis import Synthesis


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def sandbox_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The assembly of a sandbox, and what the app wrote to stderr."""
    folder = tmp_path_factory.mktemp("sandbox")
    return folder, assembly.synthesize(folder, context={"environmentSuffix": "pr-42"})


@pytest.fixture(scope="module")
def sandbox(sandbox_run: tuple[Path, str]) -> Synthesis:
    return assembly.read(sandbox_run[0])


def test_a_synthesis_elsewhere_is_byte_equal(assembly_folder: Path, tmp_path: Path) -> None:
    # Another clone, another current folder, another order of sets, another zone and language.
    variables = {"PYTHONHASHSEED": "4711", "TZ": "Pacific/Auckland", "LC_ALL": "C"}
    clone = project_copy(tmp_path, edit=str)
    assembly.synthesize(tmp_path / "out", project=clone, cwd=tmp_path, variables=variables)
    first, second = _contents(assembly_folder), _contents(tmp_path / "out")
    assert sorted(first) == sorted(second)
    assert [name for name in first if first[name] != second[name]] == []


def test_the_app_writes_no_warning(sandbox_run: tuple[Path, str]) -> None:
    assert sandbox_run[1] == ""


def test_sandbox_is_one_environment_without_a_pipeline(sandbox: Synthesis) -> None:
    assert sorted(template.stack for template in sandbox.templates) == [
        "data-pr-42",
        "foundation-pr-42",
        "portal-pr-42",
    ]


def test_sandbox_has_hostnames_of_its_own_in_devs_zone(sandbox: Synthesis) -> None:
    records = dict(sandbox.template("portal-pr-42").properties("AWS::Route53::RecordSet"))
    names = {record["Name"].rstrip(".") for record in records.values()}
    assert names == {"portal-pr-42.dev.bank.example", "api-pr-42.dev.bank.example"}
    assert {record["HostedZoneId"] for record in records.values()} == {DEV.zone.id}


def test_sandbox_has_the_resources_of_dev(sandbox: Synthesis, synthesis: Synthesis) -> None:
    for tier in ("foundation", "data", "portal"):
        types = sorted(resource["Type"] for _, resource in sandbox.template(f"{tier}-pr-42").resources())
        assert types == sorted(
            resource["Type"] for _, resource in synthesis.template(f"{tier}-dev").resources()
        )


def test_every_stack_goes_to_the_account_of_its_environment(synthesis: Synthesis) -> None:
    assert {template.account for template in synthesis.templates if template.suffix == "dev"} == {DEV.account}
    assert synthesis.template("pipeline-tools").account == TOOLS.account
