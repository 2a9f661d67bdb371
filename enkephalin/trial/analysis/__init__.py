"""Analysis: from a study's long table to estimates, as its plan says.

Needs    a long table (one row per person, period, occasion and measure); scipy, statsmodels, lifelines
Gives    ``analyse(table, plan)``, one file per kind of analysis
Leaves   making the table: see ``observe``
"""

from __future__ import annotations

import importlib
from dataclasses import replace
from typing import Any

from ...records.shapes.analysis import Analysis
from ..estimate import Estimate


def analyse(table: Any, plan: Analysis, *, checks: bool = True) -> tuple[Estimate, ...]:
    """Compute what a plan says from the data of a study; the first estimate is the planned effect.

    Parameters
    ----------
    table : pandas.DataFrame
        The long table: columns person, source_person, arm, sequence, period, occasion, time_h, measure, value,
        baseline, dropped, and covariates. One row per person, period, occasion and measure; NaN is missing.
    plan : Analysis
        Kind, measure, contrast and what else the kind needs.

    Rarely needed
    -------------
    checks : bool
        Check the assumptions and say how they stand. Power analyses leave it out, and with it the intervals of g, d_z
        and eta squared; all other numbers stay the same.

    Returns
    -------
    tuple of Estimate
        The planned effect first; some kinds add others.

    Raises
    ------
    RequestError
        The analysis does not fit the data: an arm, a measure or an occasion is missing, or too few people.
    MissingExtraError
        A library of statistics is not installed.

    Source
    ------
    Methods: docs/explanations/power.md.

    Example
    -------
    >>> plan = Analysis(kind="t_test", measure="pain", contrast=("drug", "placebo"))
    >>> analyse(table, plan)[0].p                                        # doctest: +SKIP
    """
    module = importlib.import_module(f"{__name__}.{plan.kind}")
    found: tuple[Estimate, ...] = module.estimates(table, plan, checks)
    return tuple(replace(one, when=plan.when) if one.measure == plan.measure else one for one in found)
