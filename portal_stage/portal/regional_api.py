"""A REST API of the Region as the portal has them: behind a name of its own, and with its logs written down."""

from __future__ import annotations

from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_kms as kms
from constructs import Construct

from portal_stage.logs import log_group

_STAGE = "v1"


class RegionalApi(apigateway.RestApi):
    """Reached by the name that `answer_as` gives it only; one line of JSON for each request, and a log of errors."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        access_log: str,
        key: kms.IKey,
        log_days: int,
        rate_limit: float | None = None,
        burst_limit: int | None = None,
    ) -> None:
        """`access_log`: its log group's name. The limits are those of all callers together, or the account's."""
        self.access_logs = log_group(scope, "AccessLogs", name=access_log, key=key, days=log_days)
        super().__init__(
            scope,
            id_,
            rest_api_name=name,
            endpoint_types=[apigateway.EndpointType.REGIONAL],
            disable_execute_api_endpoint=True,
            # That role belongs to the account, not to an environment.
            cloud_watch_role=False,
            deploy_options=apigateway.StageOptions(
                stage_name=_STAGE,
                metrics_enabled=True,
                throttling_rate_limit=rate_limit,
                throttling_burst_limit=burst_limit,
                access_log_destination=apigateway.LogGroupLogDestination(self.access_logs),
                access_log_format=_json_line(),
                logging_level=apigateway.MethodLoggingLevel.ERROR,
                # Whole requests and answers would bring customers' data into the log.
                data_trace_enabled=False,
            ),
        )
        # CDK's output of an address that nobody can use.
        self.node.try_remove_child("Endpoint")
        # Written down, or API Gateway makes one that never expires.
        execution_logs = log_group(
            self,
            "ExecutionLogs",
            name=f"API-Gateway-Execution-Logs_{self.rest_api_id}/{_STAGE}",
            key=key,
            days=log_days,
        )
        cfn_stage = self.deployment_stage.node.default_child
        assert isinstance(cfn_stage, apigateway.CfnStage)  # noqa: S101 - for the type checker
        cfn_stage.node.add_dependency(execution_logs)

    def answer_as(self, host: str, certificate: acm.ICertificate) -> apigateway.DomainName:
        """Answer at this name, over TLS 1.2 or newer, IPv4 and IPv6; a record has to lead to what is returned."""
        domain_name = apigateway.DomainName(
            self,
            "DomainName",
            domain_name=host,
            certificate=certificate,
            endpoint_type=apigateway.EndpointType.REGIONAL,
            security_policy=apigateway.SecurityPolicy.TLS_1_2,
        )
        cfn_domain = domain_name.node.default_child
        assert isinstance(cfn_domain, apigateway.CfnDomainName)  # noqa: S101 - for the type checker
        # IPv4 only, unless it is told otherwise.
        cfn_domain.add_property_override("EndpointConfiguration.IpAddressType", "dualstack")
        apigateway.BasePathMapping(
            self, "Mapping", domain_name=domain_name, rest_api=self, stage=self.deployment_stage
        )
        return domain_name


def _json_line() -> apigateway.AccessLogFormat:
    return apigateway.AccessLogFormat.json_with_standard_fields(
        caller=False,
        http_method=True,
        ip=True,
        protocol=True,
        request_time=True,
        resource_path=True,
        response_length=True,
        status=True,
        user=False,
    )
