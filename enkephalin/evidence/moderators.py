"""Why studies differ: groups of studies, and numbers that go with the effect.

Needs    PyMetaAnalysis
Gives    ``subgroups(labels, ...)``, ``regression(columns, ...)``, ``Subgroups``, ``Regression``

What goes with an effect across studies need not cause it: studies were not assigned to their moderators.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import RequestError, WorkError
from .libraries import opened


@dataclass(frozen=True)
class Group:
    """The pooled effect of one group of studies."""

    name: str
    k: int
    estimate: float
    se: float
    ci: tuple[float, float]
    tau2: float
    i2: float


@dataclass(frozen=True)
class Subgroups:
    """Groups of studies, and the test of whether they differ."""

    groups: tuple[Group, ...]
    q_between: float
    df: int
    p: float
    method: str = "tau2 estimated in each group; Q between groups against chi-squared"


@dataclass(frozen=True)
class Coefficient:
    """One line of a meta-regression."""

    name: str
    estimate: float
    se: float
    ci: tuple[float, float]
    p: float


@dataclass(frozen=True)
class Regression:
    """Meta-regression: how the effect goes with numbers that describe the studies."""

    coefficients: tuple[Coefficient, ...]
    tau2: float
    r2: float | None
    q_residual: float
    q_residual_df: int
    q_residual_p: float
    test_statistic: float
    test_df: int
    test_p: float
    caution: str = ""


def subgroups(labels: Sequence[str], yi: np.ndarray, vi: np.ndarray, options: Mapping[str, Any]) -> Subgroups:
    """Pool each group of studies by itself and test whether the groups differ."""
    sizes = Counter(labels)
    names = sorted(sizes)
    for name in names:
        if sizes[name] < 2:
            raise RequestError(
                f"the group '{name}' has one study",
                found=", ".join(f"{other}: {size}" for other, size in sorted(sizes.items())),
                expected="two studies or more in each group",
                try_="a column with fewer, larger groups",
            )
    if len(names) < 2:
        raise RequestError(
            "there is only one group",
            found=names[0],
            expected="two groups or more",
            try_="a column with more than one word, or no groups",
        )
    found = _run("meta_analysis", effect=yi, variance=vi, subgroup=list(labels), **options)
    groups = tuple(
        Group(str(name), part.k, part.estimate, part.standard_error, part.ci, part.tau2, part.i2)
        for name, part in found.groups.items()
    )
    return Subgroups(groups, found.q_between, found.q_between_df, found.q_between_pvalue)


def regression(
    columns: Mapping[str, np.ndarray], yi: np.ndarray, vi: np.ndarray, options: Mapping[str, Any]
) -> Regression:
    """Regress the effect on the moderators, weighted by precision."""
    if len(yi) <= len(columns) + 1:
        raise RequestError(
            "there are too few studies for so many moderators",
            found=f"{len(yi)} studies, {len(columns)} moderators",
            expected=f"more than {len(columns) + 1} studies",
            try_="one moderator",
        )
    names = {"random": "mixed", "common": "common"}
    own = {"model": names[options["model"]], "confidence_level": options["confidence_level"]}
    if options["model"] == "random":
        adhoc = {"hartung_knapp_adhoc": "hartung_knapp"}
        own |= {
            "tau2_method": options["tau2_method"],
            "inference_method": adhoc.get(options["ci_method"], options["ci_method"]),
        }
    table = opened("pandas").DataFrame({"effect": yi, "variance": vi, **columns})
    found = _run("meta_regression", data=table, effect="effect", variance="variance", moderators=list(columns), **own)
    rows = found.coefficients
    lines = tuple(
        Coefficient(
            str(row["term"]), row["estimate"], row["standard_error"], (row["ci_low"], row["ci_high"]), row["pvalue"]
        )
        for row in rows.to_dict("records")
    )
    per_moderator = 10
    few = f"{len(yi)} studies are few for {len(columns)} moderators." if len(yi) < per_moderator * len(columns) else ""
    rest, test = found.heterogeneity, found.global_test
    return Regression(
        lines, found.tau2, found.pseudo_r2, rest.q, rest.df, rest.pvalue, test.statistic, test.df_num, test.pvalue, few
    )


def _run(name: str, data: Any = None, **arguments: Any) -> Any:
    library = opened("meta_analyze")
    try:
        return getattr(library, name)(data, **arguments)
    except library.MetaAnalysisError as trouble:
        raise WorkError("the studies cannot be compared", found=str(trouble), try_="--method DL") from trouble
