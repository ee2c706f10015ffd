"""What two runs of the app show: determinism, the sandbox, and the file set that travels."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.environments import DEV, TOOLS
from tests.assembly import cloud_assembly as assembly
from tests.assembly.synthesis import Synthesis


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    folder = tmp_path_factory.mktemp("sandbox")
    assembly.synthesize(folder, context={"environmentSuffix": "pr-42"})
    return assembly.read(folder)


def test_two_syntheses_are_byte_equal(assembly_folder: Path, tmp_path: Path) -> None:
    assembly.synthesize(tmp_path)
    first, second = _contents(assembly_folder), _contents(tmp_path)
    assert sorted(first) == sorted(second)
    assert [name for name in first if first[name] != second[name]] == []


def test_the_app_writes_no_warning(tmp_path: Path) -> None:
    assert assembly.synthesize(tmp_path, context={"environmentSuffix": "pr-42"}) == ""


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


def test_asset_publishers_install_the_pinned_tool(assembly_folder: Path) -> None:
    pins = json.loads((assembly.ROOT / "package.json").read_text(encoding="utf-8"))["devDependencies"]
    publishers = list(assembly_folder.glob("buildspec-*.yaml"))
    assert len(publishers) == 2
    for publisher in publishers:
        install = json.loads(publisher.read_text(encoding="utf-8"))["phases"]["install"]["commands"]
        assert install == [f"npm install -g cdk-assets@{pins['cdk-assets']}"]
