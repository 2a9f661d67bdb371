"""Compiler: texts and tables to checked SBML, and on to machine code.

Needs    errors, records
Gives    ``build(assembly, slots, patches)`` and ``Model``
Leaves   time: nothing here integrates (see kernels)
"""

from __future__ import annotations

import importlib
from typing import Any

_HOME = {"Model": "model", "build": "model", "flat_names": "names", "patch": "model"}
__all__ = ["Model", "build", "flat_names", "patch"]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
