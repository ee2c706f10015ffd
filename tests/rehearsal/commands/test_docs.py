"""What docs/rehearsal.md teaches holds."""

import json
import re
from pathlib import Path

from rehearsal.cloud import Cloud
from rehearsal.commands import COMMANDS
from tests.rehearsal.delivery.pieces import ACCOUNT

PAGE = (Path(__file__).parents[3] / "docs" / "rehearsal.md").read_text()
TEMPLATE = {
    "Resources": {
        "Query": {
            "Type": "AWS::Athena::NamedQuery",
            "Properties": {"Database": "logs", "QueryString": "SELECT 1", "Name": "one"},
        }
    },
    "Outputs": {"Id": {"Value": {"Ref": "Query"}}},
}


def test_the_example_of_a_resource_type_deploys_and_goes_again(cloud: Cloud) -> None:
    names: dict[str, object] = {}
    (example,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(example, names)  # noqa: S102  our own page
    names["NAMED_QUERY"].register()  # type: ignore[attr-defined]
    cloudformation = cloud.client("cloudformation", ACCOUNT)
    cloudformation.create_stack(StackName="queries", TemplateBody=json.dumps(TEMPLATE))
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName="queries", WaiterConfig={"Delay": 0.1, "MaxAttempts": 100}
    )
    (stack,) = cloudformation.describe_stacks(StackName="queries")["Stacks"]
    made = stack["Outputs"][0]["OutputValue"]
    athena = cloud.client("athena", ACCOUNT)
    assert athena.get_named_query(NamedQueryId=made)["NamedQuery"]["QueryString"] == "SELECT 1"
    cloudformation.delete_stack(StackName="queries")
    cloudformation.get_waiter("stack_delete_complete").wait(
        StackName="queries", WaiterConfig={"Delay": 0.1, "MaxAttempts": 100}
    )
    assert athena.list_named_queries()["NamedQueryIds"] == []


def test_every_command_is_told() -> None:
    for command in COMMANDS:
        assert f"python -m rehearsal {command.name}" in PAGE
