"""The kinds of actions that a pipeline may hold: a module for each provider."""

from . import approval, cloudformation, codebuild, source
from .context import ActionContext, ActionResult, Run, Services, Tell

PROVIDERS: dict[tuple[str, str], Run] = {
    ("Source", "CodeStarSourceConnection"): source.run,
    ("Source", "CodeCommit"): source.run,
    ("Build", "CodeBuild"): codebuild.run,
    ("Test", "CodeBuild"): codebuild.run,
    ("Deploy", "CloudFormation"): cloudformation.run,
    ("Approval", "Manual"): approval.run,
}

__all__ = ["PROVIDERS", "ActionContext", "ActionResult", "Run", "Services", "Tell"]
