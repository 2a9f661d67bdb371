"""The building findings, read from many candidates at once.

Needs    validation.records, validation.running, enkephalin
Gives    ``Findings(fit)``: ``misfits(points)``, shape (person, finding), in standard deviations of each finding
Leaves   how candidates are chosen (search)
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field

import numpy as np
import xarray as xr

from enkephalin.errors import RequestError
from enkephalin.measure import measure, parse
from enkephalin.measure.grammar import Crossing, Moment, Pair, Readout, Rise, Summary
from enkephalin.records.units import convert
from enkephalin.simulate.call import Call, arrange
from enkephalin.simulate.watching import plain_unit

from ..records import Group, Target, groups
from ..running import REFERENCE, people_of, scenario_of, watched_in
from .records import Array, Fit, values_of
from .sharing import SharedPast

TOLERANCE = 3e-3  # of the engine
HALF_BAND = 1.645  # standard deviations: a band is read as what nine of ten results would lie in
NEVER = 4.0  # standard deviations: how far a value is off that a candidate never reaches


@dataclass(frozen=True)
class Finding:
    """One number that is held against what was seen: a band, or one step of an order."""

    group: Group
    target: Target
    step: int = 0  # of an order: from which run to the next

    @property
    def name(self) -> str:
        """As the report names it."""
        more = f" {self.step + 1}" if self.target.order else ""
        return f"{self.group.id}.{self.target.id}{more}"


@dataclass
class Findings:
    """All building findings of a calibration, and their runs.

    Example
    -------
    >>> findings = Findings(read_fit("drug_half"))            # doctest: +SKIP
    >>> findings.misfits(np.zeros((1, 27))).shape             # doctest: +SKIP
    """

    fit: Fit
    all: list[Finding] = field(default_factory=list)
    past: SharedPast = field(default_factory=SharedPast)
    seen_when: dict[str, tuple[list[float], list[str]]] = field(default_factory=dict)  # run -> hours, watched names

    def __post_init__(self) -> None:
        for group in groups():
            if group.id in self.fit.groups:
                for target in group.targets:
                    if target.use == "building" and f"{group.id}.{target.id}" not in self.fit.leave_out:
                        steps = len(target.runs) - 1 if target.order else 1
                        self.all += [Finding(group, target, step) for step in range(steps)]

    def runs(self) -> dict[str, tuple[Group, str]]:
        """Every run that is needed: name -> its group and id."""
        needed = {}
        for finding in self.all:
            for run in finding.target.all_runs:
                needed[f"{finding.group.id}.{run}"] = (finding.group, run)
        return needed

    def misfits(self, points: Array) -> Array:
        """How far each candidate is from each finding, in standard deviations; a prior counts as none."""
        values = self.values(points)
        return np.stack([_misfit(finding, values, self.fit) for finding in self.all], axis=1)

    def values(self, points: Array) -> dict[str, Array]:
        """The value of every finding of every candidate, in the target's unit; of an order, one for each run."""
        calls = self._calls(values_of(self.fit, points))
        if not self.past.settled:
            for name, call in calls.items():
                call.answer(run=self.past.engine(name))
            self.past.settle()
        seen = {name: calls[name].answer(run=self.past.engine(name)).seen for name in self.past.order()}
        found = {}
        for finding in self.all:
            for place, run in enumerate(finding.target.runs or (finding.target.run,)):
                key = f"{finding.group.id}.{finding.target.id}.{run}"
                if key not in found:
                    found[key] = self._read(finding, str(run), place, seen)
        return found

    def _calls(self, people: dict[str, Array]) -> dict[str, Call]:
        return {name: self._call(name, people, *self._seen(name, people)) for name in self.runs()}

    def _call(self, name: str, people: dict[str, Array], hours: list[float] | None, watch: list[str]) -> Call:
        group, run_id = self.runs()[name]
        run = group.run(run_id)
        if run.population or people_of(run) != REFERENCE or run.account:
            raise RequestError(f"{name}: a calibration knows the reference adult only", found=run_id)
        return arrange(
            people, scenario_of(run), model=None, at=hours, watch=watch, tolerance=TOLERANCE, engine="kernel",
            account=None, hypothesis=run.hypothesis, patches=(),
        )  # fmt: skip

    def _seen(self, name: str, people: dict[str, Array]) -> tuple[list[float], list[str]]:
        """The hours of a run that matter, and what is watched there."""
        if name not in self.seen_when:
            using = [finding for finding in self.all if self._uses(finding, name)]
            asked = [parse(self._text(text)) for finding in using for text in finding.target.readouts]
            watch = list(dict.fromkeys(one for what in asked for one in watched_in(what)))
            hours = self._call(name, people, None, watch).plan.hours
            before = int(np.searchsorted(hours, min(map(_first, asked)), side="right")) - 1
            self.seen_when[name] = (list(hours[max(before, 0) :]), watch)
        return self.seen_when[name]

    def _uses(self, finding: Finding, run: str) -> bool:
        group, _, id = run.partition(".")
        return finding.group.id == group and id in finding.target.all_runs

    def _text(self, readout: str) -> str:
        for name, smooth in self.fit.read_as.items():
            readout = re.sub(rf"\b{name}\b", smooth, readout)
        return readout

    def _read(self, finding: Finding, run: str, place: int, seen: dict[str, xr.Dataset]) -> Array:
        target = finding.target
        against = target.against[place] if target.against else None
        value = self._one(finding, run, against, seen)
        if target.relative_to:
            value = value / self._one(finding, target.relative_to, target.relative_against, seen)
        return value

    def _one(self, finding: Finding, run: str, against: str | None, seen: dict[str, xr.Dataset]) -> Array:
        target, readout = finding.target, self._text(finding.target.readout)
        result = seen[f"{finding.group.id}.{run}"]
        if against:
            other = seen[f"{finding.group.id}.{against}"]
            names = watched_in(parse(readout))
            count = min(result.sizes["time"], other.sizes["time"])
            one, other = result[names].isel(time=slice(-count, None)), other[names].isel(time=slice(-count, None))
            with xr.set_options(keep_attrs=True):
                result = one - other.assign_coords(time=one["time"], person=one["person"])
        found = measure(result, readout)
        value = np.asarray(found.mean([dim for dim in found.dims if dim != "person"]).values, float)
        unit = str(found.attrs["units"])
        if target.unit is None or target.relative_to or target.unit == unit:
            return value
        return value * convert(1.0, plain_unit(unit), target.unit)


def _misfit(finding: Finding, values: dict[str, Array], fit: Fit) -> Array:
    target = finding.target
    soft = fit.soft.get(target.unit or "1", fit.soft["1"])
    runs = target.runs or (target.run,)
    each = [values[f"{finding.group.id}.{target.id}.{run}"] for run in runs]
    if target.order:
        earlier, later = list(itertools.pairwise(each))[finding.step]
        sign = 1.0 if target.order == "rising" else -1.0
        off = np.maximum(target.step - sign * (later - earlier), 0.0) / soft
    else:
        assert target.band is not None
        low, high = target.band
        low = None if low == 0 else low  # nothing is below nothing: the band has one side
        high = None if target.unit == "%" and high == 100 else high
        if low is None and high is None:
            return np.zeros_like(each[0])
        if low is None or high is None:
            off = np.maximum(each[0] - high, 0.0) / soft if low is None else -np.maximum(low - each[0], 0.0) / soft
        else:
            off = HALF_BAND * (each[0] - (low + high) / 2) / ((high - low) / 2)
    return np.where(np.isfinite(off), np.clip(off, -25.0, 25.0), NEVER)


def _first(what: Readout) -> float:
    """The earliest hour that a read-out looks at."""
    if isinstance(what, Pair):
        return min(_first(what.left), _first(what.right))
    if isinstance(what, Moment):
        return what.at
    if isinstance(what, Rise):
        return what.start
    assert isinstance(what, Summary | Crossing)
    return -np.inf if what.window.start is None else what.window.start
