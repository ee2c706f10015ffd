"""EC2: how many virtual CPUs an instance type has, for which the emulator answers two, four or eight whatever it is."""

import re
from typing import Any

# Below xlarge, which has four. Burstable types have two in every size.
_SMALL = {"medium": 1, "large": 2}
_TYPE_AND_NUMBER = re.compile(r"(<instanceType>([^<]+)</instanceType>.*?<defaultVCpus>)(\d+)", re.DOTALL)


def virtual_cpus(instance_type: str) -> int | None:
    """Of a type such as `t4g.nano` or `r8g.2xlarge`; None where its name does not tell, as of bare metal."""
    family, _, size = instance_type.partition(".")
    if multiple := re.fullmatch(r"(\d*)xlarge", size):
        return 4 * int(multiple[1] or 1)
    return 2 if re.match(r"t[3-9]", family) else _SMALL.get(size)


def apply() -> None:
    """Puts these numbers into the emulator's answer."""
    from ministack.services import ec2

    answered = ec2._ACTION_MAP["DescribeInstanceTypes"]

    def describe_instance_types(asked: Any) -> Any:
        status, headers, body = answered(asked)
        told = _TYPE_AND_NUMBER.sub(lambda m: m[1] + str(virtual_cpus(m[2]) or m[3]), body.decode())
        return status, headers, told.encode()

    ec2._ACTION_MAP["DescribeInstanceTypes"] = describe_instance_types
