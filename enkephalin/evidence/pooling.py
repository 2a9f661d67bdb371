"""Meta-analysis: many studies, one effect.

Needs    effect_table, measures; PyMetaAnalysis
Gives    ``meta_analysis(table, ...)``, ``MetaAnalysis``
Leaves   how it is drawn: see ``pictures``; what other libraries say: see ``opinions``
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from statistics import NormalDist
from typing import Any, Literal

import numpy as np

from ..errors import RequestError, WorkError, nearest
from . import small_studies
from .dependence import ClusterRobust, cluster_robust
from .effect_table import EffectTable, effect_table
from .libraries import opened, versions
from .measures import Measure, effects, measure_of, shown
from .moderators import Regression, Subgroups, regression, subgroups

METHODS = {
    "REML": "restricted maximum likelihood",
    "PM": "Paule and Mandel",
    "DL": "DerSimonian and Laird",
}
INTERVALS = {
    "normal": "normal distribution",
    "hartung_knapp": "Knapp and Hartung, t distribution with k - 1 degrees of freedom",
    "hartung_knapp_adhoc": "Knapp and Hartung, never narrower than the normal interval",
}
PREDICTIONS = {
    "HTS": "where the true effect of a new study lies: estimate +- t(k - 2) * sqrt(tau2 + se^2) "
    "(Higgins, Thompson and Spiegelhalter 2009)",
    "HK-PR": "where the true effect of a new study lies: estimate +- t(k - 2) * sqrt(tau2 + se^2), with the standard "
    "error of Knapp and Hartung (Partlett and Riley 2017)",
}

MOST_STUDIES = 2000  # each is left out once; so many take some seconds
LARGEST = 1e60  # of any number of a table; squares and products of squares must stay numbers


@dataclass(frozen=True)
class StudyRow:
    """One study as it went into the pool: effect, variance, 95 % interval, and its weight in percent."""

    study: str
    yi: float
    vi: float
    ci: tuple[float, float]
    weight: float


@dataclass(frozen=True)
class MetaAnalysis:
    """The pooled effect on the scale of analysis (log for ratios), and everything that belongs beside it.

    ``shown`` holds estimate, interval and prediction interval on the scale on which people read them.
    """

    estimate: float
    se: float
    ci: tuple[float, float]
    p: float
    tau2: float
    tau2_ci: tuple[float, float] | None
    q: float
    q_df: int
    q_p: float
    i2: float
    i2_ci: tuple[float, float] | None
    h2: float
    k: int
    prediction: tuple[float, float] | None
    prediction_means: str
    measure: str
    title: str
    model: str
    method: str
    interval: str
    level: float
    shown: dict[str, Any]
    studies: tuple[StudyRow, ...]
    leave_one_out: tuple[dict[str, Any], ...]
    small_studies: dict[str, Any]
    subgroups: Subgroups | None = None
    regression: Regression | None = None
    robust: ClusterRobust | None = None
    notes: tuple[str, ...] = ()
    libraries: dict[str, str] = field(default_factory=dict)
    fit: Any = field(default=None, repr=False, compare=False)

    def as_dict(self) -> dict[str, Any]:
        """All of it as plain values; what was not asked for is left out."""
        kept = asdict(replace(self, fit=None))
        return {key: value for key, value in kept.items() if key != "fit" and value is not None}


def meta_analysis(
    table: Any,
    measure: str | None = None,
    model: Literal["random", "common"] = "random",
    method: str = "REML",
    *,
    interval: str = "normal",
    level: float = 0.95,
    subgroup: str | None = None,
    moderators: Sequence[str] = (),
    cluster: str | None = None,
) -> MetaAnalysis:
    """Pool the effects of a table of studies.

    Parameters
    ----------
    table : path, mapping of columns, or pandas.DataFrame
        One row for each study: ``study, yi, vi`` (effect and variance; ``sei`` or ``ci_low, ci_high`` will do for
        ``vi``), or the raw numbers that a measure needs.
    measure : str, optional
        RR, OR, RD, SMD, MD, ZCOR, PLO, PR, HR or effect. Default: the only one that the columns allow.
    model : "random" or "common"
        Whether studies share one true effect.
    method : "REML", "PM" or "DL"
        How the variance between studies is estimated.

    Rarely needed
    -------------
    interval : "normal", "hartung_knapp" or "hartung_knapp_adhoc"
    level : float
        Of all intervals, as a share.
    subgroup, moderators, cluster : names of columns
        Groups to compare; numbers to regress on; which rows depend on each other (intervals then come from the
        CR2 sandwich with Satterthwaite's degrees of freedom).

    Returns
    -------
    MetaAnalysis
        Estimate, standard error, intervals, tau2, Q, I2, and diagnostics, with the versions of the libraries.

    Raises
    ------
    RecordError
        The table is wrong; the message names the row.
    RequestError
        The measure, the method or a column is not known, or does not fit.

    Source
    ------
    Method: docs/explanations/meta_analysis.md.

    Example
    -------
    >>> found = meta_analysis({"study": ["one", "two", "three"], "yi": [0.1, 0.3, 0.2], "vi": [0.04, 0.05, 0.03]})
    >>> round(found.estimate, 3)
    0.194
    """
    _refuse_unknown(model, method, interval, level)
    read = effect_table(table, repeats=cluster is not None)
    chosen = measure_of(tuple(read.columns), measure)
    every, variances, notes = effects(read, chosen)
    kept = np.flatnonzero(np.isfinite(every) & np.isfinite(variances))
    if len(kept) < 2:
        raise RequestError(
            "fewer than two studies carry information",
            found=f"{len(kept)} of {len(read)} studies",
            expected="two studies or more with an event in at least one group",
            try_="--measure RD, which can use studies without events",
        )
    names = tuple(read.studies[row] for row in kept)
    yi, vi = every[kept], variances[kept]
    _refuse_beyond_reason(yi, vi)
    options: dict[str, Any] = {"model": model, "confidence_level": level}
    if model == "random":
        options |= {"tau2_method": method, "ci_method": interval}
    fit = _fitted(yi, vi, names, options)
    picked = _Picked(read, kept, yi, vi, names)
    groups = subgroups(picked.column(subgroup), yi, vi, options) if subgroup else None
    lines = regression(picked.numbers(moderators), yi, vi, options) if moderators else None
    robust = cluster_robust(picked.column(cluster), yi, vi, method, level) if cluster and model == "random" else None
    used = ["meta_analyze", "scipy", *(["pymare"] if robust else [])]
    return MetaAnalysis(
        **_numbers(fit, chosen),
        measure=chosen.name,
        title=chosen.title,
        model=model,
        method=METHODS[method] if model == "random" else "inverse variance",
        interval=INTERVALS[interval if model == "random" else "normal"],
        level=level,
        studies=_rows(fit, names),
        leave_one_out=small_studies.leave_one_out(fit),
        small_studies=small_studies.diagnostics(fit),
        subgroups=groups,
        regression=lines,
        robust=robust,
        notes=(*notes, *fit.warnings, *_advice(fit)),
        libraries=versions(*used),
        fit=replace(fit, display_scale=_library_scale(chosen), measure=chosen.name),  # for the pictures
    )


def _refuse_beyond_reason(yi: np.ndarray, vi: np.ndarray) -> None:
    """More studies than can be left out one by one, or numbers whose squares no computer holds."""
    if len(yi) > MOST_STUDIES:
        raise RequestError(
            "too many studies",
            found=f"{len(yi)} rows",
            expected=f"at most {MOST_STUDIES}",
            try_="pool the rows of each study, or each group, first",
        )
    size = np.abs(np.concatenate([yi[yi != 0], vi, 1 / vi]))
    if size.max() > LARGEST or size.min() < 1 / LARGEST:
        raise RequestError(
            "the numbers have no common scale",
            found=f"{size.min():.0e} to {size.max():.0e} among effects, variances and weights",
            expected=f"sizes up to {LARGEST:.0e}",
            try_="another unit, or a look at the exponents",
        )


@dataclass(frozen=True)
class _Picked:
    """The rows that carry information, and their other columns."""

    table: EffectTable
    rows: np.ndarray
    yi: np.ndarray
    vi: np.ndarray
    names: tuple[str, ...]

    def column(self, name: str | None) -> tuple[str, ...]:
        return tuple(str(self.table.columns[self._known(name or "")][row]) for row in self.rows)

    def numbers(self, names: Sequence[str]) -> dict[str, np.ndarray]:
        return {name: self.table.numbers(self._known(name))[self.rows] for name in names}

    def _known(self, name: str) -> str:
        if name not in self.table.columns:
            raise RequestError(
                f"there is no column '{name}'",
                found=name,
                expected="a column of the table: " + ", ".join(self.table.columns),
                try_=nearest(name, self.table.columns),
            )
        return name


def _refuse_unknown(model: str, method: str, interval: str, level: float) -> None:
    for what, given, known in (
        ("model", model, ("random", "common")),
        ("method", method, tuple(METHODS)),
        ("interval", interval, tuple(INTERVALS)),
    ):
        if given not in known:
            expected = "one of " + ", ".join(known)
            raise RequestError(f"unknown {what} '{given}'", found=given, expected=expected, try_=nearest(given, known))
    if not 0 < level < 1:
        raise RequestError(
            "the level of an interval is a share", found=f"{level:g}", expected="such as 0.95", try_="0.95"
        )


def _fitted(yi: np.ndarray, vi: np.ndarray, names: Sequence[str], options: dict[str, Any]) -> Any:
    library = opened("meta_analyze")
    try:
        return library.meta_analysis(effect=yi, variance=vi, study=list(names), **options)
    except library.MetaAnalysisError as trouble:
        way_out = "--method DL, or --model common"
        raise WorkError("the studies cannot be pooled", found=str(trouble), try_=way_out) from trouble


def _library_scale(measure: Measure) -> str:
    """The library's word for how to show a value; it has none for the logistic function."""
    return measure.scale if measure.scale in ("exp", "tanh") else "identity"


def _numbers(fit: Any, measure: Measure) -> dict[str, Any]:
    """The pooled numbers, and the same on the scale on which people read them."""
    spread = fit.tau2_confidence_interval() if fit.model == "random" else None
    prediction = fit.prediction_interval
    show = {
        "estimate": shown(fit.estimate, measure.scale),
        "ci": tuple(shown(limit, measure.scale) for limit in fit.ci),
        "prediction": None if prediction is None else tuple(shown(limit, measure.scale) for limit in prediction),
        "scale": measure.title,
    }
    return {
        "estimate": fit.estimate,
        "se": fit.standard_error,
        "ci": fit.ci,
        "p": small_studies.p_value(fit),
        "tau2": fit.tau2,
        "tau2_ci": None if spread is None else spread.ci,
        "q": fit.q,
        "q_df": fit.q_df,
        "q_p": fit.q_pvalue,
        "i2": fit.i2,
        "i2_ci": None if spread is None else spread.i2_ci,
        "h2": fit.h2,
        "k": fit.k,
        "prediction": prediction,
        "prediction_means": PREDICTIONS.get(fit.method.prediction_interval_method or "", ""),
        "shown": show,
    }


def _rows(fit: Any, names: Sequence[str]) -> tuple[StudyRow, ...]:
    half = NormalDist().inv_cdf((1 + fit.method.confidence_level) / 2)
    table = fit.study_results
    weights = 100 * table["normalized_weight"].to_numpy(float)
    rows = zip(names, table["effect"], table["variance"], weights, strict=True)
    return tuple(
        StudyRow(name, float(yi), float(vi), (float(yi - half * vi**0.5), float(yi + half * vi**0.5)), float(weight))
        for name, yi, vi, weight in rows
    )


def _advice(fit: Any) -> list[str]:
    few = 5
    if fit.model == "random" and fit.k < few and fit.method.ci_method == "normal":
        return [f"{fit.k} studies are few: a normal interval is too narrow; compare it with --interval hartung_knapp."]
    return []
