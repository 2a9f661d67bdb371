"""Past: what several lives of the same people have in common is lived once.

Needs    simulate (calls), runs (the engine)
Gives    ``Past``, ``partings``
Keeps    a person's numbers, whoever else is there and in whatever order lives are asked for
Leaves   which lives there are: see ``outcomes``

Orders of arms, ways of missing doses and intercurrent events differ from some hour on. Up to there a run is made once
for each person, its states are kept, and every life goes on from them with its clocks set to that hour. A life that
turns out to have had another past lives its own.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..compiler.model import Model, rebuilt
from ..kernels.events import EventTable
from ..kernels.stops import Stop
from ..records.shapes import ResolvedScenario
from ..runs import carry_people
from ..simulate.body import BODY
from ..simulate.call import Call

Array = NDArray[np.float64]
Theta = dict[str, Array]
Carried = tuple[Array, tuple[Stop, ...]]
ENGINE = "kernel"
CLOCK, START = "__clock_start", "__start"  # numbers that are times, counted from the start of a run
WORTH_IT = 48.0  # h: a shorter past is lived again
GRID = 1024  # lives part at whole parts of an hour
EDGE = 1e-6  # h: what happens at the hour of parting happens after it
DIGITS = 9  # of hours that are compared


@dataclass
class Past:
    """States of people at the hours at which their lives part."""

    workers: int | None = None
    bodies: list[Model] = field(default_factory=list)  # in which pasts were lived, the smallest first
    known: dict[bytes, tuple[Array, Stop | None]] = field(default_factory=dict)  # of one person at one hour

    def answer(self, call: Call, partings: Sequence[float]) -> Any:
        """Let a call happen; ``partings`` are hours from its zero, rising."""
        if not partings or call.engine != ENGINE:
            return call.answer(self.workers)
        return call.answer(run=partial(self._run, tuple(partings)))

    def prepare(self, call: Call, partings: Sequence[float]) -> None:
        """Live the past of a call's people, so that those who come in small groups find it."""
        if partings and call.engine == ENGINE:
            call.answer(run=partial(self._run, tuple(partings), only_past=True))

    def _run(
        self,
        partings: tuple[float, ...],
        body: Model,
        theta: Theta,
        events: EventTable,
        times: Array,
        outputs: list[str],
        *,
        tolerance: float = 1e-3,
        only_past: bool = False,
    ) -> Carried:
        """The engine of ``Call.answer``."""
        if body.name != BODY:  # the undisturbed day
            return carry_people(ENGINE, body, theta, events, times, outputs, tolerance=tolerance, workers=self.workers)
        zero = max((float(np.max(values)) for name, values in theta.items() if name.endswith(START)), default=0.0)
        hours = [_on_grid(min(zero + hour, float(times[0]))) for hour in partings]
        hours = sorted({hour for hour in hours if hour >= WORTH_IT})
        life = _Life(body, theta, events, tolerance)
        before = _Before(life, body, 0.0)
        for hour in hours:
            then = _Before(life, self._trunk(life, hour), hour)
            self._reach(before, then)
            before = then
        if only_past:
            return np.full((life.people, len(times), len(outputs)), np.nan), ()
        return self._go_on(before, life, range(life.people), times, outputs)

    def _trunk(self, life: _Life, hour: float) -> Model:
        """The smallest body in which this past can be lived."""
        needed = set(_between(life.events, 0.0, hour - EDGE).target)
        if not self.bodies:
            self.bodies.append(rebuilt(life.body, life.body.name, ()))
        for body in self.bodies:
            if set(body.slots) <= set(life.body.slots) and all(_has(body, name) for name in needed):
                return body
        self.bodies.append(life.body)
        self.bodies.sort(key=lambda one: len(one.slots))
        return life.body

    def _reach(self, before: _Before, then: _Before) -> None:
        """Carry those to an hour whose states are not known there."""
        missing = [person for person, key in enumerate(then.keys) if key not in self.known]
        if not missing:
            return
        times, life = np.array([then.hour]), then.life.within(then.body)
        found, stops = self._go_on(before, life, missing, times, list(then.body.states), until=then.hour - EDGE)
        lost = {stop.person: stop for stop in stops}
        for place, person in enumerate(missing):
            self.known[then.keys[person]] = (found[place, 0], lost.get(place))

    def _go_on(
        self, before: _Before, life: _Life, who: Sequence[int], times: Array, outputs: list[str],
        until: float = np.inf,
    ) -> Carried:  # fmt: skip
        """Some people from the states of an hour on to some times; who was lost before sees nothing."""
        found = np.full((len(who), len(times), len(outputs)), np.nan)
        own = {place: self.known[before.keys[person]] for place, person in enumerate(who)} if before.hour else {}
        lost = [replace(stop, person=place) for place, (_, stop) in own.items() if stop is not None]
        there = [place for place in range(len(who)) if place not in {stop.person for stop in lost}]
        if not there:
            return found, tuple(lost)
        part = life.some([who[place] for place in there])
        given, hour = dict(part.theta), before.hour
        if hour:
            for name in given:
                given[name] = given[name] + hour * (name.endswith(CLOCK) - name.endswith(START))
            given |= part.inputs(hour)
            states = np.stack([own[place][0] for place in there])
            given |= {name: states[:, k] for k, name in enumerate(before.body.states) if name in life.body.states}
        rows = _between(part.events, hour - EDGE if hour else 0.0, until, hour)
        seen, stops = carry_people(
            ENGINE, life.body, given, rows, times - hour, outputs, tolerance=life.tolerance, workers=self.workers
        )
        found[there] = seen
        lost += [replace(stop, person=there[stop.person], time=stop.time + hour) for stop in stops]
        return found, tuple(sorted(lost, key=lambda stop: stop.person))


@dataclass(frozen=True)
class _Life:
    """A call as the engine sees it; times in h from the start of the run."""

    body: Model
    theta: Theta
    events: EventTable
    tolerance: float

    @cached_property
    def people(self) -> int:
        return max([np.size(values) for values in self.theta.values()] + [self.events.amount.shape[1]], default=1)

    def within(self, body: Model) -> _Life:
        """The same in another body, with the numbers that it knows."""
        return replace(self, body=body, theta={name: own for name, own in self.theta.items() if _has(body, name)})

    def some(self, people: Sequence[int]) -> _Life:
        """Some of the people."""
        chosen = list(people)
        theta = {name: self._column(values)[chosen] for name, values in self.theta.items()}
        amount = np.broadcast_to(self.events.amount, (len(self.events), self.people))[:, chosen]
        return replace(self, theta=theta, events=replace(self.events, amount=np.ascontiguousarray(amount)))

    def inputs(self, hour: float) -> Theta:
        """What events before an hour have set inputs to, by name."""
        rows = _between(self.events, 0.0, hour - EDGE).expanded()
        found: Theta = {}
        for target, add, amount in zip(rows.target, rows.add, rows.amount, strict=True):
            if target not in self.body.states:
                usual = self.theta.get(target, np.array(self.body.parameters.get(target, 0.0)))
                held = self._column(found.get(target, usual))
                found[target] = np.where(np.isnan(amount), held, held + amount if add else amount)
        return found

    def keys(self, hour: float) -> list[bytes]:
        """A name for each person's past up to an hour: all numbers on which it depends."""
        rows = _between(self.events, 0.0, hour - EDGE)
        names = sorted(self.theta)
        told = [self.body.digest, repr(hour), repr(self.tolerance), *names, "and", *rows.target]
        common = hashlib.sha256("|".join(told).encode())
        for column in (rows.time, rows.interval, rows.count, rows.add):
            common.update(np.ascontiguousarray(column).tobytes())
        amount = np.broadcast_to(rows.amount, (len(rows), self.people))
        own = np.concatenate([np.stack([self._column(self.theta[name]) for name in names]), amount]).T
        return [common.digest() + hashlib.sha256(row.tobytes()).digest() for row in np.ascontiguousarray(own)]

    def _column(self, values: Array) -> Array:
        return np.broadcast_to(np.asarray(values, float), (self.people,))


class _Before:
    """An hour that people have reached in a body, and the names of their pasts."""

    def __init__(self, life: _Life, body: Model, hour: float) -> None:
        self.life, self.body, self.hour = life, body, hour
        self.keys = life.within(body).keys(hour) if hour else []


def _has(body: Model, name: str) -> bool:
    return name in body.parameters or name in body.states or name in body.inputs


def _on_grid(hour: float) -> float:
    """An hour from which times can be counted without rounding."""
    return math.floor(hour * GRID) / GRID


def _between(events: EventTable, first: float, last: float, zero: float = 0.0) -> EventTable:
    """What happens from one hour to another, counted from ``zero``."""
    rows = []
    for row, target in enumerate(events.target):
        when = events.time[row] + events.interval[row] * np.arange(events.count[row])
        inside = when[(when >= first) & (when <= last)]
        if len(inside):
            start = max(float(inside[0]) - zero, 0.0)
            rows.append((start, events.interval[row], len(inside), target, events.add[row], events.amount[row]))
    return EventTable.of(rows)


def partings(lives: Sequence[ResolvedScenario], first: float) -> list[tuple[float, ...]]:
    """For each life the hours from its zero at which others leave it, none after the first time that is asked for.

    Parameters
    ----------
    lives : list of ResolvedScenario
        Of the same people, with the same zero.
    first : float
        The first time that is asked for, in h from zero.

    Example
    -------
    >>> partings([life(study, order) for order in study.orders], first=0.0)      # doctest: +SKIP
    [(-24.0,), (-24.0,)]
    """
    happened = [_happenings(one) for one in lives]
    found = []
    for place, own in enumerate(happened):
        hours = {min([first, *(time for time, _ in own ^ other)]) for k, other in enumerate(happened) if k != place}
        found.append(tuple(sorted(hours)))
    return found


def _happenings(scenario: ResolvedScenario) -> set[tuple[float, str]]:
    """Every change of what happens, with its time in h from zero."""
    found = set()
    for dose in scenario.doses:
        what = repr(dose.model_dump(exclude={"time", "interval", "count"}))
        times = dose.time + dose.interval * np.arange(dose.count) - scenario.zero
        found |= {(round(float(time), DIGITS), what) for time in times}
    for row in scenario.exposures:
        what = repr(row.model_dump(exclude={"time", "end"}))
        found |= {
            (round(row.time - scenario.zero, DIGITS), what),
            (round(row.end - scenario.zero, DIGITS), f"end {what}"),
        }
    return found
