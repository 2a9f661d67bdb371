"""Sparse elimination planned once, from the pattern of the Jacobian alone.

Needs    the places of its nonzero entries
Gives    ``plan``: the order of pivots on the diagonal, and every place that fills in
Leaves   numerical pivoting: a step whose pivots vanish is taken again, smaller (see ``emit_step``)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Elimination:
    """One pivot after another.

    pivots : for each pivot in turn (k, rows below it, columns right of it)
    places : (row, column) of every entry of L and U, fill-in included, sorted
    """

    size: int
    pivots: tuple[tuple[int, tuple[int, ...], tuple[int, ...]], ...]
    places: tuple[tuple[int, int], ...]


def plan(size: int, pattern: Iterable[tuple[int, int]]) -> Elimination:
    """Choose pivots on the diagonal so that little fills in (Markowitz count, ties by number).

    Parameters
    ----------
    size : number of rows
    pattern : (row, column) of the entries that are not zero; the diagonal is always taken as nonzero

    Example
    -------
    >>> plan(2, [(0, 1)]).pivots
    ((0, (), (1,)), (1, (), ()))
    """
    rows = [{i} for i in range(size)]
    columns = [{i} for i in range(size)]
    for i, j in pattern:
        rows[i].add(j)
        columns[j].add(i)
    places = {(i, j) for i in range(size) for j in rows[i]}
    left = set(range(size))
    pivots = []
    while left:
        k = min(left, key=lambda i: ((len(rows[i]) - 1) * (len(columns[i]) - 1), i))
        left.discard(k)
        below, right = sorted(columns[k] - {k}), sorted(rows[k] - {k})
        pivots.append((k, tuple(below), tuple(right)))
        for i in below:
            rows[i].discard(k)
            for j in right:
                rows[i].add(j)
                columns[j].add(i)
                places.add((i, j))
        for j in right:
            columns[j].discard(k)
    return Elimination(size, tuple(pivots), tuple(sorted(places)))
