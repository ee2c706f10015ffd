"""CloudWatch Logs: filter patterns, of which the emulator takes every JSON one as met by every event."""

from typing import Any

from ..log_patterns import PatternError, matcher


def apply() -> None:
    """Let FilterLogEvents and subscription filters read patterns as CloudWatch Logs does."""
    from ministack.core.responses import error_response_json
    from ministack.services import cloudwatch_logs as logs

    emulated = logs._filter_log_events

    def filter_log_events(data: dict[str, Any]) -> Any:
        try:
            matcher(data.get("filterPattern") or "")
        except PatternError as error:
            return error_response_json("InvalidParameterException", str(error), 400)
        return emulated(data)

    logs._filter_log_events = filter_log_events
    logs._compile_filter_pattern = lambda pattern: matcher(pattern or "")
    logs._subscription_pattern_matches = lambda pattern, message: matcher(pattern or "")(message or "")
