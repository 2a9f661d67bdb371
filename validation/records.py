"""The shape of a group of targets, and its reading.

Needs    enkephalin.records
Gives    ``Group``, ``Run``, ``Target``, ``Over``, ``Misfit``, ``Curve``; ``read_as``, ``read_group``, ``groups``
Leaves   running: see ``running``
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import Field, model_validator

from enkephalin.errors import RequestError
from enkephalin.measure import parse
from enkephalin.records.catalog import list_ids
from enkephalin.records.complaints import shape_faults
from enkephalin.records.reader import read_document
from enkephalin.records.shapes.base import Identifier, Record, Sentence, Shape, complaint
from enkephalin.records.shapes.quantity import Number, UnitText

R = TypeVar("R", bound=Record)
TARGETS = Path(__file__).parent / "targets"
Band = Annotated[tuple[Number | None, Number | None], Field(min_length=2, max_length=2)]


class Run(Shape):
    """Who lives through what: a scenario of the catalog, perhaps with more happening, or one written out here."""

    id: Identifier
    about: str | None = None
    scenario: Identifier | None = None
    also: tuple[str, ...] = ()
    happens: tuple[str, ...] = ()
    lasts: str | None = None
    zero: str | None = None
    every: str | None = None
    clock: str = "08:00"  # of a run that is written out here
    person: Identifier | None = None  # absent: the scenario's own, or the reference adult
    population: Identifier | None = None
    people: int = 1
    seed: int = 1
    account: Identifier | None = None
    hypothesis: str | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Run:
        written = self.lasts is not None and self.every is not None
        if self.scenario is None and not written:
            raise complaint(f"the run '{self.id}' has no scenario", expected="scenario, or lasts, every and happens")
        if self.scenario is not None and self.happens:
            raise complaint(f"the run '{self.id}' has a scenario and happens", expected="also, for what is added")
        return self


class Over(Shape):
    """How one number is made of many people.

    mean, median, sd; share_above and share_below ``than``; percentile ``than`` (0-100); correlation with the read-out
    ``beside`` or with what ``of`` names; effect: standardised mean difference to the same people in the run
    ``against``; change: difference of means as a share of the mean ``against``; contrast: standardised mean difference
    between those who are or have ``of`` and the others; slope: standardised, for each doubling of the history's length.

    ``of`` is female, male, a trait, or a parameter; for the first six it says who is looked at. ``noise`` is the
    standard deviation that an instrument adds, in the unit of the read-out. ``survey`` asks each person once, at a
    time between the two, evenly; the read-out is then a watched value "at" any time.
    """

    kind: Literal[
        "mean", "median", "sd", "share_above", "share_below", "percentile",
        "correlation", "effect", "change", "contrast", "slope",
    ]  # fmt: skip
    than: Number | None = None
    beside: Sentence | None = None
    of: str | None = None
    against: Identifier | None = None
    noise: Annotated[Number, Field(ge=0)] = 0.0
    survey: Annotated[tuple[str, ...], Field(min_length=2, max_length=2)] | None = None
    where: dict[str, tuple[str, ...]] = Field(default_factory=dict)  # coordinates to take, such as region: [NAc, AMY]

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> Over:
        needs = {"share_above": "than", "share_below": "than", "percentile": "than", "contrast": "of"}
        needs |= {"effect": "against", "change": "against"}
        wanted = needs.get(self.kind)
        if wanted and getattr(self, wanted) is None:
            raise complaint(f"{self.kind} over people needs '{wanted}'", expected=f"{wanted}: ...")
        if self.kind == "correlation" and (self.beside is None) == (self.of is None):
            raise complaint("a correlation needs beside or of", expected="one of the two")
        return self


class Misfit(Shape):
    """What the model is known to give instead of what was seen, and why it is left so.

    ``band`` holds the value; of an order, by how much a step misses it.
    """

    band: Band
    why: Sentence


class Target(Shape):
    """One finding: what was seen, how it is read from a run, and what counts as the same.

    ``band`` holds a single run's value; ``order`` says that the values of several runs rise or fall, by at least
    ``step`` from one to the next (in ``unit``; a step below 0 allows that much against the order). ``against`` names
    for each run another whose curve is taken off before it is read; ``relative_to`` one by whose value all are divided.
    """

    id: Identifier
    claim: Sentence
    run: Identifier | None = None
    runs: tuple[Identifier, ...] = ()
    readout: Sentence
    over: Over | None = None  # absent: the mean over people
    against: tuple[Identifier, ...] = ()
    relative_to: Identifier | None = None
    relative_against: Identifier | None = None  # taken off the run that all are divided by
    unit: UnitText | None = None
    band: Band | None = None
    order: Literal["rising", "falling"] | None = None
    step: Number = 0.0
    sources: tuple[Identifier, ...] = ()
    place: str | None = None
    species: str | None = None
    use: Literal["building", "verification"]
    note: str | None = None
    misfit: Misfit | None = None

    @model_validator(mode="after")
    def _whole(self) -> Target:
        if (self.band is None) == (self.order is None):
            raise complaint(f"'{self.id}' needs a band or an order", expected="one of the two")
        if self.band is not None and (self.run is None or self.runs):
            raise complaint(f"'{self.id}' has a band and not one run", expected="run: <id>")
        if self.order is not None and (len(self.runs) < 2 or self.run is not None):
            raise complaint(f"'{self.id}' has an order and not several runs", expected="runs: [<id>, <id>]")
        if self.against and len(self.against) != len(self.runs or (self.run,)):
            raise complaint(f"'{self.id}' is not held against one run for each", expected="as many as there are runs")
        if not self.sources and not self.note:
            raise complaint(f"'{self.id}' has no source", expected="sources, or a note that says why there is none")
        try:
            parse(self.readout)
        except RequestError as error:
            raise complaint(error.problem, found=error.found, expected=error.expected, try_=error.try_) from error
        return self

    @property
    def all_runs(self) -> tuple[str, ...]:
        """Every run that is needed."""
        named = [self.run] if self.run else list(self.runs)
        compared = [self.over.against] if self.over is not None and self.over.against else []
        divisor = [one for one in (self.relative_to, self.relative_against) if one]
        return (*named, *self.against, *compared, *divisor)

    @property
    def readouts(self) -> tuple[str, ...]:
        """Everything that is read from the runs."""
        return (self.readout, *([self.over.beside] if self.over is not None and self.over.beside else []))


class Curve(Shape):
    """A picture of the group: one watched value over time in some of its runs; ``people`` adds a shade of them."""

    show: Sentence
    runs: tuple[Identifier, ...]
    start: str
    end: str
    title: Sentence
    unit: UnitText | None = None
    people: bool = False


class Group(Record):
    """Targets that share their runs."""

    about: Sentence
    runs: tuple[Run, ...]
    targets: tuple[Target, ...]
    pictures: tuple[Curve, ...] = ()

    @model_validator(mode="after")
    def _names_point_at_something(self) -> Group:
        for name, ids in (("run", [run.id for run in self.runs]), ("target", [row.id for row in self.targets])):
            for one in ids:
                if ids.count(one) > 1:
                    raise complaint(f"the {name} '{one}' is given twice", expected="each once")
        known = {run.id for run in self.runs}
        for asked in [
            *(run for row in self.targets for run in row.all_runs),
            *(r for c in self.pictures for r in c.runs),
        ]:
            if asked not in known:
                raise complaint(f"unknown run '{asked}'", found=asked, expected=", ".join(sorted(known)))
        sources = set(list_ids("source"))
        for row in self.targets:
            for source in row.sources:
                if source not in sources:
                    raise complaint(f"unknown source '{source}'", found=source, expected="evidence/sources")
        return self

    def run(self, id: str) -> Run:
        """A run by its id."""
        return next(run for run in self.runs if run.id == id)


def read_as(path: Path, shape: type[R]) -> R:
    """Read one file of a shape; its first fault is raised."""
    document = read_document(path)
    record, faults = shape_faults(document, shape)
    if document.faults or faults:
        raise [*document.faults, *faults][0]
    assert isinstance(record, shape)
    return record


def read_group(path: Path) -> Group:
    """Read one file of targets; its first fault is raised."""
    return read_as(path, Group)


@functools.cache
def groups() -> tuple[Group, ...]:
    """Every group, in the order of the file names."""
    return tuple(read_group(path) for path in sorted(TARGETS.glob("*.yaml")))
