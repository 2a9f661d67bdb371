"""Likeness: people are accepted so that the drawn ones differ from each other as real ones were seen to differ.

Needs    plausible (batches), scores
Gives    ``Likeness``, ``likeness``
Leaves   bounds (plausible); what a person does in a simulation

Of each candidate the ratio of two densities is taken: that of what was observed over that of everybody plausible, the
latter estimated once from candidates of its own. Who is too common in the draw is kept in that proportion. Sexes and
those who have a trait are kept as often as those who have not, so that their shares stay what the record says. The
chance belongs to the record and the body, not to the size or the seed of a draw.

Source   Allen 2016 (virtual populations by plausible patients and their probability of inclusion), Rieger 2018
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from ..compiler.model import Model
from ..errors import RecordError, nearest
from ..records.shapes import Observed, Population
from ..records.units import convert, same_kind
from .plausible import BODY, MASS_INDEX, Batch, mass_index, targets_of
from .scores import scores
from .varying import Varying

Array = NDArray[np.float64]
PILOT, PILOT_SEED = 1000, 20160317  # candidates from whom the density of everybody plausible is estimated
KEPT_WHOLE = 0.99  # share of the pilot whose ratio is at most that of who is always kept
REASON = "too common here for what was observed"


@dataclass(frozen=True)
class Likeness:
    """The chance of each candidate to be kept."""

    rows: tuple[tuple[Observed, tuple[str, ...], float], ...]  # what was observed, names in a batch, unit to inner
    mean: Array
    covariance: Array
    pilot: Array  # (dimension, candidate), standardised
    scale: float
    weights: tuple[tuple[str, float, float], ...] = ()  # trait: factor of who has not, and of who has it

    def chance(self, batch: Batch, people: NDArray[np.int64]) -> Array:
        """Shape (people,), between 0 and 1."""
        if not len(people):
            return np.zeros(0)
        ratio = np.exp(_log_ratio(self, _standardised(self.rows, batch, people))) / self.scale
        for name, without, having in self.weights:
            ratio = ratio * np.where(_has(batch, name)[people], having, without)
        return np.minimum(1.0, ratio)

    def against(self, batch: Batch, people: NDArray[np.int64], seed: int, attempt: int) -> NDArray[np.int64]:
        """Those of these people who are not kept."""
        if not len(people):
            return people
        drawn = scores("likeness", int(people.max()) + 1, seed, attempt)[people]
        luck = np.array([NormalDist().cdf(score) for score in drawn])
        return people[luck > self.chance(batch, people)]


def likeness(
    record: Population, varying: tuple[Varying, ...], body: Model, candidates: Callable[[int, int], Batch]
) -> Likeness | None:
    """The acceptance of a record, or None where nothing was observed; ``candidates(n, seed)`` gives plausible people.

    Raises
    ------
    RecordError
        Something observed does not vary, or its unit does not fit.
    """
    if not record.observed:
        return None
    rows = tuple(_row(record, number, varying, body) for number in range(len(record.observed)))
    pilot = candidates(PILOT, PILOT_SEED)
    seen = _standardised(rows, pilot, np.arange(PILOT))
    shape = np.corrcoef(seen).reshape(len(rows), len(rows))  # how they go together was not observed: as drawn
    draft = Likeness(rows, np.zeros(len(rows)), shape, seen, 1.0)
    ratio = np.exp(_log_ratio(draft, seen))
    ratio = np.minimum(1.0, ratio / np.quantile(ratio, KEPT_WHOLE))
    weights = []
    for name in ("female", *(trait.id for trait in record.traits if trait.share)):
        has = _has(pilot, name)
        if 0 < has.sum() < PILOT:
            without, having = (float(ratio.mean() / ratio[side].mean()) for side in (~has, has))
            weights.append((name, without, having))
            ratio = ratio * np.where(has, having, without)
    scale = float(np.quantile(np.exp(_log_ratio(draft, seen)), KEPT_WHOLE))
    return Likeness(rows, draft.mean, shape, seen, scale, tuple(weights))


def _log_ratio(like: Likeness, points: Array) -> Array:
    """Log of observed over drawn; the drawn are taken as normal in their own mean and covariance."""
    centre, spread = like.pilot.mean(axis=1), np.cov(like.pilot).reshape(len(points), len(points))
    return _log_normal(points, like.mean, like.covariance) - _log_normal(points, centre, spread)


def _log_normal(points: Array, mean: Array, covariance: Array) -> Array:
    off = points - mean[:, None]
    # d dimension, p person
    distance = np.einsum("dp,dp->p", off, np.linalg.solve(covariance, off))
    found: Array = -0.5 * (distance + np.linalg.slogdet(covariance)[1])
    return found


def _standardised(
    rows: tuple[tuple[Observed, tuple[str, ...], float], ...], batch: Batch, people: NDArray[np.int64]
) -> Array:
    """Distance from the observed mean in observed spreads, shape (dimension, person)."""
    found = []
    for observed, names, factor in rows:
        mean, sd = observed.mean * factor, observed.sd * factor
        each = [mass_index(batch) if name == MASS_INDEX else _value(batch, name) for name in names]
        value = np.mean(each, axis=0)[people]
        if observed.shape == "lognormal":
            width = np.sqrt(np.log(1 + (sd / mean) ** 2))
            found.append((np.log(value) - np.log(mean) + width**2 / 2) / width)
        else:
            found.append((value - mean) / sd)
    return np.array(found)


def _has(batch: Batch, name: str) -> NDArray[np.bool_]:
    has: NDArray[np.bool_] = batch.body["sex"] == "female" if name == "female" else batch.traits[name] > 0
    return has


def _value(batch: Batch, name: str) -> Array:
    return batch.body[name] if name in BODY else batch.values[name]


def _row(
    record: Population, number: int, varying: tuple[Varying, ...], body: Model
) -> tuple[Observed, tuple[str, ...], float]:
    observed = record.observed[number]
    place = record.origin.at(("observed", number))
    if observed.of in BODY or observed.of == MASS_INDEX:
        unit = BODY.get(observed.of, "1")
        _check_unit(observed, unit, place)
        return observed, (observed.of,), 1.0 if unit == "1" else convert(1.0, observed.unit, unit)
    chosen = targets_of(observed.of, varying, body)
    if not chosen:
        raise RecordError(
            f"'{observed.of}' was observed but does not vary",
            place=place,
            found=f"of: {observed.of}",
            expected=f"a parameter or a number of a drug that varies, {', '.join(BODY)}, or {MASS_INDEX}",
            try_=nearest(observed.of, [*(row.name for row in varying), *BODY, MASS_INDEX]),
        )
    _check_unit(observed, chosen[0].unit, place)
    return observed, tuple(target.name for target in chosen), chosen[0].inner(1.0, observed.unit)


def _check_unit(observed: Observed, unit: str, place: str) -> None:
    if not same_kind(observed.unit, unit):
        raise RecordError(
            f"the unit '{observed.unit}' does not fit '{observed.of}'",
            place=place,
            found=f"unit: {observed.unit}",
            expected=f"a unit like {unit}",
            try_="the unit in which the value is watched",
        )
