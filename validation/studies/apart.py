"""Apart: how often one run of a study would be put down to the right one of two bodies.

Needs    numpy
Gives    ``rightly(one, other)``, ``people_for``, ``distance``, ``wanted``
"""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np

from .predicted import Prediction

NORMAL = NormalDist()
SURE = 0.9  # of two bodies the right one, so often: then they are told apart
POWER, ALPHA = 0.8, 0.05
HOPELESS = 100  # times the planned people, beyond which no number is named
FEWEST = 10  # repeats
NOT_FROM_NOTHING = ("BIC of one phase - BIC of two", "half-life in h")  # kinds of effect whose 0 is no null
SEEN = 3.0  # standard errors of the mean of all repeats, below which an effect is not told from none


def rightly(one: Prediction, other: Prediction, *, primary: bool = False) -> float:
    """The share of runs that the better fitting body of two would be right for; a half is chance.

    Estimates of a run are taken as normal with a shared covariance (a linear discriminant), so the share is
    Phi(d / 2), d the distance. ``primary`` uses the first analysis alone.
    """
    return NORMAL.cdf(distance(one, other, primary=primary) / 2)


def people_for(one: Prediction, other: Prediction) -> int | None:
    """People with whom one run, with all its analyses, is put down to the right one of two bodies in nine of ten cases.

    The distance grows with the root of n. None where a hundred times the planned people would not do.
    """
    found = distance(one, other)
    needed = one.n * (2 * NORMAL.inv_cdf(SURE) / found) ** 2 if found > 0 else math.inf
    return math.ceil(needed) if needed <= HOPELESS * one.n else None


def distance(one: Prediction, other: Prediction, *, primary: bool = False) -> float:
    """The Mahalanobis distance between the mean estimates of two bodies, in the covariance of one run."""
    first, second = (np.array(found.estimates)[:, : 1 if primary else None] for found in (one, other))
    whole = [np.isfinite(found).mean(axis=0) > SURE for found in (first, second)]
    usable = np.flatnonzero(whole[0] & whole[1]).tolist()
    first, second = (found[np.isfinite(found[:, usable]).all(axis=1)][:, usable] for found in (first, second))
    if not usable or len(first) <= len(usable) + 2 or len(second) <= len(usable) + 2:
        return math.nan
    shift = first.mean(axis=0) - second.mean(axis=0)
    shared = (np.cov(first.T).reshape(len(usable), -1) + np.cov(second.T).reshape(len(usable), -1)) / 2
    scale = np.sqrt(np.diag(shared))
    if not (scale > 0).all():
        return math.nan
    weights = np.linalg.lstsq(shared / np.outer(scale, scale), shift / scale, rcond=None)[0]
    return math.sqrt(max(float(shift / scale @ weights), 0.0))


def wanted(found: Prediction) -> int | None:
    """People for 80 % power of the primary analysis, from the spread of its estimates; None where none would do.

    The spread of an estimate falls with the root of n. An effect that all repeats together do not tell from none has no
    number, nor has a kind of effect whose 0 does not mean that nothing is there.
    """
    if found.effect_kinds[0] in NOT_FROM_NOTHING:
        return None
    values = np.array(found.estimates)[:, 0]
    values = values[np.isfinite(values)]
    if len(values) < FEWEST:
        return None
    mean, spread = float(values.mean()), float(values.std(ddof=1))
    if spread == 0 or abs(mean) < SEEN * spread / math.sqrt(len(values)):
        return None
    needed = found.n * ((NORMAL.inv_cdf(1 - ALPHA / 2) + NORMAL.inv_cdf(POWER)) * spread / abs(mean)) ** 2
    return None if needed > HOPELESS * found.n else max(4, math.ceil(needed))
