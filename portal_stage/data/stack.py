"""The data: what a deployment of the portal must never throw away."""

from __future__ import annotations

import aws_cdk as cdk
from constructs import Construct

from portal_stage.config import Environment
from portal_stage.data.aurora import Aurora
from portal_stage.data.database_user import DatabaseUser
from portal_stage.data.sessions import Sessions
from portal_stage.foundation.stack import FoundationStack


class DataStack(cdk.Stack):
    """Aurora and the session tables of one environment."""

    def __init__(
        self, scope: Construct, id_: str, *, environment: Environment, foundation: FoundationStack
    ) -> None:
        names = environment.names
        super().__init__(
            scope, id_, stack_name=names("data"), description="Customer portal: Aurora and sessions"
        )
        self.aurora = Aurora(
            self,
            "Aurora",
            names=names,
            config=environment.database,
            vpc=foundation.vpc,
            security_group=foundation.security_groups.fixed(self, "database"),
            key=foundation.key,
            log_days=environment.log_days,
        )
        self.backend_user = DatabaseUser(self, "BackendUser", names=names, key=foundation.key)
        self.sessions = Sessions(self, "Sessions", names=names, key=foundation.key)
