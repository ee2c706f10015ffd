"""An instance type has as many virtual CPUs as on AWS: preflight compares them with a quota."""

from collections.abc import Callable
from typing import Any


def test_an_instance_type_has_its_own_number_of_virtual_cpus(client: Callable[[str], Any]) -> None:
    wanted = {
        "t4g.nano": 2,
        "t4g.large": 2,
        "m7g.medium": 1,
        "r8g.large": 2,
        "c7gn.xlarge": 4,
        "r8g.12xlarge": 48,
    }
    answer = client("ec2").describe_instance_types(InstanceTypes=list(wanted))["InstanceTypes"]
    assert {each["InstanceType"]: each["VCpuInfo"]["DefaultVCpus"] for each in answer} == wanted
