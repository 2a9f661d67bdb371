"""Times: what `6h,-1d` and the scenario's own rhythm mean, in hours from zero.

Needs    records.units
Gives    ``asked_times``
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from ..errors import RequestError, UnitError
from ..records.shapes import ResolvedScenario
from ..records.units import quantity, same_kind

SAME = 1e-9  # h; two times closer than this are one


def asked_times(scenario: ResolvedScenario, at: str | Iterable[float] | None = None) -> np.ndarray:
    """The times to report, in h from the scenario's zero, rising, each once.

    Parameters
    ----------
    scenario : ResolvedScenario
        Its own rhythm (``every``) holds where nothing else is asked.
    at : str or list of float, optional
        "6h,-1d,90 min", or numbers in h. Default: from the first to the last hour of the scenario, every ``every``.

    Returns
    -------
    array
        Shape (time,), in h.

    Raises
    ------
    RequestError
        A time is no time, or lies outside of the scenario.

    Example
    -------
    >>> from enkephalin.records import resolve
    >>> asked_times(resolve("naltrexone_50mg_once"), "6h, 2d")
    array([ 6., 48.])
    """
    if at is None:
        steps = int(np.floor(scenario.end / scenario.every + SAME))
        own = scenario.every * np.arange(steps + 1)
        return own - scenario.zero
    hours = [_hours(word) for word in at.split(",")] if isinstance(at, str) else [float(hour) for hour in at]
    if not hours or not np.isfinite(hours).all():
        raise RequestError("no times to report", found=str(at), expected="times such as 6h,-1d", try_="6h,-1d")
    return np.unique(np.array(hours))


def check_within(hours: np.ndarray, start: float, end: float) -> None:
    """Refuse times before the first or after the last hour of what is lived (all in h from zero)."""
    outside = hours[(hours < start - SAME) | (hours > end + SAME)]
    if len(outside):
        raise RequestError(
            "a time lies outside of the scenario",
            found=", ".join(f"{hour:g} h" for hour in outside[:5]),
            expected=f"{start:g} h to {end:g} h from zero",
            try_="a time within it, or a longer 'lasts' of the scenario",
        )


def _hours(word: str) -> float:
    """One time as a person writes it."""
    text = word.strip()
    if text in ("0", "-0", "+0"):
        return 0.0
    try:
        read = quantity(text)
    except UnitError as error:
        raise RequestError(
            f"'{text}' is no time", found=word, expected="a number and h, min or d", try_="6h, -1d, 90min"
        ) from error
    if not same_kind(read.unit, "h"):
        raise RequestError(f"'{text}' is no time", found=read.unit, expected="h, min or d", try_=f"{read.value:g}h")
    return read.inner()
