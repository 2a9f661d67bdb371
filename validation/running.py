"""Running the targets: what the model gives, and the verdict.

Needs    records, over, enkephalin
Gives    ``judge(group, target)``: a ``Verdict``; ``result_of(group, run)``, ``values_of``, ``outside``,
         ``under``, ``forget``, ``difference``, ``watched_by``
Leaves   how verdicts are shown: see ``scorecard`` and ``pictures``
"""

from __future__ import annotations

import functools
import itertools
import math
from dataclasses import dataclass

import numpy as np
import xarray as xr

from enkephalin.errors import EnkephalinError, RequestError, UnitError
from enkephalin.measure import measure, parse
from enkephalin.measure.grammar import Pair, Readout
from enkephalin.population import Draw, draw
from enkephalin.records.catalog import get
from enkephalin.records.shapes import Scenario
from enkephalin.records.units import convert
from enkephalin.simulate import simulate
from enkephalin.simulate.watching import plain_unit

from .over import over_people
from .records import Group, Run, Target, groups

ENGINE = "kernel"
REFERENCE = "adult_reference"
SHARES = ("share_above", "share_below", "change")
_results: dict[tuple[str, str, str | None, str | None], xr.Dataset] = {}  # runs that were made


@dataclass(frozen=True)
class Verdict:
    """What the model gives for a target, and what that means."""

    group: Group
    target: Target
    values: tuple[float, ...]  # one for each run, in the target's unit
    word: str  # pass, misfit (as stated), changed (a stated misfit is now another), fail, error
    distance: float  # how far from the band or the order, in the target's unit; 0 when it passes
    said: str = ""

    @property
    def good(self) -> bool:
        """True when the model does what the record says of it."""
        return self.word in ("pass", "misfit")


def all_verdicts() -> list[Verdict]:
    """Every target of every group."""
    return [judge(group, target) for group in groups() for target in group.targets]


@functools.cache
def _verdict(group_id: str, target_id: str) -> Verdict:
    group = next(group for group in groups() if group.id == group_id)
    target = next(row for row in group.targets if row.id == target_id)
    try:
        values = values_of(group, target)
    except EnkephalinError as error:
        return Verdict(group, target, (), "error", math.nan, str(error))
    distance = outside(values, target)
    if target.misfit is None:
        return Verdict(group, target, values, "pass" if distance == 0 else "fail", distance)
    as_stated = _beyond(values[0] if target.band is not None else distance, target.misfit.band) == 0
    if distance == 0:
        return Verdict(group, target, values, "changed", 0.0, "it fits now: take the misfit out of the record")
    word = "misfit" if as_stated else "changed"
    return Verdict(group, target, values, word, distance, target.misfit.why)


def judge(group: Group, target: Target) -> Verdict:
    """What the model gives for a target; kept, so that a test and the scorecard run it once."""
    return _verdict(group.id, target.id)


def outside(values: tuple[float, ...], target: Target) -> float:
    """How far the values are from what was seen; 0 within."""
    if target.band is not None:
        return _beyond(values[0], target.band)
    sign = 1 if target.order == "rising" else -1
    steps = [sign * (later - earlier) for earlier, later in itertools.pairwise(values)]
    if any(math.isnan(step) for step in steps):
        return math.nan
    return max(0.0, *(target.step - step for step in steps))


def _beyond(value: float, band: tuple[float | None, float | None]) -> float:
    if math.isnan(value):
        return math.nan
    low, high = (-math.inf if band[0] is None else band[0]), (math.inf if band[1] is None else band[1])
    return max(low - value, value - high, 0.0)


def values_of(group: Group, target: Target) -> tuple[float, ...]:
    """What the model gives: one value, or one for each run of an order."""
    ids = [target.run] if target.run else list(target.runs)
    others = target.against or (None,) * len(ids)
    found = [_read(group, run, target, other) for run, other in zip(ids, others, strict=True) if run]
    if target.relative_to:
        base = _read(group, target.relative_to, target, target.relative_against)
        found = [value / base for value in found]
    return tuple(found)


def _read(group: Group, run: str, target: Target, against: str | None = None) -> float:
    """One number: the mean over people and over the dims that the read-out leaves."""
    result = result_of(group, run)
    if against:
        result = difference(result, result_of(group, against), [*watched_in(parse(target.readout))])
    if target.over is not None:
        base = result_of(group, target.over.against) if target.over.against else None
        who = people_of(group.run(run))
        value = over_people(result, base, target.readout, target.over, who)
        if target.over.kind in SHARES and target.unit is not None:
            return convert(value, "share", target.unit)
        return value
    seen = measure(result, target.readout)
    value = float(seen.mean())
    unit = str(seen.attrs["units"])
    if target.unit is None or target.relative_to or target.unit == unit:
        return value
    try:
        return convert(value, unit, target.unit)
    except UnitError:
        return convert(value, plain_unit(unit), target.unit)


def difference(one: xr.Dataset, other: xr.Dataset, names: list[str]) -> xr.Dataset:
    """What is different between two runs, at the same times from zero."""
    if not np.allclose(one["time"], other["time"], rtol=0, atol=1e-6):  # h; the same times written in two ways
        raise RequestError("two runs that are held against each other differ in their times", expected="the same")
    if one.sizes["person"] != other.sizes["person"]:
        raise RequestError("two runs that are held against each other differ in their people", expected="as many")
    with xr.set_options(keep_attrs=True):
        return one[names] - other[names].assign_coords(time=one["time"], person=one["person"])


def result_of(group: Group, run_id: str) -> xr.Dataset:
    """What happens in a run, with everything that any target or picture of the group reads from it."""
    run = group.run(run_id)
    key = (group.id, run_id, run.account, run.hypothesis)
    if key not in _results:
        bodies = {"account": run.account, "hypothesis": run.hypothesis}
        watch = watched_by(group, run_id)
        _results[key] = simulate(people_of(run), scenario_of(run), watch=watch, engine=ENGINE, **bodies)
    return _results[key]


def under(group: Group, account: str | None, hypothesis: str | None) -> Group:
    """The same group in another body: each run that names neither account nor hypothesis gets these."""
    bodies = {"account": account, "hypothesis": hypothesis}
    runs = [run if run.account or run.hypothesis else run.model_copy(update=bodies) for run in group.runs]
    return group.model_copy(update={"runs": tuple(runs)})


def forget(group: Group) -> None:
    """Let go of the runs of a group, as they stand in it; large populations take memory."""
    for run in group.runs:
        _results.pop((group.id, run.id, run.account, run.hypothesis), None)


def watched_by(group: Group, run_id: str) -> list[str]:
    """What targets and pictures read from a run."""
    watch: dict[str, None] = {}
    for target in group.targets:
        if run_id in target.all_runs:
            watch |= dict.fromkeys(name for text in target.readouts for name in watched_in(parse(text)))
    for picture in group.pictures:
        if run_id in picture.runs:
            watch[picture.show.partition("[")[0]] = None
    return list(watch)


def people_of(run: Run) -> Draw | str:
    """Who lives through a run."""
    if run.population:
        return draw(run.population, run.people, run.seed, account=run.account, hypothesis=run.hypothesis)
    return run.person or (get("scenario", run.scenario).person if run.scenario else None) or REFERENCE


def watched_in(readout: Readout) -> list[str]:
    """The names of the watched values that a read-out reads."""
    if isinstance(readout, Pair):
        return [*watched_in(readout.left), *watched_in(readout.right)]
    return [readout.of.name]


def scenario_of(run: Run) -> Scenario:
    """The scenario of a run, with what is added or changed."""
    if run.scenario is None:
        assert run.lasts and run.every
        return Scenario(
            id=run.id,
            about=run.about or run.id,
            lasts=run.lasts,
            zero=run.zero or "0 h",
            clock=run.clock,
            happens=run.happens,
            watch=("cows",),
            every=run.every,
            person=run.person,
        )
    written = get("scenario", run.scenario)
    changes = {name: value for name in ("lasts", "zero", "every") if (value := getattr(run, name)) is not None}
    return Scenario.model_validate(
        written.model_dump() | changes | {"id": run.id, "happens": (*written.happens, *run.also)}
    )
