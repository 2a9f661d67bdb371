"""Noise: true values of a measure become readings of its instrument, or stay as they are where it has none.

Needs    measure (instruments), records
Gives    ``read_with``, ``per_unit``
"""

from __future__ import annotations

import numpy as np

from ..measure.instruments import measure_with
from ..records.catalog import get
from ..records.shapes import ResolvedMeasure
from .reading import Array


def read_with(
    measure: ResolvedMeasure,
    true: Array,
    moved: Array,
    hours: Array,
    random: np.random.Generator,
    *,
    habit: Array | None = None,
) -> Array:
    """Readings.

    Parameters
    ----------
    measure : ResolvedMeasure
        Says which instrument.
    true : array
        Shape (person, period, occasion), in the unit of the watched value.
    moved : array
        Shape (person, period, occasion): by how much people say more than they feel, in the unit of the reading.
    hours : array
        Shape (occasion,), h from the zero of the period. A rater, or a batch of an assay, is one for each period.
    random : Generator
        The chance.
    habit : array, optional
        Shape (person,): normal scores of the lasting habit of answering on this scale, the same in all periods.

    Returns
    -------
    array
        Shape (person, period, occasion), in the unit of the instrument.
    """
    if measure.instrument is None:
        return true + moved
    said = true + moved / per_unit(measure)
    whose = None if habit is None else habit[:, None]
    return measure_with(get("scale", measure.instrument), said, random, times=hours, habit=whose)


def per_unit(measure: ResolvedMeasure) -> float:
    """How many units of the reading one unit of the watched value makes."""
    instrument = get("scale", str(measure.instrument)).instrument
    return 1.0 if instrument.line is None else float(instrument.line.per_unit.value)
