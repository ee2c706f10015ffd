"""The rehearsal's edge: the sockets, names and certificates by which clients reach what was deployed."""

from .authority import Authority, Leaf
from .edge import Edge

__all__ = ["Authority", "Edge", "Leaf"]
