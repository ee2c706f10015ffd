"""How a request ends that is not answered: an error with AWS's code for it."""

from ..errors import DeliveryError


class RefusedError(DeliveryError):
    """The request is refused with this error code; `status` is HTTP's."""

    def __init__(self, code: str, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.status = code, status


class ConstraintError(DeliveryError):
    """The request breaks constraints of the model; the code is the operation's own word for it."""


class ShapeError(Exception):
    """An answer does not fit its shape: a fault of the rehearsal."""
