"""Loopback addresses 127.88.x.y that stand for the private addresses of tasks and databases."""

import socket
import threading

NETWORK = "127.88"
# Whoever holds this port on 127.88.x.1 owns the block 127.88.x; the kernel gives it back with the process.
_CLAIM_PORT = 1888
_FIRST, _LAST = 10, 250


class NoAddressError(RuntimeError):
    """No block of loopback addresses is free."""


class Addresses:
    """Hands out addresses of blocks that no other rehearsal on this machine uses."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._claims: list[socket.socket] = []
        self._free: list[str] = []

    def take(self) -> str:
        """An address that nobody uses. Raises NoAddressError when all 256 blocks are taken."""
        with self._lock:
            if not self._free:
                block = self._claim()
                self._free = [f"{NETWORK}.{block}.{host}" for host in range(_FIRST, _LAST)]
            return self._free.pop(0)

    def give_back(self, address: str) -> None:
        """Return an address; it is the last to be handed out again, for names may still point to it."""
        with self._lock:
            self._free.append(address)

    def close(self) -> None:
        """Return every block."""
        with self._lock:
            for claim in self._claims:
                claim.close()
            self._claims.clear()
            self._free.clear()

    def _claim(self) -> int:
        for block in range(256):
            claim = socket.socket()
            try:
                claim.bind((f"{NETWORK}.{block}.1", _CLAIM_PORT))
                claim.listen(1)
            except OSError:
                claim.close()
                continue
            self._claims.append(claim)
            return block
        raise NoAddressError(
            f"port {_CLAIM_PORT} is taken on 127.88.0.1 to 127.88.255.1: end a rehearsal that runs, "
            "or run on Linux, where every address of 127.0.0.0/8 is this machine's"
        )
