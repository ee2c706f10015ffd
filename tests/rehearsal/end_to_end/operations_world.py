"""What the operations page is tried on: a rehearsed portal, what happens to it from outside, and what holds then."""

import json
import time
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from .conftest import Standing
from .operator_shell import OperatorShell, Outcome
from .test_then_pushes import OVER, PIPELINE, Pusher

PORTAL = "portal-prod"
FOREIGN_GROUP = "/ecs/backend-prod"
SECONDS = 180


class World:
    """The rehearsed portal, and the values that stand for what the page writes in capitals or as an example id."""

    def __init__(self, standing: Standing, shell: OperatorShell) -> None:
        self.standing = standing
        self.shell = shell
        self.pusher = Pusher(standing)
        self.values: dict[str, str] = {}
        self.noted: Any = None

    def client(self, service: str, *, stack: str = PORTAL) -> Any:
        return self.standing.client(service, stack=stack)

    def run(self, command: str, *, stack: str = PORTAL, typed: str = "") -> Outcome:
        """Run a command of the page, its example values replaced by what they stand for here."""
        for example, value in self.values.items():
            command = command.replace(example, value)
        return self.shell.run(command, stack=stack, typed=typed)

    def until(self, true: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + SECONDS
        while not true():
            assert time.monotonic() < deadline, f"not within {SECONDS} s: {what}"
            time.sleep(0.5)

    def stack_status(self, stack: str) -> str:
        try:
            found = self.client("cloudformation", stack=stack).describe_stacks(StackName=stack)["Stacks"]
        except ClientError:
            return "gone"
        return str(found[0]["StackStatus"])

    def execution_ends(self, execution: str, status: str) -> None:
        assert self.pusher.ends(execution) == status, self.pusher.actions(execution)

    def execution_status(self, execution: str) -> str:
        answer = self.client("codepipeline", stack=PIPELINE).get_pipeline_execution(
            pipelineName=PIPELINE, pipelineExecutionId=execution
        )
        return str(answer["pipelineExecution"]["status"])

    def waits_at(self, stage: str) -> bool:
        return any(
            "token" in action.get("latestExecution", {})
            for each in self.stages()
            if each["stageName"] == stage
            for action in each["actionStates"]
            if action.get("latestExecution", {}).get("status") == "InProgress"
        )

    def stages(self) -> list[dict[str, Any]]:
        answer = self.client("codepipeline", stack=PIPELINE).get_pipeline_state(name=PIPELINE)
        found: list[dict[str, Any]] = answer["stageStates"]
        return found

    def transition_enabled(self, stage: str) -> bool:
        return next(
            bool(each["inboundTransitionState"]["enabled"])
            for each in self.stages()
            if each["stageName"] == stage
        )

    def push_up_to_the_last_gate(self) -> None:
        """Commit and push a change of no consequence, approve staging, and wait at the gate before prod."""
        page = self.standing.project / "README.md"
        text = page.read_text()
        self.noted = self.pusher.push("A word more", ("README.md", text, f"{text}\nA word more.\n"))
        self.until(lambda: self.waits_at("Gate-staging"), "the gate before staging")
        self.pusher._approve()
        self.until(lambda: self.waits_at("Gate-prod"), "the gate before prod")

    def newest_execution(self) -> str:
        return str(self.pusher.executions()[0]["pipelineExecutionId"])

    def start_another(self) -> None:
        """Start an execution that somebody will stop."""
        answer = self.client("codepipeline", stack=PIPELINE).start_pipeline_execution(name=PIPELINE)
        self.values["ID"] = answer["pipelineExecutionId"]

    def take_the_name(self) -> None:
        """Make a log group of the portal's, so that its stack cannot be created."""
        self.client("logs").create_log_group(logGroupName=FOREIGN_GROUP)

    def give_the_name_back(self) -> None:
        self.client("logs").delete_log_group(logGroupName=FOREIGN_GROUP)

    def write_log(self, group: str, *events: dict[str, Any]) -> None:
        """Write events into a stream of this test's own, as the task or the firewall would."""
        logs = self.client("logs")
        stream = f"operations-{time.time_ns()}"
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
        now = int(time.time() * 1000)
        written = [{"timestamp": now, "message": json.dumps(event)} for event in events]
        logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=written)

    def leave_what_services_leave(self) -> None:
        """Put into the VPC what CloudFront and GuardDuty put there, neither of which acts in a rehearsal."""
        ec2 = self.client("ec2")
        (vpc,) = ec2.describe_vpcs(Filters=[{"Name": "tag:Environment", "Values": ["prod"]}])["Vpcs"]
        for example, name in (
            ("sg-0fedcba9876543210", "CloudFront-VPCOrigins-Service-SG"),
            ("sg-0123456789fedcba0", f"GuardDutyManagedSecurityGroup-{vpc['VpcId']}"),
        ):
            made = ec2.create_security_group(GroupName=name, Description="managed", VpcId=vpc["VpcId"])
            self.values[example] = made["GroupId"]
        endpoint = ec2.create_vpc_endpoint(
            VpcId=vpc["VpcId"],
            ServiceName="com.amazonaws.us-east-1.guardduty-data",
            VpcEndpointType="Interface",
        )
        self.values["vpce-0fedcba9876543210"] = endpoint["VpcEndpoint"]["VpcEndpointId"]

    def tasks(self, service: str) -> set[str]:
        listed = self.client("ecs").list_tasks(
            cluster="ecs-prod", serviceName=service, desiredStatus="RUNNING"
        )
        return set(listed["taskArns"])

    def master_password(self) -> str:
        rds, secrets = self.client("rds"), self.client("secretsmanager")
        (cluster,) = rds.describe_db_clusters(DBClusterIdentifier="aurora-prod")["DBClusters"]
        secret = secrets.get_secret_value(SecretId=cluster["MasterUserSecret"]["SecretArn"])
        return str(json.loads(secret["SecretString"])["password"])


__all__ = ["OVER", "PIPELINE", "PORTAL", "World"]
