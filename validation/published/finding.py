"""Finding: a published result, and what a shipped study finds in its stead.

Needs    enkephalin.trial
Gives    ``Finding``, ``findings()``, ``found(finding)``, ``Found``; ``statistic``
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, TypeAdapter

from enkephalin.records import resolve_study
from enkephalin.records.reader import read_document
from enkephalin.records.scenario.grammar import time_of
from enkephalin.records.shapes.base import Identifier, Sentence, Shape
from enkephalin.records.shapes.quantity import Number
from enkephalin.trial import Truth, make_truth, observe

HERE = Path(__file__).parent
Band = Annotated[tuple[Number | None, Number | None], Field(min_length=2, max_length=2)]
SAME = 1e-6  # h


class Misfit(Shape):
    """What comes out instead, and why."""

    band: Band
    why: Sentence


class Finding(Shape):
    """What was found, and which study, measure and statistic seek it."""

    id: Identifier
    claim: Sentence
    study: Identifier
    measure: Identifier
    contrast: Annotated[tuple[str, ...], Field(min_length=1, max_length=2)]
    at: str
    statistic: Literal["between", "of_control", "mean", "apart"]
    change: bool = False  # from the baseline, for the mean
    band: Band
    source: Identifier
    misfit: Misfit | None = None
    note: Sentence | None = None


@dataclass(frozen=True)
class Found:
    """The statistic over repeats of the study: mean, what nine of ten studies find, and the verdict."""

    finding: Finding
    n: int
    mean: float
    low: float
    high: float

    @property
    def word(self) -> str:
        """as published; misfit (as stated); changed (a stated misfit is now another); or not as published."""
        fits = _inside(self.mean, self.finding.band)
        if self.finding.misfit is None:
            return "as published" if fits else "not as published"
        return "misfit" if not fits and _inside(self.mean, self.finding.misfit.band) else "changed"

    @property
    def good(self) -> bool:
        """Whether the record says what comes out."""
        return self.word in ("as published", "misfit")


def _inside(value: float, band: tuple[float | None, float | None]) -> bool:
    low, high = band
    return (low is None or value >= low) and (high is None or value <= high)


def findings() -> tuple[Finding, ...]:
    """All records of findings.yaml."""
    data: Any = read_document(HERE / "findings.yaml").data["findings"]
    return TypeAdapter(tuple[Finding, ...]).validate_python(data)


def bank(study: str, people: int, seed: int = 1) -> Truth:
    """People of a study with what they would show in every arm."""
    return make_truth(resolve_study(study), people, seed=seed)


def found(finding: Finding, truth: Truth, *, repeats: int, seed: int = 1) -> Found:
    """The statistic in studies of the planned size, with people drawn from the bank with replacement."""
    n = truth.study.people.n
    random = np.random.default_rng(seed)
    values = [
        statistic(observe(truth, random.integers(len(truth), size=n), seed + repeat), finding)
        for repeat in range(repeats)
    ]
    return Found(finding, n, float(np.mean(values)), *(float(one) for one in np.percentile(values, [5, 95])))


def statistic(table: Any, finding: Finding) -> float:
    """One number of one data set."""
    rows = table[(table["measure"] == finding.measure) & ((table["time_h"] - time_of(finding.at)).abs() < SAME)]
    rows = rows.dropna(subset=["value"])
    if rows.empty:
        raise AssertionError(f"{finding.id}: {finding.measure} is not read at {finding.at}")
    arms = [rows[rows["arm"] == arm] for arm in finding.contrast]
    if finding.statistic == "mean":
        return float((arms[0]["value"] - (arms[0]["baseline"] if finding.change else 0.0)).mean())
    treated, control = arms
    if finding.statistic == "of_control":
        rise = [(arm["value"] - arm["baseline"]).mean() for arm in arms]
        return float((rise[0] - rise[1]) / rise[1])
    if finding.statistic == "between":
        return _apart(treated["value"].to_numpy(), control["value"].to_numpy())
    both = treated.merge(control, on="person", suffixes=("", "_control"))
    more = both["value"] - both["value_control"]
    return _apart(more[both["sex"] == "female"].to_numpy(), more[both["sex"] == "male"].to_numpy())


def _apart(one: Any, other: Any) -> float:
    return float((one.mean() - other.mean()) / np.sqrt((one.var(ddof=1) + other.var(ddof=1)) / 2))
