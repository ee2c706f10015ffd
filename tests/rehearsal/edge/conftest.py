"""A cloud, its edge, and short ways to deploy what the doors stand for, by the AWS APIs alone."""

import itertools
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from rehearsal.cloud import Cloud
from rehearsal.edge import Edge

ACCOUNT = "111111111111"
_numbers = itertools.count(1)


class Echo(ThreadingHTTPServer):
    """A target that answers who it is and what it was asked; `/no-such` is a 404."""

    daemon_threads = True

    def __init__(self, name: str) -> None:
        super().__init__(("127.0.0.1", 0), _EchoHandler)
        self.name = name


class _EchoHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Echo

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        asked = {
            "target": self.server.name,
            "method": self.command,
            "path": self.path,
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "body": self.rfile.read(length).decode(),
        }
        body = json.dumps(asked).encode()
        self.send_response(404 if self.path == "/no-such" else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_HEAD = do_POST = do_DELETE = do_PUT = _answer  # noqa: N815 - http.server's names

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""


class World:
    """Deploys by boto3. Every name is fresh, so that tests share one cloud and not their resources."""

    def __init__(self, cloud: Cloud, account: str = ACCOUNT) -> None:
        self._cloud, self._account = cloud, account
        self.zone_name = f"bank{next(_numbers)}.example"
        created = self.client("route53").create_hosted_zone(
            Name=self.zone_name, CallerReference=self.zone_name
        )
        self.zone_id = created["HostedZone"]["Id"].rpartition("/")[2]

    def client(self, service: str) -> Any:
        return self._cloud.client(service, self._account)

    def host(self, label: str) -> str:
        return f"{label}.{self.zone_name}"

    def certificate(self, *hosts: str) -> str:
        asked = self.client("acm").request_certificate(
            DomainName=hosts[0], SubjectAlternativeNames=list(hosts), ValidationMethod="DNS"
        )
        return str(asked["CertificateArn"])

    def balancer(self) -> dict[str, Any]:
        answer = self.client("elbv2").create_load_balancer(
            Name=f"alb-{next(_numbers)}", Scheme="internal", Subnets=["subnet-1", "subnet-2"]
        )
        balancer: dict[str, Any] = answer["LoadBalancers"][0]
        return balancer

    def target_group(self, port: int) -> str:
        elb = self.client("elbv2")
        group = elb.create_target_group(
            Name=f"tg-{next(_numbers)}", Protocol="HTTP", Port=port, VpcId="vpc-1", TargetType="ip"
        )["TargetGroups"][0]["TargetGroupArn"]
        elb.register_targets(TargetGroupArn=group, Targets=[{"Id": "127.0.0.1", "Port": port}])
        return str(group)

    def listener(self, balancer: dict[str, Any], group: str, **settings: Any) -> str:
        """An HTTPS listener on 443 unless told otherwise."""
        asked = {
            "Protocol": "HTTPS",
            "Port": 443,
            "SslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
        } | settings
        answer = self.client("elbv2").create_listener(
            LoadBalancerArn=balancer["LoadBalancerArn"],
            DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
            **{name: value for name, value in asked.items() if value is not None},
        )
        return str(answer["Listeners"][0]["ListenerArn"])

    def rule(self, listener: str, path: str, group: str) -> str:
        answer = self.client("elbv2").create_rule(
            ListenerArn=listener,
            Priority=10,
            Conditions=[{"Field": "path-pattern", "Values": [path]}],
            Actions=[{"Type": "forward", "TargetGroupArn": group}],
        )
        return str(answer["Rules"][0]["RuleArn"])

    def change_record(self, action: str, label: str, **record: Any) -> None:
        """`record` holds the record set but for its name; type A unless told otherwise."""
        self.client("route53").change_resource_record_sets(
            HostedZoneId=self.zone_id,
            ChangeBatch={
                "Changes": [
                    {
                        "Action": action,
                        "ResourceRecordSet": {"Name": self.host(label), "Type": "A", **record},
                    }
                ]
            },
        )

    def alias(self, label: str, target: str, **record: Any) -> None:
        self.change_record("CREATE", label, AliasTarget=alias_target(target), **record)

    def unalias(self, label: str, target: str) -> None:
        self.change_record("DELETE", label, AliasTarget=alias_target(target))


def alias_target(name: str) -> dict[str, Any]:
    return {"HostedZoneId": "Z2FDTNDATAQYW2", "DNSName": name, "EvaluateTargetHealth": False}


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with Cloud(tmp_path_factory.mktemp("cloud")) as running:
        yield running


@pytest.fixture(scope="module")
def edge(cloud: Cloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    with Edge(cloud, tmp_path_factory.mktemp("edge"), {}) as running:
        yield running


@pytest.fixture
def world(cloud: Cloud) -> World:
    return World(cloud)


@pytest.fixture
def world_of(cloud: Cloud) -> Callable[[str], World]:
    """A world of another account, by its id."""
    return lambda account: World(cloud, account)


@pytest.fixture(scope="module")
def start_echo() -> Iterator[Callable[[str], int]]:
    """Starts a target by name, and gives its port."""
    servers = []

    def start(name: str) -> int:
        server = Echo(name)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return int(server.server_address[1])

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def frontend(start_echo: Callable[[str], int]) -> int:
    return start_echo("frontend")


@pytest.fixture(scope="module")
def backend(start_echo: Callable[[str], int]) -> int:
    return start_echo("backend")


@pytest.fixture(scope="module")
def client(edge: Edge) -> Iterator[httpx.Client]:
    """An HTTP client that knows nothing but the environment that the edge gives to every program."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in edge.environment().items():
            patch.setenv(name, value)
        made = httpx.Client(timeout=10)
    with made:
        yield made
