"""The foundation: what changes once a year."""

from __future__ import annotations

import aws_cdk as cdk
import jsii
from constructs import Construct

from portal_stage.config import Environment
from portal_stage.custom_resources import adopt_providers
from portal_stage.foundation.alarm_topic import AlarmTopic
from portal_stage.foundation.flow_logs import FlowLogs
from portal_stage.foundation.interface_endpoints import InterfaceEndpoints
from portal_stage.foundation.key import EnvironmentKey
from portal_stage.foundation.nat_alarms import NatAlarms
from portal_stage.foundation.nat_ends import NatEnds
from portal_stage.foundation.nat_metrics import NatMetrics
from portal_stage.foundation.nat_refresh import NatRefresh
from portal_stage.foundation.network import Network
from portal_stage.foundation.network_acls import NetworkAcls
from portal_stage.foundation.security_groups import SecurityGroups
from portal_stage.portal.config import BACKEND_PORT, FRONTEND_PORT


class FoundationStack(cdk.Stack):
    """Key, alarm topic, network and security groups of one environment."""

    def __init__(self, scope: Construct, id_: str, *, environment: Environment) -> None:
        names = environment.names
        self._zone_ids = list(environment.network.zone_ids)
        super().__init__(
            scope,
            id_,
            stack_name=names("foundation"),
            description="Customer portal: key, alarm topic, network, security groups",
        )
        self.key = EnvironmentKey(self, "Key", names=names)
        self.alarm_topic = AlarmTopic(self, "AlarmTopic", names=names, key=self.key)
        self.network = Network(self, "Network", names=names, config=environment.network)
        self.vpc = self.network.vpc
        self.security_groups = SecurityGroups(
            self,
            "SecurityGroups",
            names=names,
            vpc=self.vpc,
            nat=self.network.nat.security_group,
            frontend_port=FRONTEND_PORT,
            backend_port=BACKEND_PORT,
            interface_endpoints=environment.network.interface_endpoints,
        )
        NetworkAcls(
            self,
            "NetworkAcls",
            names=names,
            vpc=self.vpc,
            service_ports=(FRONTEND_PORT, BACKEND_PORT),
        )
        ends = NatEnds(
            self,
            "NatEnds",
            names=names,
            groups=environment.network.nat_instances,
            key=self.key,
            log_days=environment.log_days,
        )
        self.nat_metrics = [
            NatMetrics(group, rule)
            for group, rule in zip(self.network.nat.group_names, ends.rules, strict=True)
        ]
        if environment.network.nat_refresh_hour is not None:
            NatRefresh(
                self,
                "NatRefresh",
                names=names,
                groups=self.network.nat.group_names,
                hour=environment.network.nat_refresh_hour,
            )
        self.nat_alarms = NatAlarms(
            self,
            "NatAlarms",
            names=names,
            topic=self.alarm_topic,
            instances=self.nat_metrics,
            max_surplus_credits=environment.network.nat_max_surplus_credits,
            max_dropped_packets=environment.network.nat_max_dropped_packets,
        )
        # While nobody reports yet, silence would ring.
        self.nat_alarms.node.add_dependency(self.network.nat.groups[-1])
        FlowLogs(self, "FlowLogs", names=names, vpc=self.vpc, key=self.key, log_days=environment.log_days)
        if environment.network.interface_endpoints:
            InterfaceEndpoints(
                self, "InterfaceEndpoints", vpc=self.vpc, security_group=self.security_groups["endpoints"]
            )
        adopt_providers(self, names=names, key=self.key, log_days=environment.log_days)

    @property
    @jsii.member(jsii_name="availabilityZones")
    def availability_zones(self) -> list[str]:
        """The zones by id. CDK's own answer would be a look-up in the account at every synthesis."""
        return self._zone_ids
