"""The CDK app: the pipeline with every environment, or with `-c environmentSuffix=pr-42` one sandbox alone.

With `-c compliance=on` the synthesis passes the compliance gate, or fails.
"""

from __future__ import annotations

import sys
from pathlib import Path

import aws_cdk as cdk

from pipeline import self_mutation
from portal_stage.errors import ConfigurationError


def build(app: cdk.App) -> str | None:
    """Fill the app from `pipeline/environments.py`; return the pipeline's stack, None for a sandbox.

    Raises:
        ConfigurationError: with every problem of that file, or with the sandbox's.
    """
    # Imported here, because the file is checked as it is read.
    from pipeline.config import sandbox
    from pipeline.environments import ENVIRONMENTS, TOOLS
    from pipeline.pipeline_stack import PipelineStack
    from portal_stage.stage import PortalStage

    suffix = app.node.try_get_context("environmentSuffix")
    if suffix is None:
        pipeline = PipelineStack(app, TOOLS.name("pipeline"), tools=TOOLS, environments=ENVIRONMENTS)
        return pipeline.node.id
    environment = sandbox(str(suffix), like=ENVIRONMENTS[0], beside=ENVIRONMENTS)
    PortalStage(app, "sandbox", environment=environment, tools_account=TOOLS.account)
    return None


def main() -> None:
    # Without the stacks of calls, an assembly tells nothing of the machine that made it.
    app = cdk.App(analytics_reporting=False, context={"aws:cdk:disable-creation-stack-traces": True})
    gate = None
    if app.node.try_get_context("compliance") == "on":
        # Imported here, because the rule packs cost what a synthesis in the inner loop should not wait for.
        from compliance.findings import BASELINE
        from compliance.gate import Gate, judge
        from pipeline.account_baseline import NAME, AccountBaseline
        from pipeline.acknowledgements import PLACE

        gate = Gate(app, places=PLACE)
    try:
        pipeline = build(app)
    except ConfigurationError as error:
        sys.exit(str(error))
    assembly = Path(app.synth().directory)
    if pipeline:
        self_mutation.write(assembly, pipeline)
    if gate:
        gate.report_nist(assembly)
        # No stack of this app, but roles in every account: `make bootstrap` deploys it.
        from pipeline.environments import TOOLS

        baseline = judge(
            assembly / BASELINE, lambda other: AccountBaseline(other, NAME, tools_account=TOOLS.account)
        )
        if problems := [*gate.problems(assembly), *baseline]:
            sys.exit("\n".join(problems))


if __name__ == "__main__":
    main()
