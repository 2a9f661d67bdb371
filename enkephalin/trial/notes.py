"""Notes: what a reader of a study's result should know before believing it.

Needs    truth, residue
Gives    ``notes_of(truth, table)``
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .residue import residues
from .truth import Truth

WORTH_SAYING = 0.01  # share of receptors still held when the next period begins


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
    bare = [row.id for row in truth.study.measures if row.instrument is None and row.event is None]
    if bare:
        found.append(f"read without an instrument, so without noise: {', '.join(bare)}")
    return tuple(found)
