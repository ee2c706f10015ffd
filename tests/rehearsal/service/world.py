"""What a test of the API acts on: the delivery tests' world, asked through boto3."""

from collections.abc import Callable
from typing import Any

from tests.rehearsal.delivery.pieces import ACCOUNT
from tests.rehearsal.delivery.world import World as Delivery
from tests.rehearsal.delivery.world import until


class World(Delivery):
    """A cloud with pipelines, and clients of CodePipeline and CodeBuild."""

    @property
    def codepipeline(self) -> Any:
        return self.cloud.client("codepipeline", ACCOUNT)

    @property
    def codebuild(self) -> Any:
        return self.cloud.client("codebuild", ACCOUNT)

    def until(self, condition: Callable[[], Any]) -> Any:
        """What the condition answers once it is true."""
        return until(condition, tell=self.engine.executions)
