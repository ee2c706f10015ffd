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
            domain_name=self.portal_host,
            subject_alternative_names=[self.api_host, self.origin_host],
            validation=acm.CertificateValidation.from_dns(self._zone),
        )

    def point_portal_at(self, distribution: cloudfront.IDistribution) -> None:
        """Where customers arrive: CloudFront, over IPv4 and IPv6."""
        target = route53.RecordTarget.from_alias(targets.CloudFrontTarget(distribution))
        name = f"{self.portal_host}."
        route53.ARecord(self, "PortalA", zone=self._zone, record_name=name, target=target)
        route53.AaaaRecord(self, "PortalAaaa", zone=self._zone, record_name=name, target=target)

    def point_api_at(self, domain_name: apigateway.IDomainName) -> None:
        """Where the API's clients arrive, over IPv4 and IPv6."""
        target = route53.RecordTarget.from_alias(targets.ApiGatewayDomain(domain_name))
        name = f"{self.api_host}."
        route53.ARecord(self, "ApiA", zone=self._zone, record_name=name, target=target)
        route53.AaaaRecord(self, "ApiAaaa", zone=self._zone, record_name=name, target=target)


def answer_over_ipv6(domain_name: apigateway.DomainName) -> None:
    """A custom domain of API Gateway is reached over IPv4 only unless it is told otherwise."""
    cfn_domain = domain_name.node.default_child
    assert isinstance(cfn_domain, apigateway.CfnDomainName)  # noqa: S101 - for the type checker
    cfn_domain.add_property_override("EndpointConfiguration.IpAddressType", "dualstack")
