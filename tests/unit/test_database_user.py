"""The migration makes the backend's user, who alone is at work afterwards: which container is given which secret."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from tests.unit.templates import Stage

BACKEND = Path(__file__).resolve().parents[2] / "containers" / "backend"


def variables(container: dict[str, Any]) -> dict[str, Any]:
    return {variable["Name"]: variable["Value"] for variable in container["Environment"]}


def required(name: str) -> set[str]:
    """The variables that the backend's sources list under that name."""
    source = (BACKEND / "src" / "config.mjs").read_text()
    found = re.search(rf"{name} = \[(.*?)\]", source, re.DOTALL)
    assert found is not None
    return set(re.findall(r"'(\w+)'", found[1]))


def test_the_backend_is_told_all_that_it_requires(stage: Stage) -> None:
    container = stage.portal.containers("backend-test")["backend"]
    given = variables(container)
    assert required("REQUIRED") <= set(given)
    assert given["PORT"] == str(container["PortMappings"][0]["ContainerPort"])
    assert given["DB_WRITER_HOST"] != given["DB_READER_HOST"]


def test_the_backend_gets_no_password_only_where_to_read_it(stage: Stage) -> None:
    container = stage.portal.containers("backend-test")["backend"]
    assert "Secrets" not in container
    assert variables(container)["DB_SECRET_ARN"] == _backend_secret(stage)


def test_no_running_task_reads_the_masters_secret(stage: Stage) -> None:
    for role in ("backend-task-test", "frontend-task-test", "frontend-execution-test"):
        assert "MasterUserSecret" not in json.dumps(stage.portal.statements(role))
    (statement,) = _about_secrets(stage, "backend-task-test")
    assert statement["Resource"] == _backend_secret(stage)


def test_the_migration_ends_before_the_backend_starts_and_the_task_goes_on_without_it(stage: Stage) -> None:
    backend, migrate = (stage.portal.containers("backend-test")[name] for name in ("backend", "migrate"))
    assert backend["DependsOn"] == [{"Condition": "SUCCESS", "ContainerName": "migrate"}]
    assert backend["Essential"] is True
    assert migrate["Essential"] is False
    assert migrate["Image"] == backend["Image"]
    assert migrate["StartTimeout"] == 120
    assert "PortMappings" not in migrate


def test_the_migration_runs_the_command_that_is_configured(stage: Stage, large: Stage) -> None:
    command = stage.portal.containers("backend-test")["migrate"]["Command"]
    assert command[0] == "node"
    assert (BACKEND / command[1]).is_file()
    assert large.portal.containers("backend-large")["migrate"]["Command"] == ["/app/migrate", "--once"]


def test_the_migration_is_told_all_that_it_requires_and_its_passwords_as_secrets_only(stage: Stage) -> None:
    migrate = stage.portal.containers("backend-test")["migrate"]
    secrets = {secret["Name"]: json.dumps(secret["ValueFrom"]) for secret in migrate["Secrets"]}
    assert required("REQUIRED_TO_MIGRATE") <= set(variables(migrate)) | set(secrets)
    for name, secret, field in (
        ("DB_MASTER_USER", "MasterUserSecret", "username"),
        ("DB_MASTER_PASSWORD", "MasterUserSecret", "password"),
        ("DB_USER", "BackendUserSecret", "username"),
        ("DB_PASSWORD", "BackendUserSecret", "password"),
    ):
        assert secret in secrets[name]
        assert f":{field}::" in secrets[name]


def test_the_execution_role_reads_the_two_secrets_of_the_migration_and_no_other(stage: Stage) -> None:
    (statement,) = _about_secrets(stage, "backend-execution-test")
    assert _backend_secret(stage) in statement["Resource"]
    assert len(statement["Resource"]) == 2
    assert "MasterUserSecret" in json.dumps(statement["Resource"])
    (key,) = (s for s in stage.portal.statements("backend-execution-test") if "kms:" in str(s["Action"]))
    assert key["Action"] == "kms:Decrypt"
    assert key["Condition"] == {
        "StringEquals": {"kms:ViaService": ["secretsmanager.us-east-1.amazonaws.com"]}
    }
    assert _about_secrets(stage, "frontend-execution-test") == []


def _backend_secret(stage: Stage) -> dict[str, str]:
    """Its ARN, as the portal's stack imports it."""
    reference = {"Ref": stage.data.id_of("AWS::SecretsManager::Secret", Name="backend-database-test")}
    (output,) = (found for found in stage.data.body["Outputs"].values() if found["Value"] == reference)
    return {"Fn::ImportValue": output["Export"]["Name"]}


def _about_secrets(stage: Stage, role: str) -> list[dict[str, Any]]:
    return [s for s in stage.portal.statements(role) if "secretsmanager" in str(s["Action"])]
