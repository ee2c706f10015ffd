"""Every family of invariants and of twins, read so that each puts itself on the list."""

from __future__ import annotations

import importlib
import pkgutil

from tests.assembly import invariants, twins
from tests.assembly.register import INVARIANTS, TWINS, Breakage, Invariant

__all__ = ["INVARIANTS", "TWINS", "Breakage", "Invariant"]

for package in (invariants, twins):
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
