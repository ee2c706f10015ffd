"""The emulated cloud: ministack in this process, with the resource types and properties it lacks."""

from .server import AlreadyRunning, Cloud, PortInUse

__all__ = ["AlreadyRunning", "Cloud", "PortInUse"]
