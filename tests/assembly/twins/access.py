"""Ways to let in or out what should stay."""

from __future__ import annotations

from tests.assembly.invariants import access
from tests.assembly.register import breaks
from tests.assembly.synthesis import Synthesis
from tests.assembly.twins.edits import add, properties, remove

INGRESS, EGRESS = "AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"


@breaks(access.ingress_is_by_reference)
def let_anybody_in(synthesis: Synthesis) -> None:
    rule = properties(synthesis, "foundation-prod", INGRESS)
    del rule["SourcePrefixListId"]
    rule["CidrIp"] = "0.0.0.0/0"


@breaks(access.ingress_is_by_reference)
def let_the_network_in_within_a_group(synthesis: Synthesis) -> None:
    group = properties(synthesis, "foundation-dev", "AWS::EC2::SecurityGroup", "database")
    rule = {"CidrIp": "10.20.0.0/16", "IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432}
    group["SecurityGroupIngress"] = [rule | {"Description": "The VPC"}]


@breaks(access.ingress_is_by_reference)
def let_a_group_and_the_internet_in(synthesis: Synthesis) -> None:
    properties(synthesis, "foundation-dev", INGRESS, "albfromprobe")["CidrIpv6"] = "::/0"


@breaks(access.ingress_is_by_reference)
def let_in_without_saying_whom(synthesis: Synthesis) -> None:
    del properties(synthesis, "foundation-dev", INGRESS)["SourcePrefixListId"]


@breaks(access.rules_open_one_port)
def open_every_port(synthesis: Synthesis) -> None:
    rule = properties(synthesis, "foundation-dev", INGRESS)
    rule["FromPort"], rule["ToPort"] = 0, 65535


@breaks(access.rules_open_one_port)
def speak_every_protocol(synthesis: Synthesis) -> None:
    properties(synthesis, "foundation-dev", INGRESS)["IpProtocol"] = "-1"


@breaks(access.egress_is_listed)
def let_the_probe_out(synthesis: Synthesis) -> None:
    group = properties(synthesis, "foundation-prod", "AWS::EC2::SecurityGroup", "probe")
    rule = {"CidrIp": "0.0.0.0/0", "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    group["SecurityGroupEgress"] = [rule | {"Description": "The Internet"}]


@breaks(access.egress_is_listed)
def let_the_frontend_reach_the_banks_network(synthesis: Synthesis) -> None:
    group = properties(synthesis, "foundation-prod", "AWS::EC2::SecurityGroup", "frontend")
    group["SecurityGroupEgress"][0]["CidrIp"] = "10.0.0.0/8"


@breaks(access.egress_is_stated)
def leave_egress_to_its_default(synthesis: Synthesis) -> None:
    del properties(synthesis, "foundation-prod", "AWS::EC2::SecurityGroup", "database")["SecurityGroupEgress"]


@breaks(access.rules_are_described)
def open_without_a_word(synthesis: Synthesis) -> None:
    del properties(synthesis, "foundation-staging", EGRESS)["Description"]


@breaks(access.what_is_let_in_may_be_sent)
def forget_the_other_half(synthesis: Synthesis) -> None:
    remove(synthesis, "foundation", EGRESS, "backendtodatabase")


@breaks(access.default_groups_are_closed)
def leave_the_default_group_open(synthesis: Synthesis) -> None:
    vpc = properties(synthesis, "foundation-dev", "Custom::VpcRestrictDefaultSG")
    vpc["DefaultSecurityGroupId"] = "sg-0123456789abcdef0"


@breaks(access.subnets_have_the_acl_of_their_tier)
def leave_a_subnet_to_the_default_acl(synthesis: Synthesis) -> None:
    remove(synthesis, "foundation", "AWS::EC2::SubnetNetworkAclAssociation", "data2")


@breaks(access.subnets_have_the_acl_of_their_tier)
def give_the_data_tier_the_acl_of_the_app(synthesis: Synthesis) -> None:
    of_app = properties(synthesis, "foundation-dev", "AWS::EC2::SubnetNetworkAclAssociation", "app1")
    of_data = properties(synthesis, "foundation-dev", "AWS::EC2::SubnetNetworkAclAssociation", "data1")
    of_data["NetworkAclId"] = of_app["NetworkAclId"]


@breaks(access.acls_are_narrow)
def admit_ssh_from_anywhere(synthesis: Synthesis) -> None:
    entry = properties(synthesis, "foundation-dev", access.ENTRY, "publicin110")
    entry["PortRange"] = {"From": 22, "To": 22}


@breaks(access.acls_are_narrow)
def admit_every_protocol(synthesis: Synthesis) -> None:
    properties(synthesis, "foundation-prod", access.ENTRY, "appout")["Protocol"] = -1


@breaks(access.acls_are_narrow)
def answer_to_ping(synthesis: Synthesis) -> None:
    entry = next(
        entry
        for _, entry in synthesis.template("foundation-dev").properties(access.ENTRY)
        if entry["Protocol"] == 1 and entry["Egress"]
    )
    ping = {"RuleNumber": 999, "Icmp": {"Type": 8, "Code": -1}}
    add(synthesis, "foundation", access.ENTRY, **entry | ping)


@breaks(access.senders_learn_the_size_of_a_packet)
def lose_what_is_too_large(synthesis: Synthesis) -> None:
    remove(synthesis, "foundation", access.ENTRY, "publicin120")


@breaks(access.senders_learn_the_size_of_a_packet)
def learn_it_from_the_own_network_only(synthesis: Synthesis) -> None:
    properties(synthesis, "foundation-dev", access.ENTRY, "publicin120")["CidrBlock"] = "10.20.0.0/16"


@breaks(access.data_acl_admits_the_app_alone)
def admit_the_public_tier_to_the_data(synthesis: Synthesis) -> None:
    entry = properties(synthesis, "foundation-dev", access.ENTRY, "datain100")
    entry["CidrBlock"] = "10.20.0.0/24"


@breaks(access.acl_entries_are_numbered_once)
def number_two_entries_alike(synthesis: Synthesis) -> None:
    entry = dict(properties(synthesis, "foundation-dev", access.ENTRY, "appin140"))
    add(synthesis, "foundation", access.ENTRY, **entry)
