"""Leaving: when people drop out, by a hazard that may depend on how they feel.

Needs    records, seeds
Gives    ``leaving_times``
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .reading import Array
from .seeds import stream
from .truth import Truth


def leaving_times(truth: Truth, bank: NDArray[np.int64], place: NDArray[np.int64], seed: int) -> Array:
    """When each person leaves, shape (person,), h from the zero of the first period; infinity for those who stay.

    The hazard is taken at the times at which the study sees people (and once a day), and is straight between them.
    """
    study, times = truth.study, truth.drive_times
    if study.dropout is None or times is None:
        return np.full(len(bank), np.inf)
    starts = study.step * np.arange(place.shape[1])
    hazard = np.full((*place.shape, len(times)), study.dropout.hazard.inner())
    if truth.drive is not None:
        how = study.dropout
        assert how.factor is not None and how.per is not None
        centre = how.centre.value if how.centre is not None else 0.0
        felt = (truth.drive[bank[:, None], place] - centre) / how.per.value
        hazard = hazard * how.factor.value ** np.nan_to_num(felt)
    # one row per person over all periods; the hazard is straight between any two times, over a washout too
    flat_times = (starts[:, None] + times[None, :]).ravel()
    flat = hazard.reshape(len(bank), -1)
    steps = np.diff(flat_times)
    summed = np.concatenate([np.zeros((len(bank), 1)), np.cumsum(steps * (flat[:, 1:] + flat[:, :-1]) / 2, axis=1)], 1)
    limit = -np.log1p(-stream(seed, "dropout").random(len(bank)))
    found = np.full(len(bank), np.inf)
    for person, most in enumerate(limit):
        if most < summed[person, -1]:
            found[person] = np.interp(most, summed[person], flat_times)
    return found
