"""Three libraries on the same studies: whether they agree, and to what.

Needs    PyMetaAnalysis, PyMARE, statsmodels
Gives    ``opinions(yi, vi, method)``, ``Opinion``

Each library knows a part of the methods: PyMARE has REML and DL, statsmodels PM and DL, PyMetaAnalysis all three.
Where all know the method they must agree; the tests ask for it on random tables.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .libraries import opened, versions

# statsmodels 0.15 answers tau2 = 0 when rounding takes its Paule-Mandel iteration past the root, which a root that is
# met exactly does at any tolerance: a coarser one stops before it.
STEPS = (1e-9, 1e-6, 1e-4, 1e-2)


@dataclass(frozen=True)
class Opinion:
    """The random-effects result of one library."""

    library: str
    version: str
    estimate: float
    se: float
    tau2: float


def opinions(yi: np.ndarray, vi: np.ndarray, method: str = "REML") -> tuple[Opinion, ...]:
    """The pooled effect by each library that knows the method, with a normal standard error.

    Parameters
    ----------
    yi, vi : arrays, shape (study,)
    method : "REML", "PM" or "DL"
    """
    found = [_pymetaanalysis(yi, vi, method)]
    if method in ("REML", "DL"):
        found.append(_pymare(yi, vi, method))
    if method in ("PM", "DL"):
        found.append(_statsmodels(yi, vi, method))
    return tuple(found)


def _opinion(module: str, estimate: float, se: float, tau2: float) -> Opinion:
    ((name, number),) = versions(module).items()
    return Opinion(name, number, float(estimate), float(se), float(tau2))


def _pymetaanalysis(yi: np.ndarray, vi: np.ndarray, method: str) -> Opinion:
    fit = opened("meta_analyze").meta_analysis(effect=yi, variance=vi, model="random", tau2_method=method)
    return _opinion("meta_analyze", fit.estimate, fit.standard_error, fit.tau2)


def _pymare(yi: np.ndarray, vi: np.ndarray, method: str) -> Opinion:
    kinds = opened("pymare").estimators
    if method == "DL":
        estimator = kinds.DerSimonianLaird(small_sample_correction="wald")
    else:
        estimator = kinds.VarianceBasedLikelihoodEstimator(method="REML", small_sample_correction="wald")
    fit = estimator.fit(yi[:, None], vi[:, None], np.ones((len(yi), 1))).params_
    estimate, variance, tau2 = (float(np.ravel(fit[key])[0]) for key in ("fe_params", "inv_cov", "tau2"))
    return _opinion("pymare", estimate, variance**0.5, tau2)


def _statsmodels(yi: np.ndarray, vi: np.ndarray, method: str) -> Opinion:
    combine = opened("statsmodels.stats.meta_analysis").combine_effects
    for tolerance in STEPS:
        fit = combine(yi, vi, method_re="pm", atol=tolerance, maxiter=1000)
        if fit.tau2 > 0 or fit.q <= fit.df:
            break
    if method == "DL" and fit.q > fit.df:  # below, its DL is negative where it should be zero, as PM is
        fit = combine(yi, vi, method_re="dl")
    return _opinion("statsmodels", fit.mean_effect_re, fit.sd_eff_w_re, fit.tau2)
