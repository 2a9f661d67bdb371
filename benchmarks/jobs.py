"""The work that is measured: a scenario, drawn people, and everything an engine needs to begin.

Needs    enkephalin (draw, simulate up to the engine's call)
Gives    ``Job``, ``daily_methadone``, ``breakup``
Leaves   who does it: see ``engines``
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

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
    scenario = {
        "id": "daily_methadone",
        "about": "Methadone once a day.",
        "lasts": f"{days} d",
        "clock": "08:00",
        "happens": [f"methadone 60 mg oral at 0 d every 24 h x {days}"],
        "watch": ["cows"],
        "every": "6 h",
    }
    return _job("daily methadone", f"{days} d, a dose of methadone every day", scenario, people)


def breakup(people: int, together: int = 730, apart: int = 180) -> Job:
    """A partner leaves, and a third of the shared friends with them: the catalog's breakup_after_two_years."""
    written: Scenario = get("scenario", "breakup_after_two_years")
    scenario = {
        "id": "breakup",
        "about": written.about,
        "lasts": f"{together + apart} d",
        "zero": f"{together} d",
        "clock": written.clock,
        "happens": [line.replace("730", f"{together}") for line in written.happens],
        "watch": ["cows"],
        "every": "6 h",
    }
    return _job("breakup", f"{together} d with a partner and {apart} d after the loss", scenario, people)


def _job(name: str, about: str, scenario: Mapping[str, object], people: int) -> Job:
    """Let simulate do all that comes before the engine, and keep what the engine was asked."""
    ENGINES[recorder.NAME] = recorder.__name__
    try:
        simulate(draw(POPULATION, people, SEED), Scenario.model_validate(scenario, strict=False), engine=recorder.NAME)
    finally:
        del ENGINES[recorder.NAME]
    return Job(name=name, about=about, **recorder.asked)
