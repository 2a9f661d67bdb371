"""Assignment: who gets which order of arms, at random in blocks, within strata.

Needs    numpy
Gives    ``assign``, ``strata``
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..records.shapes import ResolvedStudy
from .seeds import stream

FEW = 2  # values that are two groups already


def assign(study: ResolvedStudy, covariates: Any, seed: int) -> NDArray[np.int64]:
    """The number of the order that each person gets.

    Parameters
    ----------
    study : ResolvedStudy
        Says orders, shares, block and strata.
    covariates : pandas.DataFrame or mapping of arrays
        By name; one row per person, in the order in which they come.
    seed : int
        The same seed gives the same list.

    Returns
    -------
    array
        Shape (person,), numbers of ``study.orders``. In each stratum every whole block holds the orders in their
        shares.

    Example
    -------
    >>> assign(study, people, seed=1)          # doctest: +SKIP
    array([0, 1, 1, 0])
    """
    people = _people(covariates)
    if len(study.orders) == 1:
        return np.zeros(people, np.int64)
    once = np.repeat(np.arange(len(study.orders)), study.shares)
    block = np.tile(once, study.block // len(once))
    found = np.empty(people, np.int64)
    groups = strata(study, covariates)
    for number, name in enumerate(sorted(set(groups))):
        members = np.flatnonzero(groups == name)
        random = stream(seed, "assignment", number)
        blocks = -(-len(members) // len(block))
        list_ = np.concatenate([random.permutation(block) for _ in range(blocks)])
        found[members] = list_[: len(members)]
    return found


def strata(study: ResolvedStudy, covariates: Any) -> NDArray[np.str_]:
    """The stratum of each person: sex, having a trait, above the median of a number."""
    labels = [""] * _people(covariates)
    for name in study.stratify:
        values = np.asarray(covariates[name])
        if values.dtype.kind == "f" and len(np.unique(values)) > FEW:
            values = np.where(values > np.median(values), "high", "low")
        labels = [f"{label}/{value}" for label, value in zip(labels, values, strict=True)]
    return np.array(labels)


def _people(covariates: Any) -> int:
    return len(covariates[next(iter(covariates))])
