"""What AWS refuses where synthesis, validators and the emulator accept: checks of a change before it is deployed.

Nothing here knows of one project; the emulated CloudFormation asks `refused` before each change set, and tests ask it
of a synthesized assembly.
"""

from .table import REFUSALS, Refusal, refused
from .views import Account, Change, Template, read

__all__ = ["REFUSALS", "Account", "Change", "Refusal", "Template", "read", "refused"]
