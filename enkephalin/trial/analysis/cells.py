"""Cells: one number per person and arm, taken from a long table as a plan says.

Needs    pandas
Gives    ``cells``, ``by_arm``, ``wide``, ``columns_of``
Leaves   statistics
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import RequestError, UnknownNameError, nearest
from ...records.shapes.analysis import Analysis
from ..libraries import opened
from ..observe import Observed

Array = NDArray[np.float64]
SAME_TIME = 1e-6  # h: two times that differ by less are one occasion
LEAST = 2  # people of an arm: fewer have no spread


def cells(table: Any, plan: Analysis, *, measure: str | None = None, at_h: float | None = None) -> Any:
    """One row per person, arm and period: column ``cell`` is the value that the plan asks for.

    Parameters
    ----------
    table : pandas.DataFrame
        The long table.
    plan : Analysis
        Says measure, arms, occasion, value or change, and summary.
    measure, at_h
        Another measure, and its time, than the plan's own (for a mediator or a correlate).

    Returns
    -------
    pandas.DataFrame
        The rows of the chosen occasion (or the last of a summary) with ``cell``; missing values are kept as NaN.
    """
    own = measure is None
    name = plan.measure if measure is None else measure
    time = plan.at_h if own else at_h
    change = own and plan.of == "change"
    one_occasion = not own or plan.summary == "at"
    if one_occasion and isinstance(table, Observed) and name in table.measures:
        place = _place(table.truth.times[name], name, time)
        return _differing(_in_contrast(table.at(name, place, change=change), plan), name)
    rows = rows_of(table, plan, name)
    rows = rows.assign(cell=rows["value"] - rows["baseline"] if change else rows["value"])
    found = _occasion(rows, name, time) if one_occasion else _summary(rows, plan.summary)
    return _differing(found, name)


def _differing(found: Any, name: str) -> Any:
    """The cells, or a refusal if everybody has the same value, as at the floor of a scale."""
    values = found["cell"].to_numpy(dtype=float)
    values = values[np.isfinite(values)]
    if len(values) >= LEAST and (values == values[0]).all():
        raise RequestError(
            f"nobody differs in '{name}'",
            place="analysis",
            found=f"{len(values)} times {values[0]:g}",
            expected="values that differ, from which an error can be estimated",
            try_="a measure without this floor or ceiling, another time, or more people",
        )
    return found


def measures_of(table: Any) -> set[str]:
    """The measures of a long table, or of what is not yet one."""
    return set(table.measures) if isinstance(table, Observed) else set(table["measure"])


def rows_of(table: Any, plan: Analysis, name: str) -> Any:
    """The rows of a measure in the arms of the contrast."""
    if isinstance(table, Observed) and name in table.measures:
        rows = table.rows(name)
    else:
        rows = table.table() if isinstance(table, Observed) else table
        rows = rows[rows["measure"] == name]
    if not len(rows):
        known = sorted(measures_of(table))
        raise UnknownNameError(
            f"the data hold no measure '{name}'",
            place="analysis",
            found=name,
            expected=f"one of {', '.join(known)}",
            try_=nearest(name, known),
        )
    return _in_contrast(rows, plan)


def _in_contrast(rows: Any, plan: Analysis) -> Any:
    """The rows of the arms of the contrast, all of which are there."""
    if plan.contrast:
        arms = set(rows["arm"].to_numpy())
        for arm in plan.contrast:
            if arm not in arms:
                raise UnknownNameError(
                    f"the data hold no arm '{arm}'",
                    place="analysis",
                    found=f"contrast: {', '.join(plan.contrast)}",
                    expected=f"one of {', '.join(sorted(arms))}",
                    try_=nearest(arm, arms),
                )
        if arms - set(plan.contrast):
            rows = rows[rows["arm"].isin(plan.contrast)]
    return rows


def _occasion(rows: Any, name: str, time: float | None) -> Any:
    hours = rows["time_h"].to_numpy(dtype=float)
    times, which = np.unique(hours, return_inverse=True)
    close = which == _place(times, name, time)
    return rows if close.all() else rows[close]


def _place(times: Array, name: str, time: float | None) -> int:
    """Which of the times, rising, is meant; the last unless another is named."""
    wanted = times[-1] if time is None else time
    place = int(np.argmin(np.abs(times - wanted)))
    if abs(times[place] - wanted) >= SAME_TIME:
        raise RequestError(
            f"'{name}' was not measured at {wanted:g} h",
            place="analysis",
            found=f"at: {wanted:g} h",
            expected="one of " + ", ".join(f"{value:g}" for value in times[:12]) + " h",
            try_="an occasion of the measure, or summary: mean",
        )
    return place


def _summary(rows: Any, summary: str) -> Any:
    """The mean, peak, lowest or area over the occasions; a person who misses one has no area."""
    keys = ["person", "arm", "period"]
    ordered = rows.sort_values([*keys, "time_h"], kind="stable")
    groups = ordered.groupby(keys, sort=False)
    last = groups.tail(1).set_index(keys)
    if summary == "area":
        found = groups[["time_h", "cell"]].apply(lambda part: _area(part["time_h"], part["cell"]))
    else:
        kind = {"mean": "mean", "peak": "max", "lowest": "min"}[summary]
        found = getattr(groups["cell"], kind)()
    return last.assign(cell=found).reset_index()


def _area(times: Any, values: Any) -> float:
    return float(np.trapezoid(values.to_numpy(dtype=float), times.to_numpy(dtype=float)))


def once_each(found: Any, plan: Analysis) -> Any:
    """The same cells, or a refusal if somebody is in two of them: the design is a crossover."""
    if found["person"].duplicated().any():
        raise RequestError(
            f"a {plan.kind} analysis does not fit this design",
            place="analysis",
            found="people who were in more than one arm or period",
            expected="each person in one arm (a parallel design)",
            try_="kind: paired, mixed_model or repeated_measures",
        )
    return found


def by_arm(found: Any, plan: Analysis) -> list[Array]:
    """The values of each arm of the contrast, missing ones left out."""
    arms, every = found["arm"].to_numpy(), found["cell"].to_numpy(dtype=float)
    groups = [every[(arms == arm) & np.isfinite(every)] for arm in plan.contrast]
    for arm, values in zip(plan.contrast, groups, strict=True):
        enough(len(values), arm)
    return groups


def enough(people: int, arm: str, least: int = LEAST) -> None:
    """Refuse an arm with too few people for the analysis."""
    if people < least:
        raise RequestError(
            f"too few people in '{arm}'",
            place="analysis",
            found=f"{people} with a value",
            expected=f"{least} or more",
            try_="a larger n, or less dropout",
        )


def wide(found: Any, plan: Analysis) -> Any:
    """One row per person, one column per arm of the contrast, people with every value only."""
    people, who = np.unique(found["person"].to_numpy(), return_inverse=True)
    values = found["cell"].to_numpy(dtype=float)
    arms = found["arm"].to_numpy()
    columns = {}
    for arm in plan.contrast:
        here = (arms == arm) & np.isfinite(values)
        sums = np.bincount(who[here], weights=values[here], minlength=len(people))
        count = np.bincount(who[here], minlength=len(people))
        columns[arm] = np.where(count > 0, sums / np.maximum(count, 1), np.nan)
    whole = np.isfinite(np.stack(list(columns.values()))).all(axis=0)
    pandas = opened("pandas")
    own = {arm: column[whole] for arm, column in columns.items()}
    table = pandas.DataFrame(own, index=pandas.Index(people[whole], name="person"))
    if len(table) < LEAST:
        raise RequestError(
            f"a {plan.kind} analysis does not fit this design",
            place="analysis",
            found=f"{len(table)} people with values in {' and '.join(plan.contrast)}",
            expected="people who were in every arm (a crossover)",
            try_="kind: t_test or ancova",
        )
    return table


def columns_of(found: Any, names: tuple[str, ...]) -> tuple[Array, list[str]]:
    """Covariates as numbers, shape (row, column), with their names; words become one column per further word."""
    columns, labels = [], []
    for name in names:
        if name not in found.columns:
            known = [str(column) for column in found.columns]
            raise UnknownNameError(
                f"the data hold no covariate '{name}'",
                place="analysis",
                found=name,
                expected="a covariate column of the table, or baseline",
                try_=nearest(name, known),
            )
        column = found[name]
        if column.dtype.kind in "bifu":
            columns.append(column.to_numpy(dtype=float))
            labels.append(name)
            continue
        words = sorted(column.dropna().unique())
        for word in words[1:]:
            columns.append(np.where(column.isna(), np.nan, (column == word).astype(float)))
            labels.append(f"{name} {word}")
    matrix = np.column_stack(columns) if columns else np.empty((len(found), 0))
    return matrix, labels


def missing(found: Any) -> str:
    """How many values are missing, in words."""
    lost = int(found["cell"].isna().sum())
    if not lost:
        return "no value is missing"
    return f"{lost} of {len(found)} values are missing and left out: right only if they are missing at random"
