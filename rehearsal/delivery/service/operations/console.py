"""Addresses in AWS's console, and of commits: what AWS shows beside a state."""

from urllib.parse import quote

from ...structure import Action


def commit(source: Action, revision: str) -> str | None:
    """Where a commit of a connected repository is seen; None for another kind of source."""
    configuration = source.configuration
    arn, repository = configuration.get("ConnectionArn"), configuration.get("FullRepositoryId")
    if not arn or not repository or not revision:
        return None
    region = arn.split(":")[3]
    return (
        f"https://{region}.console.aws.amazon.com/codesuite/settings/connections/redirect"
        f"?connectionArn={quote(arn, safe='')}&referenceType=COMMIT"
        f"&FullRepositoryId={quote(repository, safe='')}&Commit={revision}"
    )


def entity(action: Action, region: str) -> str | None:
    """What the action acts on: the approver's page, the project, the stack."""
    configuration = action.configuration
    if action.provider == "Manual":
        return configuration.get("ExternalEntityLink") or None
    if action.provider == "CodeBuild":
        project = quote(configuration.get("ProjectName", ""), safe="")
        return (
            f"https://{region}.console.aws.amazon.com/codebuild/home?region={region}#/projects/{project}/view"
        )
    if action.provider == "CloudFormation":
        return f"https://{region}.console.aws.amazon.com/cloudformation/home?region={region}#/"
    return None
