"""What gives a resource a name of its own, and what replaces it: a name carries whatever an edit may change of it."""

from __future__ import annotations

from rehearsal.refusals.schemas import create_only, naming_properties
from tests.assembly.synthesis import Synthesis

# Create-only properties of named resources that no edit of the configuration changes, and why an edit of the code may
# not either: `docs/changes.md` walks every field of the configuration.
FIXED = {
    "AWS::ApiGateway::RequestValidator": {"RestApiId": "one API, whose name stays"},
    "AWS::ApplicationAutoScaling::ScalingPolicy": {
        "ScalingTargetId": "one target a service; the name may be taken again"
    },
    "AWS::CodeBuild::ReportGroup": {"Type": "the tests write JUnit reports"},
    "AWS::EC2::SecurityGroup": {
        "GroupDescription": "the table of the security groups; another description is refused",
        "VpcId": "one network, whose replacement is refused",
    },
    "AWS::ECS::Service": {"Cluster": "one cluster, whose name stays"},
    "AWS::ElasticLoadBalancingV2::LoadBalancer": {"Scheme": "internal", "Type": "application"},
    "AWS::ElasticLoadBalancingV2::TargetGroup": {
        "Port": "in the name",
        "Protocol": "in the name",
        "TargetType": "tasks of Fargate have addresses",
        "VpcId": "one network, whose replacement is refused",
    },
    "AWS::Logs::DeliveryDestination": {
        "DestinationResourceArn": "the log group's name stays",
        "OutputFormat": "json, which the dashboard reads",
    },
    "AWS::RDS::DBCluster": {
        "DBSubnetGroupName": "one group, whose name stays",
        "DatabaseName": "the backend's, fixed in the code",
        "KmsKeyId": "one key, whose replacement is refused",
        "StorageEncrypted": "always",
    },
    "AWS::RDS::DBClusterParameterGroup": {
        "Description": "fixed in the code; another description is refused",
        "Family": "in the name",
    },
    "AWS::RDS::DBInstance": {"DBClusterIdentifier": "one cluster, whose name stays"},
    "AWS::WAFv2::WebACL": {"Scope": "each has its own construct"},
}


def test_every_create_only_property_of_a_named_resource_has_its_answer(synthesis: Synthesis) -> None:
    found: dict[str, set[str]] = {}
    for _, _, resource in synthesis.resources():
        properties = resource.get("Properties", {})
        names = naming_properties(resource["Type"])
        if names and all(name in properties for name in names):
            written = {path[0] for path in create_only(resource["Type"])} & properties.keys()
            if others := written - set(names):
                found.setdefault(resource["Type"], set()).update(others)
    assert found == {type_: set(answers) for type_, answers in FIXED.items()}


def test_names_carry_what_an_upgrade_changes(synthesis: Synthesis) -> None:
    for _, _, group in synthesis.properties("AWS::RDS::DBClusterParameterGroup"):
        family = group["Family"].removeprefix("aurora-postgresql")
        assert group["DBClusterParameterGroupName"].startswith(f"aurora-parameters-{family}-")
    for _, _, group in synthesis.properties("AWS::ElasticLoadBalancingV2::TargetGroup"):
        assert f"-{group['Protocol'].lower()}-{group['Port']}-" in group["Name"]
