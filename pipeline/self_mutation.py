"""The buildspec of SelfMutate, written into the cloud assembly with the tools that the same commit pins.

CDK Pipelines inlines `npm install -g aws-cdk@...` into the project. The CDK CLI of the deployed pipeline then meets the
assembly of the commit, and stops at a schema newer than its own ("Maximum schema version supported"): no push could
ever upgrade the pins. The assembly is the primary input of the project, so CodeBuild finds the file there:
https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html#build-spec-ref-name-storage
CDK Pipelines itself does the same for the publishers of assets (`buildspec-...-FileAsset.yaml`).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pipeline.pins import pinned

FILE = "buildspec-self-mutate.yml"
# CDK's own commands: `selfMutateAction` in aws-cdk-lib/pipelines/lib/codepipeline/codepipeline.js.
DEPLOY = "cdk -a . deploy {stack} --require-approval=never --verbose"
# The CDK CLI asks too, but only in the midst of a deployment and not with the way out.
CHECK_BOOTSTRAP = (
    "found=$(aws ssm get-parameter --name {parameter} --query Parameter.Value --output text)"
    ' && [ "$found" -ge {version} ] || {{ '
    'echo "The bootstrap of this account has version ${{found:-none that can be read}} ({parameter}) and this commit '
    "needs {version} or newer: run make bootstrap from this commit in every account, then retry the stage "
    'UpdatePipeline"; false; }}'
)


def buildspec(manifest: dict[str, Any], stack: str) -> dict[str, Any]:
    """Return the buildspec that deploys `stack` of the assembly whose manifest this is."""
    properties = manifest["artifacts"][stack]["properties"]
    check = CHECK_BOOTSTRAP.format(
        parameter=properties["bootstrapStackVersionSsmParameter"],
        version=properties["requiresBootstrapStackVersion"],
    )
    install = f"npm install -g aws-cdk@{pinned('aws-cdk')}"
    return {
        "version": "0.2",
        "phases": {
            "install": {"runtime-versions": {"nodejs": "22"}, "commands": [check, install]},
            "build": {"commands": [DEPLOY.format(stack=stack)]},
        },
    }


def write(assembly: Path, stack: str) -> None:
    """Write the buildspec into the assembly that `app.synth()` left."""
    manifest = json.loads((assembly / "manifest.json").read_text(encoding="utf-8"))
    text = json.dumps(buildspec(manifest, stack), indent=2) + "\n"
    (assembly / FILE).write_text(text, encoding="utf-8")
