"""People of a study: drawn until enough are eligible, with the columns that data of a study have.

Needs    population, records; pandas
Gives    ``choose``, ``Chosen``
Leaves   what happens to them: see ``outcomes``
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import RequestError
from ..population import Draw, column, draw
from ..records.shapes import Eligible, ResolvedStudy
from ..records.study.faults import unit_of_people
from ..records.units import convert
from .libraries import opened

SCREENED = 64  # people drawn for one who is wanted, at the most, unless the study says otherwise
AT_ONCE = 2  # times as many as are wanted, in the first draw


@dataclass(frozen=True)
class Chosen:
    """Eligible people in the order in which they were drawn; ``screened`` were looked at to find them."""

    draw: Draw
    screened: int
    covariates: Any  # pandas.DataFrame: sex, age, weight, height, traits, the study's own

    def __len__(self) -> int:
        return len(self.draw)


def choose(
    study: ResolvedStudy, n: int, seed: int, *, account: str | None = None, hypothesis: str | None = None
) -> Chosen:
    """Draw people until ``n`` are eligible.

    Parameters
    ----------
    study : ResolvedStudy
        Says population and who is eligible.
    n : int
        How many are wanted.
    seed : int
        Of the draw; person k is the same whatever ``n`` is.

    Raises
    ------
    RequestError
        The population does not yield so many eligible people.

    Example
    -------
    >>> len(choose(study, 40, seed=1))          # doctest: +SKIP
    40
    """
    own = study.people.screened
    most = SCREENED * n if own is None else max(own, round(own * n / study.people.n))
    looked_at = n if not study.people.eligible else min(AT_ONCE * n, most)
    while True:
        drawn = draw(study.people.population, looked_at, seed, account=account, hypothesis=hypothesis)
        fits = _eligible(study.people.eligible, drawn)
        found = np.flatnonzero(fits)[:n]
        if len(found) == n:
            chosen = drawn[found]
            return Chosen(chosen, int(found[-1]) + 1, _columns(study, chosen))
        if looked_at >= most:
            raise RequestError(
                "the population does not yield so many eligible people",
                place=study.origin.at(("people",)),
                found=f"{len(found)} eligible of {looked_at} drawn from {study.people.population}",
                expected=f"{n}",
                try_="fewer people, wider bounds under 'eligible', or a larger 'screened'",
            )
        looked_at = min(2 * looked_at, most)


def _eligible(rows: tuple[Eligible, ...], people: Draw) -> NDArray[np.bool_]:
    fits = np.ones(len(people), bool)
    for row in rows:
        if row.only is not None:
            fits &= people.sex == row.only
            continue
        values = column(people, row.of)
        if row.has is not None:
            fits &= (values > 0) == row.has
            continue
        factor = convert(1.0, row.unit, unit_of_people(row.of)) if row.unit is not None else 1.0
        low = -np.inf if row.low is None else row.low * factor
        high = np.inf if row.high is None else row.high * factor
        fits &= (values >= low) & (values <= high)
    return fits


def _columns(study: ResolvedStudy, people: Draw) -> Any:
    names = ["sex", "age", "weight", "height", *people.traits]
    columns = {name: column(people, name) for name in names}
    columns |= {row.id: column(people, row.of) for row in study.covariates}
    return opened("pandas").DataFrame(columns)
