"""What stands for a task's network namespace: where a Node program listens, and whom names lead it to."""

import http.server
import json
import ssl
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import trustme

from rehearsal.runtime.container import PRELOAD
from rehearsal.runtime.node import NODE

ADDRESS = "127.88.255.200"


@dataclass
class Resolver:
    """Answers as the edge does; remembers what it was asked."""

    url: str = ""
    known: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    unreachable: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)


@pytest.fixture
def resolver() -> Iterator[Resolver]:
    state = Resolver()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            query = parse_qs(urlsplit(self.path).query)
            name, port = query["name"][0], query["port"][0]
            state.asked.append(name)
            found, reason = state.known.get((name, port)), state.unreachable.get(name)
            self.send_response(200 if found else 502 if reason else 404)
            self.end_headers()
            if reason:
                self.wfile.write(json.dumps({"error": f"{reason}: deployed, and not to be reached"}).encode())
            if found:
                self.wfile.write(json.dumps({"address": found[0], "port": found[1]}).encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        state.url = f"http://127.0.0.1:{server.server_port}/resolve"
        yield state
        server.shutdown()


@pytest.fixture
def door(tmp_path: Path) -> Iterator[int]:
    """A TLS server whose certificate is for portal.bank.example; the authority is in ca.pem."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("portal.bank.example").configure_cert(context)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"through the door")

        def log_message(self, format: str, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def node(program: str, folder: Path, **environment: str) -> str:
    """What a program prints that runs as a task does."""
    result = subprocess.run(
        [NODE, "--require", PRELOAD, "--input-type=module", "--eval", program],
        env={"REHEARSAL_ADDRESS": ADDRESS, "NODE_EXTRA_CA_CERTS": str(folder / "ca.pem"), **environment},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


@pytest.mark.parametrize(
    ("arguments", "address"),
    [
        ("0", ADDRESS),
        ("0, () => {}", ADDRESS),
        ("0, '0.0.0.0'", ADDRESS),
        ("0, null, 5", ADDRESS),
        ("0, '::', 5, () => {}", ADDRESS),
        ("{ port: 0 }", ADDRESS),
        ("{ port: 0, host: '0.0.0.0' }", ADDRESS),
        ("0, 'localhost'", "127.89.255.200"),
        ("{ port: 0, host: '127.0.0.1' }", "127.89.255.200"),
    ],
)
def test_all_interfaces_are_the_tasks_own_address(tmp_path: Path, arguments: str, address: str) -> None:
    program = f"""
        import http from "node:http";
        const server = http.createServer();
        server.once("listening", () => {{ console.log(server.address().address); server.close(); }});
        server.listen({arguments});
    """
    assert node(program, tmp_path) == address


@pytest.mark.parametrize(
    "get",
    [
        'console.log(await (await fetch("https://portal.bank.example/")).text())',
        'import https from "node:https"; https.get("https://portal.bank.example/", (a) => a.pipe(process.stdout))',
        """import tls from "node:tls";
           const socket = tls.connect(443, "portal.bank.example", { servername: "portal.bank.example" });
           socket.write("GET / HTTP/1.0\\r\\n\\r\\n");
           socket.pipe(process.stdout)""",
    ],
    ids=["fetch", "https", "tls, written to before it is connected"],
)
def test_a_deployed_name_leads_to_its_door_with_tls_verified(
    tmp_path: Path, resolver: Resolver, door: int, get: str
) -> None:
    resolver.known["portal.bank.example", "443"] = ("127.0.0.1", door)
    assert "through the door" in node(get, tmp_path, REHEARSAL_RESOLVER=resolver.url)


def test_a_door_with_another_names_certificate_is_refused(
    tmp_path: Path, resolver: Resolver, door: int
) -> None:
    resolver.known["api.bank.example", "443"] = ("127.0.0.1", door)
    program = 'fetch("https://api.bank.example/").catch((error) => console.log(error.cause.code))'
    assert node(program, tmp_path, REHEARSAL_RESOLVER=resolver.url) == "ERR_TLS_CERT_ALTNAME_INVALID"


@pytest.mark.parametrize(("reason", "code"), [("NXDOMAIN", "ENOTFOUND"), ("ECONNREFUSED", "ECONNREFUSED")])
def test_a_deployed_name_that_leads_nowhere_fails_as_on_aws(
    tmp_path: Path, resolver: Resolver, reason: str, code: str
) -> None:
    resolver.unreachable["portal.bank.example"] = reason
    program = 'fetch("https://portal.bank.example/").catch((error) => console.log(error.cause.code))'
    assert node(program, tmp_path, REHEARSAL_RESOLVER=resolver.url) == code


def test_a_name_that_nobody_deployed_is_resolved_as_usual(tmp_path: Path, resolver: Resolver) -> None:
    program = 'fetch("http://unknown.invalid/").catch((error) => console.log(error.cause.code))'
    assert node(program, tmp_path, REHEARSAL_RESOLVER=resolver.url) in ("ENOTFOUND", "EAI_AGAIN")
    assert resolver.asked == ["unknown.invalid"]


def test_addresses_and_loopback_are_not_asked_for(tmp_path: Path, resolver: Resolver) -> None:
    program = """
        import net from "node:net";
        for (const host of ["127.0.0.1", "localhost"])
          net.connect(9, host).on("error", (error) => console.log(error.code));
    """
    assert "ECONNREFUSED" in node(program, tmp_path, REHEARSAL_RESOLVER=resolver.url)
    assert resolver.asked == []
