"""When something happens and when something is seen, as plain columns for the machine code.

Needs    an ``EventTable``, the wanted times
Gives    ``Schedule``: stops, the events of each stop, the wanted times
Keeps    the order of the table among events of one instant; times that differ by rounding only are one instant
Leaves   what events change: see ``population``
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from enkephalin.errors import RequestError
from enkephalin.kernels.events import EventTable

SAME = 1e-9
"""Two times closer than this (h, or as a share of the time) are one instant: 24 * 0.1 is not quite 2.4."""


@dataclass(frozen=True)
class Schedule:
    """Columns of one run.

    stop_time : (stop,) h; the first is 0, the last the end; the integration steps exactly onto each
    stop_events : (stop + 1,) where the events of each stop begin in ``event_row``
    event_row : (event,) row of the event table
    time : (time,) h, when something is seen
    """

    stop_time: np.ndarray
    stop_events: np.ndarray
    event_row: np.ndarray
    time: np.ndarray


def schedule(events: EventTable, times: np.ndarray) -> Schedule:
    """Lay out events and wanted times.

    Parameters
    ----------
    events : EventTable
        Events after the last wanted time are left out: nobody sees them.
    times : array, h, shape (time,)
        Not negative, not decreasing.

    Raises
    ------
    RequestError
        Times are empty, negative or out of order; or an event comes before time 0.
    """
    times = np.asarray(times, dtype=float)
    if times.ndim != 1 or not times.size:
        raise RequestError(
            "no times are asked for",
            found=f"shape {times.shape}",
            expected="one time or more",
            try_="one time, such as 0 h",
        )
    if not np.all(np.isfinite(times)) or times[0] < 0 or np.any(np.diff(times) < 0):
        raise RequestError(
            "the wanted times are out of order", expected="finite times from 0 h on, rising", try_="sort them"
        )
    row = np.repeat(np.arange(len(events)), events.count)
    nth = np.concatenate([np.arange(count) for count in events.count] or [np.empty(0)])
    when = np.asarray(events.time, float)[row] + np.asarray(events.interval, float)[row] * nth
    if when.size and not np.all(when >= 0):
        raise RequestError(
            "an event comes before the run begins",
            found=f"{when.min():g} h",
            expected="0 h or later",
            try_="a later time, or a start before it",
        )
    row, when = row[when <= times[-1] * (1 + SAME) + SAME], when[when <= times[-1] * (1 + SAME) + SAME]
    instants, place = _instants(np.concatenate([[0.0, times[-1]], times, when]))
    event_place = place[2 + len(times) :]
    order = np.lexsort((row, event_place))
    stops = np.unique(np.concatenate([place[:2], event_place]))
    first = np.searchsorted(event_place[order], stops, side="left")
    return Schedule(
        stop_time=instants[stops],
        stop_events=np.append(first, len(row)).astype(np.int64),
        event_row=row[order].astype(np.int64),
        time=instants[place[2 : 2 + len(times)]],
    )


def _instants(times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distinct instants, rising, and the instant of each time."""
    order = np.argsort(times, kind="stable")
    rising = times[order]
    new = np.append(True, np.diff(rising) > SAME * np.maximum(1.0, rising[1:]))
    place = np.empty(len(times), dtype=np.int64)
    place[order] = np.cumsum(new) - 1
    return rising[new], place
