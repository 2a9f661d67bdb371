"""Trial: a study run on virtual people, from its record to its estimates and its power.

Needs    records, simulate, measure, population; pandas, scipy, statsmodels, lifelines, opened when they are needed
Gives    ``trial(study)``; ``make_truth`` and ``observe``, its two halves; ``Trial``, ``Truth``; ``write``
         ``subgroups``, ``sensitivity``
Leaves   comparing hypotheses (compare), pages (report)
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .files import write
    from .observe import observe
    from .running import Trial, make_truth, trial
    from .truth import Truth

_HOME = {
    "Trial": "running",
    "Truth": "truth",
    "make_truth": "running",
    "observe": "observe",
    "sensitivity": "sensitivity",
    "subgroups": "subgroups",
    "trial": "running",
    "write": "files",
}
__all__ = ["Trial", "Truth", "make_truth", "observe", "sensitivity", "subgroups", "trial", "write"]


class _Room(ModuleType):
    """The room; a file that bears a verb's name (observe) does not hide the verb."""

    def __getattr__(self, name: str) -> Any:
        if name in _HOME:
            return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name in _HOME and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Room
