"""Libraries that only some commands need: opened when they are needed, with a way out when they are missing.

Needs    nothing
Gives    ``opened(name)``, ``versions(*names)``
"""

from __future__ import annotations

import importlib
import warnings
from importlib.metadata import version
from typing import Any

from ..errors import MissingExtraError

DISTRIBUTIONS = {
    "matplotlib": "matplotlib",
    "meta_analyze": "PyMetaAnalysis",
    "pandas": "pandas",
    "pgmpy": "pgmpy",
    "pymare": "PyMARE",
    "scipy": "scipy",
    "statsmodels": "statsmodels",
}


def opened(module: str) -> Any:
    """A module of one of the libraries above.

    Raises
    ------
    MissingExtraError
        The library is not installed.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)  # PyMARE leaves a file of its own open when it is imported
            return importlib.import_module(module)
    except ImportError as trouble:
        name = DISTRIBUTIONS[module.split(".")[0]]
        raise MissingExtraError(
            f"the library {name} is missing",
            found=str(trouble),
            expected=f"{name}, which the plain installation does not bring",
            try_='pip install "enkephalin[evidence]"',
        ) from trouble


def versions(*modules: str) -> dict[str, str]:
    """Name and version of each library, as a result reports them."""
    return {DISTRIBUTIONS[name]: version(DISTRIBUTIONS[name]) for name in modules}
