"""A build as CodeBuild's API has it."""

from typing import Any

from ...builds import BuildPhase, BuildState

# What a build keeps of its project under the project's own names.
_OF_THE_PROJECT = (
    "source",
    "secondarySources",
    "sourceVersion",
    "cache",
    "serviceRole",
    "timeoutInMinutes",
    "queuedTimeoutInMinutes",
    "vpcConfig",
    "encryptionKey",
    "fileSystemLocations",
)


def shown(build: BuildState) -> dict[str, Any]:
    """The API's Build."""
    project = build.project
    return {
        **{name: project[name] for name in _OF_THE_PROJECT if name in project},
        "id": build.id,
        "arn": build.arn,
        "buildNumber": build.number,
        "projectName": build.project_name,
        "startTime": build.started,
        "endTime": build.ended,
        "currentPhase": _current(build),
        "buildStatus": build.status,
        "buildComplete": build.status != "IN_PROGRESS",
        "resolvedSourceVersion": build.revision or None,
        "phases": [_phase(phase) for phase in build.phases],
        "artifacts": {"location": project.get("artifacts", {}).get("location")},
        "environment": _environment(build),
        # CodeBuild's link leads to CloudWatch Logs; here the file is the log.
        "logs": {"deepLink": build.log.resolve().as_uri()},
        "initiator": build.initiator,
        "exportedEnvironmentVariables": [{"name": n, "value": v} for n, v in build.exported.items()],
    }


def _current(build: BuildState) -> str | None:
    if build.status != "IN_PROGRESS":
        return "COMPLETED"
    return build.phases[-1].type if build.phases else "SUBMITTED"


def _phase(phase: BuildPhase) -> dict[str, Any]:
    told = phase.code or phase.message
    return {
        "phaseType": phase.type,
        "phaseStatus": phase.status,
        "startTime": phase.started,
        "endTime": phase.ended,
        "durationInSeconds": None if phase.ended is None else round(phase.ended - phase.started),
        "contexts": [{"statusCode": phase.code or "", "message": phase.message or ""}] if told else None,
    }


def _environment(build: BuildState) -> dict[str, Any] | None:
    """The project's, with the variables that this build was given put over the project's own."""
    environment = build.project.get("environment")
    if environment is None:
        return None
    variables = {v["name"]: v for v in (*environment.get("environmentVariables", []), *build.variables)}
    return {**environment, "environmentVariables": list(variables.values())}
