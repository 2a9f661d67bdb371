"""Rows that depend on each other: several effects from one study, one control group shared by several arms.

Needs    PyMARE
Gives    ``cluster_robust(labels, yi, vi, method, level)``, ``ClusterRobust``
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import RequestError
from .libraries import opened

FEW = 4  # degrees of freedom under which the approximation is not to be trusted (Tipton 2015)


@dataclass(frozen=True)
class ClusterRobust:
    """The pooled effect with an interval that allows for dependence inside clusters."""

    estimate: float
    se: float
    ci: tuple[float, float]
    df: float
    p: float
    tau2: float
    clusters: int
    method: str = "CR2 sandwich, Satterthwaite's degrees of freedom (Pustejovsky and Tipton 2018)"
    caution: str = ""


def cluster_robust(labels: Sequence[str], yi: np.ndarray, vi: np.ndarray, method: str, level: float) -> ClusterRobust:
    """Pool effects that come in clusters.

    Parameters
    ----------
    labels : sequence of str
        The cluster of each effect.
    yi, vi : arrays, shape (study,)
    method : "REML", "DL" or "PM"
        PM is not in PyMARE: REML stands in for it.
    level : float
        Of the interval.
    """
    names = sorted(set(labels))
    if len(names) < 2:
        raise RequestError(
            "all effects are in one cluster", found=names[0], expected="two clusters or more", try_="another column"
        )
    pymare, t = opened("pymare"), opened("scipy.stats").t
    groups = np.array([names.index(label) for label in labels])
    if method == "DL":
        estimator = pymare.estimators.DerSimonianLaird()
    else:
        estimator = pymare.estimators.VarianceBasedLikelihoodEstimator(method="REML")
    fit = estimator.fit(yi[:, None], vi[:, None], np.ones((len(yi), 1)), g=groups)
    estimate = float(np.ravel(fit.params_["fe_params"])[0])
    se = float(np.ravel(fit.params_["inv_cov"])[0]) ** 0.5
    df = float(np.ravel(fit.params_["dof"])[0])
    half = float(t.ppf((1 + level) / 2, df)) * se
    return ClusterRobust(
        estimate=estimate,
        se=se,
        ci=(estimate - half, estimate + half),
        df=df,
        p=float(2 * t.sf(abs(estimate / se), df)),
        tau2=float(np.ravel(fit.params_["tau2"])[0]),
        clusters=len(names),
        caution=f"{df:.1f} degrees of freedom are too few to trust the interval." if df < FEW else "",
    )
