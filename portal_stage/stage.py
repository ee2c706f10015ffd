"""One environment of the portal: three stacks with three lifecycles."""

from __future__ import annotations

import aws_cdk as cdk
from constructs import Construct

from portal_stage.acknowledgements import acknowledge
from portal_stage.boundary import boundary_arn
from portal_stage.config import Environment
from portal_stage.data.stack import DataStack
from portal_stage.foundation.stack import FoundationStack
from portal_stage.portal.stack import PortalStack
from portal_stage.tags import tag


class PortalStage(cdk.Stage):
    """`foundation-{suffix}`, then `data-{suffix}`, then `portal-{suffix}`.

    `tools_account` is the account whose pipeline tests this environment.
    """

    def __init__(self, scope: Construct, id_: str, *, environment: Environment, tools_account: str) -> None:
        boundary = boundary_arn(environment.permissions_boundary, environment.account)
        super().__init__(
            scope,
            id_,
            env=cdk.Environment(account=environment.account, region=environment.region),
            permissions_boundary=cdk.PermissionsBoundary.from_arn(boundary) if boundary else None,
        )
        self.foundation = FoundationStack(self, "Foundation", environment=environment)
        self.data = DataStack(self, "Data", environment=environment, foundation=self.foundation)
        self.portal = PortalStack(
            self,
            "Portal",
            environment=environment,
            foundation=self.foundation,
            data=self.data,
            tools_account=tools_account,
        )
        # A reference between these stacks is an export, which CloudFormation keeps from being pulled away.
        tag(
            self,
            environment=environment.suffix,
            project=environment.project,
            owner=environment.owner,
            cost_center=environment.cost_center,
        )
        acknowledge(
            self,
            "PCI.DSS.321::PCI.DSS.321-IAMNoInlinePolicy",
            reason="Each policy belongs to one role, is written down beside it and goes with it. A managed policy "
            "could be attached to others, and could outlive the role that it was reviewed for.",
        )

    @property
    def test_outputs(self) -> dict[str, cdk.CfnOutput]:
        """What the tests need to know: environment variable -> stack output (an action value holds nine)."""
        return self.portal.test_outputs
