"""The tags of a resource, however its type spells them."""

from __future__ import annotations

from typing import Any


def tags(resource: dict[str, Any]) -> dict[str, str]:
    """By their keys; of a launch template those of the volume, which gets none from its instance."""
    properties = resource.get("Properties", {})
    match resource["Type"]:
        case "AWS::DynamoDB::GlobalTable":
            properties = properties["Replicas"][0]
        case "AWS::EC2::LaunchTemplate":
            given = properties["LaunchTemplateData"].get("TagSpecifications", [])
            properties = next((one for one in given if one["ResourceType"] == "volume"), {})
    found = properties.get("HealthCheckTags", properties.get("Tags", []))
    return found if isinstance(found, dict) else {tag["Key"]: tag["Value"] for tag in found}
