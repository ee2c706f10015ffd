"""The internal load balancer: the one way to the containers, for CloudFront, API Gateway and the probe."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elb
from constructs import Construct

from portal_stage.acknowledgements import acknowledge
from portal_stage.buckets import LogBucket
from portal_stage.foundation.network import APP
from portal_stage.names import Names
from portal_stage.portal.config import BACKEND_PORT, FRONTEND_PORT, ServiceConfig

# How long the balancer keeps a connection without traffic. The tasks keep theirs for 65 s, or a request could meet a
# connection that its task has just closed, which the balancer answers with 502.
IDLE = cdk.Duration.seconds(60)
# How long a task that is going away still gets the requests that it has begun.
DEREGISTRATION = cdk.Duration.seconds(30)


READINESS = "/api/ready"
# What lists the sessions of others: for partners, whose requests API Gateway has asked for a key.
PARTNER_PATHS = ["/api/customers/*", "/api/devices/*"]


class LoadBalancer(Construct):
    """HTTPS only: `/api/*` goes to the backend, everything else to the frontend.

    The Host of a request tells its way: CloudFront's carry `origin.`, since it does not pass the viewer's on, and API
    Gateway's carry `api_host`, that of the integration. Partner paths answer there alone, and readiness, which writes
    to the database, to the balancer's own name alone, by which the probe comes.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        names: Names,
        vpc: ec2.IVpc,
        security_group: ec2.ISecurityGroup,
        certificate: acm.ICertificate,
        api_host: str,
        frontend: ServiceConfig,
        backend: ServiceConfig,
    ) -> None:
        super().__init__(scope, id_)
        self._names = names
        self._vpc = vpc
        self.alb = elb.ApplicationLoadBalancer(
            self,
            "Alb",
            load_balancer_name=names("alb"),
            vpc=vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_group_name=APP),
            internet_facing=False,
            security_group=security_group,
            drop_invalid_header_fields=True,
            deletion_protection=False,
            idle_timeout=IDLE,
        )
        acknowledge(
            self.alb,
            "PCI.DSS.321::PCI.DSS.321-ALBWAFEnabled",
            reason="The balancer is internal. Both ways to it, CloudFront and API Gateway, have a web ACL, and its "
            "security group lets nobody else in but the pipeline's probe.",
        )
        self._keep_access_logs()
        self.frontend_targets = self._target_group("frontend", frontend, FRONTEND_PORT)
        self.backend_targets = self._target_group("backend", backend, BACKEND_PORT)
        self.listener = self.alb.add_listener(
            "Https",
            port=443,
            protocol=elb.ApplicationProtocol.HTTPS,
            certificates=[certificate],
            ssl_policy=elb.SslPolicy.TLS13_12_RES_PQ,
            # What may connect is said by the table of security groups.
            open=False,
            default_action=elb.ListenerAction.forward([self.frontend_targets]),
        )
        to_backend = elb.ListenerAction.forward([self.backend_targets])
        nothing = elb.ListenerAction.fixed_response(404, content_type="text/plain", message_body="Not found")
        inside = self.alb.load_balancer_dns_name
        self._rule("ReadinessInside", 1, to_backend, paths=[READINESS], host=inside)
        self._rule("Readiness", 2, nothing, paths=[READINESS])
        self._rule("PartnersByApi", 3, to_backend, paths=PARTNER_PATHS, host=api_host)
        self._rule("Partners", 4, nothing, paths=PARTNER_PATHS)
        self._rule("Api", 10, to_backend, paths=["/api/*"])

    def serve(self, target_group: elb.ApplicationTargetGroup, service: ecs.FargateService) -> None:
        """Register the service's tasks; it starts once the listener leads to them."""
        service.attach_to_application_target_group(target_group)
        service.node.add_dependency(self.listener)

    def _rule(
        self,
        id_: str,
        priority: int,
        action: elb.ListenerAction,
        *,
        paths: list[str],
        host: str | None = None,
    ) -> None:
        hosts = [elb.ListenerCondition.host_headers([host])] if host else []
        elb.ApplicationListenerRule(
            self,
            id_,
            listener=self.listener,
            priority=priority,
            conditions=[elb.ListenerCondition.path_patterns(paths), *hosts],
            action=action,
        )

    def _keep_access_logs(self) -> None:
        self.log_bucket = LogBucket(self, "Logs", prefix=self._names("alb-logs"))
        self.alb.log_access_logs(self.log_bucket, "alb")
        # The balancer goes before the bucket is emptied, or its last lines keep the bucket alive.
        self.alb.node.add_dependency(self.log_bucket)

    def _target_group(self, kind: str, service: ServiceConfig, port: int) -> elb.ApplicationTargetGroup:
        # TLS to the tasks encrypts and does not authenticate: the balancer checks neither the name nor the issuer nor
        # the age of a target's certificate ("Target groups for your Application Load Balancers",
        # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html).
        protocol = "https" if service.tls else "http"
        return elb.ApplicationTargetGroup(
            self,
            f"{kind}-targets",
            # Protocol and port are create-only: the name carries both, so that a change makes the new group first.
            target_group_name=self._names(f"{kind}-{protocol}-{port}"),
            vpc=self._vpc,
            target_type=elb.TargetType.IP,
            port=port,
            protocol=elb.ApplicationProtocol[protocol.upper()],
            deregistration_delay=DEREGISTRATION,
            health_check=elb.HealthCheck(
                protocol=elb.Protocol[protocol.upper()],
                path=service.health_path,
                healthy_http_codes="200",
                # A dead task is out of use after at most 3 x 5 + 3 seconds.
                interval=cdk.Duration.seconds(5),
                timeout=cdk.Duration.seconds(3),
                healthy_threshold_count=2,
                unhealthy_threshold_count=3,
            ),
        )
