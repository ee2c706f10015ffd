"""CodeBuild actions: the deployed project, read when the action starts, and one build of it."""

from collections.abc import Mapping
from typing import Any

from ..action_access import check_connection, check_start
from ..artifact_access import READ, WRITE, check_artifacts
from ..artifacts import CloneArtifact, FolderArtifact
from ..build_variables import of_action
from ..errors import ActionFailed
from ..order import Order
from .context import ActionContext, ActionResult


def run(context: ActionContext) -> ActionResult:
    """Build the project with the action's inputs and variables; what it exports are the action's variables."""
    action, builder, account = context.action, context.services.builder, context.credentials.account
    name = action.configuration["ProjectName"]
    project = builder.project(name, account)
    if project is None:
        raise ActionFailed(f"there is no CodeBuild project '{name}' in account {account}")
    _check_roles(context, project)
    log, reports = context.folder("logs"), context.folder("reports")
    primary = action.configuration.get("PrimarySource", action.inputs[0])
    order = Order(
        account=account,
        project=project,
        inputs={name: context.inputs[name] for name in sorted(action.inputs, key=lambda n: n != primary)},
        outputs=action.outputs,
        variables=tuple(of_action(action.configuration.get("EnvironmentVariables"))),
        initiator=f"codepipeline/{context.pipeline.name}",
        minutes=min(project["timeoutInMinutes"], action.timeout or project["timeoutInMinutes"]),
        log=log.with_name(log.name + ".log"),
        reports=reports,
        outputs_in=context.folder("artifacts"),
    )
    build = builder.open(order)
    context.tell(external_id=build.id, log=build.log)
    try:
        result = builder.run(build, order, context.abandoned)
    finally:
        if reports.is_dir():
            context.tell(reports=reports)
    revision = context.inputs[primary].revision
    artifacts = {n: FolderArtifact(folder=f, revision=revision) for n, f in result.outputs.items()}
    return ActionResult(variables=result.variables, artifacts=artifacts)


def _check_roles(context: ActionContext, project: Mapping[str, Any]) -> None:
    """The action's role starts the build; the build's role fetches its input and leaves its output."""
    check_start(context.credentials.role_arn, project)
    role, pipeline = project["serviceRole"], context.pipeline
    check_artifacts(pipeline, role, READ)
    if context.action.outputs:
        check_artifacts(pipeline, role, WRITE)
    if any(isinstance(artifact, CloneArtifact) for artifact in context.inputs.values()):
        for source in pipeline.structure.stages[0].actions:
            if connection := source.configuration.get("ConnectionArn"):
                check_connection(role, connection)
