"""Compares what templates declare with what the emulator answers when asked: what it ignored is said."""

from .check import Finding, Report, check_stack

__all__ = ["Finding", "Report", "check_stack"]
