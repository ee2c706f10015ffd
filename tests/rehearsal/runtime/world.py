"""A small deployed world in a process of its own, to be killed: a database with a row, a service, a role, an image.

Started as `python world.py STATE`. It deploys what an earlier process did not leave, prints one line of JSON that
says how everything answers, and stands until it is ended. A line on its input deploys slowly, for a kill in the midst.
"""

import json
import sys
import urllib.request
from pathlib import Path
from typing import Any

from rehearsal.cloud import stacks
from rehearsal.cloud.here import client_with
from rehearsal.local_aws import LocalAws
from rehearsal.runtime.build import build
from rehearsal.runtime.images import ImageStore
from tests.rehearsal.runtime.databases import psql
from tests.rehearsal.runtime.world_templates import ACCOUNT, DATA, IMAGE, SLOW, WEB

DOCKERFILE = 'FROM node:24-slim\nWORKDIR /app\nCOPY server.mjs ./\nCMD ["node", "server.mjs"]\n'
SERVER = """
import http from "node:http";
const { AWS_ACCESS_KEY_ID: key, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token } = process.env;
http.createServer((_, answer) => answer.end(JSON.stringify([key, secret, token]))).listen(8080);
"""


class World:
    def __init__(self, aws: LocalAws) -> None:
        self.aws = aws

    def client(self, service: str) -> Any:
        return self.aws.cloud.client(service, ACCOUNT)

    def deploy(self) -> None:
        context = self.aws.state / "context"
        context.mkdir()
        (context / "Dockerfile").write_text(DOCKERFILE)
        (context / "server.mjs").write_text(SERVER)
        store = ImageStore(self.aws.state / "images")
        image = build(
            context, file=context / "Dockerfile", platform="linux/arm64", store=store, environment={}
        )
        store.tag(IMAGE, image.digest)
        cloudformation = self.client("cloudformation")
        stacks.deploy(cloudformation, "data", DATA)
        stacks.deploy(cloudformation, "web", WEB)
        self.sql("CREATE TABLE kept (said text)")
        self.sql("INSERT INTO kept VALUES ('before')")

    def outputs(self, stack: str) -> dict[str, str]:
        described = self.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
        return {each["OutputKey"]: each["OutputValue"] for each in described["Outputs"]}

    def secret(self) -> dict[str, str]:
        value = self.client("secretsmanager").get_secret_value(SecretId=self.outputs("data")["Secret"])
        secret: dict[str, str] = json.loads(value["SecretString"])
        return secret

    def sql(self, statement: str, name: str = "writer") -> str:
        from ministack.services import rds

        (address,) = [
            record["_internal_address"]
            for (account, _, key), record in rds._instances.all_items()
            if (account, key) == (ACCOUNT, name)
        ]
        secret = self.secret()
        return psql((address, 5432), secret["username"], secret["password"], "portal", statement)

    def targets(self) -> list[str]:
        health = self.client("elbv2").describe_target_health(TargetGroupArn=self.outputs("web")["Group"])
        return [each["Target"]["Id"] for each in health["TargetHealthDescriptions"]]

    def caller(self, key: str, secret: str, token: str) -> str:
        sts = client_with("sts", "us-east-1", access_key=key, secret_key=secret, token=token)
        return str(sts.get_caller_identity()["Arn"])

    def facts(self) -> dict[str, Any]:
        """How everything answers."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        answers = [opener.open(f"http://{each}:8080/", timeout=5).read().decode() for each in self.targets()]
        callers = [self.caller(*json.loads(answer)).rpartition("/")[0] for answer in answers]
        return {
            "restored": self.aws.restored,
            "differences": [*self.aws.differences, *self.aws.aurora.differences],
            "endpoint": self.aws.cloud.endpoint,
            "outputs": self.outputs("data") | self.outputs("web"),
            "secret": self.secret(),
            "callers": callers,
            "rows": self.sql("SELECT said FROM kept ORDER BY 1"),
            "topics": self.client("sns").list_topics()["Topics"],
            "stacks": {
                each["StackName"]: each["StackStatus"]
                for each in self.client("cloudformation").describe_stacks()["Stacks"]
            },
            "databases": sorted(each.name for each in (self.aws.state / "databases").iterdir()),
        }


def main() -> None:
    with LocalAws(Path(sys.argv[1]), port=None, restore=True) as aws:
        world = World(aws)
        if not aws.restored:
            world.deploy()
            assert aws.snapshot()
        print(json.dumps(world.facts()), flush=True)
        for line in sys.stdin:
            if line.strip() == "deploy":
                api = world.client("cloudformation")
                api.create_stack(StackName="slow", TemplateBody=json.dumps(SLOW))
                while not world.client("sns").list_topics()["Topics"]:
                    pass
                print(json.dumps(aws.snapshot()), flush=True)
            else:
                print(json.dumps(world.sql(*line.strip().split(" --"))), flush=True)


if __name__ == "__main__":
    main()
