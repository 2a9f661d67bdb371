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


def notes_of(truth: Truth, table: Any) -> tuple[str, ...]:
    """Residual drug, missing values, people who could not be carried, measures without an instrument."""
    found = []
    for residue in residues(truth):
        if residue.share >= WORTH_SAYING:
            found.append(
                f"the washout is shorter than the drug lasts: {residue.drug} still holds {residue.share:.0%} of "
                f"{residue.where} receptors when the period after {residue.arm} begins"
            )
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
