"""Lifetimes: from occasions to the time until something has happened.

Needs    cells
Gives    ``lifetimes``
Leaves   statistics: see ``cox`` and ``kaplan_meier``
"""

from __future__ import annotations

from typing import Any

from ...errors import RequestError
from ...records.shapes.analysis import Analysis
from .cells import enough, once_each, rows_of


def lifetimes(table: Any, plan: Analysis) -> Any:
    """One row per person: ``time`` in h and ``happened`` (1, or 0 for somebody last seen without it).

    The event is the first occasion after zero at which the value has reached the threshold. Who was never seen after
    zero is left out.
    """
    rows = rows_of(table, plan, plan.measure)
    rows = rows[(rows["time_h"] > 0) & rows["value"].notna()].sort_values(["person", "time_h"], kind="stable")
    above = plan.side == "above"
    reached = rows["value"] >= plan.threshold if above else rows["value"] <= plan.threshold
    last = rows.groupby(["person", "period"], sort=True).tail(1)
    once_each(last, plan)
    first = rows[reached].groupby("person")["time_h"].min()
    found = last.set_index("person").assign(happened=0.0)
    found["time"] = found["time_h"].astype(float)
    found.loc[first.index, "time"] = first.astype(float)
    found.loc[first.index, "happened"] = 1.0
    for arm in plan.contrast:
        enough(int((found["arm"] == arm).sum()), arm)
    if not found["happened"].any():
        raise RequestError(
            f"'{plan.measure}' never reached {plan.threshold:g}",
            place="analysis",
            found=f"nobody of {len(found)} with the event",
            expected="an event that happens to somebody",
            try_="another threshold, a longer study, or more people",
        )
    return found
