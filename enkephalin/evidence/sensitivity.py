"""Sensitivity: by how much the readings of a claim change when the rows that it rests on are a tenth larger.

Needs    readings, the tables, people
Gives    ``sensitivity(claim)``
Leaves   rows that vary together, and large steps

A local answer to "what if this were wrong": each row by itself, all people in one call for each run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..compiler.model import build
from ..compiler.names import flat_names
from ..errors import EnkephalinError
from ..records.claims import scenario_of
from ..records.shapes import Claim, ParameterRow, Person, Reading, Run, Setting
from ..records.tables import all_rows
from ..simulate import simulate
from .readings import ENGINE, Seen, drawn, names_of, people_of, person_of, read_off, shown

STEP = 0.1
MOST = 100  # people who are tried, of those of a run


def rows_named(name: str) -> list[ParameterRow]:
    """The rows that a name means: one, or one for each place."""
    return [row for row in all_rows() if name in (row.title, f"{row.module}.{row.name}")]


def sensitivity(claim: Claim, account: str = "literature") -> list[dict[str, Any]]:
    """What a tenth more of each row does to each reading.

    Parameters
    ----------
    claim : Claim
    account : str
        The body that is tried.

    Returns
    -------
    list of dict
        For each row and reading ``row``, ``reading``, ``value``, ``with_a_tenth_more``, ``unit``; or ``why_not``.
    """
    runs = {run.id: run for run in claim.runs}
    tried = [(name, rows) for name in claim.rests_on if (rows := _movable(name))]
    found: list[dict[str, Any]] = [
        {"row": name, "why_not": "It is 0 or computed; a tenth more is no change."}
        for name in claim.rests_on
        if not _movable(name)
    ]
    if not tried:
        return found
    made: dict[str, Any] = {}
    for reading in claim.readings:
        told = {"reading": reading.about or reading.read}
        values_of = _of_one if runs[reading.run].population is None else _of_people
        try:
            usual, *others = values_of(reading, runs, [rows for _, rows in tried], account, made)
        except EnkephalinError as trouble:
            found.append(told | {"why_not": trouble.problem})
            continue
        found += [{"row": name, **told} | _change(usual, more) for (name, _), more in zip(tried, others, strict=True)]
    return found


def _change(usual: Seen, more: Seen) -> dict[str, Any]:
    if usual.value is None or more.value is None:
        return {"why_not": usual.why_not or more.why_not}
    return {"value": usual.value, "with_a_tenth_more": more.value, "unit": more.unit}


def _movable(name: str) -> list[ParameterRow]:
    return [row for row in rows_named(name) if row.value]


def _of_one(
    reading: Reading, runs: dict[str, Run], rows: Sequence[Sequence[ParameterRow]], account: str, made: dict[str, Any]
) -> list[Seen]:
    """What the reading shows of the person, then with a tenth more of each."""
    first, unit = people_of(_run(runs[reading.run], reading, rows, account, made), reading.read)
    second = None
    if reading.relative_to is not None:
        second, _ = people_of(_run(runs[reading.relative_to], reading, rows, account, made), reading.read)
    return [shown(reading, one, second[k] if second else None, unit) for k, one in enumerate(first)]


def _of_people(
    reading: Reading, runs: dict[str, Run], rows: Sequence[Sequence[ParameterRow]], account: str, made: dict[str, Any]
) -> list[Seen]:
    """The same of people who are drawn: each of them has the tenth more, one run for each row."""
    values = []
    for some in ((), *rows):
        result = _run_of_people(runs[reading.run], reading, some, account, made)
        other = None
        if reading.relative_to is not None:
            other = _run_of_people(runs[reading.relative_to], reading, some, account, made)
        values.append(read_off(reading, result, other))
    return values


def _run(run: Run, reading: Reading, rows: Sequence[Sequence[ParameterRow]], account: str, made: dict[str, Any]) -> Any:
    """The run for the person as they are, then for each who is like them but for one row; made once."""
    names = names_of(reading)
    key = f"{run.id} {names}"
    if key not in made:
        person = person_of(run)
        people = [person, *(_with(person, some) for some in rows)]
        made[key] = simulate(people, scenario_of(run), watch=names, engine=ENGINE, account=account)
    return made[key]


def _run_of_people(run: Run, reading: Reading, rows: Sequence[ParameterRow], account: str, made: dict[str, Any]) -> Any:
    names = names_of(reading)
    key = f"{run.id} {names} {[row.title for row in rows]}"
    if key not in made:
        people = drawn(run, account)[:MOST]
        body = build("human", ())
        more = {
            flat: (1 + STEP) * people.theta.get(flat, np.full(len(people), body.parameters[flat]))
            for row in rows
            for flat in flat_names(body.rows, row.title)
        }
        people = replace(people, theta={**people.theta, **more})
        made[key] = simulate(people, scenario_of(run), watch=names, engine=ENGINE, account=account)
    return made[key]


def _with(person: Person, rows: Sequence[ParameterRow]) -> Person:
    own = {row.title: Setting(value=(row.value or 0.0) * (1 + STEP), unit=row.unit) for row in rows}
    kept = {name: setting for name, setting in person.parameters.items() if name not in own}
    return person.model_copy(update={"parameters": kept | own})
