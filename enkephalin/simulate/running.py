"""Running: people, scenario and body become one call of an engine, and its numbers a Dataset.

Needs    the other files of this room, kernels
Gives    ``simulate``
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np
import xarray as xr

from ..compiler.model import Model
from ..compiler.names import flat_names
from ..errors import RequestError
from ..kernels.events import EventTable
from ..records.scenario.events import columns, regimens
from ..records.scenario.resolve import resolve, with_history
from ..records.scenario.slots import Slots, slot_parameters, slots_needed
from ..records.shapes import Patch, ResolvedScenario, Scenario
from ..records.writing import to_plain
from ..runs import engine_named, run_people
from .body import choose_body, day_of, scenario_values
from .people import People, gather, values_in
from .start import daily_orbit, shared_starts
from .times import asked_times, check_within
from .watching import Watched, dataset, watched


def simulate(
    who: Any,
    scenario: Scenario | ResolvedScenario | str,
    *,
    model: Model | None = None,
    at: str | Iterable[float] | None = None,
    watch: Sequence[str] | None = None,
    tolerance: float = 1e-3,
    engine: str = "kernel",
    account: str | None = None,
    hypothesis: str | None = None,
    patches: Iterable[Patch] = (),
    workers: int | None = None,
) -> xr.Dataset:
    """Let a scenario happen to one person or to many, and return what is seen.

    Parameters
    ----------
    who : str, Person, list, Draw or mapping
        One person or many (an id, a record, a list of them, a draw, or arrays by parameter name in inner units);
        many run as one batch and give the same numbers as one by one.
    scenario : Scenario or str
        A scenario, or the id of one in the catalog, or the path of a file.

    Rarely needed
    -------------
    model : Model
        The body. Default: the human body under ``account``, ``hypothesis`` and ``patches``.
    at : str or list of float
        Times to report, as "6h,-1d" or in h; they count from the scenario's zero. Default: the scenario's own.
    watch : list of str
        Names of the watch table, or flat names of the body. Default: the scenario's own.
    tolerance : float
        Worst relative error of the watched values.
    engine : str
        "kernel", or "roadrunner": the second engine, slower and independent.
    account, hypothesis : str
        Ids of patches.
    patches : list of Patch
        Further changed rows.
    workers : int
        How many people are computed at the same time; it changes no number.

    Returns
    -------
    xarray.Dataset
        Dims (person, time) and each variable's own. Each variable carries ``attrs["units"]``; the whole carries
        ``attrs["provenance"]``, from which ``rebuild`` repeats the call. Time is in h from zero.

    Raises
    ------
    RecordError
        A record is wrong; the message names file and line.
    SolverStopped
        The integration could not go on; the message names person, time and state.

    Source
    ------
    Equations: each module of biology/modules names its own.

    Example
    -------
    >>> seen = simulate("adult_reference", "naltrexone_50mg_once", at="6h")  # doctest: +SKIP
    >>> float(seen["blockade"].sel(receptor="mu", region="THAL").squeeze())  # doctest: +SKIP
    0.96
    """
    if not 0 < tolerance <= 0.1:
        raise RequestError("the tolerance is out of bounds", found=f"{tolerance:g}", expected="above 0, at most 0.1")
    engine_named(engine)
    resolved = resolve(scenario)
    people = gather(who)
    hours = asked_times(resolved, at)
    lived = [with_history(resolved, record) for record in people.histories]
    for one in {id(one): one for one in lived}.values():
        check_within(hours, -one.zero, one.end - one.zero)
    slots = _slots_for(lived)
    body = choose_body(model, slots, account, hypothesis, patches)
    things = watched(list(watch) if watch is not None else list(resolved.watch), body, slots)
    parts = []
    for which in _alike(lived):
        run = partial(run_people, engine, workers=workers)
        found = _run_group(run, body, slots, people.some(which), lived[which[0]], hours, things, tolerance)
        parts.append((which, found))
    values = _joined(parts, len(people))
    seen = dataset(things, values, people.labels, hours)
    seen.attrs["provenance"] = json.dumps(
        {
            "program": "enkephalin",
            "version": _version(),
            "model": {
                "assembly": body.name,
                "slots": list(body.slots),
                "structure_digest": body.structure_digest,
                "digest": body.digest,
                "patches": [json.loads(text) for text in body.records],
            },
            "account": account,
            "hypothesis": hypothesis,
            "scenario": to_plain(resolved),
            "drugs": list(slots.drugs),
            "who": people.provenance,
            "at": None if at is None else [float(hour) for hour in hours],
            "watch": [thing.name for thing in things],
            "engine": engine,
            "tolerance": tolerance,
        }
    )
    return seen


def _run_group(
    run: partial[np.ndarray],
    body: Model,
    slots: Slots,
    people: People,
    lived: ResolvedScenario,
    hours: np.ndarray,
    things: Sequence[Watched],
    tolerance: float,
) -> dict[str, np.ndarray]:
    """One engine call for people who live through the same: flat name -> shape (person, time)."""
    count = len(people)
    numbers = _drug_numbers(people, slots)
    theta = scenario_values(body, lived)
    for name, filled in slot_parameters(slots, numbers).items():
        for flat in flat_names(body.rows, name):
            theta[flat] = np.atleast_1d(np.asarray(filled.value, float))
    theta |= values_in(body, people)
    day = day_of(body)
    if day is not None:
        theta = shared_starts(day, body, daily_orbit(day, theta, count, run)) | theta
    theta = {name: np.broadcast_to(values, (count,)) for name, values in theta.items()}
    rows = regimens(lived, slots, weight=people.weight, values=numbers)
    events = EventTable(**columns(rows, count)) if rows else EventTable.empty()
    outputs = list(dict.fromkeys(symbol for thing in things for symbol in thing.symbols.values()))
    found = run(body, theta, events, hours + lived.zero, outputs, tolerance=tolerance)
    return {name: found[:, :, index] for index, name in enumerate(outputs)}


def _drug_numbers(people: People, slots: Slots) -> dict[str, np.ndarray]:
    """Numbers of drugs that differ between people; a person without one of their own has the record's."""
    from ..records.parameters import drug_quantities

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


def _alike(lived: Sequence[ResolvedScenario]) -> list[list[int]]:
    """People by what they live through."""
    groups: dict[str, list[int]] = {}
    keys: dict[int, str] = {}
    for index, one in enumerate(lived):
        key = keys.setdefault(id(one), "") or one.model_dump_json()
        keys[id(one)] = key
        groups.setdefault(key, []).append(index)
    return list(groups.values())


def _joined(parts: Sequence[tuple[list[int], dict[str, np.ndarray]]], people: int) -> dict[str, np.ndarray]:
    """The groups' numbers in the order of the people."""
    if len(parts) == 1:
        return parts[0][1]
    whole: dict[str, np.ndarray] = {}
    for which, found in parts:
        for name, values in found.items():
            whole.setdefault(name, np.empty((people, values.shape[1])))[which] = values
    return whole


def _version() -> str:
    try:
        return version("enkephalin")
    except PackageNotFoundError:
        return "unknown"
