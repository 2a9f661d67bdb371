"""Null: the same study where nothing is there to be found, so that every finding is an error.

Needs    truth
Gives    ``identical_arms(truth)``, ``at_the_null(table, plan)``
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import RequestError
from ...records.shapes.analysis import Analysis
from ..seeds import stream
from ..truth import Truth

DEALT = ("equivalence", "correlation")  # kinds for which identical arms are not enough


def identical_arms(truth: Truth, arm: str | None = None) -> Truth:
    """The same people, but in every condition they are as in one arm (the control) in the same period.

    Parameters
    ----------
    truth : Truth
        The bank.
    arm : str, optional
        Which arm all become. Default: the last of the primary analysis's contrast, else the first arm of the study.

    Raises
    ------
    RequestError
        A period in which nobody has that arm.
    """
    name = arm or _control(truth)
    source = []
    for place in truth.places:
        alike = [
            number for number, other in enumerate(truth.places) if other.arm == name and other.period == place.period
        ]
        if not alike:
            raise RequestError(
                "identical arms cannot be made",
                place="power",
                found=f"nobody has '{name}' in period {place.period + 1}",
                expected="an arm that some order has in every period",
                try_="a further order of the arms",
            )
        # The place itself where it is the control already, so that what the order did before stays.
        source.append(truth.places.index(place) if place.arm == name else alike[0])
    taken: NDArray[np.int64] = np.array(source)
    return replace(
        truth,
        values={measure: values[:, taken] for measure, values in truth.values.items()},
        drive=None if truth.drive is None else truth.drive[:, taken],
        events={event: times[:, taken] for event, times in truth.events.items()},
    )


def at_the_null(table: Any, plan: Analysis, seed: int) -> Any:
    """The table as it would be where the analysis has nothing to find.

    Identical arms do it for most kinds. A correlation has its second value dealt out anew among the people; for an
    equivalence nothing to find is a difference of just the margin.
    """
    if plan.kind == "equivalence":
        arm = (table["arm"] == plan.contrast[0]) & (table["measure"] == plan.measure)
        return table.assign(value=table["value"] + np.where(arm, float(plan.margin or 0.0), 0.0))
    if plan.kind != "correlation":
        return table
    people = np.unique(table["person"].to_numpy())
    dealt = stream(seed, "deal", 0).permutation(len(people))
    other = str(plan.by)
    table = table.copy()
    if other in table.columns:
        owner = table.drop_duplicates("person").set_index("person")[other].loc[people].to_numpy()
        table[other] = owner[dealt][np.searchsorted(people, table["person"].to_numpy())]
        return table
    rows = (table["measure"] == other).to_numpy()
    table.loc[rows, "person"] = people[dealt][np.searchsorted(people, table.loc[rows, "person"].to_numpy())]
    return table


def _control(truth: Truth) -> str:
    contrast = truth.study.analysis[0].contrast if truth.study.analysis else ()
    return contrast[-1] if len(contrast) > 1 else truth.study.arms[0].id
