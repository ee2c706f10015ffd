"""Stands in for the CDK CLI where a test needs a deployed pipeline and not the minute that a real synthesis takes.

The template is `template.json` at the project's top; credentials and endpoint come from the environment.
"""

import json
import shutil
import sys
from pathlib import Path

import boto3

MANIFEST = {
    "artifacts": {
        "pipeline-test": {
            "type": "aws:cloudformation:stack",
            "environment": "aws://111111111111/us-east-1",
            "properties": {"templateFile": "template.json"},
        }
    }
}


def synth(output: Path) -> None:
    output.mkdir(parents=True, exist_ok=True)
    (output / "manifest.json").write_text(json.dumps(MANIFEST))
    shutil.copy("template.json", output)


def deploy() -> None:
    cloudformation = boto3.client("cloudformation")
    cloudformation.create_stack(
        StackName="pipeline-test",
        TemplateBody=Path("template.json").read_text(),
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName="pipeline-test", WaiterConfig={"Delay": 0.1, "MaxAttempts": 100}
    )


if __name__ == "__main__":
    if sys.argv[1] == "synth":
        synth(Path(sys.argv[sys.argv.index("--output") + 1]))
    elif sys.argv[1] == "deploy":
        deploy()
