"""Changes that AWS takes, each near to one that it refuses: a refusal of these would be worse than a miss."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.refusals import Change, read, refused

from .twins import HOME, account, change, distribution, of, table, targets, updated

BIG = {"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket/x"}] * 80}
LINKED = f"arn:aws:iam::{HOME}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS"


def two_roles_without_names() -> Change:
    roles = {name: of("IAM::Role", AssumeRolePolicyDocument={}) for name in ("One", "Two")}
    policies = {
        f"{name}Policy": of("IAM::Policy", Roles=[{"Ref": name}], PolicyDocument=BIG) for name in roles
    }
    return change(roles | policies)


def a_trust_under_a_raised_quota() -> Change:
    role = change({"Role": of("IAM::Role", AssumeRolePolicyDocument={"Statement": BIG["Statement"][:30]})})
    return Change(template=role.template, accounts=role.accounts, quotas={"L-C07B4B0D": 4_096})


def rules_for_either_kind_of_address() -> Change:
    rules = [{"CidrIp": f"10.0.0.{n}/32"} for n in range(60)] + [
        {"CidrIpv6": f"fd00::{n}/128"} for n in range(60)
    ]
    return change({"Group": of("EC2::SecurityGroup", SecurityGroupIngress=rules)})


def aliases_that_come_as_one_text() -> Change:
    body = {
        "Parameters": {"Names": {"Type": "CommaDelimitedList", "Default": "a.example, b.example"}},
        "Resources": distribution(Aliases={"Ref": "Names"}),
    }
    view = read(body, stack="one", account=HOME, region="us-east-1")
    assert view.resources["Cdn"].properties["DistributionConfig"]["Aliases"] == ["a.example", "b.example"]
    return Change(template=view, accounts={})


def aliases_that_nobody_knows_yet() -> Change:
    unknown = distribution(Aliases=[{"Fn::GetAtt": ["Name", "Value"]}])
    return change(unknown, account(theirs={"Resources": unknown}))


def a_service_behind_a_listener_that_stands() -> Change:
    balanced = {
        "Targets": of("ElasticLoadBalancingV2::TargetGroup"),
        "Rule": of("ElasticLoadBalancingV2::ListenerRule", Actions=[{"TargetGroupArn": {"Ref": "Targets"}}]),
    }
    service = of("ECS::Service", LoadBalancers=[{"TargetGroupArn": {"Ref": "Targets"}}])
    return updated(balanced, {**balanced, "Service": service})


def an_access_log_that_goes_to_firehose() -> Change:
    stream = {"DestinationArn": f"arn:aws:firehose:us-east-1:{HOME}:deliverystream/amazon-apigateway-portal"}
    return change({"Stage": of("ApiGateway::Stage", AccessLogSetting=stream)})


def firewall_logs_in_a_bucket_with_a_prefix() -> Change:
    return change(
        {
            "Bucket": of("S3::Bucket", BucketNamePrefix="aws-waf-logs-dev"),
            "Logging": of(
                "WAFv2::LoggingConfiguration", LogDestinationConfigs=[{"Fn::GetAtt": ["Bucket", "Arn"]}]
            ),
        }
    )


def an_export_whose_importer_was_left_out() -> Change:
    importing = {
        "Conditions": {"Never": {"Fn::Equals": ["yes", "no"]}},
        "Resources": {
            "Subnet": {**of("EC2::Subnet", VpcId={"Fn::ImportValue": "vpc"}), "Condition": "Never"},
            "Other": of("EC2::Subnet", VpcId={"Fn::If": ["Never", {"Fn::ImportValue": "vpc"}, "vpc-1"]}),
        },
    }
    exporting = {
        "Resources": {"Vpc": of("EC2::VPC")},
        "Outputs": {"Vpc": {"Value": {"Ref": "Vpc"}, "Export": {"Name": "vpc"}}},
    }
    return change(exporting["Resources"], account(one=exporting, two=importing))


def an_output_that_was_never_exported() -> Change:
    output = {"Value": {"Ref": "Vpc"}, "Export": {"Name": "vpc"}, "Condition": "Never"}
    exporting = {
        "Conditions": {"Never": {"Fn::Equals": ["yes", "no"]}},
        "Resources": {"Vpc": of("EC2::VPC")},
        "Outputs": {"Vpc": output},
    }
    importing = {"Resources": {"Subnet": of("EC2::Subnet", VpcId={"Fn::ImportValue": "vpc"})}}
    return change(exporting["Resources"], account(one=exporting, two=importing))


def a_port_as_a_text() -> Change:
    after = targets("frontend", 443)
    after["Targets"]["Properties"]["Port"] = "443"
    return updated(targets("frontend", 443), after)


def a_service_that_moves_to_another_cluster() -> Change:
    def service(cluster: str) -> dict[str, Any]:
        return {"Service": of("ECS::Service", ServiceName="web", Cluster=cluster)}

    return updated(service("old"), service("new"))


def indexes_of_a_table_that_is_new() -> Change:
    def keyed(key: str, *indexes: str) -> dict[str, Any]:
        resources = table(*indexes)
        resources["Table"]["Properties"] |= {"KeySchema": [{"AttributeName": key, "KeyType": "HASH"}]}
        del resources["Table"]["Properties"]["TableName"]
        return resources

    return updated(keyed("id"), keyed("customer", "a", "b"))


def a_key_for_a_role_that_the_template_links() -> Change:
    return change(
        {
            "Linked": of("IAM::ServiceLinkedRole", AWSServiceName="ecs.amazonaws.com"),
            "Key": of("KMS::Key", "Linked", KeyPolicy=_policy(f"arn:aws:iam::{HOME}:root", LINKED)),
        }
    )


def a_key_whose_keeper_is_told_later() -> Change:
    return change({"Key": of("KMS::Key", KeyPolicy=_policy({"Fn::ImportValue": "administrator"}))})


def _policy(*principals: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": "kms:*", "Resource": "*"}
    return {"Statement": [{**statement, "Principal": {"AWS": list(principals)}}]}


@pytest.mark.parametrize(
    "made",
    [
        two_roles_without_names,
        a_trust_under_a_raised_quota,
        rules_for_either_kind_of_address,
        aliases_that_come_as_one_text,
        aliases_that_nobody_knows_yet,
        a_service_behind_a_listener_that_stands,
        an_access_log_that_goes_to_firehose,
        firewall_logs_in_a_bucket_with_a_prefix,
        an_export_whose_importer_was_left_out,
        an_output_that_was_never_exported,
        a_port_as_a_text,
        a_service_that_moves_to_another_cluster,
        indexes_of_a_table_that_is_new,
        a_key_for_a_role_that_the_template_links,
        a_key_whose_keeper_is_told_later,
    ],
    ids=lambda made: made.__name__,
)
def test_what_aws_takes_is_taken(made: Any) -> None:
    assert refused(made()) == []
