"""The ways to AWS that do not leave the VPC; gateway endpoints cost nothing and stand in `network.py`."""

from __future__ import annotations

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from portal_stage.foundation.network import APP

_SERVICES = {
    "EcrApi": ec2.InterfaceVpcEndpointAwsService.ECR,
    "EcrDocker": ec2.InterfaceVpcEndpointAwsService.ECR_DOCKER,
    "Logs": ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
    "SecretsManager": ec2.InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
    "Kms": ec2.InterfaceVpcEndpointAwsService.KMS,
}


class InterfaceEndpoints(Construct):
    """Images, logs, secrets and keys stay reachable by their usual names when every NAT instance is gone."""

    def __init__(
        self, scope: Construct, id_: str, *, vpc: ec2.IVpc, security_group: ec2.ISecurityGroup
    ) -> None:
        super().__init__(scope, id_)
        for name, service in _SERVICES.items():
            ec2.InterfaceVpcEndpoint(
                self,
                name,
                vpc=vpc,
                service=service,
                subnets=ec2.SubnetSelection(subnet_group_name=APP),
                security_groups=[security_group],
                # What may connect is said by the table of security groups.
                open=False,
                private_dns_enabled=True,
            )
