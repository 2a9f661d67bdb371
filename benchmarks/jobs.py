"""The work that is measured: a scenario, drawn people, and everything an engine needs to begin.

Needs    enkephalin (draw, simulate up to the engine's call)
Gives    ``Job``, ``daily_methadone``, ``breakup``, ``life``, ``asked``
Leaves   who does it: see ``engines``
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from enkephalin.compiler.model import Model
from enkephalin.kernels.events import EventTable
from enkephalin.kernels.schedule import Schedule, schedule
from enkephalin.population import draw
from enkephalin.records.catalog import get
from enkephalin.records.shapes import Scenario
from enkephalin.runs.engines import ENGINES
from enkephalin.simulate import simulate

from . import recorder

SEED = 1
POPULATION = "general_adult"


@dataclass(frozen=True)
class Job:
    """One engine call. ``theta``: flat name -> (person,); ``times``: wanted times, h. All states are wanted."""

    name: str
    about: str
    model: Model
    theta: Mapping[str, np.ndarray]
    events: EventTable
    times: np.ndarray

    @property
    def people(self) -> int:
        """How many people."""
        return max(len(column) for column in self.theta.values())

    @property
    def years(self) -> float:
        """How long each of them lives."""
        return float(self.times[-1]) / (24 * 365)

    @property
    def states(self) -> tuple[str, ...]:
        """What is wanted, in this order."""
        return self.model.states

    @cached_property
    def plan(self) -> Schedule:
        """Stops and what happens at each."""
        return schedule(self.events, self.times)

    def of(self, people: np.ndarray | range) -> Job:
        """The same for some of the people; a number may come more than once."""
        which = np.asarray(people)
        amount = self.events.amount
        return replace(
            self,
            theta={name: column[which] if len(column) > 1 else column for name, column in self.theta.items()},
            events=replace(self.events, amount=amount[:, which] if amount.shape[1] > 1 else amount),
        )

    def seen_at(self, times: np.ndarray) -> Job:
        """The same, seen at other times."""
        return replace(self, times=times)


def daily_methadone(people: int, days: int = 365) -> Job:
    """Methadone by mouth once a day."""
    happens = [f"methadone 60 mg oral at 0 d every 24 h x {days}"]
    return life("daily methadone", f"{days} d, a dose of methadone every day", people, days, happens)


def breakup(people: int, together: int = 730, apart: int = 180) -> Job:
    """A partner leaves, and a third of the shared friends with them: the catalog's breakup_after_two_years."""
    written: Scenario = get("scenario", "breakup_after_two_years")
    happens = [line.replace("730", f"{together}") for line in written.happens]
    about = f"{together} d with a partner and {apart} d after the loss"
    return life("breakup", about, people, together + apart, happens, zero=together)


def life(name: str, about: str, people: int, days: float, happens: Sequence[str], *, zero: float = 0) -> Job:
    """What happens to drawn people, seen every 6 h."""
    scenario = {
        "id": name.replace(" ", "_"),
        "about": about,
        "lasts": f"{days} d",
        "zero": f"{zero} d",
        "clock": "08:00",
        "happens": list(happens),
        "watch": ["cows"],
        "every": "6 h",
    }
    return asked(name, about, draw(POPULATION, people, SEED), Scenario.model_validate(scenario, strict=False))


def asked(name: str, about: str, who: Any, scenario: Scenario | str) -> Job:
    """What simulate asks of the engine for these people and this scenario, after all that comes before."""
    ENGINES[recorder.NAME] = recorder.__name__
    try:
        simulate(who, scenario, engine=recorder.NAME)
    finally:
        del ENGINES[recorder.NAME]
    return Job(name=name, about=about, **recorder.asked)
