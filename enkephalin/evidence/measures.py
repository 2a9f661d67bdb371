"""Measures of effect: which columns each needs, and how a row becomes an effect with its variance.

Needs    PyMetaAnalysis for counts, means and correlations
Gives    ``MEASURES``, ``measure_of(columns, wanted)``, ``effects(table, measure)``
Leaves   pooling: see ``pooling``
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import RequestError, nearest
from .libraries import opened

if TYPE_CHECKING:
    from .effect_table import EffectTable

CONTINUITY = 0.5  # added to every cell of a study that has an empty one
LEVEL = 0.95  # of a published interval
HALF_WIDTH = NormalDist().inv_cdf((1 + LEVEL) / 2)  # of such an interval, in standard errors

COUNTS = ("events_treated", "n_treated", "events_control", "n_control")
MEANS = ("mean_treated", "sd_treated", "n_treated", "mean_control", "sd_control", "n_control")
INTERVAL = ("ci_low", "ci_high")


@dataclass(frozen=True)
class Measure:
    """A measure of effect.

    ``scale`` says how the pooled value is shown: as it is, through exp, through tanh, or through the logistic function.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    scale: str
    family: str


MEASURES = {
    measure.name: measure
    for measure in (
        Measure("effect", "effect", ("yi", "vi"), "identity", "effect"),
        Measure("RR", "risk ratio", COUNTS, "exp", "counts"),
        Measure("OR", "odds ratio", COUNTS, "exp", "counts"),
        Measure("RD", "risk difference", COUNTS, "identity", "counts"),
        Measure("SMD", "standardised mean difference (Hedges' g)", MEANS, "identity", "means"),
        Measure("MD", "mean difference", MEANS, "identity", "means"),
        Measure("ZCOR", "correlation (through Fisher's z)", ("r", "n"), "tanh", "correlation"),
        Measure("PLO", "proportion (through the logit)", ("events", "n"), "logistic", "proportion"),
        Measure("PR", "proportion", ("events", "n"), "identity", "proportion"),
        Measure("HR", "hazard ratio", ("hr", *INTERVAL), "exp", "ratio"),
    )
}

# Other names under which the columns are accepted; those of the R package metafor among them.
ALIASES = {
    "ai": "events_treated", "n1i": "n_treated", "ci": "events_control", "n2i": "n_control",
    "m1i": "mean_treated", "sd1i": "sd_treated", "m2i": "mean_control", "sd2i": "sd_control",
    "ri": "r", "ni": "n", "xi": "events", "ci.lb": "ci_low", "ci.ub": "ci_high", "ci_lb": "ci_low", "ci_ub": "ci_high",
    "se": "sei", "author": "study", "slab": "study",
}  # fmt: skip


def measure_of(columns: Collection[str], wanted: str | None) -> Measure:
    """The measure that was asked for, or the only one that the columns allow.

    Raises
    ------
    RequestError
        The measure is unknown, its columns are missing, or several measures are possible and none was named.
    """
    possible = [measure for measure in MEASURES.values() if _has(columns, measure)]
    if wanted is not None:
        by_fold = {name.casefold(): measure for name, measure in MEASURES.items()}
        measure = by_fold.get(wanted.casefold())
        if measure is None:
            raise RequestError(
                f"unknown measure '{wanted}'",
                found=wanted,
                expected="one of " + ", ".join(MEASURES),
                try_=nearest(wanted, MEASURES),
            )
        if measure not in possible:
            raise RequestError(
                f"columns for the measure {measure.name} are missing",
                found="columns " + ", ".join(columns),
                expected=", ".join(measure.columns),
                try_="--measure " + " or ".join(m.name for m in possible) if possible else "",
            )
        return measure
    if not possible:
        raise RequestError(
            "the columns give no effect",
            found="columns " + ", ".join(columns),
            expected="study, yi, vi; or counts, means, correlations, proportions or a ratio with its interval",
            try_="name the columns as the page docs/evidence.md says under 'Pool studies'",
        )
    if len({measure.family for measure in possible}) > 1 or (len(possible) > 1 and possible[0].family != "proportion"):
        names = [measure.name for measure in possible]
        raise RequestError(
            "the columns allow more than one measure",
            found="columns " + ", ".join(columns),
            expected="one measure: " + ", ".join(names),
            try_=f"--measure {names[0]}",
        )
    return possible[0]


def _has(columns: Collection[str], measure: Measure) -> bool:
    if measure.family == "effect":
        return "yi" in columns and bool({"vi", "sei", "ci_low"} & set(columns))
    return set(measure.columns) <= set(columns)


def effects(table: EffectTable, measure: Measure) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Effect and variance of each row on the scale of analysis, and notes on what was done to get them."""
    return _MAKERS[measure.family](table, measure)


def _given(table: EffectTable, measure: Measure) -> tuple[np.ndarray, np.ndarray, list[str]]:
    effect = table.numbers("yi")
    if "vi" in table.columns:
        return effect, table.positive("vi"), []
    if "sei" in table.columns:
        return effect, table.positive("sei") ** 2, []
    low, high = table.interval("yi")
    notes = ["Variances come from intervals, taken to be 95 % intervals."]
    return effect, ((high - low) / (2 * HALF_WIDTH)) ** 2, notes


def _ratio(table: EffectTable, measure: Measure) -> tuple[np.ndarray, np.ndarray, list[str]]:
    effect = np.log(table.positive("hr"))
    low, high = (np.log(limit) for limit in table.interval("hr", above_zero=True))
    notes = ["Variances come from intervals, taken to be 95 % intervals on the log scale."]
    return effect, ((high - low) / (2 * HALF_WIDTH)) ** 2, notes


def _counts(table: EffectTable, measure: Measure) -> tuple[np.ndarray, np.ndarray, list[str]]:
    for arm in ("treated", "control"):
        table.counts(f"events_{arm}", at_most=f"n_{arm}")
    columns = {name: table.numbers(name) for name in COUNTS}
    fit = _fit(
        "meta_binary",
        event_treat=columns["events_treated"],
        n_treat=columns["n_treated"],
        event_control=columns["events_control"],
        n_control=columns["n_control"],
        measure=measure.name,
        method="IV",
        model="common",
        continuity_correction=CONTINUITY,
    )
    effect, variance, notes = _read(fit)
    empty = np.zeros(len(table), dtype=bool)
    for arm in ("treated", "control"):
        events, people = columns[f"events_{arm}"], columns[f"n_{arm}"]
        empty |= (events == 0) | (events == people)
    if empty.any():
        notes.append(f"{CONTINUITY} was added to each cell of {int(empty.sum())} studies with an empty cell.")
    return effect, variance, notes


def _means(table: EffectTable, measure: Measure) -> tuple[np.ndarray, np.ndarray, list[str]]:
    fit = _fit(
        "meta_continuous",
        mean_treat=table.numbers("mean_treated"),
        sd_treat=table.positive("sd_treated"),
        n_treat=table.counts("n_treated"),
        mean_control=table.numbers("mean_control"),
        sd_control=table.positive("sd_control"),
        n_control=table.counts("n_control"),
        measure=measure.name,
        model="common",
    )
    return _read(fit)


def _correlations(table: EffectTable, measure: Measure) -> tuple[np.ndarray, np.ndarray, list[str]]:
    table.bounded("r", -1.0, 1.0)
    fit = _fit("meta_correlation", correlation=table.numbers("r"), n=table.counts("n"), model="common")
    return _read(fit)


def _proportions(table: EffectTable, measure: Measure) -> tuple[np.ndarray, np.ndarray, list[str]]:
    events, people = table.counts("events", at_most="n"), table.counts("n")
    edge = (events == 0) | (events == people)
    notes = []
    if edge.any():
        notes.append(f"{CONTINUITY} was added to both cells of {int(edge.sum())} studies with none or all.")
    share = events + CONTINUITY * edge
    rest = people - events + CONTINUITY * edge
    if measure.name == "PLO":
        return np.log(share / rest), 1 / share + 1 / rest, notes
    whole = share + rest
    return share / whole, share * rest / whole**3, notes


_MAKERS: dict[str, Callable[[Any, Measure], tuple[np.ndarray, np.ndarray, list[str]]]] = {
    "effect": _given,
    "ratio": _ratio,
    "counts": _counts,
    "means": _means,
    "correlation": _correlations,
    "proportion": _proportions,
}


def _fit(name: str, **arguments: Any) -> Any:
    """A fit of the library, made for its effects and variances."""
    library = opened("meta_analyze")
    try:
        return getattr(library, name)(**arguments)
    except library.InvalidStudyDataError as trouble:
        raise RequestError(
            "the studies give no effect",
            found=str(trouble),
            expected="two studies or more that carry information",
            try_="--measure RD, which can use studies without events" if name == "meta_binary" else "",
        ) from trouble


def _read(fit: Any) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Effects and variances of a fit; a study that has none (no event in either arm) is NaN."""
    rows = fit.study_results
    left_out = [str(reason) for reason in rows.loc[~rows["included"], "exclusion_reason"]]
    notes = [f"{len(left_out)} studies carry no information and are left out: {left_out[0]}."] if left_out else []
    return rows["effect"].to_numpy(float), rows["variance"].to_numpy(float), notes


def shown(value: float, scale: str) -> float:
    """A value of the scale of analysis on the scale on which people read it."""
    if scale == "exp":
        return math.exp(value)
    if scale == "tanh":
        return math.tanh(value)
    if scale == "logistic":
        return 1 / (1 + math.exp(-value))
    return value
