"""Libraries of statistics: opened when an analysis needs them, with a way out when they are missing.

Needs    nothing
Gives    ``opened(module)``, ``version_of(library)``
"""

from __future__ import annotations

import importlib
from functools import cache
from importlib.metadata import version
from typing import Any

from ..errors import MissingExtraError


@cache
def opened(module: str) -> Any:
    """A module of pandas, scipy, statsmodels, lifelines or pyarrow.

    Raises
    ------
    MissingExtraError
        The library is not installed.
    """
    library = module.split(".")[0]
    try:
        return importlib.import_module(module)
    except ImportError as trouble:
        raise MissingExtraError(
            f"the library {library} is missing",
            found=str(trouble),
            expected=f"{library}, which the plain installation does not bring",
            try_='pip install "enkephalin[trial]"',
        ) from trouble


@cache
def version_of(library: str) -> str:
    """Name and version as a result reports them: "scipy 1.17.1"."""
    return f"{library} {version(library)}"
