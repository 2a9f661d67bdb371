"""Notes: what a reader of a study's result should know before believing it.

Needs    truth, residue
Gives    ``notes_of(truth, table)``
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..records.catalog import exposures
from ..records.shapes import ResolvedStudy
from .residue import residues
from .truth import Truth

INSTANT = 1e-6  # h
WORTH_SAYING = 0.01  # share of receptors still held when the next period begins
CARRIED = 0.1  # standard deviations between a later period and the first, in the same people


def at_an_end(study: ResolvedStudy) -> tuple[tuple[str, str], ...]:
    """Measures that are read at the very instant at which an exposure of some arm ends, and the exposure."""
    lasting = {word for word, row in exposures().items() if row.lasting}
    ends = {
        (row.exposure, row.end - study.zero)
        for arm in study.arms
        for row in arm.happens.exposures
        if row.exposure not in lasting
    }
    follows = {
        (row.exposure, row.time - study.zero) for arm in study.arms for row in arm.happens.exposures
    }  # rounds of a task follow each other
    return tuple(
        dict.fromkeys(
            (measure.id, exposure)
            for measure in study.measures
            for exposure, end in sorted(ends - follows)
            if measure.event is None and any(abs(time - end) < INSTANT for time in measure.at)
        )
    )


def _hours(time: float) -> str:
    """A time in the unit in which it reads well."""
    return (
        f"{time / 24:g} d" if time and time % 24 == 0 else f"{time:g} h" if abs(time) >= 1 else f"{60 * time:.3g} min"
    )


def carried_over(truth: Truth) -> tuple[tuple[str, str, int, float, float], ...]:
    """What one period leaves for the next: measure, arm, period (from 1), time in h, and the size where it is largest.

    Everybody has lived every order, so an arm in a later period is held against the same arm in the first, person by
    person and without noise. Sizes are in standard deviations between people; one for each measure that carries over.
    """
    found = []
    for row in truth.study.measures:
        worst = ("", 0, 0.0, 0.0)
        for place, later in enumerate(truth.places):
            first = [k for k, one in enumerate(truth.places) if one.arm == later.arm and one.period == 0]
            if row.event is not None or later.period == 0 or not first:
                continue
            before, values = truth.values[row.id][:, first[0]], truth.values[row.id][:, place]
            known = np.isfinite(before).all(axis=1) & np.isfinite(values).all(axis=1)
            spread = before[known].std(axis=0)
            sizes = (values - before)[known].mean(axis=0) / np.where(spread > 0, spread, np.inf)
            at = int(np.argmax(np.abs(sizes)))
            if abs(sizes[at]) > abs(worst[-1]):
                worst = (later.arm, later.period + 1, float(truth.times[row.id][at]), float(sizes[at]))
        if abs(worst[-1]) >= CARRIED:
            found.append((row.id, *worst))
    return tuple(found)


def notes_of(truth: Truth, table: Any) -> tuple[str, ...]:
    """Residual drug, what a period leaves for the next, missing values, people lost, measures without an instrument."""
    found = []
    for residue in residues(truth):
        if residue.share >= WORTH_SAYING:
            found.append(
                f"the washout is shorter than the drug lasts: {residue.drug} still holds {residue.share:.0%} of "
                f"{residue.where} receptors when the period after {residue.arm} begins"
            )
    found += [
        f"what happens in one period lasts into the next: '{measure}' of {arm} at {_hours(time)} is {abs(size):.1f} "
        f"standard deviations {'higher' if size > 0 else 'lower'} in period {period} than in period 1, same people"
        for measure, arm, period, time, size in carried_over(truth)
    ]
    lost = [name for name, values in truth.values.items() if np.isnan(values).any()]
    if lost:
        gone = int(max(np.isnan(truth.values[name]).any(axis=(1, 2)).sum() for name in lost))
        found.append(f"{gone} people could not be carried to the end; their values are missing")
    people = table[["person", "dropped"]].groupby("person")["dropped"].any()
    if people.any():
        found.append(f"{int(people.sum())} of {len(people)} people dropped out before the last visit")
    for name, times in truth.events.items():
        found.append(f"{name} happened in {np.mean(~np.isnan(times)):.0%} of lives (people x conditions)")
    found += [
        f"'{measure}' is read at the instant at which {exposure} ends, so already without it: read it a minute earlier "
        "to see it"
        for measure, exposure in at_an_end(truth.study)
    ]
    bare = [row.id for row in truth.study.measures if row.instrument is None and row.event is None]
    if bare:
        found.append(f"read without an instrument, so without noise: {', '.join(bare)}")
    return tuple(found)
