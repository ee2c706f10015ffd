"""CodeBuild actions: the deployed project, read when the action starts, and one build of it."""

import uuid

from ..artifacts import FolderArtifact
from ..build import Build
from ..build import run as run_build
from ..build_variables import Values, of_action
from ..credentials import of_build
from ..errors import ActionFailed
from .context import ActionContext, ActionResult


def run(context: ActionContext) -> ActionResult:
    """Build the project with the action's inputs and variables; what it exports are the action's variables."""
    services, action = context.services, context.action
    account = context.credentials.account
    name = action.configuration["ProjectName"]
    found = services.cloud.client("codebuild", account).batch_get_projects(names=[name])
    if not found["projects"]:
        raise ActionFailed(f"there is no CodeBuild project '{name}' in account {account}")
    project = found["projects"][0]
    build_id = f"{name}:{uuid.uuid4()}"
    credentials = of_build(services.cloud, project, build_id)
    log, reports = context.folder("logs"), context.folder("reports")
    log = log.with_name(log.name + ".log")
    context.tell(external_id=build_id, log=log)
    primary = action.configuration.get("PrimarySource", action.inputs[0])
    try:
        result = run_build(
            Build(
                id=build_id,
                number=next(services.build_numbers[project["arn"]]),
                project=project,
                inputs={
                    name: context.inputs[name] for name in sorted(action.inputs, key=lambda n: n != primary)
                },
                outputs=action.outputs,
                variables=tuple(of_action(action.configuration.get("EnvironmentVariables"))),
                initiator=f"codepipeline/{context.pipeline.name}",
                minutes=min(project["timeoutInMinutes"], action.timeout or project["timeoutInMinutes"]),
                builds=services.state / "builds",
                log=log,
                reports=reports,
                outputs_in=context.folder("artifacts"),
                tools=services.tools,
                values=Values(credentials.client),
                surroundings={**services.surroundings(), **credentials.environment()},
                abandoned=context.abandoned,
            )
        )
    finally:
        if reports.is_dir():
            context.tell(reports=reports)
    revision = context.inputs[primary].revision
    artifacts = {n: FolderArtifact(folder=f, revision=revision) for n, f in result.outputs.items()}
    return ActionResult(variables=result.variables, artifacts=artifacts)
