"""An engine that lives a common past once: many runs begin with the same half year of heroin.

Needs    enkephalin.kernels, enkephalin.runs
Gives    ``SharedPast``: its ``engine(name)`` stands in for the engine of ``Call.answer``
Leaves   which runs there are (findings)

Every run is first only looked at. Runs whose events begin alike share a trunk: the trunk also reports all its states
at the last event that it has in common with each of them, and each goes on from there, its clocks set to that hour.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from enkephalin.compiler.model import Model
from enkephalin.kernels.events import EventTable
from enkephalin.kernels.stops import Stop
from enkephalin.runs import carry_people

BODY = "human"
CLOCK, START = "__clock_start", "__start"  # numbers that are times, counted from the start of a run
WORTH_IT = 48.0  # h; a shorter past is lived again
Array = NDArray[np.float64]
Happening = tuple[float, str, bool, float]
Carried = tuple[Array, tuple[Stop, ...]]


@dataclass
class Life:
    """One run as the engine sees it, without numbers of people; times in h from its start."""

    body: Model
    happenings: list[Happening]
    first: float  # the first time that is asked for
    zero: float  # from here survival is counted
    trunk: Life | None = None
    branch: float = 0.0
    leaving: set[float] = field(default_factory=set)  # of a trunk: the hours at which others leave it
    found: dict[float, dict[str, Array]] = field(default_factory=dict)  # its states at those hours


class SharedPast:
    """Look at all runs, then ``settle``; run them in the order of ``order``."""

    def __init__(self) -> None:
        self.lives: dict[str, Life] = {}
        self.settled = False

    def engine(self, name: str) -> Callable[..., Carried]:
        """The engine for one run: the arguments of ``carry_people`` without the first."""
        return partial(self._run, name)

    def settle(self) -> None:
        """All runs have been looked at: who shares what."""
        trunks: list[Life] = []
        for life in sorted(self.lives.values(), key=lambda one: (len(one.body.slots), -len(one.happenings))):
            known = [trunk for trunk in trunks if set(trunk.body.slots) <= set(life.body.slots)]
            shared = [(_shared_until(trunk, life), trunk) for trunk in known]
            hour, trunk = max(shared, key=lambda pair: pair[0], default=(0.0, None))
            if trunk is None or hour < WORTH_IT:
                trunks.append(life)
                continue
            life.trunk, life.branch = trunk, hour
            trunk.leaving.add(hour)
        self.settled = True

    def order(self) -> list[str]:
        """Names of all runs, trunks before those who leave them."""
        return sorted(self.lives, key=lambda name: self.lives[name].trunk is not None)

    def _run(
        self,
        name: str,
        body: Model,
        theta: Mapping[str, Array],
        events: EventTable,
        times: Array,
        outputs: list[str],
        *,
        tolerance: float = 1e-3,
    ) -> Carried:
        if body.name != BODY:  # the undisturbed day
            return carry_people("kernel", body, theta, events, times, outputs, tolerance=tolerance)
        rows = events.expanded()
        if not self.settled:
            zero = max((float(np.max(v)) for key, v in theta.items() if key.endswith(START)), default=np.inf)
            self.lives[name] = Life(body, _happenings(rows), float(times[0]), zero)
            people = max((np.size(values) for values in theta.values()), default=1)
            return np.full((people, len(times), len(outputs)), np.nan), ()
        life = self.lives[name]
        if life.trunk is not None:
            return _go_on(life, theta, rows, times, outputs, tolerance)
        hours = np.array(sorted(life.leaving))
        both, names = np.union1d(times, hours), list(dict.fromkeys([*outputs, *(body.states if len(hours) else ())]))
        found, stops = carry_people("kernel", body, theta, events, both, names, tolerance=tolerance)
        at = np.searchsorted(both, hours)
        life.found = {
            float(hour): {state: found[:, place, names.index(state)] for state in body.states}
            for hour, place in zip(hours, at, strict=True)
        }
        return found[:, np.searchsorted(both, times)][:, :, [names.index(one) for one in outputs]], stops


def _go_on(
    life: Life, theta: Mapping[str, Array], rows: EventTable, times: Array, outputs: list[str], tolerance: float
) -> Carried:
    """From the states of the trunk."""
    assert life.trunk is not None
    states = life.trunk.found[life.branch]
    given = {name: np.asarray(values, float) for name, values in theta.items()}
    for name in given:
        given[name] = given[name] + life.branch * (name.endswith(CLOCK) - name.endswith(START))
    given |= {name: values for name, values in states.items() if name in life.body.states}
    lost = np.any([~np.isfinite(values) for values in states.values()], axis=0)
    sound = int(np.argmin(lost))  # those who did not arrive lend somebody's numbers, and see nothing
    given = {name: np.where(lost, np.broadcast_to(v, lost.shape)[sound], v) for name, v in given.items()}
    rest = _part(rows, rows.time > life.branch, life.branch)
    found, stops = carry_people("kernel", life.body, given, rest, times - life.branch, outputs, tolerance=tolerance)
    found[lost] = np.nan
    return found, stops


def _happenings(rows: EventTable) -> list[Happening]:
    """Each event as something that can be compared."""
    columns = zip(rows.time, rows.target, rows.add, rows.amount[:, 0], strict=True)
    return [(round(float(time), 9), target, bool(add), float(amount)) for time, target, add, amount in columns]


def _shared_until(trunk: Life, life: Life) -> float:
    """The last hour that both have lived alike, and that comes before anything is counted or asked of the second."""
    common = 0
    for one, other in zip(trunk.happenings, life.happenings, strict=False):
        if one != other:
            break
        common += 1
    parted = min((one.happenings[common][0] for one in (trunk, life) if len(one.happenings) > common), default=np.inf)
    last = min(life.first, trunk.zero, life.zero)
    return max((row[0] for row in life.happenings[:common] if row[0] < parted and row[0] <= last), default=0.0)


def _part(rows: EventTable, which: NDArray[np.bool_], hour: float) -> EventTable:
    """Some of the rows, with times counted from an hour."""
    target = tuple(one for one, kept in zip(rows.target, which, strict=True) if kept)
    columns = (rows.time[which] - hour, rows.interval[which], rows.count[which])
    return EventTable(*columns, target, rows.add[which], rows.amount[which])
