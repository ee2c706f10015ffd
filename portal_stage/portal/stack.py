"""The portal: what changes every day, and the ways in."""

from __future__ import annotations

from typing import Literal

import aws_cdk as cdk
from constructs import Construct

from portal_stage.config import Environment
from portal_stage.custom_resources import adopt_providers
from portal_stage.data.stack import DataStack
from portal_stage.foundation.stack import FoundationStack
from portal_stage.operations.operations import Operations
from portal_stage.portal.api import Api
from portal_stage.portal.cdn import Cdn
from portal_stage.portal.containers import Containers
from portal_stage.portal.domain import Domain
from portal_stage.portal.firewall import Firewall
from portal_stage.portal.load_balancer import LoadBalancer
from portal_stage.portal.log_delivery import CdnLogs, let_deliver
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
        names = environment.names
        super().__init__(
            scope, id_, stack_name=names("portal"), description="Customer portal: containers, API, CDN, names"
        )
        self._environment, self._foundation = environment, foundation
        self.domain = Domain(self, "Domain", environment=environment)
        self.containers = Containers(
            self, "Containers", environment=environment, foundation=foundation, data=data
        )
        self.load_balancer = self._balance_the_containers()
        self.static_site = StaticSite(
            self, "StaticSite", names=names, log_bucket=self.load_balancer.log_bucket
        )
        cdn_firewall, api_firewall = self._firewall("cdn"), self._firewall("api")
        self.cdn = Cdn(
            self,
            "Cdn",
            names=names,
            domain=self.domain,
            alb=self.load_balancer.alb,
            static_files=self.static_site.bucket,
            web_acl_arn=cdn_firewall.arn,
        )
        self.static_site.publish(self.cdn.distribution)
        # A page may ask for a file of its release as soon as it is served.
        self.containers.frontend.service.node.add_dependency(self.static_site.hashed_files)
        self.maintenance = self._lead_customers_to_the_cdn()
        self.api = self._lead_partners_to_the_api()
        api_firewall.protect("Api", self.api.stage_arn)
        api_firewall.protect("Maintenance", self.maintenance.stage_arn)
        self._deliver_logs(cdn_firewall, api_firewall)
        self.probe = self._probe()
        self.tests_role = PipelineTestsRole(
            self,
            "TestsRole",
            names=names,
            tools_account=tools_account,
            probe=self.probe.function,
            api_key=self.api.tests_key,
        )
        self.operations = self._watch(data, cdn_firewall, api_firewall)
        self.test_outputs = self._test_outputs()
        adopt_providers(self, names=names, key=foundation.key, log_days=environment.log_days)

    def _balance_the_containers(self) -> LoadBalancer:
        environment, foundation = self._environment, self._foundation
        load_balancer = LoadBalancer(
            self,
            "LoadBalancer",
            names=environment.names,
            vpc=foundation.vpc,
            security_group=foundation.security_groups.fixed(self, "alb"),
            certificate=self.domain.certificate,
            api_host=self.domain.api_host,
            frontend=environment.frontend,
            backend=environment.backend,
        )
        for tier, targets in (
            (self.containers.frontend, load_balancer.frontend_targets),
            (self.containers.backend, load_balancer.backend_targets),
        ):
            load_balancer.serve(targets, tier.service)
            tier.scale_on_demand(targets)
            tier.roll_back_on_errors(targets, load_balancer.alb, foundation.alarm_topic)
        return load_balancer

    def _firewall(self, kind: Literal["cdn", "api"]) -> Firewall:
        return Firewall(
            self,
            f"{kind.capitalize()}Firewall",
            kind=kind,
            names=self._environment.names,
            config=self._environment.firewall,
            key=self._foundation.key,
            log_days=self._environment.log_days,
        )

    def _lead_customers_to_the_cdn(self) -> MaintenancePage:
        """And to the page where they are led otherwise."""
        names = self._environment.names
        maintenance = MaintenancePage(
            self,
            "Maintenance",
            names=names,
            domain=self.domain,
            key=self._foundation.key,
            log_days=self._environment.log_days,
        )
        self.domain.point_portal_at(
            self.cdn.distribution,
            otherwise=maintenance.domain_name,
            health_check_name=names("portal-health"),
        )
        return maintenance

    def _lead_partners_to_the_api(self) -> Api:
        api = Api(
            self,
            "Api",
            names=self._environment.names,
            config=self._environment.api,
            vpc=self._foundation.vpc,
            security_group=self._foundation.security_groups.fixed(self, "vpc-link"),
            alb=self.load_balancer.alb,
            domain=self.domain,
            key=self._foundation.key,
            log_days=self._environment.log_days,
        )
        self.domain.point_api_at(api.domain_name, health_check_name=self._environment.names("api-health"))
        return api

    def _deliver_logs(self, *firewalls: Firewall) -> None:
        cdn_logs = CdnLogs(
            self,
            "CdnLogs",
            names=self._environment.names,
            distribution=self.cdn.distribution,
            key=self._foundation.key,
            log_days=self._environment.log_days,
        )
        for group in (*(firewall.logs for firewall in firewalls), cdn_logs.logs):
            let_deliver(group)

    def _probe(self) -> Probe:
        return Probe(
            self,
            "Probe",
            names=self._environment.names,
            vpc=self._foundation.vpc,
            security_group=self._foundation.security_groups.fixed(self, "probe"),
            alb=self.load_balancer.alb,
            origin_host=self.domain.origin_host,
            key=self._foundation.key,
            log_days=self._environment.log_days,
        )

    def _watch(self, data: DataStack, cdn_firewall: Firewall, api_firewall: Firewall) -> Operations:
        return Operations(
            self,
            "Operations",
            environment=self._environment,
            foundation=self._foundation,
            data=data,
            domain=self.domain,
            cdn=self.cdn,
            cdn_firewall=cdn_firewall,
            api=self.api,
            api_firewall=api_firewall,
            load_balancer=self.load_balancer,
            containers=self.containers,
            probe=self.probe,
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
