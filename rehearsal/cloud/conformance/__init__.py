"""Compares what templates declare with what the emulator answers when asked: what it ignored is said."""

from .check import Finding, Report, check_stack
from .summary import check_assembly, dropped_properties

__all__ = ["Finding", "Report", "check_assembly", "check_stack", "dropped_properties"]
