"""How the API's stage runs: its throttle, what it logs, and where."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs

from portal_stage.logs import log_group
from portal_stage.portal.config import ApiConfig

STAGE = "v1"


def stage_options(access_logs: logs.ILogGroup, config: ApiConfig) -> apigateway.StageOptions:
    """One line of JSON per request, an execution log of errors only, and a limit above the plans'."""
    return apigateway.StageOptions(
        stage_name=STAGE,
        metrics_enabled=True,
        throttling_rate_limit=config.stage_rate_limit,
        throttling_burst_limit=config.stage_burst_limit,
        access_log_destination=apigateway.LogGroupLogDestination(access_logs),
        access_log_format=_json_line(),
        logging_level=apigateway.MethodLoggingLevel.ERROR,
        # Whole requests and answers would bring customers' data into the log.
        data_trace_enabled=False,
    )


def maintenance_options(access_logs: logs.ILogGroup) -> apigateway.StageOptions:
    """The same lines for a stage that has nothing behind it, and so no plan to stay above."""
    return apigateway.StageOptions(
        stage_name=STAGE,
        metrics_enabled=True,
        access_log_destination=apigateway.LogGroupLogDestination(access_logs),
        access_log_format=_json_line(),
        logging_level=apigateway.MethodLoggingLevel.ERROR,
        data_trace_enabled=False,
    )


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


def keep_execution_log(rest_api: apigateway.RestApi, *, key: kms.IKey, days: int) -> None:
    """Write the log group of a stage's errors down, or API Gateway makes one that never expires."""
    group = log_group(
        rest_api,
        "ExecutionLogs",
        name=f"API-Gateway-Execution-Logs_{rest_api.rest_api_id}/{STAGE}",
        key=key,
        days=days,
    )
    cfn_stage = rest_api.deployment_stage.node.default_child
    assert isinstance(cfn_stage, cdk.CfnResource)  # noqa: S101 - for the type checker
    cfn_stage.node.add_dependency(group)
