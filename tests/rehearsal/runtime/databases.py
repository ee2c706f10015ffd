"""A place to deploy an Aurora cluster in, and what its servers answer."""

import json
import os
import ssl
import subprocess
from dataclasses import dataclass
from typing import Any

import trustme

from rehearsal.client.tls_tunnel import tunnel
from rehearsal.cloud import Cloud
from rehearsal.runtime.aurora import Aurora
from rehearsal.runtime.postgres_programs import PROGRAMS
from tests.rehearsal.waiting import wait_for

ACCOUNT = "111111111111"


def template(*, readers: int = 2, force_ssl: str = "1", **cluster: Any) -> dict[str, Any]:
    group = {
        "Family": "aurora-postgresql16",
        "Description": "ours",
        "Parameters": {"rds.force_ssl": force_ssl},
    }
    properties = {
        "Engine": "aurora-postgresql",
        "EngineVersion": "16.11",
        "DBClusterIdentifier": "aurora-dev",
        "MasterUsername": "portal_admin",
        "ManageMasterUserPassword": True,
        "DatabaseName": "portal",
        "DBClusterParameterGroupName": {"Ref": "Parameters"},
        **cluster,
    }
    resources: dict[str, Any] = {
        "Parameters": {"Type": "AWS::RDS::DBClusterParameterGroup", "Properties": group},
        "Cluster": {"Type": "AWS::RDS::DBCluster", "Properties": properties},
        "Writer": instance("aurora-writer-dev"),
    }
    for number in range(1, readers + 1):
        resources[f"Reader{number}"] = instance(f"aurora-reader-{number}-dev", DependsOn="Writer")
    outputs = {
        name: {"Value": {"Fn::GetAtt": ["Cluster", attribute]}}
        for name, attribute in {
            "Secret": "MasterUserSecret.SecretArn",
            "WriterHost": "Endpoint.Address",
            "ReaderHost": "ReadEndpoint.Address",
            "Port": "Endpoint.Port",
        }.items()
    }
    return {"Resources": resources, "Outputs": outputs}


def instance(name: str, **more: Any) -> dict[str, Any]:
    properties = {
        "DBInstanceIdentifier": name,
        "DBInstanceClass": "db.serverless",
        "Engine": "aurora-postgresql",
        "DBClusterIdentifier": {"Ref": "Cluster"},
    }
    return {"Type": "AWS::RDS::DBInstance", "Properties": properties, **more}


def psql(server: tuple[str, int], user: str, password: str, database: str, statement: str) -> str:
    """What psql prints without TLS, or why it fails."""
    host, port = server
    result = subprocess.run(
        [
            *(str(PROGRAMS[16] / "psql"), "-h", host, "-p", str(port)),
            *("-U", user, "-d", database, "-Atc", statement),
        ],
        env={**os.environ, "PGPASSWORD": password, "PGSSLMODE": "disable"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return (result.stdout + result.stderr).strip()


@dataclass
class Place:
    cloud: Cloud
    aurora: Aurora
    authority: trustme.CA

    def client(self, service: str) -> Any:
        return self.cloud.client(service, ACCOUNT)

    def deploy(self, described: dict[str, Any], *, change: str = "create") -> str:
        api = self.client("cloudformation")
        getattr(api, f"{change}_stack")(StackName="data", TemplateBody=json.dumps(described))
        wait_for(lambda: not self.stack()["StackStatus"].endswith("IN_PROGRESS"), seconds=30)
        return str(self.stack()["StackStatus"])

    def stack(self) -> Any:
        return self.client("cloudformation").describe_stacks(StackName="data")["Stacks"][0]

    def outputs(self) -> dict[str, str]:
        return {each["OutputKey"]: each["OutputValue"] for each in self.stack()["Outputs"]}

    def secret(self) -> dict[str, str]:
        value = self.client("secretsmanager").get_secret_value(SecretId=self.outputs()["Secret"])
        secret: dict[str, str] = json.loads(value["SecretString"])
        return secret

    def address(self, *, writer: bool) -> str:
        """Where the edge finds an instance: in the emulator's record."""
        from ministack.core.responses import request_scope
        from ministack.services import rds

        with request_scope(ACCOUNT, "us-east-1"):
            members = rds._clusters["aurora-dev"]["DBClusterMembers"]
            names = [each["DBInstanceIdentifier"] for each in members if each["IsClusterWriter"] is writer]
            return str(rds._instances[names[0]]["_internal_address"])

    def sql(self, statement: str, *, writer: bool = True, host: str = "", password: str = "") -> str:
        """What psql prints, or why it fails; TLS is verified for `host`, the cluster's endpoint by default."""
        secret = self.secret()
        host = host or self.outputs()["WriterHost" if writer else "ReaderHost"]
        context = ssl.create_default_context(cadata=self.authority.cert_pem.bytes().decode())
        with tunnel((self.address(writer=writer), 5432), context, host) as port:
            return psql(
                ("127.0.0.1", port), secret["username"], password or secret["password"], "portal", statement
            )

    def plainly(self) -> str:
        """What the writer answers, or why it fails, without TLS."""
        secret = self.secret()
        writer = (self.address(writer=True), 5432)
        said = psql(writer, secret["username"], secret["password"], "portal", "select pg_is_in_recovery()")
        return said.partition("FATAL:")[2].strip() or said
