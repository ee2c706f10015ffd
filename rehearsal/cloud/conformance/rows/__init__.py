"""How each type is read back, a module per field."""

from ..readback import ReadBack
from . import computing, delivery, doors, network, storage

ROWS: tuple[ReadBack, ...] = (
    *network.ROWS,
    *storage.ROWS,
    *computing.ROWS,
    *doors.ROWS,
    *delivery.ROWS,
)
