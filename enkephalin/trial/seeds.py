"""Seeds: a stream of random numbers for each purpose, so that one more of this changes nothing of that.

Needs    numpy
Gives    ``stream(seed, purpose, number)``
"""

from __future__ import annotations

import zlib

import numpy as np


def stream(seed: int, purpose: str, number: int = 0) -> np.random.Generator:
    """The random numbers of one purpose; rows are drawn person by person, so that person k's do not depend on how many.

    Example
    -------
    >>> float(stream(1, "noise").standard_normal()) == float(stream(1, "noise").standard_normal())
    True
    """
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, zlib.crc32(purpose.encode()), number])))
