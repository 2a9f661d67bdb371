"""The runs of the targets again, with drawn people instead of the one person.

Needs    running, enkephalin.population
Gives    ``people_in(group, run)``; ``each(group, target)``: one value for each person and run
Leaves   verdicts: they are the reference adult's, see ``running``
"""

from __future__ import annotations

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from enkephalin.errors import UnitError
from enkephalin.measure import measure, parse
from enkephalin.population import draw
from enkephalin.records.catalog import get
from enkephalin.records.units import convert
from enkephalin.simulate import simulate
from enkephalin.simulate.watching import plain_unit

from .records import Group, Run, Target
from .running import ENGINE, difference, scenario_of, watched_by, watched_in

Array = NDArray[np.float64]
PEOPLE, SEED = 40, 1
POPULATION = "general_adult"
OF_PERSON = {"heroin_dependent_adult": "heroin_dependent", "methadone_maintained_adult": "methadone_maintained"}


_results: dict[tuple[str, str], xr.Dataset] = {}


def people_in(group: Group, run_id: str) -> xr.Dataset:
    """What happens in a run to forty drawn people; kept, because pictures and ladders read it again."""
    key = (group.id, run_id)
    if key not in _results:
        run = group.run(run_id)
        bodies = {"account": run.account, "hypothesis": run.hypothesis}
        who = draw(_population(run), PEOPLE, SEED, **bodies)
        watch = watched_by(group, run_id)
        _results[key] = simulate(who, scenario_of(run), watch=watch, engine=ENGINE, **bodies)
    return _results[key]


def _population(run: Run) -> str:
    """Whom the one person of a run stands for."""
    person = run.person or (get("scenario", run.scenario).person if run.scenario else None)
    return run.population or OF_PERSON.get(person or "", POPULATION)


def each(group: Group, target: Target) -> list[Array]:
    """One array for each run of the target, one value for each person, in the target's unit."""
    ids = [target.run] if target.run else list(target.runs)
    others = target.against or (None,) * len(ids)
    found = [_values(group, run, other, target) for run, other in zip(ids, others, strict=True) if run]
    if target.relative_to:
        base = _values(group, target.relative_to, target.relative_against, target)
        found = [values / base for values in found]
    return found


def _values(group: Group, run: str, against: str | None, target: Target) -> Array:
    result = people_in(group, run)
    if against:
        result = difference(result, people_in(group, against), watched_in(parse(target.readout)))
    seen = measure(result, target.readout)
    values = np.asarray(seen.mean([dim for dim in seen.dims if dim != "person"]).values, float)
    unit = str(seen.attrs["units"])
    if target.unit is None or target.relative_to or target.unit == unit:
        return values
    try:
        return values * convert(1.0, unit, target.unit)
    except UnitError:
        return values * convert(1.0, plain_unit(unit), target.unit)
