"""Where the portal's name leads while CloudFront does not answer: a page that needs nothing else."""

from __future__ import annotations

from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_kms as kms
from constructs import Construct

from portal_stage.acknowledgements import acknowledge
from portal_stage.names import Names
from portal_stage.portal.domain import Domain
from portal_stage.portal.regional_api import RegionalApi

_PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
    # Not as a header: a constant of API Gateway stands in the quotes that this policy needs.
    """<meta http-equiv="Content-Security-Policy" content="default-src 'none'">"""
    "<title>We will be right back - Customer portal</title></head><body><main><h1>We will be right back.</h1>"
    "<p>The portal is not available at the moment. Nothing of yours is lost: please try again in a few minutes."
    "</p></main></body></html>"
)
# What a page or a form sends. A body of another type would reach the mock as it is, which answers 500 to that; it is
# refused with 415. API Gateway takes a request without a type for the first of these.
_SENT = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data", "text/plain")
_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Retry-After": "120",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}


class MaintenancePage(Construct):
    """Answers every path of the portal's name with 503 and a page, from API Gateway alone.

    Not a second distribution: CloudFront admits one distribution per name.
    """

    def __init__(
        self, scope: Construct, id_: str, *, names: Names, domain: Domain, key: kms.IKey, log_days: int
    ) -> None:
        super().__init__(scope, id_)
        rest_api = RegionalApi(
            self,
            "RestApi",
            name=names("maintenance"),
            access_log=names("/apigateway/maintenance"),
            key=key,
            log_days=log_days,
        )
        acknowledge(
            rest_api,
            "AwsSolutions::AwsSolutions-APIG2",
            "AwsSolutions::AwsSolutions-APIG4",
            "AwsSolutions::AwsSolutions-COG4",
            "PCI.DSS.321::PCI.DSS.321-APIGWCacheEnabledAndEncrypted",
            "PCI.DSS.321::PCI.DSS.321-APIGWSSLEnabled",
            reason="One public page, the same for everybody: nothing of a request is read, nothing stands behind it, "
            "and nothing is cached.",
        )
        for resource in (rest_api.root, rest_api.root.add_resource("{proxy+}")):
            self._answer(resource)
        self.stage_arn = rest_api.deployment_stage.stage_arn
        self.domain_name = rest_api.answer_as(domain.portal_host, domain.certificate)

    @staticmethod
    def _answer(resource: apigateway.IResource) -> None:
        named = {f"method.response.header.{name}": value for name, value in _HEADERS.items()}
        resource.add_method(
            "ANY",
            apigateway.MockIntegration(
                request_templates=dict.fromkeys(_SENT, '{"statusCode": 503}'),
                passthrough_behavior=apigateway.PassthroughBehavior.NEVER,
                integration_responses=[
                    apigateway.IntegrationResponse(
                        status_code="503",
                        response_templates={"application/json": _PAGE},
                        response_parameters={name: f"'{value}'" for name, value in named.items()},
                    )
                ],
            ),
            method_responses=[
                apigateway.MethodResponse(status_code="503", response_parameters=dict.fromkeys(named, True))
            ],
        )
