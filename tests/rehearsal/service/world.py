"""What a test of the API acts on: the delivery tests' world, asked through boto3."""

import time
from collections.abc import Callable
from typing import Any

from tests.rehearsal.delivery.pieces import ACCOUNT
from tests.rehearsal.delivery.world import World as Delivery


class World(Delivery):
    """A cloud with pipelines, and clients of CodePipeline and CodeBuild."""

    @property
    def codepipeline(self) -> Any:
        return self.cloud.client("codepipeline", ACCOUNT)

    @property
    def codebuild(self) -> Any:
        return self.cloud.client("codebuild", ACCOUNT)

    def until(self, condition: Callable[[], Any], seconds: float = 20) -> Any:
        """What the condition answers once it is true."""
        end = time.monotonic() + seconds
        while not (answer := condition()):
            assert time.monotonic() < end, self.engine.executions()
            time.sleep(0.05)
        return answer
