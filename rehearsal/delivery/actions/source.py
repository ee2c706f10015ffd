"""Source actions: the commit of the execution, as files or as a reference that builds clone."""

from ..action_access import check_connection
from ..artifact_access import WRITE, check_artifacts
from ..artifacts import CloneArtifact, FolderArtifact
from ..errors import ActionFailed
from .context import ActionContext, ActionResult

_LONGEST_MESSAGE = 256  # characters of a commit message that travel as a variable


def run(context: ActionContext) -> ActionResult:
    """CodeStarSourceConnection and CodeCommit, both from the rehearsal's own repository."""
    if not context.revision:
        branch = context.action.configuration.get("BranchName", "main")
        raise ActionFailed(
            f"the branch '{branch}' has no commit yet: push one to {context.services.repository.path}"
        )
    if connection := context.action.configuration.get("ConnectionArn"):
        check_connection(context.credentials.role_arn, connection)
    if context.action.outputs:
        check_artifacts(context.pipeline, context.credentials.role_arn, WRITE)
    repository, revision = context.services.repository, context.revision
    described = repository.describe(revision)
    context.tell(external_id=revision, summary=described["message"].split("\n")[0])
    if context.action.configuration.get("OutputArtifactFormat") == "CODEBUILD_CLONE_REF":
        artifacts = {
            n: CloneArtifact(repository=repository, revision=revision) for n in context.action.outputs
        }
        return ActionResult(variables=_variables(context, described), artifacts=artifacts)
    folders = {}
    for name in context.action.outputs:
        folder = context.folder("artifacts") / name
        folder.mkdir(parents=True, mode=0o700)
        repository.export(revision, folder)
        folders[name] = FolderArtifact(folder=folder, revision=revision)
    return ActionResult(variables=_variables(context, described), artifacts=folders)


def _variables(context: ActionContext, described: dict[str, str]) -> dict[str, str]:
    configuration = context.action.configuration
    return {
        "AuthorDate": described["date"],
        "AuthorEmail": described["author"].rpartition("<")[2].rstrip(">"),
        "AuthorId": described["author"].partition(" <")[0],
        "BranchName": configuration.get("BranchName", ""),
        "CommitId": context.revision,
        "CommitMessage": described["message"][:_LONGEST_MESSAGE],
        "ConnectionArn": configuration.get("ConnectionArn", ""),
        "FullRepositoryName": configuration.get("FullRepositoryId", configuration.get("RepositoryName", "")),
    }
