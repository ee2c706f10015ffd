"""The script that makes an instance a NAT: linted, and run as it is on a router between two networks."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from portal_stage.foundation.nat_user_data import user_data

FOLDER = Path(__file__).parents[2] / "portal_stage" / "foundation"
GROUP, REGION = "nat-1-test", "us-east-1"
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


def test_shellcheck_finds_nothing(tmp_path: Path) -> None:
    whole = tmp_path / "user-data.sh"
    whole.write_text(user_data(group=GROUP, region=REGION))
    shellcheck = Path(sys.executable).with_name("shellcheck")
    argv = [str(shellcheck), str(whole), *map(str, sorted(FOLDER.glob("*.sh")))]
    result = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert result.stdout == ""
    assert result.returncode == 0


def test_the_script_fits_into_what_ec2_takes() -> None:
    assert len(user_data(group=GROUP, region=REGION).encode()) < 16 * 1024


@pytest.fixture
def router(tmp_path: Path) -> Iterator[Run]:
    """Runs commands `on` three hosts: `inside`, the `router` between, and `outside`, which knows no way back."""
    if os.geteuid() != 0 or not all(map(shutil.which, ("ip", "nft", "unshare"))):
        pytest.fail(
            "this test makes network namespaces: run it as root with iproute2, nftables and util-linux "
            "(apt install iproute2 nftables util-linux), or leave it out with NAT_TEST=off"
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
    """Run the user data with folders of its own; packages are there already, and nft does systemd's part."""
    programs = stand_ins(
        folder / "bin",
        dnf='echo "dnf $*" >> $CALLS',
        systemctl='echo "systemctl $*" >> $CALLS; test "$3" != nftables || nft -f /etc/sysconfig/nftables.conf',
    )
    etc, local = folder / "etc", folder / "local"
    shutil.copytree("/etc/alternatives", etc / "alternatives", symlinks=True)
    for path in (etc / "sysctl.d", etc / "sysconfig", etc / "systemd" / "system", local):
        path.mkdir(parents=True)
    script = folder / "user-data.sh"
    script.write_text(user_data(group=GROUP, region=REGION))
    command = (
        f"mount --bind {etc} /etc && mount --bind {local} /usr/local/bin && "
        f"CALLS={folder / 'calls'} PATH={programs}:$PATH bash {script}"
    )
    router("router", "unshare", "--mount", "sh", "-c", command)


def stand_ins(folder: Path, **programs: str) -> Path:
    """A folder of programs, each a line of shell."""
    folder.mkdir()
    for name, body in programs.items():
        (folder / name).write_text(f"#!/bin/sh\n{body}\n")
        (folder / name).chmod(0o755)
    return folder


between_networks = pytest.mark.skipif(
    os.environ.get("NAT_TEST") == "off",
    reason="NAT_TEST is off: making networks takes root, iproute2, nftables and util-linux, which CI has",
)


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


@between_networks
def test_a_host_beyond_sees_the_nat_and_a_port_that_the_acls_let_answers_to(
    router: Run, tmp_path: Path
) -> None:
    _boot(router, tmp_path)

    host, port = _seen_outside(router)

    assert host == ROUTER_OUTSIDE
    assert 32768 <= port <= 65535


@between_networks
def test_it_forwards_before_it_begins_to_tell_of_what_it_loses(router: Run, tmp_path: Path) -> None:
    _boot(router, tmp_path)

    assert (tmp_path / "calls").read_text().splitlines() == [
        "dnf install -y nftables",
        "systemctl enable --now nftables",
        "dnf install -y ethtool awscli-2",
        "systemctl enable --now nat-dropped-packets.timer",
    ]
    program = tmp_path / "local" / "nat-dropped-packets"
    assert program.read_text() == (FOLDER / "nat_dropped_packets.sh").read_text()
    assert os.access(program, os.X_OK)
    units = tmp_path / "etc" / "systemd" / "system"
    service = (units / "nat-dropped-packets.service").read_text()
    assert f"ExecStart=/usr/local/bin/{program.name} {GROUP} {REGION} /proc/net/stat/nf_conntrack" in service
    assert "OnUnitActiveSec=1min" in (units / "nat-dropped-packets.timer").read_text()


@between_networks
def test_without_the_script_nothing_comes_back(router: Run) -> None:
    with pytest.raises(AssertionError, match=r"TimeoutError|timed out"):
        _seen_outside(router)
