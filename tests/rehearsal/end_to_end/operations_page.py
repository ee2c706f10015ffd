"""docs/operations.md as a table: a row for each command of its blocks, in the page's order, with what it does here."""

from collections.abc import Callable
from dataclasses import dataclass

from . import operations_checks as checks
from .operations_world import PIPELINE, PORTAL, World

Check = Callable[[World, str], None]
"""What holds after a command, given what it printed."""


def _nothing(_: World) -> None:
    """Prepare nothing."""


def _printed(_world: World, _output: str) -> None:
    """Ask no more than that the command succeeded."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """A command by its beginning, the stack whose account it acts in, and what is expected of it.

    `refused`: the sentence, or a part of it, with which the command fails; empty for one that succeeds.
    """

    command: str
    stack: str = PORTAL
    refused: str = ""
    typed: str = ""
    before: Callable[[World], None] = _nothing
    then: Check = _printed


NO_BACKUP = "the rehearsal keeps no backup of a database"
BY_CLOUDFORMATION = "made, changed and deleted by CloudFormation alone"

TABLE = (
    # Once in a shell.
    Row(command=". .venv/bin/activate"),
    Row(command="export AWS_DEFAULT_REGION=us-east-1"),
    # Deploy for the first time.
    Row(command="aws route53 create-hosted-zone", stack="portal-dev", then=checks.zone_is_made),
    Row(command="aws route53 get-hosted-zone", stack="portal-dev", then=checks.four_name_servers),
    Row(command="aws codeconnections create-connection", stack=PIPELINE),
    Row(command="aws codeconnections list-connections", stack=PIPELINE, then=checks.connection_is_pending),
    Row(command="aws sns subscribe", then=checks.subscription_is_kept),
    # Promote.
    Row(
        command="aws codepipeline get-pipeline-state",
        stack=PIPELINE,
        before=World.push_up_to_the_last_gate,
        then=checks.token_is_told,
    ),
    Row(command="aws codepipeline put-approval-result", stack=PIPELINE, then=checks.execution_goes_on),
    Row(
        command="aws codepipeline disable-stage-transition",
        stack=PIPELINE,
        then=checks.transition(enabled=False),
    ),
    Row(
        command="aws codepipeline enable-stage-transition",
        stack=PIPELINE,
        then=checks.transition(enabled=True),
    ),
    # See what an edit will do.
    Row(command="make diff ENV=dev", stack="portal-dev", then=checks.every_stack_is_compared),
    # Change how the tasks are reached.
    Row(command="aws cloudformation delete-stack"),
    Row(command="aws cloudformation wait stack-delete-complete", then=checks.portal_is_gone),
    # Roll back.
    Row(command="git revert --no-edit HEAD", stack=PIPELINE, before=World.take_the_name),
    Row(command="git push origin main", stack=PIPELINE, then=checks.push_fails_in_prod),
    Row(
        command="aws codepipeline stop-pipeline-execution",
        stack=PIPELINE,
        before=World.start_another,
        then=checks.execution_stops,
    ),
    Row(
        command="aws codepipeline retry-stage-execution",
        stack=PIPELINE,
        then=checks.retry_fails_as_the_page_says,
    ),
    Row(command="aws cloudformation delete-stack", before=World.give_the_name_back),
    Row(command="aws cloudformation wait stack-delete-complete", then=checks.retry_succeeds_now),
    # Restore.
    Row(command="aws rds describe-db-clusters", then=checks.times_and_group_are_told),
    Row(command="aws rds restore-db-cluster-to-point-in-time", refused=NO_BACKUP),
    Row(command="aws rds wait db-cluster-available", refused="DBCluster aurora-restored-prod not found"),
    Row(command="aws rds create-db-instance", refused=BY_CLOUDFORMATION),
    Row(command="aws rds wait db-instance-available", refused="DBInstance aurora-restored-1-prod not found"),
    Row(
        command="aws dynamodb restore-table-to-point-in-time",
        before=checks.put_a_session,
        then=checks.session_is_in_the_copy,
    ),
    Row(command="aws rds delete-db-instance", refused=BY_CLOUDFORMATION),
    Row(command="aws rds delete-db-cluster", refused=BY_CLOUDFORMATION),
    Row(command="aws dynamodb delete-table", then=checks.copy_is_gone),
    # When an alarm pages.
    Row(command="aws cloudwatch describe-alarms", before=checks.ring, then=checks.alarm_rings),
    Row(command="aws ecs describe-services", then=checks.both_services_run),
    Row(
        command="aws logs filter-log-events --log-group-name /ecs/backend-prod",
        before=checks.write_backend_log,
        then=checks.only_errors_and_warnings,
    ),
    Row(command="aws ecs update-service", before=checks.note_tasks, then=checks.tasks_are_replaced),
    Row(command="aws rds failover-db-cluster", refused="the rehearsal does not fail over"),
    Row(command="aws rds describe-events"),
    Row(command="aws autoscaling describe-scaling-activities"),
    Row(command="aws autoscaling start-instance-refresh", refused="the rehearsal boots no EC2 instance"),
    # Tune the firewall.
    Row(
        command="aws logs filter-log-events --log-group-name aws-waf-logs-api-prod",
        before=checks.write_firewall_log,
        then=checks.only_what_was_counted,
    ),
    # Rotate secrets.
    Row(command="aws rds modify-db-cluster", before=checks.note_password, then=checks.password_is_another),
    Row(
        command="aws secretsmanager put-secret-value",
        typed='{"username": "portal_backend", "password": "abcdefghijklmnopqrstuvwxyz012345"}',
        before=checks.note_tasks,
        then=checks.secret_is_kept,
    ),
    Row(command="aws ecs update-service", then=checks.tasks_are_replaced),
    # Scale.
    Row(
        command="aws application-autoscaling register-scalable-target",
        refused="the rehearsal has no API of application-autoscaling",
    ),
    # Destroy.
    Row(command="npx cdk destroy pipeline-tools/prod/Portal", stack=PIPELINE, then=checks.portal_is_gone),
    Row(
        command="aws ec2 describe-network-interfaces",
        before=World.leave_what_services_leave,
        then=checks.no_interface_is_left,
    ),
    Row(command="aws ec2 describe-security-groups", then=checks.named("sg-0fedcba9876543210")),
    Row(command="aws ec2 delete-security-group"),
    Row(command="aws ec2 describe-vpc-endpoints", then=checks.named("vpce-0fedcba9876543210")),
    Row(command="aws ec2 delete-vpc-endpoints"),
    Row(command="aws ec2 describe-security-groups", then=checks.named("sg-0123456789fedcba0")),
    Row(command="aws ec2 delete-security-group", then=checks.no_leftover_in_the_vpc),
    Row(command="npx cdk destroy 'pipeline-tools/prod/**'", stack=PIPELINE, then=checks.prod_is_gone),
    Row(command="make destroy", stack=PIPELINE, then=checks.everything_is_gone),
    Row(
        command="aws logs describe-log-groups",
        before=checks.make_a_group_again,
        then=checks.group_without_retention_is_told,
    ),
    # What costs money when idle.
    Row(
        command="npx cdk destroy --profile dev",
        stack="portal-dev",
        before=checks.deploy_a_sandbox,
        then=checks.sandbox_is_gone,
    ),
)
