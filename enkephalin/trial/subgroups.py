"""Subgroups: a planned analysis again among women and men, the young and the old, and whether it differs.

Needs    analysis; a long table
Gives    ``subgroups(table, plan, by)``, ``Subgroups``
Leaves   a planned moderation, which uses everybody at once: see ``analysis`` (kind moderation)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np

from ..errors import RequestError
from ..records.shapes import Analysis
from .analysis import analyse
from .estimate import Estimate
from .libraries import opened

FEW = 6  # people in a subgroup, below which no estimate is made
MOST = 6  # values of a column that are levels; more, and it is split at its median


@dataclass(frozen=True)
class Subgroups:
    """The estimate in each subgroup, and how they differ.

    ``q`` and ``p`` test that all are alike (Cochran); ``difference`` is the last less the first of two levels, with its
    95 % interval, NaN where there are more.
    """

    by: str
    estimates: Mapping[str, Estimate]
    q: float
    p: float
    difference: float
    ci: tuple[float, float]

    def lines(self) -> list[str]:
        """In words. A subgroup finds by chance what the whole does not: p is of the difference between them."""
        rows = [
            f"  {level:<24} {one.estimate:>9.3g}  ({one.ci[0]:.3g} to {one.ci[1]:.3g})  n {one.n}"
            for level, one in self.estimates.items()
        ]
        return [f"by {self.by}: alike with p {self.p:.3g}", *rows]


def subgroups(table: Any, plan: Analysis, by: str) -> Subgroups:
    """Run a planned analysis in each subgroup.

    Parameters
    ----------
    table : pandas.DataFrame
        What ``observe`` returned, or the ``table`` of a trial.
    plan : Analysis
        One of the study's, with a difference between arms as its estimate.
    by : str
        A column: a word, a trait, or a number, which is split at the median of the people.

    Raises
    ------
    RequestError
        There is no such column, or a subgroup is too small.

    Example
    -------
    >>> subgroups(found.table, found.study.analysis[0], "sex").p          # doctest: +SKIP
    """
    level = _levels(table, by)
    found: dict[str, Estimate] = {}
    for name in sorted(set(level)):
        rows = table[level == name]
        people = rows["person"].nunique()
        if people < FEW:
            raise RequestError(
                "a subgroup is too small", found=f"{by} {name}: {people} people", expected=f"at least {FEW}",
                try_="another column, or more people",
            )  # fmt: skip
        found[name] = analyse(rows, plan)[0]
    if len(found) < 2:
        raise RequestError(
            f"everybody is the same in '{by}'",
            found=", ".join(found),
            expected="two subgroups or more",
            try_="another column, or a population in which people differ",
        )
    sure = NormalDist().inv_cdf(1 - plan.alpha / 2)
    values = np.array([one.estimate for one in found.values()])
    errors = np.array([(one.ci[1] - one.ci[0]) / 2 / sure for one in found.values()])
    if not (np.isfinite(errors).all() and (errors > 0).all()):
        raise RequestError(
            "the analysis has no interval that subgroups could be held against", found=plan.kind,
            expected="an analysis of a difference between arms", try_='another analysis of the study',
        )  # fmt: skip
    weight = errors**-2.0
    q = float(weight @ (values - weight @ values / weight.sum()) ** 2)
    p = float(opened("scipy.stats").chi2.sf(q, len(values) - 1))
    apart = float(values[-1] - values[0]) if len(values) == 2 else float("nan")
    half = NormalDist().inv_cdf(0.975) * float(np.hypot(errors[0], errors[-1]))
    return Subgroups(by, found, q, p, apart, (apart - half, apart + half))


def _levels(table: Any, by: str) -> Any:
    """The subgroup of each row, as a word."""
    if by not in table.columns:
        raise RequestError(
            f"the table has no column '{by}'",
            found=by,
            expected="one of " + ", ".join(map(str, table.columns)),
            try_="one of these",
        )
    values = table[by]
    if values.dtype.kind not in "biuf":
        return values.astype(str).to_numpy()
    if values.nunique() <= MOST:
        return np.array([f"{value:g}" for value in values.to_numpy(float)])
    middle = float(table.groupby("person")[by].first().median())
    return np.where(values.to_numpy(float) > middle, f"above {middle:.3g}", f"to {middle:.3g}")
