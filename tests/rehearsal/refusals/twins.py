"""For each check the smallest change that AWS refuses, and the nearest one that it takes."""

from __future__ import annotations

from typing import Any

from rehearsal.refusals import Account, Change, read
from rehearsal.refusals.checks import (
    containers,
    edge,
    gateway,
    names,
    networks,
    pipelines,
    policies,
    quotas,
    updates,
)
from rehearsal.refusals.table import Check

HOME, OTHER = "111111111111", "222222222222"
Resources = dict[str, Any]


def of(kind: str, after: str | None = None, /, **properties: Any) -> dict[str, Any]:
    resource = {"Type": f"AWS::{kind}", "Properties": properties}
    return {**resource, "DependsOn": after} if after else resource


def account(id_: str = HOME, /, **stacks: dict[str, Any]) -> Account:
    """An account in which these templates are deployed, and nothing else."""
    deployed = {
        name: read(body, stack=name, account=id_, region="us-east-1") for name, body in stacks.items()
    }
    return Account(id=id_, region="us-east-1", stacks=deployed)


def change(
    resources: Resources,
    *accounts: Account,
    region: str = "us-east-1",
    outputs: dict[str, Any] | None = None,
) -> Change:
    """The stack `one` with these resources, about to be deployed into the home account."""
    body = {"Resources": resources, "Outputs": outputs or {}}
    known = {known.id: known for known in (account(), *accounts)}
    view = read(body, stack="one", account=HOME, region=region, exports=known[HOME].exports)
    return Change(template=view, accounts=known)


def distribution(**config: Any) -> Resources:
    return {"Cdn": of("CloudFront::Distribution", DistributionConfig=config)}


def through_vpc_origin(owner: str, id_: str = "Origin") -> Resources:
    """A distribution that reaches its origin by a VPC origin with a tag."""
    origin = of("CloudFront::VpcOrigin", Tags=[{"Key": "Owner", "Value": owner}])
    used = {"VpcOriginConfig": {"VpcOriginId": {"Fn::GetAtt": [id_, "Id"]}}}
    return {id_: origin, **distribution(Origins=[used])}


def failing_over(*methods: str) -> Change:
    group = {"Id": "both", "Members": {}}
    behaviour = {"TargetOriginId": "both", "AllowedMethods": list(methods)}
    return change(
        distribution(OriginGroups={"Quantity": 1, "Items": [group]}, DefaultCacheBehavior=behaviour)
    )


def alias(name: str) -> Change:
    taken = {"Resources": distribution(Aliases=["portal.bank.example"])}
    return change(distribution(Aliases=[name]), account(OTHER, theirs=taken))


def logging_to(name: str) -> Change:
    arn = {"Fn::Join": ["", ["arn:aws:logs:us-east-1:1:log-group:", {"Ref": "Logs"}]]}
    return change(
        {
            "Logs": of("Logs::LogGroup", LogGroupName=name),
            "Logging": of("WAFv2::LoggingConfiguration", LogDestinationConfigs=[arn]),
        }
    )


def record(evaluates: bool) -> Change:
    target = {"HostedZoneId": edge.CLOUDFRONT_ZONE, "DNSName": "d.example", "EvaluateTargetHealth": evaluates}
    return change({"Record": of("Route53::RecordSet", Name="portal.", AliasTarget=target)})


def logging_stage(logs: bool) -> Change:
    has_role = Account(id=HOME, region="us-east-1", gateway_logs=logs)
    return change({"Stage": of("ApiGateway::Stage", AccessLogSetting={"DestinationArn": "x"})}, has_role)


def naming(type_: str, property_: str, role: str) -> Change:
    """A policy that names a role of an account of ours, which has the role `there`."""
    statement = {
        "Effect": "Allow",
        "Action": "kms:*",
        "Principal": {"AWS": {"Fn::Sub": f"arn:${{AWS::Partition}}:iam::{OTHER}:role/{role}"}},
    }
    theirs = Account(id=OTHER, region="us-east-1", roles=frozenset(["there"]))
    return change({"Policy": of(type_, **{property_: {"Statement": [statement]}})}, theirs)


def key_of(principal: str) -> Change:
    statement = {"Effect": "Allow", "Action": "kms:*", "Principal": {"AWS": principal}, "Resource": "*"}
    return change({"Key": of("KMS::Key", KeyPolicy={"Statement": [statement]})})


def role_with(statements: int) -> Change:
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket/folder/*"}
    policy = of(
        "IAM::Policy", Roles=[{"Ref": "Role"}], PolicyDocument={"Statement": [statement] * statements}
    )
    return change({"Role": of("IAM::Role", AssumeRolePolicyDocument={}), "Policy": policy})


def group_with(rules: int) -> Change:
    """A rule for CloudFront's prefix list, and this many more."""
    inline = [{"SourcePrefixListId": "pl-3b927c52"}]
    beside = {
        f"Rule{number}": of("EC2::SecurityGroupIngress", GroupId={"Fn::GetAtt": ["Group", "GroupId"]})
        for number in range(rules)
    }
    return change({"Group": of("EC2::SecurityGroup", SecurityGroupIngress=inline), **beside})


def service(after: str | None) -> Change:
    return change(
        {
            "Targets": of("ElasticLoadBalancingV2::TargetGroup"),
            "Rule": of(
                "ElasticLoadBalancingV2::ListenerRule", Actions=[{"TargetGroupArn": {"Ref": "Targets"}}]
            ),
            "Service": of("ECS::Service", after, LoadBalancers=[{"TargetGroupArn": {"Ref": "Targets"}}]),
        }
    )


def cluster(*services: str) -> Change:
    has_roles = Account(id=HOME, region="us-east-1", service_linked=frozenset(services))
    return change({"Providers": of("ECS::ClusterCapacityProviderAssociations")}, has_roles)


def balancer(name: str) -> Change:
    return change({"Balancer": of("ElasticLoadBalancingV2::LoadBalancer", Name=name)})


def pipeline(value: str = "{}", actions: int = 1) -> Change:
    action = {"Name": "Test", "Configuration": {"EnvironmentVariables": value}}
    return change(
        {"Pipeline": of("CodePipeline::Pipeline", Stages=[{"Name": "dev", "Actions": [action] * actions}])}
    )


def exporting(value: Any, *, cidr: str = "10.0.0.0/16") -> dict[str, Any]:
    return {
        "Resources": {"Vpc": of("EC2::VPC", CidrBlock=cidr)},
        "Outputs": {"Vpc": {"Value": value, "Export": {"Name": "vpc"}}} if value else {},
    }


def updated_export(value: Any, *, cidr: str = "10.0.0.0/16") -> Change:
    importing = {"Resources": {"Subnet": of("EC2::Subnet", VpcId={"Fn::ImportValue": "vpc"})}}
    after = exporting(value, cidr=cidr)
    return change(
        after["Resources"],
        account(one=exporting({"Ref": "Vpc"}), two=importing),
        outputs=after["Outputs"],
    )


def updated(before: Resources, after: Resources) -> Change:
    return change(after, account(one={"Resources": before}))


def served(name: str, port: int, path: str = "/") -> Resources:
    """A service behind a listener, by a target group of that name and port."""
    return {
        "Targets": of("ElasticLoadBalancingV2::TargetGroup", Name=name, Port=port, HealthCheckPath=path),
        "Listener": of(
            "ElasticLoadBalancingV2::Listener", DefaultActions=[{"TargetGroupArn": {"Ref": "Targets"}}]
        ),
        "Service": of(
            "ECS::Service",
            "Listener",
            LoadBalancers=[{"TargetGroupArn": {"Ref": "Targets"}}],
            ServiceName="web",
        ),
    }


def targets(name: str, port: int) -> Resources:
    return {"Targets": of("ElasticLoadBalancingV2::TargetGroup", Name=name, Port=port)}


def table(*indexes: str) -> Resources:
    described = [{"IndexName": index, "KeySchema": [{"AttributeName": index}]} for index in indexes]
    return {"Table": of("DynamoDB::Table", TableName="sessions", GlobalSecondaryIndexes=described)}


def addresses(count: int) -> Change:
    deployed = {"Resources": {f"Old{number}": of("EC2::EIP") for number in range(3)}}
    return change({f"New{number}": of("EC2::EIP") for number in range(count)}, account(two=deployed))


TWINS: dict[Check, tuple[Change, Change]] = {
    edge.origin_groups_are_read_only: (failing_over("GET", "HEAD", "POST"), failing_over("GET", "HEAD")),
    edge.an_alias_is_of_one_distribution: (alias("portal.bank.example"), alias("other.bank.example")),
    edge.edge_firewalls_are_in_us_east_1: (
        change({"Acl": of("WAFv2::WebACL", Scope="CLOUDFRONT")}, region="eu-central-1"),
        change({"Acl": of("WAFv2::WebACL", Scope="CLOUDFRONT")}),
    ),
    edge.firewall_logs_have_their_prefix: (logging_to("waf-logs"), logging_to("aws-waf-logs-dev")),
    edge.cloudfront_is_not_evaluated: (record(True), record(False)),
    gateway.stage_logs_have_a_role: (logging_stage(False), logging_stage(True)),
    policies.key_policies_name_existing_principals: (
        naming("KMS::Key", "KeyPolicy", "absent"),
        naming("KMS::Key", "KeyPolicy", "there"),
    ),
    policies.bucket_policies_name_existing_principals: (
        naming("S3::BucketPolicy", "PolicyDocument", "absent"),
        naming("S3::BucketPolicy", "PolicyDocument", "there"),
    ),
    policies.topic_policies_name_existing_principals: (
        naming("SNS::TopicPolicy", "PolicyDocument", "absent"),
        naming("SNS::TopicPolicy", "PolicyDocument", "there"),
    ),
    policies.roles_trust_existing_principals: (
        naming("IAM::Role", "AssumeRolePolicyDocument", "path/absent"),
        naming("IAM::Role", "AssumeRolePolicyDocument", "path/there"),
    ),
    policies.keys_stay_in_reach: (
        key_of(f"arn:aws:iam::{OTHER}:root"),
        key_of(f"arn:aws:iam::{HOME}:root"),
    ),
    policies.role_policies_fit: (role_with(130), role_with(110)),
    networks.security_group_rules_fit: (group_with(6), group_with(5)),
    containers.services_wait_for_their_listener: (service(None), service("Rule")),
    containers.clusters_find_their_role: (cluster("other"), cluster("ecs.amazonaws.com")),
    containers.balancer_names_are_allowed: (balancer("a" * 33), balancer("a" * 32)),
    pipelines.action_values_fit: (pipeline("x" * 1_001), pipeline("x" * 1_000)),
    pipelines.stages_are_not_crowded: (pipeline(actions=51), pipeline(actions=50)),
    updates.imported_exports_stay: (updated_export(None), updated_export({"Ref": "Vpc"})),
    updates.imported_exports_keep_their_value: (
        updated_export({"Ref": "Vpc"}, cidr="10.1.0.0/16"),
        updated_export({"Ref": "Vpc"}),
    ),
    updates.named_resources_are_not_replaced: (
        updated(targets("frontend", 80), targets("frontend", 443)),
        updated(targets("frontend", 80), targets("frontend-2", 443)),
    ),
    names.names_are_free: (
        updated({"Old": of("SNS::Topic", TopicName="t")}, {"New": of("SNS::Topic", TopicName="t")}),
        updated({"Old": of("SNS::Topic", TopicName="t")}, {"New": of("SNS::Topic", TopicName="u")}),
    ),
    edge.vpc_origins_in_use_stay: (
        updated(through_vpc_origin("a"), through_vpc_origin("b")),
        updated(through_vpc_origin("a"), through_vpc_origin("b", id_="Another")),
    ),
    updates.targets_are_not_replaced_under_their_service: (
        updated(served("web-http", 80), served("web-https", 443)),
        updated(served("web-http", 80), served("web-http", 80, path="/healthz")),
    ),
    updates.one_index_at_a_time: (updated(table(), table("a", "b")), updated(table("a"), table("a", "b"))),
    quotas.quotas_are_kept: (addresses(3), addresses(2)),
}
