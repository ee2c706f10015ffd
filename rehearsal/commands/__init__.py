"""The commands of `python -m rehearsal`, each a module; all but those that start something are clients of AWS APIs."""

from .approve import APPROVE, REJECT
from .aws import AWS
from .command import Command
from .destroy import DESTROY
from .doctor import DOCTOR
from .down import DOWN
from .logs import LOGS
from .open import OPEN
from .psql import PSQL
from .push import PUSH
from .retry import RETRY
from .run import RUN
from .status import STATUS
from .stop import STOP
from .up import UP

COMMANDS: tuple[Command, ...] = (
    DOCTOR,
    RUN,
    UP,
    PUSH,
    STATUS,
    LOGS,
    APPROVE,
    REJECT,
    RETRY,
    STOP,
    OPEN,
    AWS,
    PSQL,
    DESTROY,
    DOWN,
)

__all__ = ["COMMANDS", "Command"]
