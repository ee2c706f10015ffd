"""Reading an assembly: accounts, zones and the pipeline are found without knowing the product."""

import json
from pathlib import Path
from typing import Any

import pytest

from rehearsal.assembly import Assembly, AssemblyError, Target, Zone

PIPELINE = {
    "Type": "AWS::CodePipeline::Pipeline",
    "Properties": {"Stages": [{"Actions": [{"Configuration": {"ConnectionArn": "arn:connection"}}]}]},
}


def record(zone: Any, name: str) -> dict[str, Any]:
    return {"Type": "AWS::Route53::RecordSet", "Properties": {"HostedZoneId": zone, "Name": name}}


def write_assembly(
    folder: Path, stacks: dict[str, dict[str, Any]], nested: str | None = None, account: str = "111111111111"
) -> Path:
    """A minimal manifest with one template per stack, all for one account."""
    folder.mkdir(parents=True, exist_ok=True)
    artifacts: dict[str, Any] = {}
    for name, resources in stacks.items():
        (folder / f"{name}.json").write_text(json.dumps({"Resources": resources}))
        artifacts[name] = {
            "type": "aws:cloudformation:stack",
            "environment": f"aws://{account}/us-east-1",
            "displayName": f"shown/{name}",
            "properties": {"templateFile": f"{name}.json", "stackName": name},
        }
    if nested:
        artifacts[nested] = {"type": "cdk:cloud-assembly", "properties": {"directoryName": nested}}
    (folder / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))
    return folder


def test_stacks_of_nested_assemblies_are_found(tmp_path: Path) -> None:
    write_assembly(tmp_path, {"tools": {"P": PIPELINE}}, nested="assembly-dev")
    write_assembly(tmp_path / "assembly-dev", {"portal-dev": {}})
    assembly = Assembly(tmp_path)
    assert [stack.name for stack in assembly.stacks] == ["tools", "portal-dev"]
    assert assembly.targets == [Target(account="111111111111", region="us-east-1")]
    assert assembly.pipeline_stack.id == "shown/tools"
    assert assembly.connections == ["arn:connection"]


def test_pipelines_account_is_bootstrapped_first_and_trusted_by_the_others(tmp_path: Path) -> None:
    write_assembly(tmp_path, {"tools": {"P": PIPELINE}}, nested="dev", account="444444444444")
    write_assembly(tmp_path / "dev", {"portal-dev": {}})
    assembly = Assembly(tmp_path)
    assert [target.account for target in assembly.targets] == ["444444444444", "111111111111"]
    tools, dev = assembly.targets
    assert assembly.trust(tools) == ()
    assert assembly.trust(dev)[:2] == ("--trust", "444444444444")
    # Without it the CLI refuses to trust anybody.
    assert "--cloudformation-execution-policies" in assembly.trust(dev)


def test_a_zone_is_named_by_what_its_records_share(tmp_path: Path) -> None:
    records = {"A": record("Z1", "portal.dev.bank.example."), "B": record("Z1", "api.dev.bank.example")}
    assembly = Assembly(write_assembly(tmp_path, {"portal-dev": records}))
    assert assembly.zones == [Zone(account="111111111111", id="Z1", name="dev.bank.example")]


def test_a_single_record_does_not_take_its_own_label_into_the_zone(tmp_path: Path) -> None:
    assembly = Assembly(write_assembly(tmp_path, {"a": {"A": record("Z1", "portal.bank.example.")}}))
    assert [zone.name for zone in assembly.zones] == ["bank.example"]


def test_a_zone_made_by_the_template_itself_is_not_imported(tmp_path: Path) -> None:
    assembly = Assembly(
        write_assembly(tmp_path, {"a": {"A": record({"Ref": "Zone"}, "portal.bank.example.")}})
    )
    assert assembly.zones == []


@pytest.mark.parametrize("stacks", [{}, {"a": {"P": PIPELINE}, "b": {"P": PIPELINE}}])
def test_exactly_one_pipeline_is_needed(tmp_path: Path, stacks: dict[str, Any]) -> None:
    with pytest.raises(AssemblyError, match="one stack with a pipeline is needed"):
        _ = Assembly(write_assembly(tmp_path, stacks)).pipeline_stack


def test_a_folder_without_a_manifest_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(AssemblyError, match="holds no cloud assembly: run `cdk synth` first"):
        Assembly(tmp_path)
