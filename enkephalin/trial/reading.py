"""Reading: what a study needs to see of a simulation, at which times, and the columns it takes from a result.

Needs    records
Gives    ``Wanted``, ``wanted(study)``, ``column(result, seen)``
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import RequestError, nearest
from ..records.shapes import ResolvedMeasure, ResolvedStudy
from ..records.study.words import Seen, reads, seen, threshold

Array = NDArray[np.float64]
DAY = 24.0


@dataclass(frozen=True)
class Wanted:
    """Watched values by what they are for, and the times within a period, in h from its zero."""

    measures: dict[str, Seen]
    feels: Seen | None
    intercurrent: dict[str, Seen]
    times: Array
    drive_times: Array

    @property
    def watch(self) -> list[str]:
        """Names to watch."""
        every = [*self.measures.values(), *self.intercurrent.values(), *([self.feels] if self.feels else [])]
        return list(dict.fromkeys(one.name for one in every))


def wanted(study: ResolvedStudy) -> Wanted:
    """Everything that a study reads."""
    measures = {row.id: _of_measure(row) for row in study.measures}
    others = {}
    times = {0.0, *(time for row in study.measures for time in row.at)}
    for event in study.intercurrent:
        if event.when is not None:
            others[event.id] = threshold(event.when).of
        elif event.event is not None:
            others[event.id] = Seen("survival", (event.event,), "share", ("event",))
        times |= set(event.looked_at)
    drive = np.unique([time for row in study.measures for time in row.at if time >= 0] + [0.0])
    if study.dropout is not None:  # a hazard is added up day by day, whatever is measured when
        last = float(drive[-1])
        drive = np.union1d(drive, np.arange(0.0, last, DAY)) if study.dropout.feels is not None else drive
        times |= set(drive.tolist())
    feels = study.dropout.feels if study.dropout is not None else None
    return Wanted(measures, seen(feels) if feels else None, others, np.array(sorted(times)), drive)


def _of_measure(row: ResolvedMeasure) -> Seen:
    own = reads(row)
    return own if own is not None else Seen("survival", (str(row.event),), "share", ("event",))


def column(result: Any, of: Seen) -> Array:
    """One watched value of a result, shape (person, time).

    Raises
    ------
    RequestError
        A coordinate is not in the result.
    """
    values = result[of.name]
    for word in of.where:
        dims = [dim for dim in values.dims if dim in values.coords and dim not in ("person", "time")]
        holders = [dim for dim in dims if word in values[dim].values]
        if len(holders) != 1:
            known = [str(one) for dim in dims for one in values[dim].values]
            raise RequestError(
                f"'{of.name}' has no coordinate '{word}'",
                found=str(of),
                expected="one of " + ", ".join(known),
                try_=nearest(word, known) or "another coordinate",
            )
        values = values.sel({holders[0]: word})
    return np.asarray(values.transpose("person", "time").values, float)
