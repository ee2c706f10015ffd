"""`python -m pipeline.preflight`: what it prints, its exit codes, and what it hears from public DNS."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from socket import AF_INET, SOCK_DGRAM, socket

import dns.message
import dns.resolver
import dns.rrset
import pytest

from pipeline.environments import DEV, TOOLS
from pipeline.preflight.dns import name_servers
from rehearsal.cloud import Cloud
from rehearsal.cloud.prerequisites import create_connection

from .preflight_world import bootstrapped, of

ROOT = Path(__file__).parents[3]


def command(
    cloud: Cloud | None, *arguments: str, account: str = DEV.account
) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    given = {
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/none",
        "AWS_SHARED_CREDENTIALS_FILE": "/none",
    }
    if cloud:
        given |= {
            "AWS_ENDPOINT_URL": cloud.endpoint,
            "AWS_ACCESS_KEY_ID": account,
            "AWS_SECRET_ACCESS_KEY": "test",
        }
    return subprocess.run(
        [sys.executable, "-m", "pipeline.preflight", *arguments],
        cwd=ROOT,
        env=kept | given,
        capture_output=True,
        text=True,
        check=False,
    )


def assembly_of(tmp_path: Path, account: str) -> Path:
    """An assembly with one stack for an account."""
    (tmp_path / "manifest.json").write_text(
        json.dumps(
            {
                "artifacts": {
                    "portal": {
                        "type": "aws:cloudformation:stack",
                        "environment": f"aws://{account}/us-east-1",
                        "properties": {"templateFile": "t.json", "requiresBootstrapStackVersion": 8},
                    }
                }
            }
        )
    )
    (tmp_path / "t.json").write_text(json.dumps({"Resources": {"Address": of("EC2::EIP")}}))
    return tmp_path


@pytest.fixture
def assembly(tmp_path: Path) -> Path:
    return assembly_of(tmp_path, DEV.account)


def test_the_command_answers_people_and_programs(cloud: Cloud, assembly: Path) -> None:
    told = command(cloud, "--assembly", str(assembly))
    assert told.returncode == 1, told.stderr
    assert "✗ hosted zone: dev: there is no hosted zone" in told.stdout
    assert "✓ resource quotas: Elastic IP addresses: 1 are needed and the account may have 5" in told.stdout
    assert f"Account {DEV.account} is not ready: " in told.stdout
    answered = json.loads(command(cloud, "--assembly", str(assembly), "--json").stdout)
    assert (answered["account"], answered["ready"]) == (DEV.account, False)
    assert {"check", "ok", "sentence"} == set(answered["answers"][0])


def test_an_account_that_is_ready_is_a_success(cloud: Cloud, tmp_path: Path) -> None:
    bootstrapped(cloud, TOOLS.account)
    create_connection(account=TOOLS.account, arn=TOOLS.connection_arn)

    told = command(
        cloud, "--assembly", str(assembly_of(tmp_path, TOOLS.account)), "--json", account=TOOLS.account
    )

    assert told.returncode == 0, told.stdout
    answered = json.loads(told.stdout)
    assert (answered["account"], answered["ready"]) == (TOOLS.account, True)
    # No environment is in this account, so nobody asks for a zone.
    assert {"connection", "resource quotas"} <= {answer["check"] for answer in answered["answers"]}
    assert not {"hosted zone", "zones"} & {answer["check"] for answer in answered["answers"]}


@pytest.mark.parametrize(
    ("account", "told"),
    [
        (
            None,
            "AWS cannot be asked: Unable to locate credentials. Use the credentials of the account in question",
        ),
        ("999999999999", "account '999999999999' of the present credentials: use those of one that "),
    ],
)
def test_without_the_right_credentials_it_says_what_to_do(
    cloud: Cloud, assembly: Path, account: str | None, told: str
) -> None:
    result = command(cloud if account else None, "--assembly", str(assembly), account=account or "")
    assert result.returncode == 2
    assert result.stderr.startswith(told)
    assert "Traceback" not in result.stderr


def test_without_an_assembly_it_says_what_to_do(cloud: Cloud, tmp_path: Path) -> None:
    result = command(cloud, "--assembly", str(tmp_path))
    assert (result.returncode, result.stdout) == (2, "")
    assert "holds no cloud assembly: run `cdk synth` first" in result.stderr


@pytest.fixture
def resolver() -> Iterator[dns.resolver.Resolver]:
    """A resolver whose only server, on loopback, knows dev.bank.example and no other name."""
    with socket(AF_INET, SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))

        def serve() -> None:
            # An empty datagram ends it: closing the socket would not wake who waits on it.
            while (received := server.recvfrom(4096))[0]:
                wire, client = received
                query = dns.message.from_wire(wire)
                answer = dns.message.make_response(query)
                answer.flags |= 0x0080  # recursion is available
                asked = str(query.question[0].name)
                if asked == "dev.bank.example.":
                    name = query.question[0].name
                    answer.answer.append(
                        dns.rrset.from_text(name, 60, "IN", "NS", "NS-1.Example.", "ns-2.example.")
                    )
                elif asked != "host.bank.example.":  # which is there and is no zone
                    answer.set_rcode(dns.rcode.NXDOMAIN)
                server.sendto(answer.to_wire(), client)

        thread = threading.Thread(target=serve)
        thread.start()
        asking = dns.resolver.Resolver(configure=False)
        asking.nameservers, asking.port = ["127.0.0.1"], server.getsockname()[1]
        yield asking
        server.sendto(b"", server.getsockname())
        thread.join()


def test_name_servers_are_those_of_public_dns(resolver: dns.resolver.Resolver) -> None:
    assert name_servers("dev.bank.example", resolver) == {"ns-1.example", "ns-2.example"}
    assert name_servers("nobody.example", resolver) == set()
    assert name_servers("host.bank.example", resolver) == set()
