"""How what is seen changes with chosen parameters: forward sensitivities, exact like the Jacobian.

Needs    a model, what ``population.run`` needs, the chosen parameters
Gives    ``sensitivities``: values and their derivatives
Leaves   derivatives by doses and times; sensitivities of events that set a chosen parameter (refused)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from enkephalin.compiler.sensitive import slope_name
from enkephalin.errors import RequestError
from enkephalin.kernels.compiled import Head, kernel_for
from enkephalin.kernels.events import EventTable
from enkephalin.kernels.population import carry

if TYPE_CHECKING:
    from enkephalin.compiler.model import Model


def sensitivities(
    model: Model | str,
    theta: Mapping[str, Any],
    events: EventTable,
    times: Any,
    outputs: Sequence[str],
    *,
    by: Sequence[str],
    tolerance: float = 1e-3,
    threads: int | None = None,
    method: str = "rodas5p",
) -> tuple[np.ndarray, np.ndarray]:
    """Integrate many people, and with them the derivatives of what is watched by chosen parameters.

    Parameters
    ----------
    model, theta, events, times, outputs, tolerance
        As in ``population.run``; the derivatives keep the tolerance, too.
    by : list of str
        Flat ids of parameters, or of states for the derivative by their start value. Each adds as many states as it
        reaches, so a few at a time are cheap and many are not.

    Rarely needed
    -------------
    threads, method
        As in ``population.run``.

    Returns
    -------
    values : array, dims (person, time, output)
    slopes : array, dims (person, time, output, parameter)
        d(value)/d(parameter), in inner units of both.

    Raises
    ------
    ModelError
        A chosen parameter is computed by the model from others.
    RequestError
        An event sets a chosen parameter.

    Source
    ------
    Equations: ``compiler.sensitive``.

    Example
    -------
    >>> from enkephalin.compiler import build
    >>> day = build("reference_day")
    >>> cortisol = "hpa_reference__x_cortisol"
    >>> _, slopes = sensitivities(day, {}, EventTable.empty(), [24.0], [cortisol], by=[cortisol])
    >>> slopes.shape
    (1, 1, 1, 1)
    """
    by = tuple(by)
    _, head = kernel_for(model, "float64", method, by=by)
    every = [*outputs, *(slope_name(output, name) for output in outputs for name in by)]
    seen = carry(
        kernel_for(model, "float64", method, by=by),
        theta,
        _with_slopes(events, head, by),
        times,
        every,
        tolerance,
        threads,
    )
    count = len(outputs)
    slopes = seen[:, :, count:].reshape(*seen.shape[:2], count, len(by))
    return seen[:, :, :count], slopes


def _with_slopes(events: EventTable, head: Head, by: Sequence[str]) -> EventTable:
    """The same events; where one sets a state, its derivatives become zero."""
    rows = []
    for k, target in enumerate(events.target):
        when = (float(events.time[k]), float(events.interval[k]), int(events.count[k]))
        rows.append((*when, target, bool(events.add[k]), events.amount[k]))
        if events.add[k]:
            continue
        if target in by:
            raise RequestError(
                f"an event sets '{target}', by which derivatives are wanted",
                found=f"{target} at {events.time[k]:g} h",
                expected="a parameter that stays as it is",
                try_="leave it out of those by which derivatives are wanted",
            )
        for name in by:
            slope = slope_name(target, name)
            if slope in head.slot:
                rows.append((*when, slope, False, np.where(np.isnan(events.amount[k]), np.nan, 0.0)))
    return EventTable.of(rows)
