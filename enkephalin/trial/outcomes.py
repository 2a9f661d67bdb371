"""Outcomes: every person lives through every order of arms; what they are like at each time is kept.

Needs    simulate, past, lives, reading, people
Gives    ``outcomes(study, people, seed)``
Keeps    the same numbers on any number of workers, and for a person whoever else is there
Leaves   who gets what, and instruments: see ``observe``
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..records.shapes import ResolvedScenario, ResolvedStudy
from ..records.writing import to_plain
from ..simulate.call import Call, arrange
from .intercurrent import times_of_events
from .lives import Added, life, missed_of, offset
from .past import Past, partings
from .people import Chosen
from .reading import Array, Seen, Wanted, column, wanted
from .truth import Truth, conditions_of

Progress = Callable[[int, int], None]
TOLERANCE = 1e-3  # worst relative error of what is watched
ENGINE = "kernel"


@dataclass(frozen=True)
class Body:
    """In which body it happens, and with how many workers."""

    account: str | None = None
    hypothesis: str | None = None
    workers: int | None = None


def outcomes(
    study: ResolvedStudy, people: Chosen, seed: int, body: Body | None = None, progress: Progress | None = None
) -> Truth:
    """Let everybody live through every order of arms.

    Parameters
    ----------
    study : ResolvedStudy
        The study.
    people : Chosen
        Whom it happens to.
    seed : int
        Of missed doses and intercurrent events.

    Rarely needed
    -------------
    body : Body
        Account, hypothesis and workers.
    progress : function of (finished lives, all lives)
        Called when it begins and after each group.

    Returns
    -------
    Truth
        Arrays (person, condition, occasion) in the unit of the watch table.

    Raises
    ------
    RecordError, RequestError
        The study asks for what cannot be.
    """
    return _Living(study, people, seed, body or Body(), progress or (lambda done, every: None)).truth()


class _Living:
    """One making of a truth."""

    def __init__(self, study: ResolvedStudy, people: Chosen, seed: int, body: Body, progress: Progress) -> None:
        self.study, self.people, self.seed, self.body, self.progress = study, people, seed, body, progress
        self.wanted: Wanted = wanted(study)
        self.places = conditions_of(study)
        self.patterns = missed_of(study, people.draw.person, seed)
        self.done = 0
        self.model: dict[str, Any] = {}
        self.past = Past(body.workers)
        self.partings = self._partings()

    def truth(self) -> Truth:
        study, wish = self.study, self.wanted
        shape = (len(self.people), len(self.places), len(wish.times))
        every = [*wish.measures.values(), *wish.intercurrent.values(), *([wish.feels] if wish.feels else [])]
        values = {str(one): np.full(shape, np.nan) for one in every}
        self.progress(0, len(self.people) * len(study.orders))
        everybody = np.arange(len(self.people))
        for number in sorted(range(len(study.orders)), key=self._drugs):
            self.past.prepare(self._call(number, everybody, None, ())[0], self.partings[number])
        for number in range(len(study.orders)):
            for pattern in np.unique(self.patterns):
                self._live(number, np.flatnonzero(self.patterns == pattern), int(pattern), (), values)
        events = times_of_events(study, values, wish, self.places, self.people.draw.person, self.seed)
        self._live_again(events, values)
        drive = None
        if wish.feels is not None:
            drive = values[str(wish.feels)][:, :, np.searchsorted(wish.times, wish.drive_times)]
        return Truth(
            study=study,
            people=self.people.draw,
            conditions=tuple(place.name(study) for place in self.places),
            places=self.places,
            values={row.id: self._measured(row.id, values) for row in study.measures},
            times={row.id: np.array(row.at) for row in study.measures},
            covariates=self.people.covariates,
            drive=drive,
            drive_times=wish.drive_times,
            events=events,
            screened=self.people.screened,
            provenance={
                "study": to_plain(study),
                "people": self.people.draw.provenance,
                "seed": self.seed,
                "account": self.body.account,
                "hypothesis": self.body.hypothesis,
                "body": self.model,
            },
        )

    def _measured(self, name: str, values: dict[str, Array]) -> Array:
        """A measure at its own times; of an event, the share left of those whom it had not met at the period's zero."""
        row = next(row for row in self.study.measures if row.id == name)
        found = values[str(self.wanted.measures[name])]
        at = np.searchsorted(self.wanted.times, np.array(row.at))
        if row.event is None:
            return found[:, :, at]
        zero = found[:, :, [int(np.searchsorted(self.wanted.times, 0.0))]]
        return np.where(self.wanted.times[at] <= 0, 1.0, found[:, :, at] / zero)

    def _partings(self) -> list[tuple[float, ...]]:
        """For each order when its lives leave each other, in h from zero; what is lived by all alike has none."""
        study = self.study
        missing = np.unique(self.patterns).tolist() if study.missed_doses is not None else [None]
        owners = [number for number in range(len(study.orders)) for _ in missing]
        lives = [life(study, study.orders[one], pattern=ways, seed=self.seed)
                 for one, ways in zip(owners, missing * len(study.orders), strict=True)]  # fmt: skip
        first = float(self.wanted.times[0])
        again = any(event.happens for event in study.intercurrent)
        found = [{first} if again else set[float]() for _ in study.orders]
        for one, hours in zip(owners, partings(lives, first), strict=True):
            found[one] |= set(hours)
        return [tuple(sorted(hours)) for hours in found]

    def _drugs(self, order: int) -> int:
        """How many drugs an order has: those with few share their past with those with more."""
        arms = [self.study.arm(name) for name in self.study.orders[order]]
        return len({dose.drug for arm in arms for dose in arm.happens.doses})

    def _call(self, order: int, who: Any, pattern: int | None, added: Sequence[Added]) -> tuple[Call, Array]:
        """Some people in one order, not yet lived, and the times at which they are seen."""
        study, wish = self.study, self.wanted
        arms = study.orders[order]
        scenario = life(study, arms, pattern=pattern, seed=self.seed, added=added)
        at = np.unique(np.concatenate([wish.times + offset(study, period) for period in range(len(arms))]))
        return _arranged(self.people.draw[who], scenario, at, wish.watch, self.body), at

    def _live(
        self, order: int, who: Sequence[int] | Any, pattern: int, added: Sequence[Added], values: dict[str, Array]
    ) -> None:
        """Some people live through one order; what is seen goes into its places. Who is lost on the way is not seen."""
        study, wish = self.study, self.wanted
        call, at = self._call(order, who, pattern if study.missed_doses is not None else None, added)
        starts = [offset(study, period) for period in range(len(study.orders[order]))]
        result = self.past.answer(call, self.partings[order]).seen
        self.model = self.model or _model(call)
        for of in _each(wish):
            seen = column(result, of)
            for index, place in enumerate(self.places):
                if place.order == order:
                    values[str(of)][who, index] = seen[:, np.searchsorted(at, wish.times + starts[place.period])]
        self.done += len(who)
        self.progress(self.done, max(self.done, len(self.people) * len(study.orders)))

    def _live_again(self, events: dict[str, Array], values: dict[str, Array]) -> None:
        """Those to whom an event happens that changes their life live through it."""
        acting = [event for event in self.study.intercurrent if event.happens]
        for number in range(len(self.study.orders)):
            places = [index for index, place in enumerate(self.places) if place.order == number]
            groups: dict[tuple[Any, ...], list[int]] = {}
            for person in range(len(self.people)):
                came = tuple(
                    (which, self.places[index].period, float(events[event.id][person, index]))
                    for which, event in enumerate(acting)
                    for index in places
                    if not np.isnan(events[event.id][person, index])
                )
                if came:
                    groups.setdefault((int(self.patterns[person]), came), []).append(person)
            for (pattern, came), who in sorted(groups.items()):
                added = [Added(acting[which].happens, period, time) for which, period, time in came]
                self._live(number, np.array(who), pattern, added, values)


def _model(call: Call) -> dict[str, Any]:
    """Which body and which engine it was, without the people."""
    told = call.provenance()
    return {name: told[name] for name in ("program", "version", "model", "engine", "tolerance")}


def _each(wish: Wanted) -> list[Seen]:
    every = [*wish.measures.values(), *wish.intercurrent.values(), *([wish.feels] if wish.feels else [])]
    return list({str(one): one for one in every}.values())


def _arranged(people: Any, scenario: ResolvedScenario, at: Array, watch: list[str], body: Body) -> Call:
    """A call of ``simulate`` that has not happened yet."""
    return arrange(
        people, scenario, model=None, at=at, watch=watch, tolerance=TOLERANCE, engine=ENGINE, account=body.account,
        hypothesis=body.hypothesis, patches=(),
    )  # fmt: skip
