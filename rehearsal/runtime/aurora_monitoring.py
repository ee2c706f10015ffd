"""What RDS keeps about a database's monitoring, which the emulator drops: recorded and described, not acted out."""

import re
from collections.abc import Callable
from typing import Any

from rehearsal.cloud.registry import Properties

Record = dict[str, Any]

# CloudFormation's names of a cluster's and of an instance's properties, to those of RDS's descriptions.
_DESCRIBED = {
    "DatabaseInsightsMode": "DatabaseInsightsMode",
    "EnablePerformanceInsights": "PerformanceInsightsEnabled",
    "PerformanceInsightsEnabled": "PerformanceInsightsEnabled",
    "PerformanceInsightsKMSKeyId": "PerformanceInsightsKMSKeyId",
    "PerformanceInsightsKmsKeyId": "PerformanceInsightsKMSKeyId",
    "PerformanceInsightsRetentionPeriod": "PerformanceInsightsRetentionPeriod",
    "EnableCloudwatchLogsExports": "EnabledCloudwatchLogsExports",
}
_KEPT_AS = "_monitoring"


def keep(record: Record, properties: Properties) -> None:
    """Note what the properties say, in place of what was said before."""
    install()
    record[_KEPT_AS] = {
        described: properties[name] for name, described in _DESCRIBED.items() if name in properties
    }


def install() -> None:
    """Let the Describe operations tell it; a second call does nothing."""
    from ministack.services import rds

    for name in ("_cluster_xml", "_instance_xml"):
        if not hasattr(getattr(rds, name), "ours"):
            setattr(rds, name, _telling(getattr(rds, name)))


def _telling(described: Callable[[Record], str]) -> Callable[[Record], str]:
    def tell(record: Record) -> str:
        text = described(record)
        for name, value in record.get(_KEPT_AS, {}).items():
            text = re.sub(rf"<{name}>[^<]*</{name}>|<{name}/>", "", text) + f"<{name}>{_xml(value)}</{name}>"
        return text

    tell.ours = True  # type: ignore[attr-defined]
    return tell


def _xml(value: Any) -> str:
    if isinstance(value, list):
        return "".join(f"<member>{each}</member>" for each in value)
    return str(value).lower() if isinstance(value, bool) else str(value)
