"""Resource types that the emulator lacks: made, changed and removed by CloudFormation, seen by the APIs."""

import contextlib
from collections.abc import Callable
from typing import Any

from rehearsal.cloud.types import recorded

Client = Callable[[str], Any]
Deploy = Callable[..., dict[str, str]]

NETWORK: dict[str, Any] = {
    "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.9.0.0/16"}},
    "Subnet": {
        "Type": "AWS::EC2::Subnet",
        "Properties": {
            "VpcId": {"Ref": "Vpc"},
            "CidrBlock": "10.9.1.0/24",
            "AvailabilityZoneId": "use1-az4",
        },
    },
    "Group": {
        "Type": "AWS::EC2::SecurityGroup",
        "Properties": {"GroupDescription": "one", "VpcId": {"Ref": "Vpc"}},
    },
}


def of(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": properties}


def test_a_network_acl_keeps_its_entries_and_its_subnet(deploy: Deploy, client: Client) -> None:
    def entry(action: str) -> dict[str, Any]:
        ports = {"From": 5432, "To": 5432}
        return of(
            "EC2::NetworkAclEntry",
            NetworkAclId={"Ref": "Acl"},
            RuleNumber="100",
            Protocol=6,
            RuleAction=action,
            CidrBlock="10.9.0.0/16",
            PortRange=ports,
        )

    acl = of("EC2::NetworkAcl", VpcId={"Ref": "Vpc"}, Tags=[{"Key": "Name", "Value": "data"}])
    attached = of("EC2::SubnetNetworkAclAssociation", SubnetId={"Ref": "Subnet"}, NetworkAclId={"Ref": "Acl"})

    def seen(action: str) -> tuple[str, str, list[str]]:
        made = {**NETWORK, "Acl": acl, "Entry": entry(action), "Attached": attached}
        outputs = deploy(made, Acl={"Ref": "Acl"}, Subnet={"Ref": "Subnet"})
        found = client("ec2").describe_network_acls(NetworkAclIds=[outputs["Acl"]])["NetworkAcls"][0]
        [rule] = [rule for rule in found["Entries"] if rule["RuleNumber"] == 100]
        subnets = [association["SubnetId"] for association in found["Associations"]]
        assert subnets == [outputs["Subnet"]]
        return rule["RuleAction"], rule["CidrBlock"], [tag["Value"] for tag in found["Tags"]]

    assert seen("allow") == ("allow", "10.9.0.0/16", ["data"])
    assert seen("deny") == ("deny", "10.9.0.0/16", ["data"])


def test_rules_of_a_security_group_come_and_go(deploy: Deploy, client: Client) -> None:
    def rule(port: int) -> dict[str, Any]:
        return of(
            "EC2::SecurityGroupIngress",
            GroupId={"Ref": "Group"},
            IpProtocol="tcp",
            FromPort=port,
            ToPort=str(port),
            CidrIp="10.9.0.0/16",
            Description="inside",
        )

    def ports(**rules: dict[str, Any]) -> list[int]:
        group = deploy({**NETWORK, **rules}, Group={"Ref": "Group"})["Group"]
        found = client("ec2").describe_security_groups(GroupIds=[group])["SecurityGroups"][0]
        return [permission["FromPort"] for permission in found["IpPermissions"]]

    assert ports(One=rule(443), Two=rule(80)) == [443, 80]
    assert ports(One=rule(8443)) == [8443], "a changed rule is replaced, one left out is revoked"
    assert ports() == []


def test_an_interface_holds_its_address_and_its_groups(deploy: Deploy, client: Client) -> None:
    interface = of(
        "EC2::NetworkInterface",
        SubnetId={"Ref": "Subnet"},
        GroupSet=[{"Ref": "Group"}],
        SourceDestCheck=False,
        Description="nat",
    )
    address = of("EC2::EIP", Domain="vpc")
    both = of(
        "EC2::EIPAssociation",
        AllocationId={"Fn::GetAtt": ["Address", "AllocationId"]},
        NetworkInterfaceId={"Ref": "Interface"},
    )
    made = {**NETWORK, "Interface": interface, "Address": address, "Both": both}
    outputs = deploy(made, Interface={"Ref": "Interface"}, Group={"Ref": "Group"}, Address={"Ref": "Address"})
    found = client("ec2").describe_network_interfaces(NetworkInterfaceIds=[outputs["Interface"]])
    [seen] = found["NetworkInterfaces"]
    assert seen["SourceDestCheck"] is False
    assert [group["GroupId"] for group in seen["Groups"]] == [outputs["Group"]]
    [elastic] = client("ec2").describe_addresses(PublicIps=[outputs["Address"]])["Addresses"]
    assert elastic["AssociationId"]


def test_a_subnet_lies_in_the_zone_of_its_id(deploy: Deploy, client: Client) -> None:
    subnet = deploy(NETWORK, Subnet={"Ref": "Subnet"})["Subnet"]
    [found] = client("ec2").describe_subnets(SubnetIds=[subnet])["Subnets"]
    assert found["AvailabilityZoneId"] == "use1-az4"


def test_capacity_providers_change_with_the_template(deploy: Deploy, client: Client) -> None:
    with contextlib.suppress(client("iam").exceptions.EntityAlreadyExistsException):  # it is there
        client("iam").create_service_linked_role(AWSServiceName="ecs.amazonaws.com")

    def providers(*names: str) -> list[str]:
        made = {
            "Cluster": of("ECS::Cluster", ClusterName="providers"),
            "Providers": of(
                "ECS::ClusterCapacityProviderAssociations",
                Cluster={"Ref": "Cluster"},
                CapacityProviders=list(names),
                DefaultCapacityProviderStrategy=[{"CapacityProvider": names[0], "Weight": "1"}],
            ),
        }
        deploy(made)
        [cluster] = client("ecs").describe_clusters(clusters=["providers"])["clusters"]
        assert cluster["defaultCapacityProviderStrategy"][0]["capacityProvider"] == names[0]
        found: list[str] = cluster["capacityProviders"]
        return found

    assert providers("FARGATE", "FARGATE_SPOT") == ["FARGATE", "FARGATE_SPOT"]
    assert providers("FARGATE") == ["FARGATE"]


def test_a_vpc_origin_takes_the_defaults_of_cloudformation(deploy: Deploy, client: Client) -> None:
    balancer = of(
        "ElasticLoadBalancingV2::LoadBalancer", Name="origin", Scheme="internal", Subnets=[{"Ref": "Subnet"}]
    )
    endpoint = {
        "Arn": {"Ref": "Balancer"},
        "Name": "origin",
        "OriginProtocolPolicy": "https-only",
        "OriginSSLProtocols": ["TLSv1.2"],
    }
    made = {
        **NETWORK,
        "Balancer": balancer,
        "Origin": of("CloudFront::VpcOrigin", VpcOriginEndpointConfig=endpoint),
    }
    origin = deploy(made, Origin={"Fn::GetAtt": ["Origin", "Id"]})["Origin"]
    config = client("cloudfront").get_vpc_origin(Id=origin)["VpcOrigin"]["VpcOriginEndpointConfig"]
    assert (config["HTTPPort"], config["HTTPSPort"]) == (80, 443)
    assert config["OriginSslProtocols"]["Items"] == ["TLSv1.2"]


def test_health_checks_and_composite_alarms_are_updated_in_place(deploy: Deploy, client: Client) -> None:
    def both(path: str, rule: str) -> str:
        check = {"Type": "HTTPS", "FullyQualifiedDomainName": "portal.bank.example", "Port": "443"}
        made = {
            "Check": of("Route53::HealthCheck", HealthCheckConfig={**check, "ResourcePath": path}),
            "Alarm": of("CloudWatch::CompositeAlarm", AlarmName="portal", AlarmRule=rule),
        }
        return deploy(made, Check={"Ref": "Check"})["Check"]

    first = both("/healthz", "TRUE")
    assert both("/api/health", "FALSE") == first
    config = client("route53").get_health_check(HealthCheckId=first)["HealthCheck"]["HealthCheckConfig"]
    assert config["ResourcePath"] == "/api/health"
    answer = client("cloudwatch").describe_alarms(AlarmNames=["portal"], AlarmTypes=["CompositeAlarm"])
    assert answer["CompositeAlarms"][0]["AlarmRule"] == "FALSE"


def test_what_has_no_api_is_recorded_until_it_is_deleted(deploy: Deploy) -> None:
    def links() -> list[str]:
        return [record.properties["Name"] for record in recorded("AWS::ApiGatewayV2::VpcLink")]

    deploy({**NETWORK, "Link": of("ApiGatewayV2::VpcLink", Name="link", SubnetIds=[{"Ref": "Subnet"}])})
    assert links() == ["link"]
    deploy(NETWORK)
    assert links() == []
