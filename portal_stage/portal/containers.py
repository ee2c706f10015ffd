"""The cluster with its two services, what the backend may touch, and the migration that runs before it."""

from __future__ import annotations

from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from portal_stage.config import Environment
from portal_stage.data.aurora import DATABASE
from portal_stage.data.sessions import CUSTOMER_INDEX, DEVICE_INDEX
from portal_stage.data.stack import DataStack
from portal_stage.foundation.security_groups import POSTGRESQL
from portal_stage.foundation.stack import FoundationStack
from portal_stage.logs import log_group
from portal_stage.portal.config import BACKEND_PORT, FRONTEND_PORT
from portal_stage.portal.service import ContainerService


class Containers(Construct):
    """Frontend and backend on Fargate; only the backend has permissions, and none of the database's master."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        environment: Environment,
        foundation: FoundationStack,
        data: DataStack,
    ) -> None:
        super().__init__(scope, id_)
        self._environment = environment
        self._foundation = foundation
        self._data = data
        self._master = self._imported("DatabaseSecret", data.aurora.secret_arn)
        self._user = self._imported("BackendUserSecret", data.backend_user.secret_arn)
        self._cluster = self._observed_cluster(environment.names("ecs"))
        capacity = self._capacity_providers()
        self.frontend = self._service("frontend", {})
        self.backend = self._service("backend", self._where_the_data_is())
        for tier in (self.frontend, self.backend):
            # ECS keeps a provider from being taken away while a service uses it: services go first.
            tier.service.node.add_dependency(capacity)
        self._let_backend_use_the_data()
        self._migrate_first()

    def _observed_cluster(self, name: str) -> ecs.Cluster:
        insights = log_group(
            self,
            "Insights",
            # Container Insights would make it itself, and keep it for ever.
            name=f"/aws/ecs/containerinsights/{name}/performance",
            key=self._foundation.key,
            days=self._environment.log_days,
        )
        cluster = ecs.Cluster(
            self,
            "Cluster",
            cluster_name=name,
            vpc=self._foundation.vpc,
            container_insights_v2=ecs.ContainerInsights.ENHANCED,
        )
        cluster.node.add_dependency(insights)
        return cluster

    def _capacity_providers(self) -> ecs.CfnClusterCapacityProviderAssociations:
        return ecs.CfnClusterCapacityProviderAssociations(
            self,
            "CapacityProviders",
            cluster=self._cluster.cluster_name,
            capacity_providers=["FARGATE", "FARGATE_SPOT"],
            default_capacity_provider_strategy=[
                ecs.CfnClusterCapacityProviderAssociations.CapacityProviderStrategyProperty(
                    capacity_provider="FARGATE", weight=1
                )
            ],
        )

    def _service(self, kind: str, variables: dict[str, str]) -> ContainerService:
        environment = self._environment
        return ContainerService(
            self,
            kind.capitalize(),
            kind=kind,
            names=environment.names,
            config=environment.frontend if kind == "frontend" else environment.backend,
            port=FRONTEND_PORT if kind == "frontend" else BACKEND_PORT,
            cluster=self._cluster,
            security_group=self._foundation.security_groups.fixed(self, kind),
            environment={"ENVIRONMENT": environment.suffix, **variables},
            key=self._foundation.key,
            log_days=environment.log_days,
        )

    def _where_the_data_is(self) -> dict[str, str]:
        cluster = self._data.aurora.cluster
        return {
            "AWS_REGION": self._environment.region,
            "DB_SECRET_ARN": self._data.backend_user.secret_arn,
            "DB_READER_HOST": cluster.cluster_read_endpoint.hostname,
            **self._where_the_writer_is(),
            "SESSIONS_TABLE": self._data.sessions.sessions.table_name,
            "SESSION_EVENTS_TABLE": self._data.sessions.events.table_name,
            "CUSTOMER_INDEX": CUSTOMER_INDEX,
            "DEVICE_INDEX": DEVICE_INDEX,
        }

    def _where_the_writer_is(self) -> dict[str, str]:
        return {
            "DB_WRITER_HOST": self._data.aurora.cluster.cluster_endpoint.hostname,
            "DB_PORT": str(POSTGRESQL),
            "DB_NAME": DATABASE,
        }

    def _migrate_first(self) -> None:
        """The database's tables and the backend's user, by the master: the one place that is given its password."""
        values = {
            f"DB_{prefix}{name}": ecs.Secret.from_secrets_manager(secret, field)
            for prefix, secret in (("MASTER_", self._master), ("", self._user))
            for name, field in (("USER", "username"), ("PASSWORD", "password"))
        }
        self.backend.run_first(
            "migrate",
            command=self._environment.database.migration,
            environment=self._where_the_writer_is(),
            secrets=values,
        )
        self._allow_key(self.backend.task.obtain_execution_role(), ["kms:Decrypt"], ["secretsmanager"])

    def _imported(self, id_: str, secret_arn: str) -> secretsmanager.ISecret:
        # By ARN: a secret that is passed as an object carries the key, and granting on it would tie the
        # foundation to this stack in a circle.
        return secretsmanager.Secret.from_secret_complete_arn(self, id_, secret_arn)

    def _let_backend_use_the_data(self) -> None:
        role = self.backend.task.task_role
        self._user.grant_read(role)
        # Single actions: the table's own "read" and "write" grants would include Scan.
        for table, operations in self._data.sessions.operations:
            indexes = [f"{table.table_arn}/index/{index}" for index in (CUSTOMER_INDEX, DEVICE_INDEX)]
            role.add_to_principal_policy(
                iam.PolicyStatement(
                    actions=[f"dynamodb:{operation}" for operation in operations],
                    resources=[table.table_arn, *indexes],
                )
            )
        self._allow_key(
            role,
            ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:DescribeKey"],
            ["dynamodb", "secretsmanager"],
        )

    def _allow_key(self, role: iam.IRole, actions: list[str], services: list[str]) -> None:
        """Use the environment's key, through these services only."""
        via = [f"{service}.{self._environment.region}.amazonaws.com" for service in services]
        role.add_to_principal_policy(
            iam.PolicyStatement(
                actions=actions,
                resources=[self._foundation.key.key_arn],
                conditions={"StringEquals": {"kms:ViaService": via}},
            )
        )
