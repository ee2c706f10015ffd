"""What the configuration of an environment says of all its resources."""

from __future__ import annotations

from collections.abc import Iterator

from tests.unit.templates import Resource, Stage


def test_whatever_can_carry_tags_says_whose_it_is(stage: Stage) -> None:
    expected = {
        "Project": "customer-portal",
        "Environment": "test",
        "CostCenter": "cc-1",
        "Owner": "portal-team",
        "ManagedBy": "cdk",
    }
    tagged = dict(_tags(stage))
    assert len(tagged) > 50
    for logical_id, tags in tagged.items():
        assert expected.items() <= tags.items(), logical_id


def test_log_groups_are_encrypted_expire_and_go_with_their_stack(stage: Stage, large: Stage) -> None:
    for environment, days in ((stage, 14), (large, 7)):
        for _, group in _of_type(environment, "AWS::Logs::LogGroup"):
            assert "KmsKeyId" in group["Properties"]
            assert group["Properties"]["RetentionInDays"] == days
            assert group["DeletionPolicy"] == "Delete"


def _of_type(stage: Stage, type_: str) -> Iterator[tuple[str, Resource]]:
    return ((id_, resource) for id_, resource in stage.all_resources() if resource["Type"] == type_)


def _tags(stage: Stage) -> Iterator[tuple[str, dict[str, str]]]:
    for logical_id, resource in stage.all_resources():
        tags = resource.get("Properties", {}).get("Tags")
        if isinstance(tags, list):
            yield logical_id, {tag["Key"]: tag["Value"] for tag in tags}
        elif isinstance(tags, dict):
            yield logical_id, tags
