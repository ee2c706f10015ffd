"""The partners' API: a regional REST API, through a VPC link straight to the load balancer."""

from __future__ import annotations

from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from portal_stage.acknowledgements import acknowledge
from portal_stage.foundation.network import APP
from portal_stage.names import Names
from portal_stage.portal.api_plans import ApiPlans
from portal_stage.portal.config import ApiConfig
from portal_stage.portal.domain import Domain
from portal_stage.portal.regional_api import RegionalApi


class Api(Construct):
    """Every method under `/api` needs a key and counts against its usage plan, but `GET /api/health`."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        names: Names,
        config: ApiConfig,
        vpc: ec2.IVpc,
        security_group: ec2.ISecurityGroup,
        alb: elb.IApplicationLoadBalancer,
        domain: Domain,
        key: kms.IKey,
        log_days: int,
    ) -> None:
        super().__init__(scope, id_)
        self._alb = alb
        self._link = apigatewayv2.VpcLink(
            self,
            "VpcLink",
            vpc_link_name=names("vpc-link"),
            vpc=vpc,
            subnets=ec2.SubnetSelection(subnet_group_name=APP),
            security_groups=[security_group],
        )
        self._rest_api = RegionalApi(
            self,
            "RestApi",
            name=names("api"),
            access_log=names("/apigateway/access"),
            key=key,
            log_days=log_days,
            rate_limit=config.stage_rate_limit,
            burst_limit=config.stage_burst_limit,
        )
        self._validator = self._rest_api.add_request_validator(
            "Validator",
            request_validator_name=names("api-validator"),
            validate_request_parameters=True,
            validate_request_body=True,
        )
        acknowledge(
            self._rest_api,
            "AwsSolutions::AwsSolutions-APIG4",
            "AwsSolutions::AwsSolutions-COG4",
            reason="The brief asks for API keys: each client has its own, with a usage plan. Who a customer is, is for "
            "the backend to say, which keeps the sessions. GET /api/health tells only that the backend answers.",
        )
        acknowledge(
            self._rest_api,
            "PCI.DSS.321::PCI.DSS.321-APIGWCacheEnabledAndEncrypted",
            reason="Nothing is cached, so there is no cache to encrypt: answers are customers' own.",
        )
        acknowledge(
            self._rest_api,
            "PCI.DSS.321::PCI.DSS.321-APIGWSSLEnabled",
            reason="The way to the balancer is HTTPS inside the VPC, by a VPC link whose security group alone may open "
            "it. The balancer asks for no client certificate.",
        )
        api = self._rest_api.root.add_resource("api")
        self._method(api.add_resource("health"), "GET", f"https://{domain.api_host}/api/health", key=False)
        self._method(
            api.add_resource("{proxy+}"),
            "ANY",
            f"https://{domain.api_host}/api/{{proxy}}",
            parameter="proxy",
        )
        # The methods' target is not in the deployment's own hash: without this a change of it is never deployed.
        deployment = self._rest_api.latest_deployment
        assert deployment is not None  # noqa: S101 - for the type checker
        deployment.add_to_logical_id({"integrationTarget": alb.load_balancer_arn})
        self.domain_name = self._rest_api.answer_as(domain.api_host, domain.certificate)
        self.tests_key = ApiPlans(
            self, "Plans", names=names, config=config, rest_api=self._rest_api
        ).tests_key

    @property
    def access_logs(self) -> logs.ILogGroup:
        """A line of JSON for each request."""
        return self._rest_api.access_logs

    @property
    def stage(self) -> apigateway.Stage:
        """What is measured."""
        return self._rest_api.deployment_stage

    @property
    def stage_arn(self) -> str:
        """What a web ACL stands before."""
        return self._rest_api.deployment_stage.stage_arn

    def _method(
        self,
        resource: apigateway.Resource,
        verb: str,
        uri: str,
        *,
        key: bool = True,
        parameter: str | None = None,
    ) -> None:
        """A method that hands the request to the load balancer: the link carries it, the target names the
        balancer, and the URI gives the scheme, the path and the name in the balancer's certificate."""
        integration = apigateway.Integration(
            type=apigateway.IntegrationType.HTTP_PROXY,
            integration_http_method=verb,
            uri=uri,
            options=apigateway.IntegrationOptions(
                connection_type=apigateway.ConnectionType.VPC_LINK,
                vpc_link=apigateway.VpcLink.from_vpc_link_id(resource, "VpcLink", self._link.vpc_link_id),
                request_parameters={
                    f"integration.request.path.{parameter}": f"method.request.path.{parameter}"
                }
                if parameter
                else None,
            ),
        )
        method = resource.add_method(
            verb,
            integration,
            api_key_required=key,
            request_validator=self._validator,
            request_parameters={f"method.request.path.{parameter}": True} if parameter else None,
        )
        cfn_method = method.node.default_child
        assert isinstance(cfn_method, apigateway.CfnMethod)  # noqa: S101 - for the type checker
        cfn_method.add_property_override("Integration.IntegrationTarget", self._alb.load_balancer_arn)
