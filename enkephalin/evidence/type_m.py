"""Type M: how much a significant finding of a given design overstates a true effect (Gelman and Carlin 2014).

Needs    the standard library
Gives    ``exaggeration(true, se)``, ``retrodesign(stated, claim)``
Leaves   what the true effect is: it is asked for, never guessed from the finding itself
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Any

from ..records.shapes import Claim, Value

NORMAL = NormalDist()
SIGNIFICANT = NORMAL.inv_cdf(0.975)
USUAL_R = 0.2  # median correlation of preregistered studies of individual differences; Gignac and Szodorai 2016
RATIOS = ("hazard ratio", "odds ratio", "risk ratio")


def exaggeration(true: float, se: float) -> tuple[float, float]:
    """Power of a two-sided test at 5 %, and the mean overstatement of those findings that pass it.

    Parameters
    ----------
    true : float
        The true effect, not zero.
    se : float
        Standard error of the estimate that the design gives, in the same unit.

    Returns
    -------
    (power, factor)
        The factor is the mean absolute significant estimate over the true effect: at least 1.
    """
    shift, cut = abs(true) / se, SIGNIFICANT
    above, below = 1 - NORMAL.cdf(cut - shift), NORMAL.cdf(-cut - shift)
    # mean of |z| over the two tails of a normal distribution with mean `shift`
    tails = shift * above + NORMAL.pdf(cut - shift) - shift * below + NORMAL.pdf(cut + shift)
    power = above + below
    return power, tails / power / shift


def retrodesign(stated: Value, claim: Claim) -> dict[str, Any] | None:
    """Power and overstatement of a stated effect, or None where its precision or a plausible effect is not known.

    The plausible effect is what the evidence of the claim gives in the same measure; for a correlation, failing that,
    the usual size of correlations between people.
    """
    if stated.value is None:
        return None
    scale = _scale(stated.measure)
    se = _standard_error(stated, scale, _people(claim))
    known = claim.known.value
    if known is not None and known.value is not None and known.measure == stated.measure:
        plausible = known.value
    elif stated.measure.startswith("r"):
        plausible = USUAL_R
    else:
        return None
    if se is None or scale(plausible) == 0:
        return None
    power, factor = exaggeration(scale(plausible), se)
    return {"plausible": plausible, "se": se, "power": power, "exaggeration": factor, "stated": stated.value}


def _scale(measure: str) -> Any:
    if measure in RATIOS:
        return math.log
    return math.atanh if measure == "r" or measure.startswith("r ") else float


def _standard_error(stated: Value, scale: Any, people: int | None) -> float | None:
    """From the stated interval; for a correlation from the number of people."""
    if stated.low is not None and stated.high is not None:
        return float((scale(stated.high) - scale(stated.low)) / (2 * SIGNIFICANT))
    if scale is math.atanh and people is not None and people > 3:
        return 1 / math.sqrt(people - 3)
    return None


def _people(claim: Claim) -> int | None:
    """How many people the study had that the text names."""
    from ..records.catalog import get

    own = {row.id: row for row in claim.own_sources}
    for name in claim.article.names:
        size = (own.get(name) or get("source", name)).n
        if isinstance(size, int):
            return size
    return None
