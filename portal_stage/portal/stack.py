"""The portal: what changes every day, and the ways in."""

from __future__ import annotations

from typing import Literal

import aws_cdk as cdk
from constructs import Construct

from portal_stage.config import Environment
from portal_stage.custom_resources import adopt_providers
from portal_stage.data.stack import DataStack
from portal_stage.foundation.stack import FoundationStack
from portal_stage.operations.metrics import (
    Balancer,
    Database,
    Edge,
    Nat,
    Service,
    Sessions,
    WebAcl,
)
from portal_stage.operations.operations import Operations
from portal_stage.portal.api import Api
from portal_stage.portal.cdn import Cdn
from portal_stage.portal.containers import Containers
from portal_stage.portal.domain import Domain
from portal_stage.portal.firewall import Firewall
from portal_stage.portal.load_balancer import LoadBalancer
from portal_stage.portal.log_delivery import CdnLogs, LogDeliveryPolicy
from portal_stage.portal.maintenance import MaintenancePage
from portal_stage.portal.probe import Probe
from portal_stage.portal.static_site import StaticSite
from portal_stage.portal.tests_role import PipelineTestsRole


class PortalStack(cdk.Stack):
    """Containers behind one load balancer, reached through CloudFront, API Gateway and the tests' probe."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        environment: Environment,
        foundation: FoundationStack,
        data: DataStack,
        tools_account: str,
    ) -> None:
        names, vpc, groups = environment.names, foundation.vpc, foundation.security_groups
        super().__init__(
            scope, id_, stack_name=names("portal"), description="Customer portal: containers, API, CDN, names"
        )
        self.domain = Domain(self, "Domain", environment=environment)
        self.containers = Containers(
            self, "Containers", environment=environment, foundation=foundation, data=data
        )
        self.load_balancer = LoadBalancer(
            self,
            "LoadBalancer",
            names=names,
            vpc=vpc,
            security_group=groups.fixed(self, "alb"),
            certificate=self.domain.certificate,
            frontend=environment.frontend,
            backend=environment.backend,
        )
        for tier, targets in (
            (self.containers.frontend, self.load_balancer.frontend_targets),
            (self.containers.backend, self.load_balancer.backend_targets),
        ):
            self.load_balancer.serve(targets, tier.service)
            tier.scale_on_demand(targets)
            tier.roll_back_on_errors(targets, foundation.alarm_topic)
        alb = self.load_balancer.alb

        self.static_site = StaticSite(
            self, "StaticSite", names=names, log_bucket=self.load_balancer.log_bucket
        )
        cdn_firewall = self._firewall("cdn", environment, foundation)
        self.cdn = Cdn(
            self,
            "Cdn",
            names=names,
            domain=self.domain,
            alb=alb,
            static_files=self.static_site.bucket,
            web_acl_arn=cdn_firewall.arn,
        )
        self.static_site.publish(self.cdn.distribution)
        # A page may ask for a file of its release as soon as it is served.
        self.containers.frontend.service.node.add_dependency(self.static_site.hashed_files)
        cdn_logs = CdnLogs(
            self,
            "CdnLogs",
            names=names,
            distribution=self.cdn.distribution,
            key=foundation.key,
            log_days=environment.log_days,
        )
        self.maintenance = MaintenancePage(
            self,
            "Maintenance",
            names=names,
            domain=self.domain,
            key=foundation.key,
            log_days=environment.log_days,
        )
        self.domain.point_portal_at(
            self.cdn.distribution,
            otherwise=self.maintenance.domain_name,
            health_check_name=names("portal-health"),
        )

        self.api = Api(
            self,
            "Api",
            names=names,
            config=environment.api,
            vpc=vpc,
            security_group=groups.fixed(self, "vpc-link"),
            alb=alb,
            domain=self.domain,
            key=foundation.key,
            log_days=environment.log_days,
        )
        self.domain.point_api_at(self.api.domain_name)
        api_firewall = self._firewall("api", environment, foundation)
        api_firewall.protect("Api", self.api.stage_arn)
        api_firewall.protect("Maintenance", self.maintenance.stage_arn)

        policy = LogDeliveryPolicy(
            self, "LogDelivery", names=names, groups=[cdn_firewall.logs, api_firewall.logs, cdn_logs.logs]
        )
        for delivery in (cdn_firewall.logging, api_firewall.logging, cdn_logs.delivery):
            delivery.add_resource_dependency(policy)

        self.probe = Probe(
            self,
            "Probe",
            names=names,
            vpc=vpc,
            security_group=groups.fixed(self, "probe"),
            alb=alb,
            origin_host=self.domain.origin_host,
            key=foundation.key,
            log_days=environment.log_days,
        )
        self.tests_role = PipelineTestsRole(
            self,
            "TestsRole",
            names=names,
            tools_account=tools_account,
            probe=self.probe.function,
            api_key=self.api.tests_key,
        )
        self.operations = self._operations(environment, foundation, data)
        self.test_outputs = self._test_outputs()
        adopt_providers(self, names=names, key=foundation.key, log_days=environment.log_days)

    def _firewall(
        self, kind: Literal["cdn", "api"], environment: Environment, foundation: FoundationStack
    ) -> Firewall:
        return Firewall(
            self,
            f"{kind.capitalize()}Firewall",
            kind=kind,
            names=environment.names,
            config=environment.firewall,
            key=foundation.key,
            log_days=environment.log_days,
        )

    def _operations(
        self, environment: Environment, foundation: FoundationStack, data: DataStack
    ) -> Operations:
        names, alb = environment.names, self.load_balancer.alb
        return Operations(
            self,
            "Operations",
            names=names,
            config=environment.alarms,
            topic=foundation.alarm_topic,
            key=foundation.key,
            log_days=environment.log_days,
            edge=Edge(
                distribution=self.cdn.distribution,
                web_acl=WebAcl(metric_name=names("cdn-acl")),
                certificate=self.domain.certificate,
                health_check=self.domain.health_check,
            ),
            api_stage=self.api.stage,
            api_acl=WebAcl(metric_name=names("api-acl"), region=environment.region),
            api_access_logs=self.api.access_logs,
            balancer=Balancer(alb=alb),
            services=[
                Service(kind=kind, service=tier.service, targets=targets, alb=alb)
                for kind, tier, targets in (
                    ("frontend", self.containers.frontend, self.load_balancer.frontend_targets),
                    ("backend", self.containers.backend, self.load_balancer.backend_targets),
                )
            ],
            database=Database(
                cluster=data.aurora.cluster, serverless=environment.database.instance_type is None
            ),
            sessions=Sessions(tables=[data.sessions.sessions, data.sessions.events]),
            nat=Nat(groups=foundation.network.nat.group_names),
            probe=self.probe.function,
        )

    def _test_outputs(self) -> dict[str, cdk.CfnOutput]:
        """Environment variable of the tests -> stack output."""
        values = {
            "PORTAL_URL": f"https://{self.domain.portal_host}",
            "API_URL": f"https://{self.domain.api_host}",
            "PROBE_FUNCTION": self.probe.function.function_name,
            "TEST_ROLE_ARN": self.tests_role.role_arn,
            "API_KEY_ID": self.api.tests_key.key_id,
            "STATIC_BUCKET": self.static_site.bucket.bucket_name,
        }
        return {
            variable: cdk.CfnOutput(self, variable.title().replace("_", ""), value=value)
            for variable, value in values.items()
        }
