"""Clashes: rows of a resolved scenario that cannot happen together.

Needs    catalog (which input an exposure sets), rows (drugs)
Gives    ``clashes(scenario, places)``
Leaves   rows that are wrong by themselves: see ``rows``
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Protocol

import numpy as np

from ...errors import EnkephalinError, RecordError, SlotError
from ..catalog import exposures
from ..shapes import ResolvedDose, ResolvedScenario
from .rows import drug_of
from .slots import slots_needed

HOURS_A_DAY = 24
SAME_INSTANT = 1e-9  # h; a hundredth of a second is 3e-6 h
MOST_DOSES = 200_000  # of one scenario, each repetition counted

Where = tuple[str | int, ...]
Fault = tuple[Where, EnkephalinError]


def clashes(scenario: ResolvedScenario, places: Sequence[Where]) -> list[Fault]:
    """Rows that cannot happen together, each at the later line.

    ``places`` names the key or item of every dose and then of every exposure.
    """
    dose_places = list(places[: len(scenario.doses)])
    exposure_places = list(places[len(scenario.doses) :])
    given = np.cumsum([float(dose.count) for dose in scenario.doses])
    if len(given) and given[-1] > MOST_DOSES:
        first = int(np.searchsorted(given, MOST_DOSES, side="right"))
        return [(dose_places[first], _too_many(given[-1]))]
    return [
        *_dose_clashes(scenario, dose_places),
        *_depot_clashes(scenario, dose_places),
        *_exposure_clashes(scenario, exposure_places),
        *_crowd(scenario, dose_places),
    ]


def _crowd(scenario: ResolvedScenario, places: list[Where]) -> Iterable[Fault]:
    """The first dose whose drug or route finds no place in the body beside those before it."""
    if _no_room(scenario) is None:
        return
    first = {(dose.drug, dose.route): number for number, dose in reversed(list(enumerate(scenario.doses)))}
    for number in sorted(first.values()):
        full = _no_room(scenario.model_copy(update={"doses": scenario.doses[: number + 1]}))
        if full is not None:
            yield places[number], RecordError(full.problem, found=full.found, expected=full.expected, try_=full.try_)
            return


def _no_room(scenario: ResolvedScenario) -> SlotError | None:
    try:
        slots_needed(scenario)
    except SlotError as full:
        return full
    return None


def _too_many(doses: float) -> RecordError:
    return RecordError(
        "more doses than one scenario can hold",
        found=f"{doses:.0f} doses in all, each repetition counted",
        expected=f"at most {MOST_DOSES}",
        try_="fewer repetitions, or a longer 'every'",
    )


def _dose_clashes(scenario: ResolvedScenario, places: list[Where]) -> Iterable[Fault]:
    """The same drug twice at one instant without 'then', or two infusions of it at once."""
    by_way: dict[tuple[str, str], list[int]] = {}
    for number, dose in enumerate(scenario.doses):
        by_way.setdefault((dose.drug, dose.route), []).append(number)
    for second, first in sorted(pair for numbers in by_way.values() for pair in _touching(scenario.doses, numbers)):
        earlier, later, place = scenario.doses[first], scenario.doses[second], places[second]
        line = _line(scenario, places[first])
        if earlier.duration and later.duration:
            instant = _overlap(earlier, later)
            if instant is not None:
                yield (
                    place,
                    RecordError(
                        f"two infusions of {later.drug} overlap",
                        found=f"both run at {instant:g} h; the other is in {line}",
                        expected="[start, end) intervals that do not overlap",
                        try_="add the amounts up in one line",
                    ),
                )
            continue
        instant = _meeting(earlier, later)
        if instant is not None and not later.then:
            yield (
                place,
                RecordError(
                    f"{later.drug} is given twice at the same instant",
                    found=f"both at {instant:g} h; the other is in {line}",
                    expected="one line for each instant",
                    try_="add the amounts up, or begin this line with 'then'",
                ),
            )


def _depot_clashes(scenario: ResolvedScenario, places: list[Where]) -> Iterable[Fault]:
    """An injected depot of a drug while an earlier one of it has hardly begun to empty."""
    shortest = {
        (drug, route): known.inner()
        for drug, route in {(dose.drug, dose.route) for dose in scenario.doses}
        if (known := drug_of(drug, Path.cwd()).routes[route].shortest_interval) is not None
    }
    given: dict[str, list[tuple[float, int]]] = {}
    for number, dose in enumerate(scenario.doses):
        if (dose.drug, dose.route) in shortest:
            given.setdefault(dose.drug, []).extend((float(time), number) for time in instants(dose))
    for drug, times in given.items():
        for (earlier, first), (later, second) in pairwise(sorted(times)):
            least = shortest[drug, scenario.doses[first].route]
            if later - earlier < least - SAME_INSTANT:
                other = _line(scenario, places[first])
                found = f"{scenario.doses[first].route} at {earlier:g} h, {scenario.doses[second].route} at {later:g} h"
                yield (
                    places[max(first, second)],
                    RecordError(
                        f"a depot of {drug} is given while an earlier one still empties",
                        found=found if first == second else f"{found}; the other is in {other}",
                        expected=f"at least {least / HOURS_A_DAY:g} d after a {scenario.doses[first].route} dose",
                        try_=f"a time from {earlier + least:g} h on",
                    ),
                )
                break


def _touching(doses: Sequence[ResolvedDose], numbers: Sequence[int]) -> set[tuple[int, int]]:
    """Pairs (later row, earlier row) of which one dose touches the next in time; every clash has such a pair.

    One sweep over all instants: a scenario may have thousands of lines.
    """
    begins = np.concatenate([instants(doses[number]) for number in numbers])
    row = np.repeat(numbers, [doses[number].count for number in numbers])
    lasts = np.array([doses[number].duration for number in numbers]).repeat([doses[number].count for number in numbers])
    found: set[tuple[int, int]] = set()
    for chosen in (np.arange(len(begins)), np.flatnonzero(lasts > 0)):
        order = chosen[np.lexsort((row[chosen], begins[chosen]))]
        before, after = order[:-1], order[1:]
        meet = begins[after] <= begins[before] + SAME_INSTANT
        overlap = (lasts[after] > 0) & (begins[after] < begins[before] + lasts[before] - SAME_INSTANT)
        near = (meet | overlap) & (row[before] != row[after])
        one, other = row[before][near], row[after][near]
        found.update(zip(np.maximum(one, other).tolist(), np.minimum(one, other).tolist(), strict=True))
    return found


def _exposure_clashes(scenario: ResolvedScenario, places: list[Where]) -> Iterable[Fault]:
    """Two levels of one input at the same time."""
    known = exposures()
    rows = sorted(zip(scenario.exposures, places, strict=True), key=lambda pair: pair[0].time)
    by_target: dict[str, list[int]] = {}
    for number, (row, _) in enumerate(rows):
        by_target.setdefault(known[row.exposure].target, []).append(number)
    for numbers in by_target.values():
        for first, second in pairwise(numbers):
            (earlier, other), (later, place) = rows[first], rows[second]
            if later.time < earlier.end - SAME_INSTANT:
                last, before = (place, other) if place > other else (other, place)
                yield (
                    last,
                    RecordError(
                        f"'{later.exposure}' overlaps with another line",
                        found=f"both hold at {later.time:g} h; the other is in {_line(scenario, before)}",
                        expected="[start, end) intervals that do not overlap",
                        try_="end the first where the second begins",
                    ),
                )


class Repeated(Protocol):
    """What has a first time, an interval and a count."""

    @property
    def time(self) -> float: ...
    @property
    def interval(self) -> float: ...
    @property
    def count(self) -> int: ...


def instants(row: Repeated) -> np.ndarray:
    """All times of a regimen, in h, shape (count,)."""
    return row.time + row.interval * np.arange(row.count)


def _meeting(first: ResolvedDose, second: ResolvedDose) -> float | None:
    """The first instant at which both are given, if there is one."""
    earlier, later = instants(first), instants(second)
    nearest_one = np.clip(np.searchsorted(earlier, later - SAME_INSTANT), 0, len(earlier) - 1)
    same = np.abs(earlier[nearest_one] - later) <= SAME_INSTANT
    return float(later[same][0]) if same.any() else None


def _overlap(first: ResolvedDose, second: ResolvedDose) -> float | None:
    """The first instant at which both infusions run, if there is one."""
    windows = [(begin, begin + row.duration) for row in (first, second) for begin in instants(row)]
    for earlier, later in pairwise(sorted(windows)):
        if later[0] < earlier[1] - SAME_INSTANT:
            return float(later[0])
    return None


def _line(scenario: ResolvedScenario, place: Where) -> str:
    """The line of a row as messages name it."""
    number = scenario.origin.at(place).rpartition(":")[2]
    return f"line {number}" if number.isdigit() else f"entry {int(place[-1]) + 1}"
