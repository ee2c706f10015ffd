"""Alarms over several metrics, which the emulator refuses: kept and described as declared, never evaluated."""

from typing import Any

from ..here import client
from ..registry import Properties
from ..types.shaping import operation_of, shaped

# What PutMetricAlarm takes for one metric only.
_OF_ONE_METRIC = (
    "MetricName",
    "Namespace",
    "Statistic",
    "ExtendedStatistic",
    "Period",
    "Unit",
    "Dimensions",
)
_STAND_IN = {"MetricName": "none", "Namespace": "none", "Period": 60}


def apply() -> None:
    """Lets the emulator record them; without a metric's name its evaluation passes them over."""
    from ministack.services.cloudformation import provisioners

    record_of_one = provisioners._cw_metric_alarm_record

    def record(name: str, declared: Properties) -> dict[str, Any]:
        if not declared.get("Metrics"):
            alarm: dict[str, Any] = record_of_one(name, declared)
            if alarm["ExtendedStatistic"]:
                # An alarm has one or the other.
                del alarm["Statistic"]
            return alarm
        several = {key: value for key, value in declared.items() if key != "Metrics"}
        alarm = record_of_one(name, several | _STAND_IN)
        for key in _OF_ONE_METRIC:
            del alarm[key]
        return {**alarm, "Metrics": _metrics(declared["Metrics"])}

    provisioners._cw_metric_alarm_record = record


def _metrics(declared: Any) -> Any:
    """With the types of the API: a template may say a number as text."""
    shape = operation_of(client("cloudwatch"), "put_metric_alarm").input_shape
    assert shape is not None  # noqa: S101 - for the type checker
    return shaped(declared, shape.members["Metrics"])
