"""Drawing: people from the distributions of a population, accepted if plausible.

Needs    scores, varying, plausible, likeness, people; catalog
Gives    ``draw(population, n, seed)``
Leaves   acceptance by what a person does in a simulation

A person is accepted or rejected whole, so that correlations stay honest; a rejected one is drawn again from the next
streams of the same person.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..compiler.model import Model, build
from ..errors import RequestError
from ..records.catalog import get
from ..records.populations import whole
from ..records.shapes import Influence, Person, Population
from ..records.shapes.person import Covariate
from ..records.units import convert
from ..simulate.body import patches_of, species_of
from .influences import apply, below, trait_scores
from .likeness import REASON, Likeness, likeness
from .people import Draw, Rejection
from .plausible import BODY, Batch, limits, why_rejected
from .scores import about, correlated, scores
from .varying import Target, Varying, all_varying, influenced

Array = NDArray[np.float64]
MOST_ATTEMPTS = 200
BYTES = 8192  # of memory for one person while they are drawn, about


def draw(
    population: Population | str,
    n: int,
    seed: int,
    *,
    model: Model | None = None,
    account: str | None = None,
    hypothesis: str | None = None,
) -> Draw:
    """Draw people from a population.

    Parameters
    ----------
    population : Population or str
        A record, its id, or the path of a file.
    n : int
        How many people.
    seed : int
        The same seed gives the same people; person k does not depend on ``n``.

    Rarely needed
    -------------
    model : Model
        The body whose rows vary (a patched one). Default: the human body under ``account`` and ``hypothesis``.
    account, hypothesis : str
        As for ``simulate``, which must be given the same: people vary about the values of the body they live in.

    Returns
    -------
    Draw
        Frozen; arrays of shape (person,), in inner units. ``report()`` says who was rejected and why.

    Raises
    ------
    RecordError, UnknownNameError
        The record asks for what does not exist.
    RequestError
        ``n`` or ``seed`` is no usable number, or nobody plausible can be found.

    Example
    -------
    >>> len(draw("general_adult", 3, seed=1))          # doctest: +SKIP
    3
    """
    _check_numbers(n, seed)
    record = whole(get("population", population) if isinstance(population, str) else population)
    base: Person = get("person", record.based_on)
    conditions = tuple(dict.fromkeys((*base.conditions, *record.conditions)))
    base = base.model_copy(update={"conditions": conditions})
    # slots hold drugs, whose numbers have names of their own
    own = species_of(base.species)
    patches = [*([own] if own else []), *patches_of(account, hypothesis)]
    body = build("human", (), patches) if model is None else model
    varying = all_varying(record, base, body)
    moved = influenced(record, base, body)
    stated = limits(record, varying, body)

    def accepted(people: int, seed: int, like: Likeness | None) -> tuple[Batch, list[Rejection]]:
        first = batch = _batch(record, base, varying, moved, people, seed, 0)
        rejected: list[Rejection] = []
        waiting = np.arange(people)
        for attempt in range(MOST_ATTEMPTS):
            why = why_rejected(record, batch, varying, stated, waiting)
            if like is not None:
                rest = waiting[~np.isin(waiting, list(why))]
                why |= {int(k): (REASON,) for k in like.against(batch, rest, seed, attempt)}
            rejected += [Rejection(k, attempt, why[k]) for k in sorted(why)]
            waiting = np.array(sorted(why), dtype=int)
            if not len(waiting):
                return first, rejected
            batch = _batch(record, base, varying, moved, int(waiting[-1]) + 1, seed, attempt + 1)
            _take(first, batch, waiting)
        raise _nobody(record, rejected)

    like = likeness(record, varying, body, lambda people, other: accepted(people, other, None)[0])
    first, rejected = accepted(n, seed, like)

    targets = [target for row in varying for target in row.targets] + [target for _, row in moved for target in row]
    drugs = {target.name for target in targets if target.drug}
    return Draw(
        population=population if isinstance(population, str) else record.id,
        seed=seed,
        based_on=base,
        histories=tuple(row.history for row in record.histories) or (record.history,),
        lived=np.zeros(n, dtype=int) if first.lived is None else first.lived,
        person=np.arange(n),
        theta={name: values for name, values in first.values.items() if name not in drugs},
        drugs={name: values for name, values in first.values.items() if name in drugs},
        traits=first.traits,
        about={name: float(body.parameters[name]) for name in first.values if name in body.parameters},
        rejected=tuple(sorted(rejected, key=lambda row: (row.person, row.attempt))),
        **first.body,
    )


def _check_numbers(n: int, seed: int) -> None:
    for name, value, least in (("n", n, 1), ("seed", seed, 0)):
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
            raise RequestError(
                f"{name} is {value!r}",
                found=repr(value),
                expected=f"a whole number, at least {least}",
                try_="a whole number",
            )
    if hasattr(os, "sysconf"):
        most = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // BYTES
        if n > most:
            raise RequestError(
                f"{n} people are more than the memory of this machine holds",
                found=f"n {n}",
                expected=f"at most {most}",
                try_="fewer people, or several draws with seeds of their own",
            )


def _batch(
    record: Population,
    base: Person,
    varying: tuple[Varying, ...],
    moved: Sequence[tuple[Influence, tuple[Target, ...]]],
    n: int,
    seed: int,
    attempt: int,
) -> Batch:
    """The first n people of one attempt."""
    covariates = [name for name in ("sex", *BODY) if _covariate(record, name) is not None]
    names = (*covariates, *(trait.id for trait in record.traits), *(row.name for row in varying))
    independent = {name: scores(name, n, seed, attempt) for name in names}
    score = correlated(independent, record.correlations, record.origin.at(("correlations",)))

    women = np.full(n, base.sex == "female")
    if record.female is not None:
        women = below(score["sex"], record.female)
    body: dict[str, NDArray[Any]] = {"sex": np.where(women, "female", "male")}
    for name, unit_text in BODY.items():
        covariate = _covariate(record, name)
        if isinstance(covariate, Covariate):
            centre = np.where(women & (covariate.women is not None), covariate.women or 0.0, covariate.value)
            body[name] = about(centre, covariate.spread, score[name]) * convert(1.0, covariate.unit, unit_text)
        else:
            plain = getattr(base, name)
            body[name] = np.full(n, np.nan if plain is None else convert(plain.value, plain.unit, unit_text))
    values: dict[str, Array] = {}
    for row in varying:
        for target in row.targets:
            factor = target.inner(1.0, target.unit)
            values[target.name] = about(target.centre, row.spread, score[row.name], factor)
    batch = Batch(body, values, trait_scores(record, score), _lived(record, n, seed, attempt))
    apply(batch, moved)
    return batch


def _lived(record: Population, n: int, seed: int, attempt: int) -> NDArray[np.int64] | None:
    """Which history each person has, by the shares of the record."""
    if not record.histories:
        return None
    edges = np.cumsum([row.share for row in record.histories])[:-1]
    chance = np.array([NormalDist().cdf(z) for z in scores("history", n, seed, attempt)])
    return np.searchsorted(edges, chance, side="right").astype(np.int64)


def _covariate(record: Population, name: str) -> Covariate | float | None:
    return record.female if name == "sex" else getattr(record, name)


def _take(kept: Batch, new: Batch, people: NDArray[np.int64]) -> None:
    """Put the people of a later attempt in the place of those who were rejected."""
    for mine, theirs in ((kept.body, new.body), (kept.values, new.values), (kept.traits, new.traits)):
        for name in mine:
            mine[name][people] = theirs[name][people]
    if kept.lived is not None and new.lived is not None:
        kept.lived[people] = new.lived[people]


def _nobody(record: Population, rejected: list[Rejection]) -> RequestError:
    last = next(row for row in rejected if row.attempt == MOST_ATTEMPTS - 1)
    return RequestError(
        f"nobody plausible was found for person {last.person} of '{record.id}'",
        place=record.origin.place,
        found=f"{MOST_ATTEMPTS} attempts; the last was rejected for: {'; '.join(last.why)}",
        expected="bounds that most drawn people keep",
        try_="wider bounds, or narrower spreads",
    )
