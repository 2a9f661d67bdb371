"""Call: everything that is settled before time passes, and one engine call for some of the people.

Needs    the other files of this room, runs
Gives    ``Plan`` (all but the people), ``Call`` (a plan and people; parts of it can travel), ``arrange``
Leaves   how many people at once, on which machine (runs)
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np
import xarray as xr

from ..compiler.model import Model
from ..compiler.names import flat_names
from ..errors import RequestError
from ..kernels.events import EventTable
from ..kernels.stops import Stop
from ..records.parameters import drug_quantities
from ..records.scenario.events import columns, regimens
from ..records.scenario.resolve import resolve, with_history
from ..records.scenario.slots import Slots, slot_parameters, slots_needed
from ..records.shapes import Patch, Person, ResolvedScenario, Scenario
from ..records.writing import to_plain
from ..runs import Answer, carry_people, code_of, engine_named
from .body import HUMAN, choose_body, day_of, scenario_values, species_of
from .covariates import with_body_effects
from .people import People, gather, values_in
from .species import one_species, scaled
from .start import daily_orbit, shared_starts
from .times import asked_times, check_within
from .watching import Watched, dataset, parts_of, watched


@dataclass(frozen=True)
class Plan:
    """A call without its people: the body, what happens, and what is seen when."""

    body: Model
    slots: Slots
    scenario: ResolvedScenario
    lived: tuple[ResolvedScenario, ...]  # the scenario with each history in front
    hours: np.ndarray  # (time,) from zero
    things: tuple[Watched, ...]
    engine: str
    tolerance: float
    said: dict[str, Any]  # of the provenance: account, hypothesis, at

    def provenance(self) -> dict[str, Any]:
        """Enough to repeat the call, but for the people."""
        return {
            "program": "enkephalin",
            "version": program_version(),
            "model": {
                "assembly": self.body.name,
                "slots": list(self.body.slots),
                "structure_digest": self.body.structure_digest,
                "digest": self.body.digest,
                "patches": [json.loads(text) for text in self.body.records],
            },
            "scenario": to_plain(self.scenario),
            "drugs": list(self.slots.drugs),
            "watch": [thing.name for thing in self.things],
            "engine": self.engine,
            "tolerance": self.tolerance,
            **self.said,
        }

    @cached_property
    def outputs(self) -> list[str]:
        """Flat names of all that is watched."""
        return list(dict.fromkeys(symbol for thing in self.things for symbol in thing.symbols.values()))


@dataclass(frozen=True)
class Call:
    """A plan and its people: what ``runs`` cuts into parts, sends to workers, and asks for answers."""

    plan: Plan
    people: People
    which: np.ndarray  # (person,) whose number in ``plan.lived`` each lives through

    def __len__(self) -> int:
        return len(self.people)

    @property
    def engine(self) -> str:
        return self.plan.engine

    @property
    def labels(self) -> tuple[Any, ...]:
        return self.people.labels

    def part(self, first: int, last: int) -> Call:
        """The people from ``first`` to before ``last``."""
        chosen = range(first, last)
        return Call(self.plan, self.people.some(chosen), self.which[first:last])

    def provenance(self) -> dict[str, Any]:
        """What a result says of its making."""
        return {**self.plan.provenance(), "who": self.people.provenance}

    def values_digest(self) -> str:
        """A name for all numbers of all people."""
        sha = hashlib.sha256(np.ascontiguousarray(self.which).tobytes())
        own = self.people
        columns = {"weight": own.weight, **own.body, **own.named, **own.flat, **own.drugs}
        for name in sorted(columns):
            sha.update(name.encode() + np.ascontiguousarray(columns[name], float).tobytes())
        return sha.hexdigest()

    def template(self) -> xr.Dataset:
        """The result without people: names, dims, units, coordinates."""
        return dataset(self.plan.things, self._nothing(0), [], self.plan.hours)

    def answer(
        self, workers: int | None = None, instructions: str | None = None, *, run: Callable[..., Any] | None = None
    ) -> Answer:
        """Let it happen; ``run`` may stand in for the engine (as one that shares a common past between calls)."""
        run = run or partial(carry_people, self.plan.engine, workers=workers, instructions=instructions)
        code = json.dumps(code_of(self.plan.engine, instructions))
        values, stops = self._nothing(len(self)), []
        for number in np.unique(self.which):
            group = np.flatnonzero(self.which == number)
            found, lost = _carry_group(run, code, self.plan, self.people.some(group.tolist()), self.plan.lived[number])
            for index, name in enumerate(self.plan.outputs):
                values[name][group] = found[:, :, index]
            stops += [replace(stop, person=int(group[stop.person])) for stop in lost]
        seen = dataset(self.plan.things, values, self.people.labels, self.plan.hours)
        stops.sort(key=lambda stop: stop.person)
        told = [self._told(stop) for stop in stops]
        for stop, own in zip(stops, told, strict=True):
            _forget(seen, stop.person, -np.inf if stop.before else own.time)
        return Answer(seen, tuple(told))

    def _nothing(self, people: int) -> dict[str, np.ndarray]:
        return {name: np.full((people, len(self.plan.hours)), np.nan) for name in self.plan.outputs}

    def _told(self, stop: Stop) -> Stop:
        """A stop with the person's label, and its time from zero."""
        zero = self.plan.lived[self.which[stop.person]].zero
        return replace(stop, person=self.people.labels[stop.person], time=stop.time - zero)


def arrange(
    who: Any,
    scenario: Scenario | ResolvedScenario | str,
    *,
    model: Model | None,
    at: str | Iterable[float] | None,
    watch: Sequence[str] | None,
    tolerance: float,
    engine: str,
    account: str | None,
    hypothesis: str | None,
    patches: Iterable[Patch],
) -> Call:
    """Settle all that can be settled before time passes; arguments as in ``simulate``."""
    if not 0 < tolerance <= 0.1:
        raise RequestError(
            "the tolerance is out of bounds", found=f"{tolerance:g}", expected="above 0, at most 0.1", try_="1e-3"
        )
    engine_named(engine)
    resolved = resolve(scenario)
    people = gather(who)
    hours = asked_times(resolved, at)
    lived, which = _lives(resolved, people.histories)
    for one in lived:
        check_within(hours, -one.zero, one.end - one.zero)
    slots = _slots_for(lived)
    species = one_species(people)
    names = list(watch) if watch is not None else list(resolved.watch)
    body = choose_body(model, slots, account, hypothesis, patches, species, parts_of(names))
    people = scaled(people, slots, species_of(species))
    things = watched(names, body, slots)
    said = {"account": account, "hypothesis": hypothesis, "at": None if at is None else [float(hour) for hour in hours]}
    return Call(Plan(body, slots, resolved, lived, hours, things, engine, tolerance, said), people, which)


def program_version() -> str:
    """The version of this program."""
    try:
        return version("enkephalin")
    except PackageNotFoundError:
        return "unknown"


def _carry_group(
    run: Callable[..., Any], code: str, plan: Plan, people: People, lived: ResolvedScenario
) -> tuple[np.ndarray, list[Stop]]:
    """One engine call for people who live through the same: shape (person, time, output), and those who stopped."""
    body, count = plan.body, len(people)
    numbers = _drug_numbers(people, plan.slots)
    if people.histories[0].species == HUMAN:
        numbers = with_body_effects(numbers, people, plan.slots)
    theta = scenario_values(body, lived)
    for name, filled in slot_parameters(plan.slots, numbers).items():
        for flat in flat_names(body.rows, name):
            theta[flat] = np.atleast_1d(np.asarray(filled.value, float))
    theta |= values_in(body, people)
    day = day_of(body)
    if day is not None:
        orbit, astray = daily_orbit(day, theta, count, run, code=code)
        if astray:  # the others go without them
            return _without(run, code, plan, people, lived, list(astray))
        theta = shared_starts(day, body, orbit) | theta
    theta = {name: np.broadcast_to(values, (count,)) for name, values in theta.items()}
    rows = regimens(lived, plan.slots, weight=people.weight, values=numbers)
    events = EventTable(**columns(rows, count)) if rows else EventTable.empty()
    found, stops = run(body, theta, events, plan.hours + lived.zero, plan.outputs, tolerance=plan.tolerance)
    return found, list(stops)


def _without(
    run: Callable[..., Any], code: str, plan: Plan, people: People, lived: ResolvedScenario, astray: list[Stop]
) -> tuple[np.ndarray, list[Stop]]:
    """The group without those who cannot begin, who see nothing."""
    gone = {stop.person for stop in astray}
    others = [person for person in range(len(people)) if person not in gone]
    found = np.full((len(people), len(plan.hours), len(plan.outputs)), np.nan)
    if not others:
        return found, astray
    found[others], stops = _carry_group(run, code, plan, people.some(others), lived)
    return found, [*astray, *(replace(stop, person=others[stop.person]) for stop in stops)]


def _forget(seen: xr.Dataset, person: int, after: float) -> None:
    """Nothing is known of somebody after their stop: neither points of a scale nor sums."""
    gone = seen["time"].values > after
    for variable in seen.data_vars.values():
        variable.values[person, gone] = np.nan  # person and time are the first two dims


def _lives(resolved: ResolvedScenario, people: Sequence[Person]) -> tuple[tuple[ResolvedScenario, ...], np.ndarray]:
    """The distinct things that people live through, and which of them each does."""
    distinct: dict[str, int] = {}
    lived: list[ResolvedScenario] = []
    by_record: dict[int, int] = {}
    for record in people:
        if id(record) not in by_record:
            one = with_history(resolved, record)
            key = one.model_dump_json()
            if key not in distinct:
                distinct[key] = len(lived)
                lived.append(one)
            by_record[id(record)] = distinct[key]
    return tuple(lived), np.array([by_record[id(record)] for record in people], int)


def _drug_numbers(people: People, slots: Slots) -> dict[str, np.ndarray]:
    """Numbers of drugs that differ between people; a person without one of their own has the record's."""
    known = {
        name: (slot.drug, quantity) for slot in slots.slots for name, quantity in drug_quantities(slot.drug).items()
    }
    found = {}
    for name, values in people.drugs.items():
        if name in known:
            drug, quantity = known[name]
            usual = quantity.inner(molar_mass=drug.mass)
            found[name] = np.where(np.isnan(values), usual, values)
    return found


def _slots_for(lived: Sequence[ResolvedScenario]) -> Slots:
    """Slots for every drug that anybody takes."""
    doses = tuple({dose: None for one in lived for dose in one.doses})
    return slots_needed(lived[0].model_copy(update={"doses": doses}))
