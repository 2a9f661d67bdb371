"""What a power analysis found, with the errors of finding it by chance.

Needs    numpy
Gives    ``Power``, ``Row``, ``Size``, ``row_of``
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...records.shapes.analysis import Analysis

Array = NDArray[np.float64]
ESTIMATE, LOW, HIGH, P, EFFECT = range(5)  # what is kept of each repeat
NORMAL = NormalDist()


@dataclass(frozen=True)
class Row:
    """One planned analysis over all repeats.

    Parameters
    ----------
    power : float
        Share of repeats with p at or below the planned error.
    error : float
        Standard error of that share from the number of repeats (Monte Carlo error).
    bank_error : float
        Largest standard error of that share from the bank being finite: phi(z) sqrt(n / bank).
    estimate, effect_size : float
        Means over the repeats.
    spread : float
        Standard deviation of the estimates: the true standard error of one study.
    coverage : float
        Share of intervals that hold the mean estimate.
    type_s : float
        Share of significant repeats with the wrong sign.
    type_m : float
        Mean exaggeration of significant repeats: |estimate| over the mean estimate.
    failed : int
        Repeats whose data the analysis could not use; they count as not significant.
    type_1 : float or None
        Share of significant repeats where all arms are alike; ``type_1_error`` its Monte Carlo error.
    """

    kind: str
    measure: str
    contrast: str
    effect_kind: str
    power: float
    error: float
    bank_error: float
    estimate: float
    effect_size: float
    spread: float
    coverage: float
    type_s: float
    type_m: float
    failed: int
    type_1: float | None = None
    type_1_error: float | None = None


@dataclass(frozen=True)
class Size:
    """How many people give a power: n with its range from the number of repeats; None where no n was found."""

    power: float
    n: int | None
    low: int | None
    high: int | None
    how: str


@dataclass(frozen=True)
class Power:
    """The power of a study as planned; ``rows[0]`` is the primary analysis."""

    study: str
    n: int
    repeats: int
    bank: int
    rows: tuple[Row, ...]
    required: tuple[Size, ...] = ()
    over: Mapping[str, Power] = field(default_factory=dict)  # the same with other n, doses or times
    seconds: Mapping[str, float] = field(default_factory=dict, compare=False)
    provenance: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON; what is not known is None."""
        return {
            "study": self.study,
            "n": self.n,
            "repeats": self.repeats,
            "bank": self.bank,
            "rows": [{key: _known(value) for key, value in asdict(row).items()} for row in self.rows],
            "required": [asdict(size) for size in self.required],
            "over": {label: other.as_dict() for label, other in self.over.items()},
            "seconds": dict(self.seconds),
            "provenance": dict(self.provenance),
        }

    def lines(self) -> list[str]:
        """The same in words, a line each."""
        found = []
        for row in self.rows:
            text = (
                f"power {row.power:.3f} (error {row.error:.3f} from {self.repeats} repeats, up to {row.bank_error:.3f} "
                f"from a bank of {self.bank}) for {row.measure}, {row.contrast}, with n {self.n}"
            )
            if row.type_1 is not None:
                text += f"; {row.type_1:.3f} with identical arms"
            if row.failed:
                text += f"; {row.failed} repeats could not be analysed"
            found.append(text)
        first = self.rows[0]
        if math.isfinite(first.type_m):
            found.append(
                f"a significant result exaggerates the effect {first.type_m:.2f} times on average; "
                f"{first.type_s:.1%} have the wrong sign"
            )
        for size in self.required:
            who = "no n found" if size.n is None else f"n {size.n} ({size.low} to {size.high})"
            found.append(f"{size.power:.0%} power: {who}, {size.how}")
        for label, other in self.over.items():
            row = other.rows[0]
            found.append(f"{label}: power {row.power:.3f} (error {row.error:.3f}), effect {row.effect_size:.2f}")
        return found


def row_of(plan: Analysis, label: tuple[str, str], found: Array, n: int, bank: int, null: Array | None) -> Row:
    """Sum up repeats, shape (repeat, 5), and those with identical arms."""
    p = found[:, P]
    sound = np.isfinite(p) & np.isfinite(found[:, ESTIMATE])
    significant = sound & (p <= plan.alpha)
    share = float(significant.mean())
    estimates = found[sound, ESTIMATE]
    mean = float(estimates.mean()) if len(estimates) else math.nan
    inside = (found[sound, LOW] <= mean) & (mean <= found[sound, HIGH])
    seen = found[significant, ESTIMATE]
    return Row(
        kind=plan.kind,
        measure=plan.measure,
        contrast=label[0],
        effect_kind=label[1],
        power=share,
        error=standard_error(share, len(p)),
        bank_error=_bank_error(share, n, bank),
        estimate=mean,
        effect_size=float(np.nanmean(found[sound, EFFECT])) if sound.any() else math.nan,
        spread=float(estimates.std(ddof=1)) if len(estimates) > 1 else math.nan,
        coverage=float(inside.mean()) if len(inside) else math.nan,
        type_s=float((np.sign(seen) != np.sign(mean)).mean()) if len(seen) else math.nan,
        type_m=float(np.abs(seen).mean() / abs(mean)) if len(seen) and mean else math.nan,
        failed=int((~sound).sum()),
        type_1=None if null is None else float((null[:, P] <= plan.alpha).mean()),
        type_1_error=None if null is None else standard_error(float((null[:, P] <= plan.alpha).mean()), len(null)),
    )


def standard_error(share: float, repeats: int) -> float:
    """The Monte Carlo error of a share; never below that of one repeat in twice as many."""
    kept = min(max(share, 1 / (2 * repeats)), 1 - 1 / (2 * repeats))
    return math.sqrt(kept * (1 - kept) / repeats)


def _bank_error(share: float, n: int, bank: int) -> float:
    """By how much power could differ with another bank: a bank knows the effect as a study of its own size would."""
    kept = min(max(share, 1e-6), 1 - 1e-6)
    return NORMAL.pdf(NORMAL.inv_cdf(kept)) * math.sqrt(n / bank)


def _known(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
