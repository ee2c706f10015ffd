"""The tests' eye inside the VPC: a function that opens the load balancer and tells what it saw."""

from __future__ import annotations

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from portal_stage.acknowledgements import acknowledge
from portal_stage.foundation.network import APP
from portal_stage.logs import log_group
from portal_stage.names import Names

_HANDLER = Path(__file__).parent / "probe_handler"
# What Lambda itself needs to place the function in the VPC; none of it can be narrowed to a resource.
_NETWORK_ACTIONS = (
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
)


class Probe(Construct):
    """Opens the balancer's own DNS name with the origin's name in TLS; may reach nothing else."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        names: Names,
        vpc: ec2.IVpc,
        security_group: ec2.ISecurityGroup,
        alb: elb.IApplicationLoadBalancer,
        origin_host: str,
        key: kms.IKey,
        log_days: int,
    ) -> None:
        super().__init__(scope, id_)
        logs = log_group(self, "Logs", name=names("/aws/lambda/probe"), key=key, days=log_days)
        role = iam.Role(
            self,
            "Role",
            role_name=names("probe-role"),
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
        )
        role.add_to_policy(iam.PolicyStatement(actions=list(_NETWORK_ACTIONS), resources=["*"]))
        acknowledge(
            role,
            "AwsSolutions::AwsSolutions-IAM5[Resource::*]",
            reason="Lambda makes the function's network interface with these rights, and EC2 takes no resource for "
            "them: the interface does not exist yet.",
        )
        logs.grant_write(role)
        self.function = lambda_.Function(
            self,
            "Function",
            function_name=names("probe"),
            description="Opens the load balancer from inside the VPC for the pipeline's tests",
            runtime=lambda_.Runtime.PYTHON_3_14,
            architecture=lambda_.Architecture.ARM_64,
            handler="index.handler",
            code=lambda_.Code.from_asset(str(_HANDLER), exclude=["__pycache__"]),
            role=role,
            log_group=logs,
            timeout=cdk.Duration.seconds(30),
            memory_size=128,
            vpc=vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_group_name=APP),
            security_groups=[security_group],
            environment={"ALB_DNS_NAME": alb.load_balancer_dns_name, "ORIGIN_NAME": origin_host},
        )
