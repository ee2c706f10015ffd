"""CodeBuild's report groups: the emulator keeps no test reports."""

from ..here import current_account
from ..registry import Properties
from .records import record, short_id


def _group_arn(declared: Properties) -> str:
    name = declared.get("Name") or f"reports-{short_id(declared)}"
    return f"arn:aws:codebuild:us-east-1:{current_account()}:report-group/{name}"


def register_records() -> None:
    """Registers the type."""
    record(
        "AWS::CodeBuild::ReportGroup",
        id=_group_arn,
        attributes=lambda arn, _: {"Arn": arn},
        fixed=("Name", "Type"),
    )
