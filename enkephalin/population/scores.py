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
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ..errors import RecordError
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
    names = sorted({name for row in correlations for name in row.between})
    for name in names:
        if name not in found:
            raise RecordError(
                f"'{name}' correlates but does not vary",
                place=place,
                found=f"between: {name}",
                expected="a covariate or parameter that varies in this population",
                try_=", ".join(sorted(found)[:6]),
            )
    if not names:
        return found
    matrix = np.eye(len(names))
    for row in correlations:
        one, other = (names.index(name) for name in row.between)
        matrix[one, other] = matrix[other, one] = row.value
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
