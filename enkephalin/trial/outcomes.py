"""Outcomes: every person lives through every order of arms; what they are like at each time is kept.

Needs    simulate, lives, reading, people
Gives    ``outcomes(study, people, seed)``
Keeps    the same numbers on any number of workers, and for a person whoever else is there
Leaves   who gets what, and instruments: see ``observe``
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import SolverStopped, StartNotFound
from ..records.shapes import ResolvedStudy
from ..records.writing import to_plain
from ..simulate import simulate
from .intercurrent import times_of_events
from .lives import Added, life, missed_of, offset
from .people import Chosen
from .reading import Array, Seen, Wanted, column, wanted
from .truth import Truth, conditions_of

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Body:
    """In which body it happens, and with how many workers."""

    account: str | None = None
    hypothesis: str | None = None
    workers: int | None = None

    def options(self) -> dict[str, Any]:
        """As ``simulate`` takes them."""
        return {key: value for key, value in vars(self).items() if value is not None}


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

    def truth(self) -> Truth:
        study, wish = self.study, self.wanted
        shape = (len(self.people), len(self.places), len(wish.times))
        every = [*wish.measures.values(), *wish.intercurrent.values(), *([wish.feels] if wish.feels else [])]
        values = {str(one): np.full(shape, np.nan) for one in every}
        self.progress(0, len(self.people) * len(study.orders))
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

    def _live(
        self, order: int, who: Sequence[int] | Any, pattern: int, added: Sequence[Added], values: dict[str, Array]
    ) -> None:
        """Some people live through one order; what is seen goes into its places."""
        study, wish = self.study, self.wanted
        arms = study.orders[order]
        missing = pattern if study.missed_doses is not None else None
        scenario = life(study, arms, pattern=missing, seed=self.seed, added=added)
        starts = [offset(study, period) for period in range(len(arms))]
        at = np.unique(np.concatenate([wish.times + start for start in starts]))
        result = _lived(self.people.draw[who], scenario, at, wish.watch, self.body)
        self.model = self.model or _model(result)
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


def _model(result: Any) -> dict[str, Any]:
    """Which body and which engine it was, without the people."""
    told = json.loads(result.attrs["provenance"])
    return {name: told[name] for name in ("program", "version", "model", "engine", "tolerance")}


def _each(wish: Wanted) -> list[Seen]:
    every = [*wish.measures.values(), *wish.intercurrent.values(), *([wish.feels] if wish.feels else [])]
    return list({str(one): one for one in every}.values())


def _lived(people: Any, scenario: Any, at: Array, watch: list[str], body: Body) -> Any:
    """The result; who could not be carried to the end is not seen after that."""
    try:
        return simulate(people, scenario, at=at, watch=watch, **body.options())
    except (SolverStopped, StartNotFound) as error:
        result = error.more.get("result")
        if result is None:
            raise
        return result
