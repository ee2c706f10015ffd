"""One Fargate service: task definition, roles, log group, capacity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from portal_stage.acknowledgements import acknowledge
from portal_stage.foundation.network import APP
from portal_stage.logs import log_group
from portal_stage.names import Names
from portal_stage.portal.config import ServiceConfig
from portal_stage.portal.images import container_image, is_in_ecr
from portal_stage.portal.load_balancer import DEREGISTRATION
from portal_stage.portal.rollback import RollbackAlarm

# Nobody's root, whatever the image says. Node's images call this user `node`.
_USER = "1000:1000"


class ContainerService(Construct):
    """arm64, not reachable but through the load balancer; a deployment that does not come up is rolled back."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        kind: str,
        names: Names,
        config: ServiceConfig,
        port: int,
        cluster: ecs.ICluster,
        security_group: ec2.ISecurityGroup,
        environment: Mapping[str, str],
        key: kms.IKey,
        log_days: int,
    ) -> None:
        super().__init__(scope, id_)
        self._kind = kind
        self._config = config
        self._names = names
        self.task = ecs.FargateTaskDefinition(
            self,
            "Task",
            family=names(kind),
            cpu=config.cpu,
            memory_limit_mib=config.memory,
            runtime_platform=ecs.RuntimePlatform(
                cpu_architecture=ecs.CpuArchitecture.ARM64,
                operating_system_family=ecs.OperatingSystemFamily.LINUX,
            ),
            task_role=self._role("task"),
            execution_role=(execution_role := self._role("execution")),
        )
        self._image = container_image(self, kind, reference=config.image, puller=execution_role)
        self._logging = ecs.LogDrivers.aws_logs(
            stream_prefix=kind,
            log_group=log_group(self, "Logs", name=names(f"/ecs/{kind}"), key=key, days=log_days),
            mode=ecs.AwsLogDriverMode.NON_BLOCKING,
        )
        self._container = self.task.add_container(
            kind,
            container_name=kind,
            image=self._image,
            port_mappings=[ecs.PortMapping(container_port=port)],
            environment={
                "PORT": str(port),
                "PROTOCOL": "https" if config.tls else "http",
                **environment,
            },
            logging=self._logging,
            readonly_root_filesystem=True,
            user=_USER,
            # A Spot task gets SIGTERM while the balancer still sends it what it has begun.
            stop_timeout=cdk.Duration.seconds(DEREGISTRATION.to_seconds() + 10),
        )
        acknowledge(
            self.task,
            "AwsSolutions::AwsSolutions-ECS2",
            reason="The variables are names and addresses: ports, tables, hosts, a secret's ARN. The secret itself is "
            "read at run time; the house rule HOUSE_NO_PLAIN_TEXT_SECRET holds that.",
        )
        if is_in_ecr(config.image):
            acknowledge(
                execution_role,
                "AwsSolutions::AwsSolutions-IAM5[Resource::*]",
                reason="ecr:GetAuthorizationToken, which ECR offers for the whole registry only. Images may be pulled "
                "from the one repository that is named.",
            )
        self.service = ecs.FargateService(
            self,
            "Service",
            service_name=names(kind),
            cluster=cluster,
            task_definition=self.task,
            capacity_provider_strategies=_capacity(config),
            vpc_subnets=ec2.SubnetSelection(subnet_group_name=APP),
            security_groups=[security_group],
            assign_public_ip=False,
            circuit_breaker=ecs.DeploymentCircuitBreaker(enable=True, rollback=True),
            min_healthy_percent=100,
            max_healthy_percent=200,
            health_check_grace_period=cdk.Duration.seconds(60),
            availability_zone_rebalancing=ecs.AvailabilityZoneRebalancing.ENABLED,
            enable_execute_command=False,
            enable_ecs_managed_tags=True,
            propagate_tags=ecs.PropagatedTagSource.SERVICE,
        )
        # No desired count: a deployment would set it back while the service is scaled out. Scaling's minimum is it.
        self._scaling = self.service.auto_scale_task_count(
            min_capacity=config.tasks, max_capacity=config.max_tasks
        )
        # Or the first tasks start before they may pull their image, and count as failed ones.
        self.service.node.add_dependency(execution_role)

    def run_first(
        self,
        step: str,
        *,
        command: Sequence[str],
        environment: Mapping[str, str],
        secrets: Mapping[str, ecs.Secret],
    ) -> None:
        """Run a command of the image in each task before the service's own container, which starts if it exits 0.

        A task in which it fails stops before it serves, and the circuit breaker ends the deployment. The secrets are
        read by the execution role when the task starts; no other container sees them.
        """
        container = self.task.add_container(
            step,
            container_name=step,
            image=self._image,
            command=list(command),
            environment=dict(environment),
            secrets=dict(secrets),
            logging=self._logging,
            readonly_root_filesystem=True,
            user=_USER,
            # Or the task would stop when it has ended, and ECS refuses the condition below.
            essential=False,
            start_timeout=cdk.Duration.seconds(120),  # until it has ended; Fargate's longest
        )
        self._container.add_container_dependencies(
            ecs.ContainerDependency(container=container, condition=ecs.ContainerDependencyCondition.SUCCESS)
        )

    def scale_on_demand(self, target_group: elb.ApplicationTargetGroup) -> None:
        """Between the configured counts; out by whichever of the three asks first, in when none does."""
        self._scaling.scale_on_cpu_utilization("Cpu", target_utilization_percent=self._config.cpu_target)
        self._scaling.scale_on_memory_utilization(
            "Memory", target_utilization_percent=self._config.memory_target
        )
        self._scaling.scale_on_request_count(
            "Requests",
            requests_per_target=self._config.requests_per_target,
            target_group=target_group,
        )

    def roll_back_on_errors(
        self, target_group: elb.ApplicationTargetGroup, alb: elb.ApplicationLoadBalancer, topic: sns.ITopic
    ) -> None:
        """Take a deployment back whose tasks answer 5xx, do not answer, or are not healthy for three minutes."""
        name = self._names(f"{self._kind}-rollback-alarm")
        alarm = RollbackAlarm(
            self,
            "RollbackAlarm",
            kind=self._kind,
            name=name,
            errors=self._config.rollback_errors,
            target_group=target_group,
            alb=alb,
            topic=topic,
        )
        # By its text, not by a reference, of which CDK fears a circle; so the order is said by hand.
        self.service.enable_deployment_alarms([name], behavior=ecs.AlarmBehavior.ROLLBACK_ON_ALARM)
        self.service.node.add_dependency(alarm)

    def _role(self, purpose: str) -> iam.Role:
        return iam.Role(
            self,
            f"{purpose}-role",
            role_name=self._names(f"{self._kind}-{purpose}"),
            assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"),
        )


def _capacity(config: ServiceConfig) -> list[ecs.CapacityProviderStrategy]:
    if not config.spot:
        return [ecs.CapacityProviderStrategy(capacity_provider="FARGATE", weight=1)]
    return [
        ecs.CapacityProviderStrategy(capacity_provider="FARGATE", base=config.on_demand_base, weight=0),
        ecs.CapacityProviderStrategy(capacity_provider="FARGATE_SPOT", weight=1),
    ]
