"""Calls of an operator that the emulator would answer as done although nothing in the rehearsal does them.

Each is refused by a sentence that says what stands here instead. Handlers of resource types call the same
operations on CloudFormation's behalf: these pass.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

Parameters = Mapping[str, str]
"""The top-level parameters of a request, as text."""


def _always(_: Parameters) -> bool:
    return True


@dataclass(frozen=True, kw_only=True)
class Unsupported:
    """Operations of a service (both as botocore spells them), for which parameters, and the sentence."""

    service: str
    operations: tuple[str, ...]
    sentence: str
    when: Callable[[Parameters], bool] = _always


_BY_CLOUDFORMATION = (
    "database servers of the rehearsal are made, changed and deleted by CloudFormation alone: push a change of the "
    "template"
)
_NO_BACKUP = (
    "the rehearsal keeps no backup of a database, so there is no earlier time and no snapshot to restore: try a "
    "restore on AWS, in dev"
)
_NO_INSTANCE = (
    "the rehearsal boots no EC2 instance, so there is none to replace, to end or to count: see what the group does on "
    "AWS, in dev"
)

TABLE = (
    Unsupported(
        service="rds",
        operations=("FailoverDBCluster", "FailoverGlobalCluster", "SwitchoverGlobalCluster"),
        sentence=(
            "the rehearsal does not fail over: the cluster's first instance stays its writer. Nothing was changed"
        ),
    ),
    Unsupported(
        service="rds",
        operations=(
            "RestoreDBClusterToPointInTime",
            "RestoreDBClusterFromSnapshot",
            "RestoreDBClusterFromS3",
            "RestoreDBInstanceToPointInTime",
            "RestoreDBInstanceFromDBSnapshot",
            "CreateDBClusterSnapshot",
            "CreateDBSnapshot",
            "CopyDBClusterSnapshot",
            "CopyDBSnapshot",
            "BacktrackDBCluster",
        ),
        sentence=_NO_BACKUP,
    ),
    Unsupported(
        service="rds",
        operations=(
            "CreateDBCluster",
            "CreateDBInstance",
            "CreateDBInstanceReadReplica",
            "DeleteDBCluster",
            "DeleteDBInstance",
            "ModifyDBInstance",
            "PromoteReadReplicaDBCluster",
            "CreateGlobalCluster",
        ),
        sentence=_BY_CLOUDFORMATION,
    ),
    Unsupported(
        service="rds",
        operations=("CreateBlueGreenDeployment", "SwitchoverBlueGreenDeployment"),
        # https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/blue-green-deployments-considerations.html
        sentence=(
            "the rehearsal makes no blue/green deployment, and AWS makes none of a cluster whose master password RDS "
            "manages in Secrets Manager: upgrade the cluster in place, by a push of the engine version"
        ),
    ),
    Unsupported(
        service="rds",
        operations=("ModifyDBCluster",),
        when=lambda given: given.get("RotateMasterUserPassword") != "true",
        sentence=f"of this operation only RotateMasterUserPassword is acted out; {_BY_CLOUDFORMATION}",
    ),
    Unsupported(
        service="rds",
        operations=(
            "RebootDBCluster",
            "RebootDBInstance",
            "StartDBCluster",
            "StartDBInstance",
            "StopDBCluster",
            "StopDBInstance",
        ),
        sentence="database servers of the rehearsal run from their deployment to their deletion, without a pause",
    ),
    Unsupported(
        service="autoscaling",
        operations=(
            "StartInstanceRefresh",
            "RollbackInstanceRefresh",
            "TerminateInstanceInAutoScalingGroup",
            "SetDesiredCapacity",
            "SetInstanceHealth",
            "ExecutePolicy",
        ),
        sentence=_NO_INSTANCE,
    ),
    Unsupported(
        service="dynamodb",
        operations=("RestoreTableToPointInTime",),
        when=lambda given: given.get("UseLatestRestorableTime", "false").lower() != "true",
        sentence=(
            "the rehearsal keeps no earlier state of a table: use UseLatestRestorableTime, or try an earlier time on "
            "AWS, in dev"
        ),
    ),
)


def sentence_for(service: str, operation: str, parameters: Parameters) -> str | None:
    """Return why an operator's call is refused; None for one that is acted out or honestly recorded."""
    for row in TABLE:
        if row.service == service and operation in row.operations and row.when(parameters):
            return f"{operation}: {row.sentence}."
    return None
