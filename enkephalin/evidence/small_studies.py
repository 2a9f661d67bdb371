"""Whether one study carries the result, and whether small studies say something else than large ones.

Needs    a fit of PyMetaAnalysis
Gives    ``leave_one_out(fit)``, ``diagnostics(fit)`` (Egger, trim and fill), ``p_value(fit)``
Leaves   p-curve and selection models: no kept Python library has them, so they are not offered

Nothing here proves that studies were hidden: small studies can differ for honest reasons.
"""

from __future__ import annotations

from typing import Any

from .libraries import opened

FEWEST = 3  # studies for a test of asymmetry, or to leave one out
ADVISED = 10  # studies from which on a test of asymmetry has any power (Cochrane Handbook, 13.3.5.4)


def p_value(fit: Any) -> float:
    """Two-sided p of the pooled effect against no effect, from the distribution of its interval."""
    stats = opened("scipy.stats")
    statistic = abs(fit.estimate / fit.standard_error)
    normal = fit.model == "common" or fit.method.ci_method == "normal"
    return float(2 * (stats.norm.sf(statistic) if normal else stats.t.sf(statistic, fit.k - 1)))


def leave_one_out(fit: Any) -> tuple[dict[str, Any], ...]:
    """The pooled effect without each study in turn."""
    if fit.k < FEWEST:
        return ()
    names = list(fit.study_results["study"])
    left = fit.leave_one_out()
    reasons = list(left.table["error_message"])
    return tuple(
        {"without": str(name), "estimate": part.estimate, "ci": part.ci, "tau2": part.tau2}
        if part is not None
        else {"without": str(name), "why_not": str(reason)}
        for name, part, reason in zip(names, left.results, reasons, strict=True)
    )


def diagnostics(fit: Any) -> dict[str, Any]:
    """Egger's test and trim and fill, or why they are not there."""
    if fit.k < FEWEST:
        return {"why_not": f"{fit.k} studies; at least {FEWEST} are needed"}
    library = opened("meta_analyze")
    found: dict[str, Any] = {}
    try:
        test = fit.egger_test()
        found["egger"] = {
            "intercept": test.intercept,
            "t": test.statistic,
            "df": test.df,
            "p": test.pvalue,
            "method": "weighted regression of the effect on its standard error (Egger 1997)",
        }
    except library.MetaAnalysisError as trouble:
        found["egger"] = {"why_not": str(trouble)}
    try:
        filled = fit.trim_and_fill()
        found["trim_and_fill"] = {
            "missing": filled.k0,
            "side": filled.side,
            "estimate": filled.adjusted_estimate,
            "ci": filled.adjusted_ci,
            "method": "Duval and Tweedie 2000, estimator L0",
        }
    except library.MetaAnalysisError as trouble:
        found["trim_and_fill"] = {"why_not": str(trouble)}
    if fit.k < ADVISED:
        found["caution"] = f"With fewer than {ADVISED} studies these tests miss most asymmetry."
    return found
