"""What the edge gives to the programs of the rehearsal, and that nothing of it outlives the edge."""

import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from rehearsal.cloud import Cloud
from rehearsal.edge import Edge

NODE_CLIENT = """
const [host, proxy] = [process.argv[1], new URL(process.env.HTTPS_PROXY)];
const connect = require("node:http").request({
  host: proxy.hostname, port: proxy.port, method: "CONNECT", path: `${host}:443`,
});
connect.on("connect", (_, socket) =>
  require("node:https").get({ host, socket, agent: false }, (answer) => answer.pipe(process.stdout)));
connect.end();
"""
PYTHON_CLIENT = "import sys, urllib.request as u; print(u.urlopen('https://' + sys.argv[1]).read().decode())"


@pytest.fixture
def host(world: Any, frontend: int) -> str:
    """A name under which a balancer answers by TLS."""
    balancer, name = world.balancer(), world.host("portal")
    certificate = [{"CertificateArn": world.certificate(name)}]
    world.listener(balancer, world.target_group(frontend), Certificates=certificate)
    world.alias("portal", balancer["DNSName"])
    return str(name)


@pytest.mark.parametrize(
    "program", [[sys.executable, "-c", PYTHON_CLIENT], ["node", "-e", NODE_CLIENT]], ids=["python", "node"]
)
def test_program_with_this_environment_alone_reaches_a_door(
    edge: Edge, host: str, program: list[str]
) -> None:
    path = {"PATH": str(Path(sys.executable).parent)}

    done = subprocess.run(
        [*program, host], env={**edge.environment(), **path}, capture_output=True, text=True, timeout=30
    )

    assert '"target": "frontend"' in done.stdout, done.stderr


def test_proxy_is_named_in_both_cases(edge: Edge) -> None:
    """curl reads http_proxy in lower case only, others the upper one first."""
    environment = edge.environment()

    for name in ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"):
        assert environment[name.lower()] == environment[name]


def test_nothing_listens_after_the_end(cloud: Cloud, tmp_path: Path, host: str) -> None:
    with Edge(cloud, tmp_path, {}) as edge:
        proxy = edge.environment()["HTTP_PROXY"].rpartition(":")[2]
        door = edge.resolve(host, 443)
        assert door is not None

    for address in (("127.0.0.1", int(proxy)), door):
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(address, 2)
