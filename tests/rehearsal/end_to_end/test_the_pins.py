"""A push that brings another CDK CLI: the deployed pipeline updates itself with the CLI of the commit."""

import json
import subprocess
import sys

from pipeline.pins import PACKAGE_FILE, pinned

from .conftest import Standing
from .test_then_pushes import Pusher

# Published before the pinned one, with the same assembly schema.
OTHER = "2.1148.0"
OTHER_INTEGRITY = (
    "sha512-G7MqPDzldsFxrVSFxR8Oj3vf8NutokIatJVygW/g/0COjrepsbDjuCP9OB9iN2hOn3QvOSf10qd5K/P3D5TQcQ=="
)


def test_self_mutation_runs_the_cli_that_the_commit_pins(standing: Standing) -> None:
    # GIVEN a pipeline that was deployed with the pinned CLI
    pin = pinned("aws-cdk")
    lock = json.loads(PACKAGE_FILE.with_name("package-lock.json").read_text())["packages"][
        "node_modules/aws-cdk"
    ]
    pusher = Pusher(standing)

    # WHEN a commit pins another
    execution = pusher.push(
        "another CLI",
        ("package.json", f'"aws-cdk": "{pin}"', f'"aws-cdk": "{OTHER}"'),
        ("package-lock.json", f'"aws-cdk": "{pin}"', f'"aws-cdk": "{OTHER}"'),
        ("package-lock.json", f'"version": "{pin}"', f'"version": "{OTHER}"'),
        ("package-lock.json", lock["integrity"], OTHER_INTEGRITY),
    )
    pusher.ends(execution)

    # THEN SelfMutate installed that one, without a deployment of the project before
    assert pusher.actions(execution)["UpdatePipeline/SelfMutate"][0] == "Succeeded"
    told = subprocess.run(
        [sys.executable, "-m", "rehearsal", "logs", "SelfMutate", "--project", str(standing.project)],
        cwd=PACKAGE_FILE.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"npm install -g aws-cdk@{OTHER}" in told.stdout
