"""The user data of a NAT instance: its programs and systemd's units, which then run at every boot."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_FOLDER = Path(__file__).parent
_PROGRAMS = "/usr/local/bin"
_UNITS = "/etc/systemd/system"
NAMESPACE, DROPPED_PACKETS = "CustomerPortal/NAT", "DroppedPackets"

# On failure the instance is powered off, which its launch template makes a termination.
_NAT = """\
[Unit]
Description=Forward what the app subnets send
Wants=network-online.target
After=network-online.target
FailureAction=poweroff

[Service]
Type=oneshot
RemainAfterExit=yes
StateDirectory=nat
ExecStart={programs}/nat-boot {region} {stack} {resource}

[Install]
WantedBy=multi-user.target
"""
_DROPPED_PACKETS = """\
[Unit]
Description=Tell CloudWatch of the packets that this NAT instance has lost

[Service]
Type=oneshot
DynamicUser=yes
RuntimeDirectory=nat-dropped-packets
RuntimeDirectoryPreserve=yes
ExecStart={programs}/nat-dropped-packets {group} {region} /proc/net/stat/nf_conntrack
"""
# The NAT's unit starts it, once its programs are installed.
_EVERY_MINUTE = """\
[Unit]
Description=Every minute

[Timer]
OnActiveSec=0
OnUnitActiveSec=1min
AccuracySec=1s
"""


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """Which NAT instance this is: its Auto Scaling group, and where CloudFormation waits for its signal."""

    group: str
    region: str
    stack: str
    resource: str
    """The group's logical id."""

    def user_data(self) -> str:
        """The script of the first boot. An instance that cannot even write its files ends, too."""
        values = {**vars(self), "programs": _PROGRAMS}
        return "\n".join(
            [
                "#!/bin/bash",
                "set -euo pipefail",
                "trap 'systemctl poweroff' ERR",
                _program("nat-boot", "nat_boot.sh"),
                _program("nat-dropped-packets", "nat_dropped_packets.sh"),
                _file(f"{_UNITS}/nat.service", _NAT.format(**values)),
                _file(f"{_UNITS}/nat-dropped-packets.service", _DROPPED_PACKETS.format(**values)),
                _file(f"{_UNITS}/nat-dropped-packets.timer", _EVERY_MINUTE),
                "systemctl daemon-reload",
                "systemctl enable --now --no-block nat.service",
                "",
            ]
        )


def _program(name: str, source: str) -> str:
    path = f"{_PROGRAMS}/{name}"
    return f"{_file(path, (_FOLDER / source).read_text(encoding='utf-8'))}\nchmod 755 {path}"


def _file(path: str, text: str) -> str:
    return f"cat > {path} <<'END_OF_FILE'\n{text}END_OF_FILE"
