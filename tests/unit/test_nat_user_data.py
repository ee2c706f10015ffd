"""The script that makes an instance a NAT: linted, and run as it is on a router between two networks."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "portal_stage" / "foundation" / "nat_user_data.sh"
INSIDE, ROUTER_INSIDE = "10.20.4.10", "10.20.4.1"
OUTSIDE, ROUTER_OUTSIDE = "203.0.113.10", "203.0.113.1"
# Sends from a port that the script has to change, and tells what the other end saw.
CLIENT = f"""
import socket
with socket.create_connection(({OUTSIDE!r}, 443), timeout=5, source_address=("0.0.0.0", 2000)) as server:
    print(server.recv(100).decode())
"""
SERVER = f"""
import socket
with socket.create_server(({OUTSIDE!r}, 443)) as listener:
    print("listening", flush=True)
    client, (host, port) = listener.accept()
    client.sendall(f"{{host}} {{port}}".encode())
"""
Run = Callable[..., "subprocess.CompletedProcess[str]"]


def test_shellcheck_finds_nothing() -> None:
    shellcheck = Path(sys.executable).with_name("shellcheck")
    result = subprocess.run([str(shellcheck), str(SCRIPT)], capture_output=True, text=True, check=False)
    assert result.stdout == ""
    assert result.returncode == 0


@pytest.fixture
def router(tmp_path: Path) -> Iterator[Run]:
    """Runs commands `on` three hosts: `inside`, the `router` between, and `outside`, which knows no way back."""
    if os.geteuid() != 0 or not all(map(shutil.which, ("ip", "nft", "unshare"))):
        pytest.fail(
            "this test makes network namespaces: run it as root with iproute2, nftables and util-linux "
            "(apt install iproute2 nftables), or leave it out with NAT_TEST=off"
        )
    prefix = f"nat{os.getpid()}"
    hosts = {host: f"{prefix}-{host}" for host in ("inside", "router", "outside")}

    def run(host: str, *command: str) -> subprocess.CompletedProcess[str]:
        argv = ["ip", "netns", "exec", hosts[host], *command]
        result = subprocess.run(argv, capture_output=True, text=True, timeout=30, check=False)
        assert result.returncode == 0, result.stdout + result.stderr
        return result

    try:
        for namespace in hosts.values():
            subprocess.run(["ip", "netns", "add", namespace], check=True)
        for host, address, peer_address in (
            ("inside", INSIDE, ROUTER_INSIDE),
            ("outside", OUTSIDE, ROUTER_OUTSIDE),
        ):
            link = ["link", "add", "eth0", "type", "veth", "peer", "name", host, "netns", hosts["router"]]
            run(host, "ip", *link)
            for where, device, own in ((host, "eth0", address), ("router", host, peer_address)):
                run(where, "ip", "address", "add", f"{own}/24", "dev", device)
                run(where, "ip", "link", "set", device, "up")
        run("inside", "ip", "route", "add", "default", "via", ROUTER_INSIDE)
        run("router", "ip", "route", "add", "default", "via", OUTSIDE)
        yield run
    finally:
        for namespace in hosts.values():
            subprocess.run(["ip", "netns", "delete", namespace], check=False)


def _boot(router: Run, folder: Path) -> None:
    """Run the script with /etc of its own; the package is there already, and systemd's part is done by nft."""
    programs = folder / "bin"
    programs.mkdir()
    for name, body in {
        "dnf": 'test "$*" = "install -y nftables"',
        "systemctl": 'test "$*" = "enable --now nftables" && nft -f /etc/sysconfig/nftables.conf',
    }.items():
        (programs / name).write_text(f"#!/bin/sh\n{body}\n")
        (programs / name).chmod(0o755)
    etc = folder / "etc"
    shutil.copytree("/etc/alternatives", etc / "alternatives", symlinks=True)
    for name in ("sysctl.d", "sysconfig"):
        (etc / name).mkdir()
    command = f"mount --bind {etc} /etc && PATH={programs}:$PATH bash {SCRIPT}"
    router("router", "unshare", "--mount", "sh", "-c", command)


def _seen_outside(router: Run) -> tuple[str, int]:
    """The address and port under which a server outside sees a client inside."""
    namespace = f"nat{os.getpid()}-outside"
    argv = ["ip", "netns", "exec", namespace, sys.executable, "-c", SERVER]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            assert server.stdout.readline() == "listening\n"
            host, port = router("inside", sys.executable, "-c", CLIENT).stdout.split()
        finally:
            server.kill()
    return host, int(port)


@pytest.mark.skipif(os.environ.get("NAT_TEST") == "off", reason="NAT_TEST=off")
def test_a_host_beyond_sees_the_nat_and_a_port_that_the_acls_let_answers_to(
    router: Run, tmp_path: Path
) -> None:
    _boot(router, tmp_path)

    host, port = _seen_outside(router)

    assert host == ROUTER_OUTSIDE
    assert 32768 <= port <= 65535


@pytest.mark.skipif(os.environ.get("NAT_TEST") == "off", reason="NAT_TEST=off")
def test_without_the_script_nothing_comes_back(router: Run) -> None:
    with pytest.raises(AssertionError, match=r"TimeoutError|timed out"):
        _seen_outside(router)
