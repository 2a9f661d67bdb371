"""Weighting: drawn people count more or less, so that together they are like a published cohort.

Needs    columns; a draw, or columns of numbers
Gives    ``weigh(people, aims)``, ``Aim``, ``Weights``
Leaves   what happens to the people: see ``simulate``, ``trial``

Explained in docs/explanations/populations.md. Method: entropy balancing (Hainmueller 2012): of all weights that meet
the aims those that differ least from equal ones.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import RequestError
from .columns import column
from .people import Draw

Array = NDArray[np.float64]
STEPS, HALVINGS = 200, 40
CLOSE = 1e-9  # of an aim, in spreads between the drawn people
STEEP = 1e-4  # share of the promised fall that a step must bring
RIDGE = 1e-12


@dataclass(frozen=True)
class Aim:
    """What the cohort had: mean and spread of a number, the share of a word, or the correlation of two numbers.

    Parameters
    ----------
    of : str
        age, weight, sex, a trait, a drawn parameter (``bond.attachment_anxiety``), or a column that was handed over.
    mean, sd : float
        In the unit of the column; a spread needs its mean.
    word, share : str and float
        The share of people who have this word ("female").
    beside, correlation : str and float
        Another number, and how the two go together; both need mean and spread.
    """

    of: str
    mean: float | None = None
    sd: float | None = None
    word: str | None = None
    share: float | None = None
    beside: str | None = None
    correlation: float | None = None


@dataclass(frozen=True)
class Weights:
    """How much each person counts.

    ``met`` has a line for each aim: what, among the drawn people, aimed at, with the weights.
    """

    weights: Array = field(repr=False)  # (person,), their sum is 1
    met: tuple[tuple[str, float, float, float], ...]

    @property
    def effective(self) -> float:
        """How many equal people would give means as sure as these: 1 / sum of squares (Kish)."""
        return float(1 / (self.weights**2).sum())

    @property
    def heaviest(self) -> float:
        """The largest weight, times the number of people: how many people the heaviest stands for."""
        return float(self.weights.max() * len(self.weights))

    def mean(self, values: Any) -> Any:
        """The weighted mean over people, which are the first dim of the values."""
        return np.tensordot(self.weights, np.asarray(values, float), axes=1)

    def sd(self, values: Any) -> Any:
        """The weighted spread between people."""
        values = np.asarray(values, float)
        return np.sqrt(np.maximum(self.mean((values - self.mean(values)) ** 2), 0.0))

    def people(self, n: int, seed: int) -> NDArray[np.int64]:
        """Places of ``n`` people drawn by weight, with repetition: what ``observe`` and ``draw[...]`` take."""
        return np.random.default_rng(seed).choice(len(self.weights), size=n, p=self.weights)

    def report(self) -> str:
        """Aims, what came of them, and how many people are left of it, in words."""
        rows = [f"  {what:<44} drawn {drawn:>9.4g}   aimed {aim:>9.4g}   weighted {got:>9.4g}"
                for what, drawn, aim, got in self.met]  # fmt: skip
        share = self.effective / len(self.weights)
        return "\n".join(
            [
                f"{len(self.weights)} people count as {self.effective:.0f} ({share:.0%}); "
                f"the heaviest stands for {self.heaviest:.1f}",
                *rows,
            ]
        )


def weigh(people: Draw | Mapping[str, Any], aims: Sequence[Aim], *, also: Mapping[str, Any] | None = None) -> Weights:
    """Weights with which drawn people have the means, spreads, shares and correlations of a cohort.

    Parameters
    ----------
    people : Draw or mapping of columns (a data frame too)
        Who is weighed.
    aims : list of Aim
        What is to be met; exactly, or the request is refused.
    also : mapping, optional
        Further columns, shape (person,): what was simulated or measured.

    Returns
    -------
    Weights
        Always report ``effective`` beside what was found with them.

    Raises
    ------
    RequestError
        An aim cannot be met by these people, or is not whole.

    Example
    -------
    >>> rows = {"age": [20.0, 30.0, 40.0, 50.0]}
    >>> found = weigh(rows, [Aim("age", mean=30.0)])
    >>> round(found.mean(rows["age"]), 6), round(found.effective, 2)
    (30.0, 3.46)
    """
    names, features = _features(people, also or {}, aims)
    centre, spread = features.mean(axis=0), features.std(axis=0)
    for name, own in zip(names, spread, strict=True):
        if not own > 0:
            raise _unmet(name, "all drawn people are the same in it")
    goal = np.array(_goals(aims))
    scaled = (features - goal) / spread  # p person, a aim: 0 is met
    weights = _balanced(scaled)
    missed = np.abs(weights @ scaled)
    if not missed.max() < math.sqrt(CLOSE):
        worst = int(missed.argmax())
        drawn = f"the drawn people have {centre[worst]:.4g}, between {features[:, worst].min():.4g} and "
        raise _unmet(names[worst], f"{goal[worst]:.4g}; {drawn}{features[:, worst].max():.4g}")
    return Weights(weights, tuple(_met(people, also or {}, aims, weights)))


def _balanced(scaled: Array) -> Array:
    """The weights of largest entropy with a mean of 0 in every column: Newton's way on the convex dual."""
    multiplier = np.zeros(scaled.shape[1])

    def at(multiplier: Array) -> tuple[float, Array]:
        power = scaled @ multiplier
        top = power.max()
        weights = np.exp(power - top)
        return float(top + math.log(weights.sum())), weights / weights.sum()

    value, weights = at(multiplier)
    for _ in range(STEPS):
        slope = weights @ scaled
        if np.abs(slope).max() < CLOSE:
            break
        bent = (scaled * weights[:, None]).T @ scaled - np.outer(slope, slope)
        step = -np.linalg.lstsq(bent + RIDGE * np.eye(len(slope)), slope, rcond=None)[0]
        length = 1.0
        for _ in range(HALVINGS):
            further, others = at(multiplier + length * step)
            if further <= value + STEEP * length * float(slope @ step):
                break
            length /= 2
        else:
            break
        multiplier, value, weights = multiplier + length * step, further, others
    return weights


def _values(people: Draw | Mapping[str, Any], also: Mapping[str, Any], name: str) -> NDArray[Any]:
    if name in also:
        return np.asarray(also[name])
    if isinstance(people, Draw):
        return column(people, name)
    if name not in people:
        raise RequestError(
            f"no column '{name}'", found=name, expected="one of " + ", ".join(map(str, people)), try_="also={...}"
        )
    return np.asarray(people[name])


def _features(
    people: Draw | Mapping[str, Any], also: Mapping[str, Any], aims: Sequence[Aim]
) -> tuple[list[str], Array]:
    """The columns whose weighted means are asked for: a value, its square about the aimed mean, a product."""
    if not aims:
        raise RequestError(
            "nothing is aimed at", found="no aims", expected="at least one Aim", try_="Aim('age', mean=40)"
        )
    own = {aim.of: aim for aim in aims if aim.mean is not None}
    names, columns = [], []
    for aim in aims:
        values = _values(people, also, aim.of)
        if aim.word is not None and aim.share is not None:
            names.append(f"share of {aim.of} {aim.word}")
            columns.append((values == aim.word).astype(float))
            continue
        numbers = _numbers(values, aim.of)
        if aim.mean is not None:
            names.append(f"mean of {aim.of}")
            columns.append(numbers)
        if aim.sd is not None:
            names.append(f"spread of {aim.of}")
            columns.append((numbers - _mean(own, aim.of)) ** 2)
        if aim.beside is not None and aim.correlation is not None:
            other = _numbers(_values(people, also, aim.beside), aim.beside)
            names.append(f"{aim.of} with {aim.beside}")
            columns.append((numbers - _mean(own, aim.of)) * (other - _mean(own, aim.beside)))
        if aim.mean is None and aim.sd is None and aim.correlation is None:
            raise RequestError(
                f"nothing is aimed at in '{aim.of}'",
                found=repr(aim),
                expected="mean, sd, share or correlation",
                try_="mean=40, for instance",
            )
    return names, np.stack(columns, axis=1)


def _goals(aims: Sequence[Aim]) -> list[float]:
    spread = {aim.of: aim.sd for aim in aims if aim.sd is not None}
    found: list[float] = []
    for aim in aims:
        if aim.word is not None and aim.share is not None:
            found.append(aim.share)
            continue
        found += [aim.mean] if aim.mean is not None else []
        found += [aim.sd**2] if aim.sd is not None else []
        if aim.beside is not None and aim.correlation is not None:
            for name in (aim.of, aim.beside):
                if name not in spread:
                    raise _half(f"a correlation with '{name}'", f"Aim({name!r}, mean=..., sd=...)")
            found.append(aim.correlation * spread[aim.of] * spread[aim.beside])
    return found


def _met(
    people: Draw | Mapping[str, Any], also: Mapping[str, Any], aims: Sequence[Aim], weights: Array
) -> list[tuple[str, float, float, float]]:
    """Each aim among the drawn people, as aimed, and with the weights."""
    equal = np.full_like(weights, 1 / len(weights))
    rows = []
    for aim in aims:
        values = _values(people, also, aim.of)
        if aim.word is not None and aim.share is not None:
            has = (values == aim.word).astype(float)
            rows.append((f"share of {aim.of} {aim.word}", float(equal @ has), aim.share, float(weights @ has)))
            continue
        numbers = _numbers(values, aim.of)
        if aim.mean is not None:
            rows.append((f"mean of {aim.of}", float(equal @ numbers), aim.mean, float(weights @ numbers)))
        if aim.sd is not None:
            rows.append((f"spread of {aim.of}", _sd(equal, numbers), aim.sd, _sd(weights, numbers)))
        if aim.beside is not None and aim.correlation is not None:
            other = _numbers(_values(people, also, aim.beside), aim.beside)
            found = [_together(one, numbers, other) for one in (equal, weights)]
            rows.append((f"{aim.of} with {aim.beside}", found[0], aim.correlation, found[1]))
    return rows


def _sd(weights: Array, values: Array) -> float:
    return math.sqrt(float(weights @ (values - weights @ values) ** 2))


def _together(weights: Array, one: Array, other: Array) -> float:
    product = float(weights @ ((one - weights @ one) * (other - weights @ other)))
    return product / (_sd(weights, one) * _sd(weights, other))


def _numbers(values: NDArray[Any], name: str) -> Array:
    if values.dtype.kind not in "biuf" or not np.isfinite(values.astype(float)).all():
        raise RequestError(
            f"'{name}' is not a number of everybody",
            found="words, or values that are missing",
            expected="finite numbers; of words a share",
            try_=f"Aim({name!r}, word=..., share=...)",
        )
    return values.astype(float)


def _mean(own: Mapping[str, Aim], name: str) -> float:
    if name not in own or own[name].mean is None:
        raise _half(f"the spread of '{name}'", f"Aim({name!r}, mean=..., sd=...)")
    return float(own[name].mean or 0.0)


def _half(what: str, way: str) -> RequestError:
    return RequestError(f"{what} needs more", found="no mean or no spread aimed at", expected="both", try_=way)


def _unmet(name: str, found: str) -> RequestError:
    return RequestError(
        f"these people cannot be weighted so: {name}",
        found=found,
        expected="an aim between the drawn people, and aims that some people meet together",
        try_="more people, a population nearer to the cohort, or fewer aims",
    )
