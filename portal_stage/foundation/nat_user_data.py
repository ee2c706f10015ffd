"""The user data of a NAT instance: it forwards first, and tells of lost packets once it does."""

from __future__ import annotations

from pathlib import Path

_FOLDER = Path(__file__).parent
_PROGRAM = "/usr/local/bin/nat-dropped-packets"
_UNITS = "/etc/systemd/system/nat-dropped-packets"
NAMESPACE, DROPPED_PACKETS = "CustomerPortal/NAT", "DroppedPackets"

_SERVICE = """\
[Unit]
Description=Tell CloudWatch of the packets that this NAT instance has lost

[Service]
Type=oneshot
DynamicUser=yes
RuntimeDirectory=nat-dropped-packets
RuntimeDirectoryPreserve=yes
ExecStart={program} {group} {region} /proc/net/stat/nf_conntrack
"""
_TIMER = """\
[Unit]
Description=Every minute

[Timer]
OnActiveSec=0
OnUnitActiveSec=1min
AccuracySec=1s

[Install]
WantedBy=timers.target
"""


def user_data(*, group: str, region: str) -> str:
    """The boot script with the program that tells, its service and its timer, as one script."""
    return "\n".join(
        [
            _read("nat_user_data.sh"),
            "# From here on the instance is a NAT: what fails below is told by an alarm that misses its data.",
            "dnf install -y ethtool awscli-2",
            _file(_PROGRAM, _read("nat_dropped_packets.sh")),
            f"chmod 755 {_PROGRAM}",
            _file(f"{_UNITS}.service", _SERVICE.format(program=_PROGRAM, group=group, region=region)),
            _file(f"{_UNITS}.timer", _TIMER),
            "systemctl enable --now nat-dropped-packets.timer",
            "",
        ]
    )


def _file(path: str, text: str) -> str:
    return f"cat > {path} <<'END_OF_FILE'\n{text}END_OF_FILE"


def _read(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")
