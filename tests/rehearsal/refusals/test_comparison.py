"""What an update does to each resource, by CloudFormation's schemas."""

from __future__ import annotations

from typing import Any

from rehearsal.refusals import Template, read
from rehearsal.refusals.comparison import compare

from .twins import of


def template(resources: dict[str, Any]) -> Template:
    return read({"Resources": resources}, stack="one", account="111111111111", region="us-east-1")


def effects(before: dict[str, Any] | None, after: dict[str, Any]) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Logical id -> effect and properties."""
    old = None if before is None else template(before)
    return {each.logical_id: (each.effect, each.properties) for each in compare(old, template(after))}


def test_without_a_stack_everything_is_added() -> None:
    assert effects(None, {"Topic": of("SNS::Topic")}) == {"Topic": ("added", ())}


def test_what_stays_as_it_is_does_not_change() -> None:
    port = {"Balancer": of("ElasticLoadBalancingV2::Listener", Port=443)}
    assert effects(port, {"Balancer": of("ElasticLoadBalancingV2::Listener", Port="443")}) == {}


def test_a_create_only_property_replaces_and_another_one_changes() -> None:
    before = {
        "Topic": of("SNS::Topic", TopicName="a"),
        "Key": of("KMS::Key", Description="a"),
        "Old": of("SQS::Queue"),
    }
    after = {"Topic": of("SNS::Topic", TopicName="b"), "Key": of("KMS::Key", Description="b")}
    assert effects(before, after) == {
        "Topic": ("replaced", ("TopicName",)),
        "Key": ("changed", ("Description",)),
        "Old": ("removed", ()),
    }


def test_a_replacement_replaces_whatever_refers_to_it_by_a_create_only_property() -> None:
    def network(cidr: str) -> dict[str, Any]:
        return {
            "Vpc": of("EC2::VPC", CidrBlock=cidr),
            "Subnet": of("EC2::Subnet", VpcId={"Ref": "Vpc"}),
            "Group": of("RDS::DBSubnetGroup", SubnetIds=[{"Ref": "Subnet"}]),
        }

    assert effects(network("10.0.0.0/16"), network("10.1.0.0/16")) == {
        "Vpc": ("replaced", ("CidrBlock",)),
        "Subnet": ("replaced", ("VpcId",)),
        "Group": ("changed", ("SubnetIds",)),
    }


def test_a_new_version_of_a_launch_template_changes_the_group_that_takes_it() -> None:
    def group(size: str) -> dict[str, Any]:
        version = {"Fn::GetAtt": ["Launch", "LatestVersionNumber"]}
        return {
            "Launch": of("EC2::LaunchTemplate", LaunchTemplateData={"InstanceType": size}),
            "Group": of("AutoScaling::AutoScalingGroup", LaunchTemplate={"Version": version}),
        }

    assert effects(group("t4g.nano"), group("t4g.micro")) == {
        "Launch": ("changed", ("LaunchTemplateData",)),
        "Group": ("changed", ("LaunchTemplate",)),
    }


def test_what_holds_data_loses_it_when_it_is_replaced_or_removed() -> None:
    before = template({"Table": of("DynamoDB::Table", TableName="a"), "Topic": of("SNS::Topic")})
    lost = {each.logical_id: each.loses_data for each in compare(before, template({}))}
    assert lost == {"Table": True, "Topic": False}
