"""The socket that a cloud is served on."""

import contextlib
import socket


class PortInUse(OSError):  # noqa: N818 - what the caller reads is the condition
    """The asked port is taken; the message names it."""


def listen(port: int | None, *, rather: int | None = None) -> socket.socket:
    """A socket bound on 127.0.0.1: to `port`, else to `rather` if that can be had, else to a free port.

    Raises PortInUse when `port` cannot be used.
    """
    if port is None and rather is not None:
        with contextlib.suppress(PortInUse):
            return listen(rather)
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port or 0))
    except OSError as error:
        listener.close()
        raise PortInUse(
            f"port {port} on 127.0.0.1 cannot be used ({error.strerror}): name another or none"
        ) from error
    return listener
