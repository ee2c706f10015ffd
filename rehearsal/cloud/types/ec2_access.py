"""EC2: network ACLs and the single rules of security groups."""

from collections.abc import Callable
from typing import Any

from ..here import current_account
from ..registry import Properties
from .ec2_tags import set_tags
from .row import Call, Expression, Occasion, Row, answered, constant, given, identity, tagged_as

# Operations on rules take one rule also by itself; these rows always give a list.
_NOT_BY_ITSELF = {name: constant(None) for name in ("IpProtocol", "FromPort", "ToPort", "CidrIp")}


def _part(position: int) -> Expression:
    """A part of a physical id that is joined with `|`."""
    return lambda occasion: occasion.id.split("|")[position]


def _entry_id(occasion: Occasion) -> str:
    declared = occasion.properties
    egress = str(declared.get("Egress", False)).lower()
    return f"{declared['NetworkAclId']}|{declared['RuleNumber']}|{egress}"


def _associated_subnet(occasion: Occasion) -> Any:
    """The association that a subnet has now: a subnet always has one, at first with the VPC's default."""
    from ministack.services import ec2

    subnet = occasion.properties["SubnetId"]
    for acl in ec2._network_acls.values():
        for association in acl["Associations"]:
            if association["SubnetId"] == subnet:
                return association["NetworkAclAssociationId"]
    return f"aclassoc-of-{subnet}"


def _name_associated_subnet(association: str, properties: Properties) -> None:
    from ministack.services import ec2

    for entry in ec2._network_acls[properties["NetworkAclId"]]["Associations"]:
        if entry["NetworkAclAssociationId"] == association:
            entry["SubnetId"] = properties["SubnetId"]


def _name_entry_ports(physical_id: str, properties: Properties) -> None:
    from ministack.services import ec2

    acl, number, egress = physical_id.split("|")
    for entry in ec2._network_acls[acl]["Entries"]:
        if entry["RuleNumber"] == int(number) and entry["Egress"] == (egress == "true"):
            entry.update({name: properties[name] for name in ("PortRange", "Icmp") if name in properties})


def _permission(peer: str) -> Expression:
    """The one rule of a SecurityGroupIngress or -Egress resource."""

    def permissions(occasion: Occasion) -> list[dict[str, Any]]:
        declared = occasion.properties
        text = {"Description": declared["Description"]} if "Description" in declared else {}
        rule: dict[str, Any] = {
            name: declared[name] for name in ("IpProtocol", "FromPort", "ToPort") if name in declared
        }
        if group := declared.get(f"{peer}SecurityGroupId"):
            account = declared.get("SourceSecurityGroupOwnerId", current_account())
            rule["UserIdGroupPairs"] = [{"GroupId": group, "UserId": account, **text}]
        if prefixes := declared.get(f"{peer}PrefixListId"):
            rule["PrefixListIds"] = [{"PrefixListId": prefixes, **text}]
        if addresses := declared.get("CidrIp"):
            rule["IpRanges"] = [{"CidrIp": addresses, **text}]
        if addresses := declared.get("CidrIpv6"):
            rule["Ipv6Ranges"] = [{"CidrIpv6": addresses, **text}]
        return [rule]

    return permissions


def _name_rule_peer(direction: str, peer: str) -> Callable[[str, Properties], None]:
    """The emulator's rules know no prefix lists."""
    kept_as = "IpPermissions" if direction == "ingress" else "IpPermissionsEgress"

    def amend(rule_id: str, properties: Properties) -> None:
        from ministack.services import ec2

        prefixes = properties.get(f"{peer}PrefixListId")
        for rule in ec2._security_groups[properties["GroupId"]][kept_as]:
            if prefixes and rule.get("SecurityGroupRuleId") == rule_id:
                rule["PrefixListIds"] = [
                    {"PrefixListId": prefixes, "Description": properties.get("Description", "")}
                ]

    return amend


def _rule_row(direction: str, peer: str) -> Row:
    return Row(
        type=f"AWS::EC2::SecurityGroup{direction.capitalize()}",
        service="ec2",
        create=Call(
            f"authorize_security_group_{direction}",
            IpPermissions=_permission(peer),
            **_NOT_BY_ITSELF,
        ),
        id=answered("SecurityGroupRules[0].SecurityGroupRuleId"),
        attributes={"Id": identity},
        delete=Call(
            f"revoke_security_group_{direction}",
            SecurityGroupRuleIds=lambda occasion: [occasion.id],
            **_NOT_BY_ITSELF,
        ),
        amend=_name_rule_peer(direction, peer),
    )


ROWS = (
    Row(
        type="AWS::EC2::NetworkAcl",
        service="ec2",
        create=Call("create_network_acl", TagSpecifications=tagged_as("network-acl")),
        id=answered("NetworkAcl.NetworkAclId"),
        attributes={"Id": identity},
        retag=set_tags,
        delete=Call("delete_network_acl", NetworkAclId=identity),
    ),
    Row(
        type="AWS::EC2::NetworkAclEntry",
        service="ec2",
        create=Call(
            "create_network_acl_entry", IcmpTypeCode=given("Icmp"), Egress=given("Egress || `false`")
        ),
        id=_entry_id,
        attributes={"Id": identity},
        update=(
            Call("replace_network_acl_entry", IcmpTypeCode=given("Icmp"), Egress=given("Egress || `false`")),
        ),
        fixed=("NetworkAclId", "RuleNumber", "Egress"),
        delete=Call("delete_network_acl_entry", NetworkAclId=_part(0), RuleNumber=_part(1), Egress=_part(2)),
        amend=_name_entry_ports,
    ),
    Row(
        type="AWS::EC2::SubnetNetworkAclAssociation",
        service="ec2",
        create=Call("replace_network_acl_association", AssociationId=_associated_subnet),
        id=answered("NewAssociationId"),
        attributes={"AssociationId": identity},
        amend=_name_associated_subnet,
    ),
    _rule_row("ingress", "Source"),
    _rule_row("egress", "Destination"),
)
