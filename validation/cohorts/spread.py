"""The spread between cohorts: a random effect over the differences of published cohorts from the body.

Needs    cohorts.yaml, validation.running, enkephalin.evidence
Gives    ``questions()``, ``answer(question)``: a ``Spread``; ``Row``
Leaves   how it is shown: see ``page``; the tolerances of single findings, which stay as they were fixed
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import TypeAdapter
from scipy import stats

from enkephalin.evidence import meta_analysis
from enkephalin.measure import measure
from enkephalin.records.shapes.base import Identifier, Shape

from ..records import groups
from ..running import result_of

FILE = Path(__file__).with_name("cohorts.yaml")


class Cohort(Shape):
    """One published share, and the read-out of a run that stands for it."""

    source: Identifier
    group: Identifier
    run: Identifier
    read: str
    share: float
    people: int
    what: str

    @property
    def log_hazard(self) -> float:
        """Logarithm of the cumulative hazard that the share means."""
        return log_hazard(self.share)

    @property
    def variance(self) -> float:
        """Of that logarithm, because the people are so few (delta method)."""
        return (1 - self.share) / (self.people * self.share * math.log(self.share) ** 2)


def log_hazard(share: float) -> float:
    """Logarithm of the cumulative hazard that a share means."""
    return math.log(-math.log(share))


class Question(Shape):
    """Cohorts that answer one question."""

    id: Identifier
    about: str
    cohorts: tuple[Cohort, ...]


@dataclass(frozen=True)
class Row:
    """A cohort beside the body: both shares, the difference, and where nineteen of twenty such cohorts lie."""

    cohort: Cohort
    body: float
    difference: float
    predicted: tuple[float, float]

    @property
    def within(self) -> bool:
        """True when the published share lies in the prediction interval."""
        low, high = self.predicted
        return low <= self.cohort.share <= high


@dataclass(frozen=True)
class Spread:
    """What the cohorts of a question say together, as logarithms of the cumulative hazard."""

    question: Question
    cohorts: int
    mean: float  # cohorts less body; below 0 fewer use, or leave, than in the body
    mean_ci: tuple[float, float]
    tau: float
    tau_ci: tuple[float, float] | None
    rows: tuple[Row, ...]


@functools.cache
def questions() -> tuple[Question, ...]:
    """Every question of cohorts.yaml."""
    read = yaml.safe_load(FILE.read_text("utf-8"))
    return TypeAdapter(tuple[Question, ...]).validate_python(read, strict=False)


def body_share(cohort: Cohort) -> float:
    """What the body gives for the cohort."""
    group = next(one for one in groups() if one.id == cohort.group)
    return float(measure(result_of(group, cohort.run), cohort.read).mean())


def answer(question: Question) -> Spread:
    """Pool the cohorts of a question.

    Arms of one trial, and times of one cohort, count once: by the mean of their differences, weighted by precision;
    its variance is that of the most precise of them, because they share people or a clinic.

    Parameters
    ----------
    question : Question
        Published shares and the runs that stand for them.

    Returns
    -------
    Spread
        Differences are logarithms of ratios of cumulative hazards.

    Example
    -------
    >>> answer(questions()[0]).tau                            # doctest: +SKIP
    """
    shares = [body_share(one) for one in question.cohorts]
    apart = [one.log_hazard - log_hazard(share) for one, share in zip(question.cohorts, shares, strict=True)]
    pool: dict[str, tuple[float, float]] = {}  # cohort -> difference, variance
    for source in dict.fromkeys(one.source for one in question.cohorts):
        own = [(d, one.variance) for d, one in zip(apart, question.cohorts, strict=True) if one.source == source]
        weights = [1 / variance for _, variance in own]
        middle = sum(w * d for w, (d, _) in zip(weights, own, strict=True)) / sum(weights)
        pool[source] = (middle, min(variance for _, variance in own))
    yi, vi = zip(*pool.values(), strict=True)
    pooled = meta_analysis({"study": list(pool), "yi": list(yi), "vi": list(vi)}, interval="hartung_knapp")
    tau = math.sqrt(pooled.tau2)
    wide = float(stats.t.ppf(0.975, len(pool) - 1))
    rows = []
    for one, share, difference in zip(question.cohorts, shares, apart, strict=True):
        reach = wide * math.sqrt(pooled.tau2 + one.variance)
        ends = [math.exp(math.log(share) * math.exp(sign * reach)) for sign in (1, -1)]
        rows.append(Row(one, share, difference, (ends[0], ends[1])))
    tau_ci = None if pooled.tau2_ci is None else (math.sqrt(pooled.tau2_ci[0]), math.sqrt(pooled.tau2_ci[1]))
    return Spread(question, len(pool), pooled.estimate, pooled.ci, tau, tau_ci, tuple(rows))
