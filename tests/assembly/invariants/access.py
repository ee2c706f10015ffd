"""Who reaches what: security groups, network ACLs, public addresses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from tests.assembly.network_map import subnets
from tests.assembly.register import invariant, told
from tests.assembly.synthesis import Synthesis, Template

ENTRY = "AWS::EC2::NetworkAclEntry"
ANYWHERE = ("0.0.0.0/0", "::/0")
EPHEMERAL = 1024
# What CDK writes into a group that may send nothing: a rule that no packet matches.
NOTHING = ("icmp", 252, 86, "255.255.255.255/32")
# Groups that may open connections to any address, and the port: AWS's APIs and image layers have no fixed ones.
OUT = {"nat-sg": 443, "frontend-sg": 443, "backend-sg": 443}
Rule = dict[str, Any]


def _rules(synthesis: Synthesis, direction: str) -> Iterator[tuple[Template, str, str, Rule]]:
    """Stack, logical id, the group's logical id and the rule; those within a group and those of their own."""
    for template, logical_id, properties in synthesis.properties("AWS::EC2::SecurityGroup"):
        for rule in properties.get(f"SecurityGroup{direction}", []):
            yield template, logical_id, logical_id, rule
    for template, logical_id, rule in synthesis.properties(f"AWS::EC2::SecurityGroup{direction}"):
        yield template, logical_id, rule["GroupId"]["Fn::GetAtt"][0], rule


def _is_nothing(rule: Rule) -> bool:
    return (rule["IpProtocol"], rule.get("FromPort"), rule.get("ToPort"), rule.get("CidrIp")) == NOTHING


@invariant
def ingress_is_by_reference(synthesis: Synthesis) -> Iterator[str]:
    """A group lets in another group or a managed prefix list, never addresses."""
    for template, logical_id, _, rule in _rules(synthesis, "Ingress"):
        if not rule.keys() & {"SourceSecurityGroupId", "SourcePrefixListId"} or rule.keys() & {
            "CidrIp",
            "CidrIpv6",
        }:
            found = f"ingress from {rule.get('CidrIp', rule.get('CidrIpv6'))}"
            yield told(template.stack, logical_id, found=found, wanted="a security group or prefix list")


@invariant
def rules_open_one_port(synthesis: Synthesis) -> Iterator[str]:
    """In both directions: TCP, and one port."""
    for direction in ("Ingress", "Egress"):
        for template, logical_id, _, rule in _rules(synthesis, direction):
            one = rule["IpProtocol"] == "tcp" and rule.get("FromPort") == rule.get("ToPort") != -1
            if not one and not _is_nothing(rule):
                found = f"{rule['IpProtocol']} {rule.get('FromPort')} to {rule.get('ToPort')}"
                yield told(template.stack, logical_id, found=found, wanted="one port of TCP")


@invariant
def egress_is_listed(synthesis: Synthesis) -> Iterator[str]:
    """A group sends to another group; only the listed ones to any address."""
    for template, logical_id, group, rule in _rules(synthesis, "Egress"):
        cidr = rule.get("CidrIp", rule.get("CidrIpv6"))
        name = template.body["Resources"][group]["Properties"]["GroupName"].removesuffix(
            f"-{template.suffix}"
        )
        listed = cidr in ANYWHERE and OUT.get(name) == rule.get("FromPort")
        if cidr is not None and not listed and not _is_nothing(rule):
            found = f"egress of {name} to {cidr}, port {rule.get('FromPort')}"
            yield told(template.stack, logical_id, found=found, wanted="a security group")


@invariant
def egress_is_stated(synthesis: Synthesis) -> Iterator[str]:
    """A group that says nothing of egress gets all of it from EC2."""
    for template, logical_id, properties in synthesis.properties("AWS::EC2::SecurityGroup"):
        if not properties.get("SecurityGroupEgress"):
            yield told(
                template.stack, logical_id, found="no egress rule, which is all egress", wanted="a rule"
            )


@invariant
def rules_are_described(synthesis: Synthesis) -> Iterator[str]:
    """Each rule says what for."""
    for direction in ("Ingress", "Egress"):
        for template, logical_id, _, rule in _rules(synthesis, direction):
            if not rule.get("Description"):
                yield told(
                    template.stack, logical_id, found=f"{direction} undescribed", wanted="a description"
                )


@invariant
def what_is_let_in_may_be_sent(synthesis: Synthesis) -> Iterator[str]:
    """To every ingress from a group there is an egress of that group, or nothing would ever arrive."""
    sent = set()
    for template, _, group, rule in _rules(synthesis, "Egress"):
        to = rule.get("DestinationSecurityGroupId")
        for _, target in synthesis.pointed_at(template, to) if to else [("", "anywhere")]:
            sent.add((template.stack, group, target, rule.get("FromPort")))
    for template, logical_id, group, rule in _rules(synthesis, "Ingress"):
        for stack, source in synthesis.pointed_at(template, rule.get("SourceSecurityGroupId")):
            port = rule["FromPort"]
            if not sent & {(stack, source, group, port), (stack, source, "anywhere", port)}:
                found = f"no egress of {source} to port {port}"
                yield told(template.stack, logical_id, found=found, wanted="the other half of the rule")


@invariant
def default_groups_are_closed(synthesis: Synthesis) -> Iterator[str]:
    """A custom resource takes the rules out of each VPC's default group."""
    closed = {
        place
        for template, _, properties in synthesis.properties("Custom::VpcRestrictDefaultSG")
        for place in synthesis.pointed_at(template, properties["DefaultSecurityGroupId"])
    }
    for template, logical_id, _ in synthesis.properties("AWS::EC2::VPC"):
        if (template.stack, logical_id) not in closed:
            yield told(template.stack, logical_id, found="an open default group", wanted="it closed")


@invariant
def subnets_have_the_acl_of_their_tier(synthesis: Synthesis) -> Iterator[str]:
    """No subnet falls back on the default ACL, which lets everything through."""
    for template in synthesis.tier("foundation"):
        acls = defaultdict(list)
        for _, association in template.properties("AWS::EC2::SubnetNetworkAclAssociation"):
            acls[association["SubnetId"]["Ref"]].append(
                _name_of_acl(template, association["NetworkAclId"]["Ref"])
            )
        for subnet in subnets(template):
            wanted = [f"{subnet.tier}-nacl-{template.suffix}"]
            if acls[subnet.logical_id] != wanted:
                yield told(template.stack, subnet.logical_id, found=acls[subnet.logical_id], wanted=wanted)


@invariant
def acls_are_narrow(synthesis: Synthesis) -> Iterator[str]:
    """Each entry is of TCP, or tells of a packet that was too large; from any address comes HTTPS or an answer."""
    for template, logical_id, entry in synthesis.properties(ENTRY):
        ports = (entry.get("PortRange", {}).get("From", 0), entry.get("PortRange", {}).get("To", 0))
        anybody = entry.get("CidrBlock", entry.get("Ipv6CidrBlock")) in ANYWHERE
        narrow = entry["Protocol"] == 6 and (not anybody or ports == (443, 443) or ports[0] >= EPHEMERAL)
        if entry["RuleAction"] == "allow" and not narrow and not _tells_of_the_size(entry):
            found = f"protocol {entry['Protocol']}, ports {ports}"
            yield told(template.stack, logical_id, found=found, wanted="TCP, from anywhere 443 or ephemeral")


@invariant
def senders_learn_the_size_of_a_packet(synthesis: Synthesis) -> Iterator[str]:
    """Whoever reaches the Internet is told that a packet was too large, or answers are lost without a word."""
    for template in synthesis.tier("foundation"):
        let_through = {
            (_name_of_acl(template, entry["NetworkAclId"]["Ref"]), entry["Egress"])
            for _, entry in template.properties(ENTRY)
            if _tells_of_the_size(entry) and (entry["Egress"] or entry["CidrBlock"] in ANYWHERE)
        }
        for tier in ("public", "app"):
            name = f"{tier}-nacl-{template.suffix}"
            if not {(name, False), (name, True)} <= let_through:
                yield told(
                    template.stack, name, found="ICMP of type 3, code 4 stopped", wanted="it let through"
                )


@invariant
def data_acl_admits_the_app_alone(synthesis: Synthesis) -> Iterator[str]:
    """PostgreSQL from each app subnet, and nothing else from anywhere."""
    for template in synthesis.tier("foundation"):
        wanted = {(subnet.cidr, 5432, 5432) for subnet in subnets(template) if subnet.tier == "app"}
        found = {
            (entry["CidrBlock"], entry["PortRange"]["From"], entry["PortRange"]["To"])
            for _, entry in template.properties(ENTRY)
            if _name_of_acl(template, entry["NetworkAclId"]["Ref"]).startswith("data-")
            and entry["RuleAction"] == "allow"
            and not entry["Egress"]
        }
        if found != wanted:
            yield told(template.stack, "data-nacl", found=f"ingress {sorted(found)}", wanted=sorted(wanted))


@invariant
def acl_entries_are_numbered_once(synthesis: Synthesis) -> Iterator[str]:
    """The number is the order, and EC2 refuses a second entry with it."""
    taken: dict[Any, str] = {}
    for template, logical_id, entry in synthesis.properties(ENTRY):
        place = (template.stack, entry["NetworkAclId"]["Ref"], entry["Egress"], entry["RuleNumber"])
        if place in taken:
            yield told(template.stack, logical_id, found=f"the number of {taken[place]}", wanted="its own")
        taken[place] = logical_id


def _tells_of_the_size(entry: Rule) -> bool:
    """`Fragmentation needed`: https://docs.aws.amazon.com/vpc/latest/userguide/path_mtu_discovery.html."""
    return bool(entry["Protocol"] == 1 and entry.get("Icmp") == {"Type": 3, "Code": 4})


def _name_of_acl(template: Template, logical_id: str) -> str:
    tags = template.body["Resources"][logical_id]["Properties"]["Tags"]
    return next(str(tag["Value"]) for tag in tags if tag["Key"] == "Name")
