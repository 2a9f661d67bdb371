"""Libraries of statistics: opened when an analysis needs them.

Needs    records.libraries
Gives    ``opened(module)``, ``version_of(library)``
"""

from __future__ import annotations

from typing import Any

from ..records import libraries
from ..records.libraries import version_of

__all__ = ["opened", "version_of"]


def opened(module: str) -> Any:
    """A module of pandas, scipy, statsmodels, lifelines or pyarrow; MissingExtraError where it is not installed."""
    return libraries.opened(module, "trial")
