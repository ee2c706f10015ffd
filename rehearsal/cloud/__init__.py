"""The emulated cloud: ministack in this process, with the resource types and properties it lacks."""

from .listening import PortInUse
from .mends.refusals import raise_quotas
from .server import AlreadyRunning, Cloud
from .survival import CannotRestore, Kept

__all__ = ["AlreadyRunning", "CannotRestore", "Cloud", "Kept", "PortInUse", "raise_quotas"]
