"""Estimate: what an analysis found, with its interval, its effect size and what it leans on.

Needs    nothing
Gives    ``Estimate``
Leaves   computing it: see ``analysis``
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Interval = tuple[float, float]
UNKNOWN: Interval = (math.nan, math.nan)


@dataclass(frozen=True)
class Estimate:
    """One finding. The effect is arm minus control, in the unit of the measure unless ``effect_kind`` says more.

    Parameters
    ----------
    measure, contrast : str
        What was measured, and which arms were compared ("naltrexone - placebo").
    estimate : float
        The effect in the unit of the measure (of a Cox analysis: the logarithm of the hazard ratio).
    ci : tuple
        Its interval (low, high) at the planned confidence.
    p : float
        Two-sided, of no effect; NaN where the analysis tests nothing.
    effect_size, effect_ci : float, tuple
        The effect without a unit, and its interval.
    effect_kind : str
        What that is: "Hedges g", "d_z", "r", "HR", ...
    n : int
        People whose values entered.
    method : str
        What was computed, by which library and version.
    assumptions : tuple of str
        What it leans on, and how each stands in these data.
    when : str
        What of the measure counted: "at 6 min", "change at 28 d", "mean"; nothing of the last occasion.
    details : mapping
        Further numbers of this kind of analysis, by name.

    Example
    -------
    >>> Estimate("pain", "drug - placebo", -2.0, (-3.0, -1.0), 0.01, -0.5, (-0.9, -0.1), "Hedges g", 40, "").significant
    True
    """

    measure: str
    contrast: str
    estimate: float
    ci: Interval
    p: float
    effect_size: float
    effect_ci: Interval
    effect_kind: str
    n: int
    method: str
    assumptions: tuple[str, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)
    alpha: float = 0.05
    when: str = ""

    @property
    def title(self) -> str:
        """What was found out, in words: "pain at 6 min, drug - placebo"."""
        return f"{self.measure} {self.when}".strip() + f", {self.contrast}"

    @property
    def significant(self) -> bool:
        """Whether p is at or below the planned error."""
        return bool(self.p <= self.alpha)

    def as_dict(self) -> dict[str, Any]:
        """The same as plain values for JSON; what is not known is None."""
        return {
            "measure": self.measure,
            "contrast": self.contrast,
            "when": self.when,
            "estimate": _known(self.estimate),
            "ci": [_known(limit) for limit in self.ci],
            "p": _known(self.p),
            "effect_size": _known(self.effect_size),
            "effect_ci": [_known(limit) for limit in self.effect_ci],
            "effect_kind": self.effect_kind,
            "n": self.n,
            "method": self.method,
            "assumptions": list(self.assumptions),
            "details": {name: _known(value) for name, value in self.details.items()},
        }


def _known(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
