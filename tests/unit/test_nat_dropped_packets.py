"""The program that tells CloudWatch of lost packets, on counters as EC2's driver and the kernel show them."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.unit.test_nat_user_data import FOLDER, GROUP, REGION, stand_ins

DRIVER = """\
NIC statistics:
     tx_timeout: 7
     bw_in_allowance_exceeded: {inwards}
     bw_out_allowance_exceeded: 20
     pps_allowance_exceeded: 3
     conntrack_allowance_exceeded: 0
     linklocal_allowance_exceeded: 0
     conntrack_allowance_available: 128270
     queue_0_tx_cnt: 5170
"""
# Two CPUs, as Linux 6 writes it; the table has 0x1f entries.
KERNEL = """\
entries  clashres found new invalid ignore delete chainlength insert insert_failed drop early_drop icmp_error
0000001f  00000001 00000000 00000000 00000002 00000000 00000000 00000004 00000000 00000005 {drop} 00000001 00000000
0000001f  00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000
"""


@dataclass
class Instance:
    """A NAT instance with its counters."""

    folder: Path

    def counts(self, *, inwards: int = 100, drop: str = "00000010") -> None:
        (self.folder / "driver").write_text(DRIVER.format(inwards=inwards))
        (self.folder / "kernel").write_text(KERNEL.format(drop=drop))

    def tells(self, *, reached: bool = True) -> list[str]:
        """Run the program once; the words with which it called CloudWatch."""
        env = {
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
            "RUNTIME_DIRECTORY": str(self.folder),
            "REACHED": "0" if reached else "1",
            "FOLDER": str(self.folder),
        }
        argv = ["bash", str(FOLDER / "nat_dropped_packets.sh"), GROUP, REGION, str(self.folder / "kernel")]
        result = subprocess.run(argv, env=env, capture_output=True, text=True, check=False)
        assert (result.returncode == 0, result.stderr) == (reached, "")
        return (self.folder / "called").read_text().split()

    def value(self) -> int:
        words = self.tells()
        return int(words[words.index("--value") + 1])


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    stand_ins(
        tmp_path / "bin",
        ip="echo default via 10.0.0.1 dev ens5 proto dhcp src 10.0.0.9 metric 512",
        ethtool='test "$*" = "-S ens5" && cat $FOLDER/driver',
        aws='echo "$@" > $FOLDER/called; exit $REACHED',
    )
    made = Instance(tmp_path)
    made.counts()
    return made


def test_it_tells_under_the_groups_name_in_the_one_namespace_that_its_role_may_use(
    instance: Instance,
) -> None:
    words = instance.tells()
    options = dict(zip(words[2::2], words[3::2], strict=True))
    assert words[:2] == ["cloudwatch", "put-metric-data"]
    assert options["--namespace"] == "CustomerPortal/NAT"
    assert options["--metric-name"] == "DroppedPackets"
    assert options["--dimensions"] == f"AutoScalingGroupName={GROUP}"
    assert (options["--region"], options["--unit"]) == (REGION, "Count")


def test_it_adds_up_what_ec2_and_the_kernel_dropped(instance: Instance) -> None:
    assert instance.value() == 100 + 20 + 3 + 0x10 + 1


def test_what_was_told_is_not_told_again(instance: Instance) -> None:
    instance.tells()
    assert instance.value() == 0

    instance.counts(inwards=104, drop="0000001a")
    assert instance.value() == 4 + 0xA


def test_what_could_not_be_told_is_told_the_next_time(instance: Instance) -> None:
    instance.tells()
    instance.counts(inwards=109)
    instance.tells(reached=False)
    instance.counts(inwards=110)

    assert instance.value() == 10


def test_counters_that_begin_anew_are_counted_from_zero(instance: Instance) -> None:
    instance.counts(inwards=5000)
    instance.tells()
    instance.counts(inwards=0)

    assert instance.value() == 20 + 3 + 0x10 + 1


def test_before_the_first_connection_there_is_no_table(instance: Instance) -> None:
    (instance.folder / "kernel").unlink()

    assert instance.value() == 123
