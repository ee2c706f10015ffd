"""What holds for every template of every environment. An invariant yields a sentence for each place it is broken."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator

from tests.assembly.synthesis import Synthesis

# Built or not by configuration, so that one environment may have them and another not; by logical id.
BY_CONFIGURATION = re.compile(
    r"Nat(?:Interface|Address|LaunchTemplate|Group|AlarmsNatGroup)|InterfaceEndpoints|endpoints(?:sg|from)"
    # The capacity of Serverless v2.
    r"|AlarmsAuroraCapacity"
)


def nothing_outlives_its_stack(synthesis: Synthesis) -> Iterator[str]:
    """No retained resource, no last snapshot, no protection, no bucket that a file keeps alive."""
    for template in synthesis.templates:
        if template.protected:
            yield f"{template.stack} has termination protection"
        emptied = {
            properties["BucketName"].get("Ref")
            for _, properties in template.properties("Custom::S3AutoDeleteObjects")
        }
        for logical_id, resource in template.resources():
            where = f"{template.stack} {logical_id}"
            for policy in ("DeletionPolicy", "UpdateReplacePolicy"):
                # Without a policy, CloudFormation snapshots a cluster of databases.
                default = "Snapshot" if resource["Type"] == "AWS::RDS::DBCluster" else "Delete"
                if resource.get(policy, default) != "Delete":
                    yield f"{where}: {policy} is {resource.get(policy, default)}"
            if re.search(r'"DeletionProtection(?:Enabled)?": true', json.dumps(resource)):
                yield f"{where} is protected from deletion"
            attributes = resource.get("Properties", {}).get("LoadBalancerAttributes", [])
            if {"Key": "deletion_protection.enabled", "Value": "true"} in attributes:
                yield f"{where} is protected from deletion"
            if resource["Type"] == "AWS::S3::Bucket" and logical_id not in emptied:
                yield f"{where} is not emptied before it is deleted"
            if resource["Type"] == "AWS::CodeBuild::ReportGroup" and not resource["Properties"].get(
                "DeleteReports"
            ):
                yield f"{where} keeps its reports, and then cannot be deleted"


def logs_expire(synthesis: Synthesis) -> Iterator[str]:
    """Log groups are in the templates and expire; no function makes its own behind our back."""
    for template in synthesis.templates:
        for logical_id, properties in template.properties("AWS::Logs::LogGroup"):
            if properties.get("RetentionInDays") not in (7, 14):
                yield f"{template.stack} {logical_id}: kept for {properties.get('RetentionInDays')} days"
        for logical_id, properties in template.properties("AWS::Lambda::Function"):
            if "LogGroup" not in properties.get("LoggingConfig", {}):
                yield f"{template.stack} {logical_id}: no log group of the template"


def three_zones_by_id(synthesis: Synthesis) -> Iterator[str]:
    """Subnets lie in three zones, pinned by id, because a zone's letter means another place in each account."""
    for template in synthesis.templates:
        subnets = dict(template.properties("AWS::EC2::Subnet"))
        zones = {subnet.get("AvailabilityZoneId") for subnet in subnets.values()}
        if template.tier == "foundation" and len(zones) != 3:
            yield f"{template.stack}: subnets in {len(zones)} zones"
        for logical_id, subnet in subnets.items():
            if "AvailabilityZone" in subnet:
                yield f"{template.stack} {logical_id}: a zone by its letter"
        if zones - {"use1-az1", "use1-az2", "use1-az4", "use1-az5", "use1-az6"}:
            yield f"{template.stack}: zones {sorted(map(str, zones))}"


def one_region_only(synthesis: Synthesis) -> Iterator[str]:
    """Everything is in us-east-1, and no template mentions another Region."""
    for template in synthesis.templates:
        if template.region != "us-east-1":
            yield f"{template.stack} goes to {template.region}"
        mentioned = re.findall(r"\b(?:af|ap|ca|eu|il|me|mx|sa|us)-[a-z]+-\d", json.dumps(template.body))
        for region in sorted(set(mentioned) - {"us-east-1"}):
            yield f"{template.stack} mentions {region}"


def nothing_is_looked_up(synthesis: Synthesis) -> Iterator[str]:
    """No manifest waits for a look-up in an account: the synthesis works offline."""
    for folder, manifest in synthesis.manifests.items():
        for missing in manifest.get("missing", []):
            yield f"{folder}: {missing['key']}"


def nothing_warns(synthesis: Synthesis) -> Iterator[str]:
    """No construct leaves a warning or an error behind: each is mended, or acknowledged with its reason."""
    for path, message in synthesis.annotations.items():
        yield f"{path}: {message}"


def environments_are_alike(synthesis: Synthesis) -> Iterator[str]:
    """The same logical ids in every environment: the suffix is in names, never in construct ids."""
    seen: dict[str, dict[str, set[str]]] = defaultdict(dict)
    for template in synthesis.templates:
        if template.tier != "pipeline":
            seen[template.tier][template.suffix] = {
                # A deployment's id ends with a hash of what it deploys, hostnames included.
                logical_id[:-32] if resource["Type"] == "AWS::ApiGateway::Deployment" else logical_id
                for logical_id, resource in template.resources()
                if not BY_CONFIGURATION.search(logical_id)
            }
    for tier, environments in seen.items():
        everywhere = set.intersection(*environments.values())
        for suffix, logical_ids in environments.items():
            for logical_id in sorted(logical_ids - everywhere):
                yield f"{tier}-{suffix} {logical_id} is not in every environment"


def schema_is_readable(synthesis: Synthesis) -> Iterator[str]:
    """The pinned CLI and the pinned cdk-assets read what the pinned library writes."""
    for folder, manifest in synthesis.manifests.items():
        written = int(manifest["version"].partition(".")[0])
        for tool, newest in synthesis.readable.items():
            if written > newest:
                yield f"{folder}: schema {written}, and {tool} reads up to {newest}"
