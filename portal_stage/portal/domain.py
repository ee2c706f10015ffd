"""The portal's names: one certificate for all of them, and the records of the public ones."""

from __future__ import annotations

from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53_targets as targets
from constructs import Construct

from portal_stage.config import Environment


class Domain(Construct):
    """The imported zone and the environment's certificate: portal, API and origin, no wildcard.

    The origin's name is only in the certificate: CloudFront and API Gateway reach the balancer by its ARN.
    """

    def __init__(self, scope: Construct, id_: str, *, environment: Environment) -> None:
        super().__init__(scope, id_)
        self.portal_host = environment.portal_host
        self.api_host = environment.api_host
        self.origin_host = environment.origin_host
        self._zone = route53.HostedZone.from_hosted_zone_attributes(
            self, "Zone", hosted_zone_id=environment.zone.id, zone_name=environment.zone.name
        )
        self.certificate = acm.Certificate(
            self,
            "Certificate",
            certificate_name=environment.names("certificate"),
            domain_name=self.portal_host,
            subject_alternative_names=[self.api_host, self.origin_host],
            validation=acm.CertificateValidation.from_dns(self._zone),
        )

    def point_portal_at(
        self,
        distribution: cloudfront.IDistribution,
        *,
        otherwise: apigateway.IDomainName,
        health_check_name: str,
    ) -> None:
        """Where customers arrive: CloudFront while it is healthy, else the maintenance page; IPv4 and IPv6."""
        self.portal_health = self._health_check(
            "PortalHealth",
            name=health_check_name,
            # Its own name, or the check would follow the very failover that it decides about.
            host=distribution.distribution_domain_name,
            # Never cached, and answered by the frontend: CloudFront alone is not the portal.
            path="/healthz",
        )
        for type_ in ("A", "AAAA"):
            # Route 53 asks CloudFront nothing, hence the health check; nothing is left after the second.
            self._portal_record(
                type_,
                "PRIMARY",
                distribution.distribution_domain_name,
                targets.CloudFrontTarget.CLOUDFRONT_ZONE_ID,
                health_check_id=self.portal_health.attr_health_check_id,
            )
            self._portal_record(
                type_,
                "SECONDARY",
                otherwise.domain_name_alias_domain_name,
                otherwise.domain_name_alias_hosted_zone_id,
            )

    def _health_check(self, id_: str, *, name: str, host: str, path: str) -> route53.CfnHealthCheck:
        return route53.CfnHealthCheck(
            self,
            id_,
            health_check_config=route53.CfnHealthCheck.HealthCheckConfigProperty(
                type="HTTPS",
                fully_qualified_domain_name=host,
                enable_sni=True,
                port=443,
                resource_path=path,
                request_interval=30,
                failure_threshold=3,
            ),
            health_check_tags=[route53.CfnHealthCheck.HealthCheckTagProperty(key="Name", value=name)],
        )

    def _portal_record(
        self, type_: str, role: str, dns_name: str, zone_id: str, *, health_check_id: str | None = None
    ) -> None:
        # Not route53.ARecord, which refuses an alias of CloudFront as one of a pair.
        route53.CfnRecordSet(
            self,
            f"Portal{role.capitalize()}{type_.capitalize()}",
            hosted_zone_id=self._zone.hosted_zone_id,
            name=f"{self.portal_host}.",
            type=type_,
            set_identifier=role.lower(),
            failover=role,
            health_check_id=health_check_id,
            alias_target=route53.CfnRecordSet.AliasTargetProperty(
                dns_name=dns_name, hosted_zone_id=zone_id, evaluate_target_health=False
            ),
        )

    def point_api_at(self, domain_name: apigateway.IDomainName, *, health_check_name: str) -> None:
        """Where the API's clients arrive, over IPv4 and IPv6; no failover (docs/decisions/0009-api-failover.md)."""
        # Through API Gateway to the backend: the one method that asks for no API key.
        self.api_health = self._health_check(
            "ApiHealth", name=health_check_name, host=self.api_host, path="/api/health"
        )
        target = route53.RecordTarget.from_alias(targets.ApiGatewayDomain(domain_name))
        name = f"{self.api_host}."
        route53.ARecord(self, "ApiA", zone=self._zone, record_name=name, target=target)
        route53.AaaaRecord(self, "ApiAaaa", zone=self._zone, record_name=name, target=target)
