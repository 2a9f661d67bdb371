"""Scores: the chance in a draw, and how it becomes a value.

Needs    numpy
Gives    ``scores``, ``correlated``, ``about``
Leaves   which names vary and what is plausible: see ``drawing``

Every name has a stream of normal scores of its own, in which person k is the k-th. So person k is the same whether ten
are drawn or a thousand, and stays the same when another parameter begins to vary.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ..errors import RecordError, nearest
from ..records.shapes import Correlation
from ..records.shapes.quantity import Spread

Array = NDArray[np.float64]
ROUNDING = 1e-12  # of an eigenvalue: below it a correlation matrix is taken to be singular, not impossible


def scores(name: str, people: int, seed: int, attempt: int) -> Array:
    """The normal scores of one name for the first ``people`` persons, shape (person,)."""
    word = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little")
    stream = np.random.SeedSequence(seed, spawn_key=(word & 0xFFFFFFFF, word >> 32, attempt))
    return np.random.Generator(np.random.PCG64(stream)).standard_normal(people)


def correlated(independent: Mapping[str, Array], correlations: Sequence[Correlation], place: str) -> dict[str, Array]:
    """The same scores with the wished correlations; names that correlate with nothing are left as they are.

    Raises
    ------
    RecordError
        A name does not vary, or the correlations cannot hold together.
    """
    found = dict(independent)
    pairs: dict[tuple[str, str], float] = {}
    for row in correlations:
        first, second = (_members(name, found) for name in row.between)
        for name, members in zip(row.between, (first, second), strict=True):
            if not members or (row.between[0] == row.between[1] and len(members) < 2):
                raise _unvarying(name, found, place)
        pairs |= {(one, other): row.value for one in first for other in second if one != other}
    names = sorted({name for pair in pairs for name in pair})
    if not names:
        return found
    matrix = np.eye(len(names))
    for (one, other), value in pairs.items():
        matrix[names.index(one), names.index(other)] = matrix[names.index(other), names.index(one)] = value
    values, vectors = np.linalg.eigh(matrix)
    if values.min() < -ROUNDING:
        raise RecordError(
            "the correlations cannot hold together",
            place=place,
            found=", ".join(f"{' and '.join(row.between)} {row.value:g}" for row in correlations),
            expected="correlations that some set of people can have (a matrix without negative eigenvalues)",
            try_="weaker ones",
        )
    # i, j names, p person: the symmetric root keeps each name as close to its own stream as can be.
    root = (vectors * np.sqrt(np.clip(values, 0, None))) @ vectors.T
    together = np.einsum("ij,jp->ip", root, np.stack([independent[name] for name in names]))
    return found | dict(zip(names, together, strict=True))


def _members(name: str, varying: Mapping[str, Array]) -> list[str]:
    """What a name means: itself, or every row of the parameter that has this name without its places."""
    if name in varying:
        return [name]
    return [other for other in varying if "[" in other and re.sub(r"\[.*?\]", "", other) == name]


def _unvarying(name: str, varying: Mapping[str, Array], place: str) -> RecordError:
    return RecordError(
        f"'{name}' correlates but does not vary",
        place=place,
        found=f"between: {name}",
        expected="a covariate, trait or parameter that varies in this population",
        try_=nearest(name, varying) or ", ".join(sorted(varying)[:6]),
    )


def about(centre: float | Array, spread: Spread, score: Array, factor: float = 1.0) -> Array:
    """Values about a centre; ``factor`` brings sd, low and high from the record's unit to that of the centre.

    The centre of a lognormal is its median, as population kinetics has it: value x exp(omega z), with
    omega^2 = ln(1 + cv^2). The low and high of a uniform take no notice of the centre.
    """
    if spread.kind == "lognormal":
        assert spread.cv is not None
        return centre * np.exp(math.sqrt(math.log1p(spread.cv**2)) * score)
    if spread.kind == "normal":
        assert spread.sd is not None
        return centre + spread.sd * factor * score
    assert spread.low is not None and spread.high is not None
    share = np.array([math.erfc(-z / math.sqrt(2)) / 2 for z in score])
    return (spread.low + (spread.high - spread.low) * share) * factor
