"""Assumptions: what an analysis leans on, checked against the data and said in words.

Needs    scipy
Gives    ``normal``, ``same_spread``, ``symmetric``
Leaves   judging: a failed check is told, the planned analysis stays
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..libraries import opened

Array = NDArray[np.float64]
DOUBT = 0.05  # a check with p below it is said to speak against the assumption
SHAPIRO = (3, 5000)  # numbers of values for which the test is made


def verdict(p: float) -> str:
    """A check's p in words."""
    return f"p {p:.2g}: {'the data speak against it' if p < DOUBT else 'nothing speaks against it'}"


def normal(what: str, values: Array) -> str:
    """Whether values look normally distributed (Shapiro and Wilk)."""
    if not SHAPIRO[0] <= len(values) <= SHAPIRO[1] or np.ptp(values) == 0:
        return f"{what} normal: not checked with {len(values)} values"
    return f"{what} normal (Shapiro-Wilk {verdict(float(opened('scipy.stats').shapiro(values).pvalue))})"


def same_spread(groups: list[Array]) -> str:
    """Whether groups have the same spread (Brown and Forsythe)."""
    apart = [np.abs(group - np.median(group)) for group in groups if len(group)]
    # Two values always lie equally far from their middle.
    if all(len(group) < SHAPIRO[0] or np.ptp(group) == 0 for group in apart):
        return "the same spread in each arm: not checked, too few values or none that vary"
    found = opened("scipy.stats").levene(*groups, center="median")
    return f"the same spread in each arm (Brown-Forsythe {verdict(float(found.pvalue))})"
