"""Linear models: least squares on named columns, and what several kinds of analysis take from one.

Needs    statsmodels
Gives    ``Fit``, ``fit``, ``residual_checks``
Leaves   which columns: see ``ancova``, ``moderation``, ``interaction``, ``mediation``
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import RequestError
from ..libraries import opened, version_of
from .assumptions import normal, verdict

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Fit:
    """A fitted linear model."""

    names: tuple[str, ...]
    result: Any

    def of(self, name: str, confidence: float) -> tuple[float, tuple[float, float], float, float]:
        """Coefficient, interval, p and t of one column."""
        place = self.names.index(name)
        low, high = self.result.conf_int(1 - confidence)[place]
        return (
            float(self.result.params[place]),
            (float(low), float(high)),
            float(self.result.pvalues[place]),
            float(self.result.tvalues[place]),
        )

    @property
    def freedom(self) -> float:
        """Residual degrees of freedom."""
        return float(self.result.df_resid)

    @property
    def residuals(self) -> Array:
        """What the model leaves."""
        found: Array = self.result.resid
        return found


@dataclass(frozen=True)
class _Least:
    """Least squares by themselves, with the names that statsmodels has for the same: what power analyses need."""

    params: Array
    bse: Array
    resid: Array
    df_resid: float

    @property
    def tvalues(self) -> Array:
        return self.params / self.bse

    @property
    def pvalues(self) -> Array:
        found: Array = 2 * opened("scipy.special").stdtr(self.df_resid, -np.abs(self.tvalues))
        return found

    def conf_int(self, alpha: float) -> Array:
        half = opened("scipy.special").stdtrit(self.df_resid, 1 - alpha / 2) * self.bse
        return np.stack([self.params - half, self.params + half], axis=1)


def _least(outcome: Array, design: Array) -> _Least:
    orthogonal, triangle = np.linalg.qr(design)
    inverse = np.linalg.inv(triangle)
    params = inverse @ (orthogonal.T @ outcome)
    resid = outcome - design @ params
    freedom = len(outcome) - design.shape[1]
    spread = np.sqrt((inverse**2).sum(axis=1) * (resid @ resid) / freedom)
    return _Least(params, spread, resid, float(freedom))


def fit(outcome: Array, columns: dict[str, Array], careful: bool = True) -> Fit:
    """Least squares of an outcome on an intercept and named columns, by statsmodels.

    Not ``careful`` the same sums are done without it, which power analyses wait for.

    Raises
    ------
    RequestError
        Columns repeat each other, or there are more of them than people.
    """
    design = np.column_stack([np.ones(len(outcome)), *columns.values()])
    if len(outcome) <= design.shape[1] or np.linalg.matrix_rank(design) < design.shape[1]:
        raise RequestError(
            "the columns of the analysis cannot be told apart",
            place="analysis",
            found=f"{len(outcome)} people; {', '.join(columns)}",
            expected="columns that differ, and more people than columns",
            try_="leave a covariate out",
        )
    found = opened("statsmodels.api").OLS(outcome, design).fit() if careful else _least(outcome, design)
    return Fit(("intercept", *columns), found)


def method(what: str) -> str:
    """The method with the version of its library."""
    return f"{what} ({version_of('statsmodels')})"


def residual_checks(model: Fit) -> tuple[str, ...]:
    """Normal residuals, and the same spread whatever the columns (Breusch and Pagan)."""
    test = opened("statsmodels.stats.diagnostic").het_breuschpagan(model.residuals, model.result.model.exog)
    return (
        "people are independent of each other (by design)",
        normal("residuals", model.residuals),
        f"residuals spread alike everywhere (Breusch-Pagan {verdict(float(test[1]))})",
    )


def partial_r(t: float, freedom: float) -> float:
    """The partial correlation that belongs to a t."""
    return t / math.sqrt(t**2 + freedom)


def pooled_spread(groups: list[Array]) -> float:
    """The standard deviation within groups; NaN where nobody differs, for then no effect has a size."""
    squares = sum(float(((group - group.mean()) ** 2).sum()) for group in groups)
    return math.sqrt(squares / (sum(len(group) for group in groups) - len(groups))) if squares else math.nan
