"""EC2: the tags of a resource that exists."""

from ..here import client
from ..registry import Properties


def set_tags(resource: str, properties: Properties) -> None:
    """Give a resource, by its id, the tags of its properties and no others."""
    ec2 = client("ec2")
    wanted = {tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])}
    present = ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": [resource]}])["Tags"]
    if gone := [{"Key": tag["Key"]} for tag in present if tag["Key"] not in wanted]:
        ec2.delete_tags(Resources=[resource], Tags=gone)
    if wanted:
        ec2.create_tags(Resources=[resource], Tags=[{"Key": key, "Value": wanted[key]} for key in wanted])
