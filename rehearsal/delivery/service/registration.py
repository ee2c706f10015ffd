"""Makes the emulator hand requests for CodePipeline, and for CodeBuild's builds, to the delivery service."""

from collections.abc import Awaitable, Callable
from typing import Any

from ..engine import Engine
from .dispatcher import Response, Service
from .operations import BUILDS, PIPELINES

_Handler = Callable[[str, str, dict[str, str], bytes, Any], Awaitable[tuple[int, dict[str, str], bytes]]]


def install(engine: Engine) -> Callable[[], None]:
    """Serve CodePipeline and CodeBuild's builds from `engine`, in the running cloud; the answer undoes it.

    CodeBuild's projects stay the emulator's own.
    """
    from ministack import app
    from ministack.core import iam_actions, router

    pipelines, builds = Service("codepipeline", PIPELINES, engine), Service("codebuild", BUILDS, engine)
    router.SERVICE_PATTERNS["codepipeline"] = {
        "target_prefixes": [pipelines.target_prefix],
        "host_patterns": [r"codepipeline\."],
        "credential_scope": "codepipeline",
    }
    iam_actions.SERVICE_TO_IAM_NAMESPACE["codepipeline"] = "codepipeline"
    of_projects: _Handler = app.SERVICE_HANDLERS["codebuild"]
    app.SERVICE_HANDLERS["codepipeline"] = _handler(pipelines)
    app.SERVICE_HANDLERS["codebuild"] = _handler(builds, otherwise=of_projects)

    def uninstall() -> None:
        app.SERVICE_HANDLERS["codebuild"] = of_projects
        del app.SERVICE_HANDLERS["codepipeline"], router.SERVICE_PATTERNS["codepipeline"]
        del iam_actions.SERVICE_TO_IAM_NAMESPACE["codepipeline"]

    return uninstall


def _handler(service: Service, otherwise: _Handler | None = None) -> _Handler:
    """A handler as the emulator calls it; requests for other operations go to `otherwise`."""

    async def handle(
        method: str, path: str, headers: dict[str, str], body: bytes, query: Any
    ) -> tuple[int, dict[str, str], bytes]:
        from ministack.core.concurrency import run_reentrant

        if otherwise and service.operation(headers.get("x-amz-target", "")) is None:
            return await otherwise(method, path, headers, body, query)
        # On a thread: StartBuild asks this same endpoint for its project.
        response = await run_reentrant(_answer, service, headers, body, query)
        return response.status, {"Content-Type": "application/x-amz-json-1.1"}, response.body

    return handle


def _answer(service: Service, headers: dict[str, str], body: bytes, query: Any) -> Response:
    from ministack.core.responses import get_account_id, get_region
    from ministack.services import sts

    account = str(get_account_id())
    identity = sts._caller_identity(headers, query)
    return service.answer(
        headers.get("x-amz-target", ""),
        body,
        account=account,
        region=str(get_region()),
        # Credentials that the emulator cannot resolve are refused before this, where it enforces them.
        caller=identity["userArn"] if isinstance(identity, dict) else f"arn:aws:iam::{account}:root",
    )
