"""What makes an instance a NAT: linted, and run as it is on a router between two networks."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest

from portal_stage.foundation.nat_user_data import Deployed

FOLDER = Path(__file__).parents[2] / "portal_stage" / "foundation"
GROUP, REGION = "nat-1-test", "us-east-1"
NAT = Deployed(group=GROUP, region=REGION, stack="foundation-test", resource="NatGroup")
INSIDE, ROUTER_INSIDE = "10.20.4.10", "10.20.4.1"
OUTSIDE, ROUTER_OUTSIDE = "203.0.113.10", "203.0.113.1"
# Sends from a port that the script has to change, and tells what the other end saw.
CLIENT = f"""
import socket
with socket.create_connection(({OUTSIDE!r}, 443), timeout=5, source_address=("0.0.0.0", 2000)) as server:
    print(server.recv(100).decode())
"""
# Tells every client what it saw of it, and writes it down.
SERVER = f"""
import socket
with socket.create_server(({OUTSIDE!r}, 443)) as listener:
    print("listening", flush=True)
    while True:
        client, (host, port) = listener.accept()
        print(host, port, flush=True)
        with client:
            client.sendall(f"{{host}} {{port}}".encode())
"""
# Time passes only while the script waits, or while a command hangs.
ADVANCE = "echo $(($(cat $FOLDER/clock) + $1)) > $FOLDER/clock"
STAND_INS = {
    "date": "cat $FOLDER/clock",
    "sleep": f'echo "sleep $1" >> $FOLDER/calls; {ADVANCE}',
    "timeout": f'shift; /usr/bin/timeout 1 sh -c \'shift; exec "$@"\' - "$@"; code=$?; '
    f"test $code != 124 || {{ {ADVANCE}; }}; exit $code",
    "dnf": 'echo "dnf $*" >> $FOLDER/calls',
    "rpm": "exit 1",
    "systemctl": 'echo "systemctl $*" >> $FOLDER/calls',
    "getent": f"echo {OUTSIDE} STREAM",
    "cfn-signal": 'echo "cfn-signal $*" >> $FOLDER/calls',
    "dd": 'echo "swap $4" >> $FOLDER/calls',
    "mkswap": "exit 0",
    "swapon": "exit 0",
}
FORWARDS = [
    "swap count=1024",
    "dnf install -y nftables aws-cfn-bootstrap",
    "cfn-signal --success true --region us-east-1 --stack foundation-test --resource NatGroup",
    "dnf install -y ethtool awscli-2",
    "systemctl start nat-dropped-packets.timer",
]
Run = Callable[..., "subprocess.CompletedProcess[str]"]


def test_shellcheck_finds_nothing(tmp_path: Path) -> None:
    whole = tmp_path / "user-data.sh"
    whole.write_text(NAT.user_data())
    shellcheck = Path(sys.executable).with_name("shellcheck")
    argv = [str(shellcheck), str(whole), *map(str, sorted(FOLDER.glob("*.sh")))]
    result = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert result.stdout == ""
    assert result.returncode == 0


def test_the_script_fits_into_what_ec2_takes() -> None:
    assert len(NAT.user_data().encode()) < 16 * 1024


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

    def run(host: str, *command: str, exits: int = 0) -> subprocess.CompletedProcess[str]:
        argv = ["ip", "netns", "exec", hosts[host], *command]
        result = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
        assert result.returncode == exits, result.stdout + result.stderr
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


@dataclass
class Instance:
    """The router, with folders of its own for what the user data writes; a boot runs what systemd would start."""

    router: Run
    folder: Path

    def first_boot(self, *, exits: int = 0, reached: bool = True, **programs: str) -> list[str]:
        """The calls that count, once the user data has run. `programs`: other stand-ins."""
        stand_ins(self.folder / "bin", **STAND_INS | programs)
        (self.folder / "clock").write_text("0\n")
        for path in ("etc/systemd/system", "local", "state"):
            (self.folder / path).mkdir(parents=True)
        shutil.copytree("/etc/alternatives", self.folder / "etc" / "alternatives", symlinks=True)
        (self.folder / "user-data.sh").write_text(NAT.user_data())
        self._run(f"bash {self.folder / 'user-data.sh'}")
        assert self.calls() == ["systemctl daemon-reload", "systemctl enable --now --no-block nat.service"]
        return self.boot(exits=exits, reached=reached)

    def boot(self, *, exits: int = 0, reached: bool = True) -> list[str]:
        """The calls of one run of the NAT's program, as its unit starts it; `reached`: somebody listens outside."""
        (self.folder / "calls").write_text("")
        (command,) = re.findall("ExecStart=(.*)", self.unit("nat.service"))
        with listening() if reached else contextlib.nullcontext():
            self._run(command, exits=exits)
        return self.calls()

    def calls(self) -> list[str]:
        return (self.folder / "calls").read_text().splitlines()

    def seconds(self) -> int:
        """How long the boot took, as the script's clock goes."""
        return int((self.folder / "clock").read_text())

    def unit(self, name: str) -> str:
        return (self.folder / "etc" / "systemd" / "system" / name).read_text()

    def _run(self, command: str, *, exits: int = 0) -> None:
        folder = self.folder
        binds = ((folder / "etc", "/etc"), (folder / "local", "/usr/local/bin"))
        mounts = " && ".join(
            [f"mount --bind {own} {place}" for own, place in binds] + ["mount -t tmpfs none /run/netns"]
        )
        environment = f"FOLDER={folder} STATE_DIRECTORY={folder / 'state'} PATH={folder / 'bin'}:$PATH"
        script = f"{mounts} && {environment} {command}"
        self.router("router", "unshare", "--mount", "sh", "-c", script, exits=exits)


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


@contextlib.contextmanager
def listening() -> Iterator[IO[str]]:
    """A server outside, for as long as it is needed; what it prints is whom it saw."""
    argv = ["ip", "netns", "exec", f"nat{os.getpid()}-outside", sys.executable, "-c", SERVER]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            assert server.stdout.readline() == "listening\n"
            yield server.stdout
        finally:
            server.kill()


def _seen_outside(router: Run) -> tuple[str, int]:
    """The address and port under which a server outside sees a client inside."""
    with listening():
        host, port = router("inside", sys.executable, "-c", CLIENT).stdout.split()
    return host, int(port)


@pytest.fixture
def instance(router: Run, tmp_path: Path) -> Instance:
    return Instance(router, tmp_path)


@between_networks
def test_a_host_beyond_sees_the_nat_and_a_port_that_the_acls_let_answers_to(
    instance: Instance, router: Run
) -> None:
    instance.first_boot()

    host, port = _seen_outside(router)

    assert host == ROUTER_OUTSIDE
    assert 32768 <= port <= 65535


@between_networks
def test_it_forwards_then_tells_the_deployment_and_only_then_begins_to_tell_of_what_it_loses(
    instance: Instance,
) -> None:
    assert instance.first_boot() == FORWARDS
    program = instance.folder / "local" / "nat-dropped-packets"
    assert program.read_text() == (FOLDER / "nat_dropped_packets.sh").read_text()
    assert os.access(program, os.X_OK)
    service = instance.unit("nat-dropped-packets.service")
    assert f"ExecStart=/usr/local/bin/{program.name} {GROUP} {REGION} /proc/net/stat/nf_conntrack" in service
    assert "OnUnitActiveSec=1min" in instance.unit("nat-dropped-packets.timer")


@between_networks
def test_a_package_manager_that_fails_twice_does_no_harm(instance: Instance, router: Run) -> None:
    calls = instance.first_boot(
        dnf='echo "dnf $*" >> $FOLDER/calls; test $(grep -c "^dnf" $FOLDER/calls) -ge 3'
    )

    install = "dnf install -y nftables aws-cfn-bootstrap"
    assert calls[:6] == ["swap count=1024", install, "sleep 10", install, "sleep 20", install]
    assert calls[6:] == FORWARDS[2:]
    assert _seen_outside(router)[0] == ROUTER_OUTSIDE


@between_networks
def test_a_package_manager_that_always_fails_ends_the_instance_within_five_minutes(
    instance: Instance,
) -> None:
    calls = instance.first_boot(exits=1, dnf='echo "dnf $*" >> $FOLDER/calls; exit 1')

    assert calls.count("dnf install -y nftables aws-cfn-bootstrap") == 6
    assert [call for call in calls if call.startswith("sleep")] == [
        f"sleep {seconds}" for seconds in (10, 20, 30, 40, 60)
    ]
    assert instance.seconds() <= 300
    assert not any(call.startswith("cfn-signal") for call in calls)
    # systemd does the rest: the unit has failed.
    assert "FailureAction=poweroff\n" in instance.unit("nat.service")


@between_networks
def test_a_package_manager_that_hangs_is_ended_each_minute_and_the_instance_after_five(
    instance: Instance,
) -> None:
    calls = instance.first_boot(exits=1, dnf='echo "dnf $*" >> $FOLDER/calls; exec /usr/bin/sleep 60')

    assert calls.count("dnf install -y nftables aws-cfn-bootstrap") == 4
    assert instance.seconds() == 60 + 10 + 60 + 20 + 60 + 30 + 60


@between_networks
def test_an_instance_through_which_no_packet_goes_ends_and_tells_nobody_that_it_works(
    instance: Instance,
) -> None:
    calls = instance.first_boot(exits=1, reached=False)

    assert not any(call.startswith("cfn-signal") for call in calls)
    assert instance.seconds() <= 300


@between_networks
def test_an_instance_that_has_its_packages_boots_without_a_package_manager(
    instance: Instance, router: Run
) -> None:
    instance.first_boot()
    for name, body in {"rpm": "exit 0", "dnf": "exit 1", "cfn-signal": "exit 1"}.items():
        (instance.folder / "bin" / name).write_text(f"#!/bin/sh\n{body}\n")
    (instance.folder / "state" / "swap").touch()

    assert instance.boot() == ["systemctl start nat-dropped-packets.timer"]
    assert _seen_outside(router)[0] == ROUTER_OUTSIDE


@between_networks
def test_without_swap_it_goes_on(instance: Instance) -> None:
    assert instance.first_boot(swapon="exit 1") == FORWARDS


@between_networks
def test_without_the_script_nothing_comes_back(router: Run) -> None:
    with pytest.raises(AssertionError, match=r"TimeoutError|timed out"):
        _seen_outside(router)


def test_systemd_reads_its_units(tmp_path: Path) -> None:
    if not (analyze := shutil.which("systemd-analyze")):
        pytest.skip("systemd-analyze is not here")
    units = re.findall(
        r"cat > /etc/systemd/system/(\S+) <<'END_OF_FILE'\n(.*?)END_OF_FILE", NAT.user_data(), re.S
    )
    assert len(units) == 3
    for name, text in units:
        (tmp_path / name).write_text(re.sub("ExecStart=.*", "ExecStart=/bin/true", text))
    result = subprocess.run(
        [analyze, "verify", *(str(tmp_path / name) for name, _ in units)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert [line for line in result.stderr.splitlines() if str(tmp_path) in line] == []
