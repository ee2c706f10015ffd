"""What CodePipeline and CodeBuild do with a role's rights where no request of the rehearsal asks for them."""

from collections.abc import Mapping
from typing import Any

from rehearsal.cloud.auth import CODEBUILD, NotTrusted, check_trust, refusal

from .errors import ActionFailed

_BUILD = ("codebuild:StartBuild", "codebuild:BatchGetBuilds")
_LOG = ("logs:CreateLogStream", "logs:PutLogEvents")


def check_connection(role_arn: str, connection_arn: str) -> None:
    """Whether a role may use a source connection, by the name of the service that the connection is of.

    Raises ActionFailed.
    """
    _check(role_arn, f"{connection_arn.split(':')[2]}:UseConnection", connection_arn)


def check_start(role_arn: str, project: Mapping[str, Any]) -> None:
    """Whether an action's role may build a project and see what becomes of it, and CodeBuild take the build's.

    Raises ActionFailed.
    """
    for action in _BUILD:
        _check(role_arn, action, project["arn"])
    try:
        check_trust(project["serviceRole"], service=CODEBUILD)
    except NotTrusted as error:
        raise ActionFailed(str(error)) from error


def check_log(project: Mapping[str, Any], build_id: str) -> None:
    """Whether a build's role may write its log. Raises ActionFailed."""
    logs = project.get("logsConfig", {}).get("cloudWatchLogs", {})
    if logs.get("status") == "DISABLED":
        return
    group = logs.get("groupName") or f"/aws/codebuild/{project['name']}"
    own_arn = project["arn"].replace(":codebuild:", ":logs:").partition(":project/")[0]
    stream = f"{own_arn}:log-group:{group}:log-stream:{build_id.rpartition(':')[2]}"
    for action in _LOG:
        _check(project["serviceRole"], action, stream)


def _check(role_arn: str, action: str, resource: str) -> None:
    if reason := refusal(role_arn, action, resource):
        raise ActionFailed(reason)
