"""Events: doses and exposures as regimens that set or add to inputs and states of the flat model.

Needs    slots, catalog
Gives    ``regimens(resolved, slots)``, ``Regimen``, ``columns``
Leaves   the integration: see the kernels, whose EventTable takes ``columns`` as it is

Order counts: where two rows act on one target at one instant, the later row wins. Rows that end something therefore
stand before rows that begin something.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import RecordError
from ..catalog import exposures, get
from ..parameters import drug_quantities
from ..shapes import Drug, ResolvedDose, ResolvedScenario
from .clashes import SAME_INSTANT, instants
from .rows import drug_of
from .slots import Slot, Slots, Values, number_of


@dataclass(frozen=True)
class Regimen:
    """One row of the event table: ``amount`` is added to the target, or set, at each of ``count`` times.

    ``time`` and ``interval`` in h; ``amount`` in nmol (states), nmol/h (inputs) or the exposure's unit,
    shape (person,) or (1,).
    """

    time: float
    interval: float
    count: int
    target: str
    add: bool
    amount: np.ndarray


@dataclass(frozen=True)
class _Window:
    """An input that holds a value on [time, time + duration), repeated."""

    time: float
    duration: float
    interval: float
    count: int
    target: str
    amount: np.ndarray
    rest: float
    what: str


def regimens(
    resolved: ResolvedScenario, slots: Slots, *, weight: Any = None, values: Values | None = None
) -> tuple[Regimen, ...]:
    """Everything that happens, as rows for an engine.

    Parameters
    ----------
    resolved : ResolvedScenario
        From ``resolve``.
    slots : Slots
        From ``slots_needed`` of the same scenario.

    Rarely needed
    -------------
    weight : float or array, optional
        Body weight in kg, shape (person,); the reference adult's by default. Only doses per kg use it.
    values : mapping, optional
        Numbers of drugs that differ between people, by name ("naltrexone.oral.availability"), in inner units.

    Returns
    -------
    tuple of Regimen
        Ends before beginnings. Availability is already in the amounts.

    Raises
    ------
    RecordError
        A time of absorption differs between people: events happen at the same times in everybody.
    """
    added: list[Regimen] = []
    windows: list[_Window] = []
    kilograms = np.atleast_1d(np.asarray(_reference_weight() if weight is None else weight, dtype=float))
    for dose in resolved.doses:
        drug = drug_of(dose.drug, Path.cwd())
        amount = np.atleast_1d(dose.amount * kilograms if dose.unit == "nmol/kg" else np.array([dose.amount]))
        for row in _dose_rows(dose, drug, slots, amount, values):
            if isinstance(row, Regimen):
                added.append(row)
            else:
                windows.append(row)
    known = exposures()
    for happening in resolved.exposures:
        exposure = known[happening.exposure]
        duration, level = happening.end - happening.time, np.array([happening.level])
        windows.append(_Window(happening.time, duration, 0.0, 1, exposure.target, level, exposure.rest, exposure.word))
    ends: list[Regimen] = []
    begins: list[Regimen] = []
    for target in dict.fromkeys(window.target for window in windows):
        for ending, beginning in _edges([window for window in windows if window.target == target]):
            ends += [ending] if ending is not None else []
            begins.append(beginning)
    return (*ends, *begins, *added)


def columns(rows: tuple[Regimen, ...], people: int = 1) -> dict[str, Any]:
    """The rows as the columns of the kernels' EventTable; ``amount`` has shape (row, person) or (row, 1)."""
    wide = people if any(row.amount.size > 1 for row in rows) else 1
    amount = [np.broadcast_to(row.amount, (wide,)) for row in rows]
    return {
        "time": np.array([row.time for row in rows], dtype=float),
        "interval": np.array([row.interval for row in rows], dtype=float),
        "count": np.array([row.count for row in rows], dtype=int),
        "target": tuple(row.target for row in rows),
        "add": np.array([row.add for row in rows], dtype=bool),
        "amount": np.array(amount, dtype=float).reshape(len(rows), wide),
    }


def _dose_rows(
    dose: ResolvedDose, drug: Drug, slots: Slots, amount: np.ndarray, values: Values | None
) -> Iterator[Regimen | _Window]:
    """What one dose line does to the states and inputs of the slots."""
    slot = slots.of(drug.id)
    route = drug.routes[dose.route]
    numbers = drug_quantities(drug)
    start = f"{drug.id}.{dose.route}"

    def number(name: str) -> Any:
        key = f"{start}.{name}"
        return number_of(drug, key, numbers[key], values)

    def same_for_all(name: str) -> float:
        value = np.unique(np.asarray(number(name), dtype=float))
        if value.size > 1:
            raise RecordError(
                f"'{start}.{name}' differs between people",
                found=f"{value.min():g} to {value.max():g} h",
                expected="one time for all: events happen at the same times in everybody",
                try_="leave it out of what varies",
            )
        return float(value[0])

    lag = same_for_all("lag") if route.lag is not None else 0.0
    available = amount * _availability(dose, drug, amount, values)
    if not route.phases:  # straight into the blood
        into, entry = f"{slot.instance}__central", f"{slot.instance}__infusion"
        yield _given(dose, dose.time + lag, dose.duration, into, entry, available)
        return
    shares = {name: number(f"{name}.share") for name in route.phases}
    whole = sum(shares.values())  # shares that differ between people still make a whole
    reaching: list[tuple[Slot, np.ndarray]] = [(slot, available)]
    for first in route.first_pass:
        reaching.append((slots.of(first.drug), amount * number(f"{first.drug}.share")))
    for target, nanomoles in reaching:
        for name, phase in route.phases.items():
            rate = f"{start}.{name}.rate"
            state, entry = target.depot(rate)
            if phase.transits is not None:
                state = target.stage(rate, phase.transits)
            time = dose.time + (same_for_all(f"{name}.lag") if phase.lag is not None else lag)
            duration = dose.duration
            if not duration and phase.zero_order is not None:
                duration = same_for_all(f"{name}.zero_order")
            elif not duration and name == "fast" and route.zero_order is not None:
                duration = same_for_all("zero_order")
            yield _given(dose, time, duration, state, entry, nanomoles * (shares[name] / whole))


def _given(
    dose: ResolvedDose, time: float, duration: float, state: str, entry: str, amount: np.ndarray
) -> Regimen | _Window:
    """An amount into a state at once, or through its input over a duration."""
    if duration > 0:
        what = f"{dose.drug} {dose.route}"
        return _Window(time, duration, dose.interval, dose.count, entry, amount / duration, 0.0, what)
    return Regimen(time, dose.interval, dose.count, state, True, amount)


def _availability(dose: ResolvedDose, drug: Drug, amount: np.ndarray, values: Values | None) -> Any:
    """The share of a dose that reaches the blood; never more than all of it."""
    route = drug.routes[dose.route]
    if route.availability is None:
        return 1.0
    key = f"{drug.id}.{dose.route}.availability"
    share = number_of(drug, key, route.availability, values)
    exponent = route.availability_exponent
    if exponent is not None and exponent.reference_dose is not None:
        power = number_of(drug, f"{key}_exponent", exponent, values)
        share = share * (amount / exponent.reference_dose.inner(molar_mass=drug.mass)) ** power
    return np.minimum(share, 1.0)


def _edges(windows: list[_Window]) -> Iterator[tuple[Regimen | None, Regimen]]:
    """The end and the beginning of each window of one target; no end where the next begins at once.

    Windows that overlap (two doses whose absorption lasts) add up: one row for each instant at which the sum changes.
    """
    explicit = [
        (_Window(float(begin), row.duration, 0.0, 1, row.target, row.amount, row.rest, row.what), order)
        for order, row in enumerate(windows)
        for begin in instants(row)
    ]
    singles = sorted(explicit, key=lambda pair: pair[0].time)
    touching = False
    for (earlier, first), (later, second) in pairwise(singles):
        gap = later.time - (earlier.time + earlier.duration)
        if gap < -SAME_INSTANT:
            yield from _summed([window for window, _ in singles])
            return
        touching = touching or (gap <= SAME_INSTANT and first != second)
    if touching:
        following = [later.time for later, _ in singles[1:]] + [np.inf]
        for (window, _), after in zip(singles, following, strict=True):
            yield _edge(window, closed=after - (window.time + window.duration) > SAME_INSTANT)
        return
    for window in windows:
        if window.count > 1 and window.interval - window.duration <= SAME_INSTANT:
            last = window.time + window.interval * (window.count - 1) + window.duration
            yield Regimen(last, 0.0, 1, window.target, False, _rest(window)), _edge(window, closed=False)[1]
        else:
            yield _edge(window, closed=True)


def _summed(windows: list[_Window]) -> Iterator[tuple[None, Regimen]]:
    """What overlapping windows make together: the target is set to their sum at every edge."""
    edges = sorted({edge for window in windows for edge in (window.time, window.time + window.duration)})
    edges = [edge for edge, before in zip(edges, [-np.inf, *edges], strict=False) if edge - before > SAME_INSTANT]
    for edge in edges:
        running = [
            window.amount
            for window in windows
            if window.time - SAME_INSTANT <= edge < window.time + window.duration - SAME_INSTANT
        ]
        total = np.sum(np.broadcast_arrays(*running), axis=0) if running else _rest(windows[0])
        yield None, Regimen(edge, 0.0, 1, windows[0].target, False, total)


def _edge(window: _Window, *, closed: bool) -> tuple[Regimen | None, Regimen]:
    """The end (if it has one) and the beginning of a window."""
    end = window.time + window.duration
    ending = Regimen(end, window.interval, window.count, window.target, False, _rest(window)) if closed else None
    return ending, Regimen(window.time, window.interval, window.count, window.target, False, window.amount)


def _rest(window: _Window) -> np.ndarray:
    return np.array([window.rest])


def _reference_weight() -> float:
    """Body weight of the reference adult in kg."""
    return float(get("person", "adult_reference").weight.value)
