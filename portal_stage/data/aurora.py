"""Aurora PostgreSQL: a writer and two readers in the isolated subnets."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_rds as rds
from constructs import Construct

from portal_stage.acknowledgements import acknowledge
from portal_stage.data.config import DatabaseConfig
from portal_stage.foundation.network import DATA
from portal_stage.foundation.security_groups import POSTGRESQL
from portal_stage.logs import log_group
from portal_stage.names import Names

DATABASE = "portal"
MASTER_USER = "portal_admin"
_VERSION = rds.AuroraPostgresEngineVersion.VER_16_11
_ENGINE = rds.DatabaseClusterEngine.aurora_postgres(version=_VERSION)


class Aurora(Construct):
    """Encrypted, TLS only; the master's secret is made and rotated by RDS; destroying it leaves no snapshot."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        names: Names,
        config: DatabaseConfig,
        vpc: ec2.IVpc,
        security_group: ec2.ISecurityGroup,
        key: kms.IKey,
        log_days: int,
    ) -> None:
        super().__init__(scope, id_)
        self._names = names
        self._config = config
        self._key = key
        self._zones = [_zone(subnet) for subnet in vpc.isolated_subnets]
        name = names("aurora")
        logs = log_group(self, "Logs", name=f"/aws/rds/cluster/{name}/postgresql", key=key, days=log_days)
        self.cluster = rds.DatabaseCluster(
            self,
            "Cluster",
            engine=_ENGINE,
            cluster_identifier=name,
            default_database_name=DATABASE,
            port=POSTGRESQL,
            writer=self._instance("writer", tier=0),
            # The first reader is as large as the writer and takes over from it; the second scales by itself.
            readers=[self._instance("reader-1", tier=1), self._instance("reader-2", tier=2)],
            serverless_v2_min_capacity=config.min_capacity,
            serverless_v2_max_capacity=config.max_capacity,
            vpc=vpc,
            subnet_group=self._subnets(vpc),
            security_groups=[security_group],
            parameter_group=self._parameters(),
            storage_encrypted=True,
            storage_encryption_key=key,
            manage_master_user_password=True,
            credentials=rds.Credentials.from_username(MASTER_USER, encryption_key=key),
            backup=rds.BackupProps(
                retention=cdk.Duration.days(config.backup_days), preferred_window=config.backup_window
            ),
            preferred_maintenance_window=config.maintenance_window,
            # The pin is the version that runs: docs/decisions/0007.
            auto_minor_version_upgrade=False,
            copy_tags_to_snapshot=True,
            cloudwatch_logs_exports=["postgresql"],
            database_insights_mode=rds.DatabaseInsightsMode.STANDARD,
            performance_insight_encryption_key=key,
            deletion_protection=False,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        self.cluster.node.add_dependency(logs)
        acknowledge(
            self.cluster,
            "AwsSolutions::AwsSolutions-RDS10",
            reason="The brief forbids deletion protection: every environment can be destroyed by one command. In its "
            "place stand the approval before production, and backups of 7 days or more, which outlive no deletion: "
            "who may take an account's deploy role may delete.",
        )
        acknowledge(
            self.cluster,
            "AwsSolutions::AwsSolutions-RDS6",
            reason="The master's password is made, kept and rotated by RDS in Secrets Manager, and connections "
            "without TLS are refused. Why passwords, and not tokens of IAM: docs/decisions/0004.",
        )
        acknowledge(
            self.cluster,
            "PCI.DSS.321::PCI.DSS.321-RDSAutomaticMinorVersionUpgradeEnabled",
            reason="The version is pinned, goes through dev and staging first, and moves by a push that somebody "
            "approves; an upgrade that RDS made by itself would have the next deployment ask for the older version, "
            "which RDS refuses (docs/decisions/0007).",
        )

    @property
    def secret_arn(self) -> str:
        """The master's secret, complete ARN; only the migration is given it, anew in each task, for RDS rotates it."""
        secret = self.cluster.secret
        assert secret is not None  # noqa: S101 - for the type checker: a managed password has one
        return secret.secret_arn

    def _instance(self, role: str, *, tier: int) -> rds.IClusterInstance:
        """Its promotion tier: 0 writes, 1 takes over. Each is in a zone of its own, not where RDS happens to put it."""
        identifier = self._names(f"aurora-{role}")
        if self._config.instance_type is None:
            return rds.ClusterInstance.serverless_v2(
                role,
                scale_with_writer=tier == 1,
                instance_identifier=identifier,
                availability_zone=self._zones[tier],
                enable_performance_insights=True,
                performance_insight_encryption_key=self._key,
                publicly_accessible=False,
                preferred_maintenance_window=self._config.maintenance_window,
                auto_minor_version_upgrade=False,
            )
        return rds.ClusterInstance.provisioned(
            role,
            instance_type=ec2.InstanceType(self._config.instance_type),
            promotion_tier=tier,
            instance_identifier=identifier,
            availability_zone=self._zones[tier],
            enable_performance_insights=True,
            performance_insight_encryption_key=self._key,
            publicly_accessible=False,
            preferred_maintenance_window=self._config.maintenance_window,
            auto_minor_version_upgrade=False,
        )

    def _subnets(self, vpc: ec2.IVpc) -> rds.SubnetGroup:
        return rds.SubnetGroup(
            self,
            "Subnets",
            subnet_group_name=self._names("aurora-subnets"),
            description="The data subnets",
            vpc=vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_group_name=DATA),
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )

    def _parameters(self) -> rds.ParameterGroup:
        return rds.ParameterGroup(
            self,
            "Parameters",
            # A group cannot change its family, so the next major version has a group of its own beside this one.
            name=self._names("aurora-parameters", number=int(_VERSION.aurora_postgres_major_version)),
            description="TLS only; who came and went and slow statements are logged",
            engine=_ENGINE,
            parameters={
                "rds.force_ssl": "1",
                "log_connections": "1",
                "log_disconnections": "1",
                # Milliseconds. The values, which the backend sends apart from the text, stay out of the log.
                "log_min_duration_statement": "1000",
                "log_parameter_max_length": "0",
                "log_parameter_max_length_on_error": "0",
            },
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )


def _zone(subnet: ec2.ISubnet) -> str:
    """The name of its zone in this account; the subnet itself is pinned by the zone's id."""
    cfn_subnet = subnet.node.default_child
    assert isinstance(cfn_subnet, ec2.CfnSubnet)  # noqa: S101 - for the type checker
    return cfn_subnet.attr_availability_zone
