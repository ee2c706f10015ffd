"""What holds before and after single commands of the operations page."""

from collections.abc import Callable

from botocore.exceptions import ClientError

from .operations_world import PIPELINE, PORTAL, World

SANDBOX = "foundation-pr-42"
DEPLOY_SANDBOX = (
    "npx cdk deploy --profile dev -c environmentSuffix=pr-42 --require-approval never sandbox/Foundation"
)
RETRY = (
    f"aws codepipeline retry-stage-execution --pipeline-name {PIPELINE} --stage-name prod "
    "--pipeline-execution-id ID --retry-mode ALL_ACTIONS"
)


def zone_is_made(world: World, output: str) -> None:
    assert "ns-1.awsdns" in output
    route53 = world.client("route53", stack="portal-dev")
    zones = route53.list_hosted_zones()["HostedZones"]
    ids = [zone["Id"] for zone in zones if zone["Name"] == "dev.bank.example."]
    assert len(ids) == 2
    made = next(id_ for id_ in ids if not id_.endswith("Z0DEV0123456789ABCDE"))
    route53.delete_hosted_zone(Id=made)  # it would answer for the portal's names


def four_name_servers(_: World, output: str) -> None:
    assert output.count("awsdns") == 4


def connection_is_pending(_: World, output: str) -> None:
    assert '"customer-portal"' in output
    assert '"PENDING"' in output


def subscription_is_kept(world: World, _: str) -> None:
    topic = f"arn:aws:sns:us-east-1:{world.standing.accounts[PORTAL]}:alarms-prod"
    subscriptions = world.client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert "oncall@bank.example" in [each["Endpoint"] for each in subscriptions]


def token_is_told(world: World, output: str) -> None:
    world.values["TOKEN"] = output.strip()
    assert len(world.values["TOKEN"]) == 36, output


def execution_goes_on(world: World, _: str) -> None:
    world.execution_ends(world.noted, "Succeeded")


def transition(*, enabled: bool) -> Callable[[World, str], None]:
    def check(world: World, _: str) -> None:
        assert world.transition_enabled("prod") is enabled

    return check


def every_stack_is_compared(_: World, output: str) -> None:
    for layer in ("foundation", "data", "portal"):
        assert f"{layer}-dev" in output


def portal_is_gone(world: World, _: str) -> None:
    assert world.stack_status(PORTAL) == "gone"


def push_fails_in_prod(world: World, _: str) -> None:
    world.until(lambda: world.newest_execution() != world.noted, "the execution of the push")
    world.noted = world.newest_execution()
    world.execution_ends(world.noted, "Failed")
    assert world.stack_status(PORTAL) == "ROLLBACK_COMPLETE"


def execution_stops(world: World, _: str) -> None:
    world.until(lambda: world.execution_status(world.values["ID"]) == "Stopped", "the stop")
    world.values["ID"] = world.noted


def retry_fails_as_the_page_says(world: World, _: str) -> None:
    world.execution_ends(world.noted, "Failed")
    assert world.stack_status(PORTAL) == "ROLLBACK_COMPLETE"


def retry_succeeds_now(world: World, _: str) -> None:
    retried = world.run(RETRY, stack=PIPELINE)
    assert retried.code == 0, retried.output
    world.execution_ends(world.noted, "Succeeded")
    assert world.stack_status(PORTAL) == "CREATE_COMPLETE"


def times_and_group_are_told(_: World, output: str) -> None:
    assert output.count('"20') == 2
    assert '"sg-' in output


def put_a_session(world: World) -> None:
    dynamodb = world.client("dynamodb")
    keys = dynamodb.describe_table(TableName="sessions-prod")["Table"]["KeySchema"]
    item = {key["AttributeName"]: {"S": "operations"} for key in keys}
    dynamodb.put_item(TableName="sessions-prod", Item=item)
    world.noted = item


def session_is_in_the_copy(world: World, _: str) -> None:
    found = world.client("dynamodb").get_item(TableName="sessions-restored-prod", Key=world.noted)
    assert found["Item"] == world.noted


def copy_is_gone(world: World, _: str) -> None:
    assert "sessions-restored-prod" not in world.client("dynamodb").list_tables()["TableNames"]


def ring(world: World) -> None:
    world.client("cloudwatch").set_alarm_state(
        AlarmName="alb-latency-alarm-prod", StateValue="ALARM", StateReason="by the test"
    )


def alarm_rings(_: World, output: str) -> None:
    assert "alb-latency-alarm-prod" in output
    assert "api-latency-alarm-prod" not in output


def both_services_run(_: World, output: str) -> None:
    assert "frontend-prod" in output
    assert "backend-prod" in output


def write_backend_log(world: World) -> None:
    lines = [{"level": level, "message": f"this is {level}"} for level in ("info", "warn", "error")]
    world.write_log("/ecs/backend-prod", *lines)


def only_errors_and_warnings(_: World, output: str) -> None:
    assert "this is warn" in output
    assert "this is error" in output
    assert '\\"level\\": \\"info\\"' not in output
    assert '\\"level\\":\\"info\\"' not in output


def write_firewall_log(world: World) -> None:
    counted = {"action": "ALLOW", "nonTerminatingMatchingRules": [{"ruleId": "sql", "action": "COUNT"}]}
    world.write_log("aws-waf-logs-api-prod", counted, {"action": "BLOCK", "nonTerminatingMatchingRules": []})


def only_what_was_counted(_: World, output: str) -> None:
    assert "COUNT" in output
    assert "BLOCK" not in output


def note_password(world: World) -> None:
    world.noted = world.master_password()


def password_is_another(world: World, _: str) -> None:
    assert world.master_password() != world.noted
    opened = world.run("python -m rehearsal psql prod -Atc 'SELECT 40 + 2'")
    assert (opened.code, opened.output.strip()) == (0, "42"), opened.output


def note_tasks(world: World) -> None:
    world.noted = world.tasks("backend-prod")


def secret_is_kept(world: World, _: str) -> None:
    secret = world.client("secretsmanager").get_secret_value(SecretId="backend-database-prod")
    assert "abcdefghijklmnopqrstuvwxyz012345" in secret["SecretString"]


def tasks_are_replaced(world: World, _: str) -> None:
    def replaced() -> bool:
        now = world.tasks("backend-prod")
        return bool(now) and not now & world.noted

    world.until(replaced, "new tasks of the backend")


def no_interface_is_left(_: World, output: str) -> None:
    assert "eni-" not in output


def named(example: str) -> Callable[[World, str], None]:
    def check(world: World, output: str) -> None:
        assert world.values[example] in output

    return check


def no_leftover_in_the_vpc(world: World, _: str) -> None:
    ec2 = world.client("ec2")
    groups = {each["GroupName"] for each in ec2.describe_security_groups()["SecurityGroups"]}
    assert not [name for name in groups if name.startswith(("CloudFront-VPC", "GuardDuty"))]
    services = {each["ServiceName"] for each in ec2.describe_vpc_endpoints()["VpcEndpoints"]}
    assert not [name for name in services if "guardduty" in name]


def prod_is_gone(world: World, _: str) -> None:
    assert {world.stack_status(f"{layer}-prod") for layer in ("portal", "data", "foundation")} == {"gone"}


def everything_is_gone(world: World, _: str) -> None:
    left = {stack: world.stack_status(stack) for stack in world.standing.accounts}
    assert set(left.values()) == {"gone"}, left


def make_a_group_again(world: World) -> None:
    world.client("logs").create_log_group(logGroupName="/made/again")


def group_without_retention_is_told(world: World, output: str) -> None:
    assert "/made/again" in output
    world.client("logs").delete_log_group(logGroupName="/made/again")


def deploy_a_sandbox(world: World) -> None:
    deployed = world.run(DEPLOY_SANDBOX, stack="portal-dev")
    assert deployed.code == 0, deployed.output
    assert _sandbox(world) == "CREATE_COMPLETE"


def sandbox_is_gone(world: World, _: str) -> None:
    assert _sandbox(world) == "gone"


def _sandbox(world: World) -> str:
    try:
        found = world.client("cloudformation", stack="portal-dev").describe_stacks(StackName=SANDBOX)
    except ClientError:
        return "gone"
    return str(found["Stacks"][0]["StackStatus"])
