"""The check of everything that an assembly deployed, and its lines for a report."""

from rehearsal.assembly import Assembly

from ..server import Cloud
from .check import Report, check_stack


def check_assembly(cloud: Cloud, assembly: Assembly) -> Report:
    """One report over every stack of the assembly that is deployed; the others are left out."""
    whole = Report()
    for stack in assembly.stacks:
        account = stack.target.account
        listed = cloud.client("cloudformation", account).describe_stacks()["Stacks"]
        if stack.name in {found["StackName"] for found in listed}:
            whole.add(check_stack(stack.name, account=account))
    return whole


def dropped_properties(cloud: Cloud, assembly: Assembly) -> list[str]:
    """What the emulator did not keep, a line for each property of each type, and the types not compared."""
    report = check_assembly(cloud, assembly)
    ignored = [f"{name}: ignored ({_times(count)})" for name, count in sorted(report.dropped().items())]
    recorded = [
        f"{name}: recorded, not compared ({_times(count)})"
        for name, count in sorted(report.not_compared.items())
    ]
    return ignored + recorded


def _times(count: int) -> str:
    return f"{count} resource" if count == 1 else f"{count} resources"
