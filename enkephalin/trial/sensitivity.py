"""Sensitivity: which numbers of the body make a read-out differ, when all vary together over their stated spreads.

Needs    population (what varies), simulate, measure; SALib
Gives    ``sensitivity(scenario, readout, ...)``, ``Sensitivity``
Leaves   a tenth more of one number at a time: see ``report`` (``--influence``)

Sobol indices say which share of the variance a number explains alone (first) and with all it does together with others
(total). Morris screens many numbers cheaply: mean of absolute steps, and their spread. Numbers vary independently here,
whatever correlations a population has, because the indices are defined for that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from ..compiler.model import Model, build
from ..errors import RequestError, nearest
from ..measure import measure, parse
from ..measure.grammar import Pair, Readout
from ..population import Draw
from ..population.scores import about
from ..population.varying import Varying, all_varying, named_varying
from ..records import get, resolve
from ..records.shapes import Person, Population, ResolvedScenario, Scenario
from ..records.shapes.quantity import Spread, SpreadText
from ..records.units import convert
from ..simulate import simulate
from ..simulate.body import patches_of
from .libraries import opened, version_of

Array = NDArray[np.float64]
Method = Literal["sobol", "morris"]
EVERYTHING = "general_adult"  # the population that lets every number with a spread vary
TAIL = 0.025  # on each side: beyond it nobody is tried
MOVED, WIDE = 0.05, 0.1  # a total that moves less, and is known so well, has settled
LEVELS = 4  # of Morris' grid
RESAMPLES = 200
NORMAL = NormalDist()
SPREAD: TypeAdapter[Spread] = TypeAdapter(SpreadText)


@dataclass(frozen=True)
class Sensitivity:
    """Which numbers a read-out is sensitive to.

    Parameters
    ----------
    names : tuple of str
        The numbers, the most influential first.
    first : array, shape (name,)
        Sobol: share of variance that it explains alone. Morris: mean step, with its sign, in the unit of the read-out.
    total : array, shape (name,)
        Sobol: share with all interactions. Morris: mean absolute step, in the unit of the read-out.
    error : array, shape (name,)
        Half of the 95 % interval of ``total``, by bootstrap.
    sizes, course : tuple of int, array of shape (size, name)
        ``total`` from a quarter, a half and the whole of the sample.
    lives : int
        How many were simulated.
    """

    scenario: str
    readout: str
    unit: str
    method: Method
    names: tuple[str, ...]
    first: Array
    total: Array
    error: Array
    sizes: tuple[int, ...]
    course: Array = field(repr=False)
    mean: float
    sd: float
    lives: int
    library: str

    @property
    def scale(self) -> float:
        """What an index is held against: 1 for shares of variance, the largest step for Morris."""
        return 1.0 if self.method == "sobol" else float(self.total.max())

    @property
    def moved(self) -> float:
        """By how much the furthest total moved when the sample was doubled, as a share of the scale."""
        return float(np.abs(self.course[-1] - self.course[-2]).max() / self.scale)

    @property
    def settled(self) -> bool:
        """Whether doubling the sample moved no total by 0.05, and every interval is narrower than 0.1 on each side."""
        return self.moved < MOVED and bool((self.error / self.scale < WIDE).all())

    def lines(self, most: int = 10) -> list[str]:
        """The table in words, and whether it has settled."""
        heads = ("alone", "total") if self.method == "sobol" else ("mean step", "mean |step|")
        found = [
            f"{self.readout} in {self.scenario}: mean {self.mean:.3g}, spread {self.sd:.3g} {self.unit}; "
            f"{self.method}, {self.lives} lives, {len(self.names)} numbers ({self.library})",
            f"  {'':<44} {heads[0]:>11} {heads[1]:>11}        +-",
        ]
        found += [
            f"  {name:<44} {self.first[k]:>11.3g} {self.total[k]:>11.3g} {self.error[k]:>9.2g}"
            for k, name in enumerate(self.names[:most])
        ]
        sizes = ", ".join(f"{one}" for one in self.sizes)
        word = "settled" if self.settled else "not settled: take a larger sample"
        return [*found, f"  from samples of {sizes}: the furthest total moved by {self.moved:.2g}; {word}"]


def sensitivity(
    scenario: Scenario | ResolvedScenario | str,
    readout: str,
    *,
    numbers: Sequence[str] | Mapping[str, str] | None = None,
    method: Method = "sobol",
    n: int = 64,
    seed: int = 1,
    person: Person | str = "adult_reference",
    account: str | None = None,
    hypothesis: str | None = None,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Sensitivity:
    """Let every number with a spread vary, and say which of them a read-out of a scenario answers to.

    Parameters
    ----------
    scenario : Scenario or str
        What happens.
    readout : str
        A line of the read-out language that leaves one number for each person: "peak cows after 0 h".

    Rarely needed
    -------------
    numbers : list of names, or names with a spread
        ``["feelings.relief"]`` with the spread that the table states, ``{"feelings.sad_loss": "lognormal cv 30%"}``
        with another. Default: every number of the body that has a spread, and those of the drugs that are given.
    method : str
        "sobol" or "morris".
    n : int
        Size of the base sample, a power of two from 8 for Sobol; lives are n x (numbers + 2),
        of Morris n x (numbers + 1).
    seed : int
        Of the sample and the bootstrap.
    person : Person or str
        About whom everything varies; their history is lived first.
    account, hypothesis, workers, progress
        As in ``simulate``.

    Returns
    -------
    Sensitivity
        ``lines()`` is the table; ``settled`` says whether the sample was large enough.

    Raises
    ------
    RequestError
        A number has no spread, the sample cannot be made, or somebody has no number for the read-out.
    MissingExtraError
        SALib is not installed.

    Example
    -------
    >>> found = sensitivity("naltrexone_50mg_once", "peak cortisol", n=8)          # doctest: +SKIP
    >>> found.names[0]          # doctest: +SKIP
    """
    _check(method, n)
    told = resolve(get("scenario", scenario) if isinstance(scenario, str) else scenario)
    base: Person = get("person", person) if isinstance(person, str) else person
    body = build("human", (), patches_of(account, hypothesis))
    varying = _varying(numbers, base, body, told)
    problem = {
        "num_vars": len(varying),
        "names": [row.name for row in varying],
        "bounds": [[TAIL, 1 - TAIL]] * len(varying),
    }
    shares = _sample(method, problem, n, seed)
    people = _people(base, varying, shares, seed)
    watch = sorted(_watched(parse(readout)))
    seen = simulate(
        people, told, watch=watch, account=account, hypothesis=hypothesis, workers=workers, progress=progress
    )
    read = measure(seen, readout)
    values = _one_each(read, readout)
    sizes = (n // 4, n // 2, n)
    runs = [_indices(method, problem, shares, values, size, seed) for size in sizes]
    first, total, error = runs[-1]
    order = np.argsort(-total)
    return Sensitivity(
        scenario=told.id,
        readout=readout,
        unit=str(read.attrs["units"]),
        method=method,
        names=tuple(varying[k].name for k in order),
        first=first[order],
        total=total[order],
        error=error[order],
        sizes=sizes,
        course=np.array([run[1][order] for run in runs]),
        mean=float(values.mean()),
        sd=float(values.std()),
        lives=len(values),
        library=version_of("SALib"),
    )


def _check(method: str, n: int) -> None:
    if method not in ("sobol", "morris"):
        raise RequestError(f"no method '{method}'", found=method, expected="sobol or morris", try_="sobol")
    if n < 8 or (method == "sobol" and n & (n - 1)):
        raise RequestError(
            "the sample has no such size", found=f"n {n}", expected="8 or more, of Sobol a power of two", try_="n 64"
        )


def _varying(
    numbers: Sequence[str] | Mapping[str, str] | None, base: Person, body: Model, told: ResolvedScenario
) -> tuple[Varying, ...]:
    """What varies, each with its spread."""
    given = {dose.drug for dose in told.doses}
    record: Population = get("population", EVERYTHING).model_copy(update={"vary": (), "vary_all_with_spread": True})
    everything = {
        row.name: row
        for row in all_varying(record, base, body)
        if not row.targets[0].drug or row.name.partition(".")[0] in given
    }
    if numbers is None:
        return tuple(everything.values())
    found = []
    for name in numbers:
        spread = numbers[name] if isinstance(numbers, Mapping) else None
        if spread is not None:
            found.append(named_varying(name, _spread(spread), base, body))
        elif name in everything:
            found.append(everything[name])
        else:
            raise RequestError(
                f"'{name}' does not vary",
                found=name,
                expected="a number that has a spread in its table, or a spread beside its name",
                try_=nearest(name, everything) or f'{{"{name}": "lognormal cv 30%"}}',
            )
    if not found:
        raise RequestError(
            "nothing varies", found="no numbers", expected="at least one", try_="a number and its spread"
        )
    return tuple(found)


def _spread(text: str) -> Spread:
    try:
        found: Spread = SPREAD.validate_python(text)
    except ValidationError as error:
        raise RequestError(
            f"'{text}' is no spread",
            found=text,
            expected="lognormal cv 30%, normal sd 0.1, or uniform 0.1 0.3",
            try_="lognormal cv 30%",
        ) from error
    return found


def _sample(method: Method, problem: dict[str, Any], n: int, seed: int) -> Array:
    """Shares of the people below each value, shape (life, name)."""
    maker = opened(f"SALib.sample.{method}")
    if method == "sobol":
        found: Array = maker.sample(problem, n, calc_second_order=False, seed=seed)
    else:
        found = maker.sample(problem, n, num_levels=LEVELS, seed=seed)
    return found


def _indices(
    method: Method, problem: dict[str, Any], shares: Array, values: Array, size: int, seed: int
) -> tuple[Array, Array, Array]:
    """First, total and half of its interval from the first ``size`` of the base sample."""
    judge = opened(f"SALib.analyze.{method}")
    count = problem["num_vars"]
    if method == "sobol":
        rows = size * (count + 2)
        found = judge.analyze(problem, values[:rows], calc_second_order=False, num_resamples=RESAMPLES, seed=seed)
        return tuple(np.asarray(found[key], float) for key in ("S1", "ST", "ST_conf"))  # type: ignore[return-value]
    rows = size * (count + 1)
    found = judge.analyze(problem, shares[:rows], values[:rows], num_resamples=RESAMPLES, num_levels=LEVELS, seed=seed)
    return tuple(np.asarray(found[key], float) for key in ("mu", "mu_star", "mu_star_conf"))  # type: ignore[return-value]


def _people(base: Person, varying: Sequence[Varying], shares: Array, seed: int) -> Draw:
    """People like the base but for what varies."""
    n = len(shares)
    scores = np.array([[NORMAL.inv_cdf(float(share)) for share in row] for row in shares])
    values = {
        target.name: about(target.centre, row.spread, scores[:, k], target.inner(1.0, target.unit))
        for k, row in enumerate(varying)
        for target in row.targets
    }
    drugs = {target.name for row in varying for target in row.targets if target.drug}

    def everybody(plain: Any, unit: str) -> Array:
        return np.full(n, np.nan if plain is None else convert(plain.value, plain.unit, unit))

    return Draw(
        population=base.id,
        seed=seed,
        based_on=base,
        histories=(base.history,),
        lived=np.zeros(n, dtype=np.int64),
        person=np.arange(n),
        sex=np.full(n, base.sex),
        theta={name: own for name, own in values.items() if name not in drugs},
        drugs={name: own for name, own in values.items() if name in drugs},
        age=everybody(base.age, "year"),
        weight=everybody(base.weight, "kg"),
        height=everybody(base.height, "cm"),
    )


def _watched(readout: Readout) -> set[str]:
    if isinstance(readout, Pair):
        return _watched(readout.left) | _watched(readout.right)
    return {readout.of.name}


def _one_each(read: Any, readout: str) -> Array:
    """One finite number of each person, in which they differ."""
    if set(read.dims) != {"person"}:
        others = ", ".join(str(dim) for dim in read.dims if dim != "person")
        raise RequestError(
            "the read-out is more than one number of each person",
            found=f"{readout} with {others}",
            expected="one number",
            try_="a coordinate in brackets, as availability[mu NAc]",
        )
    values = np.asarray(read.values, float)
    missing = int((~np.isfinite(values)).sum())
    if missing:
        raise RequestError(
            "some lives have no number for the read-out",
            found=f"{missing} of {len(values)}: {readout}",
            expected="a number in every life",
            try_="a mean or a peak instead of the time at which something is passed",
        )
    if not values.std() > 0:
        raise RequestError(
            "nothing that varies moves the read-out", found=f"{values[0]:g} in every life", expected="a difference",
            try_="another read-out, or other numbers",
        )  # fmt: skip
    return values
