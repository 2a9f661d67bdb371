"""Hypotheses by name, and mixed by weight: "opioid", "opioid:0.5+stress:0.5", "opioid+stress".

Needs    catalog, tables
Gives    ``hypothesis_named(text)``: one patch
Leaves   applying it (compiler)

A hypothesis is a set of weights on couplings. A mixture holds the weighted sum: "opioid:0.5+stress:0.5" has half of
either, "opioid+stress" has both in full.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from ..errors import RequestError, nearest
from .catalog import get, is_path, list_ids
from .shapes import Change, Patch
from .shapes.quantity import Plain

SHARE = re.compile(r"\d+(?:\.\d*)?|\.\d+")
LARGEST_SHARE = 5.0


def hypothesis_named(text: str) -> Patch:
    """A hypothesis of the catalog, a file, or a mixture of some.

    Parameters
    ----------
    text : str
        An id, a path, or ids with weights: "opioid:0.5+stress:0.5". A weight left out is 1.

    Returns
    -------
    Patch
        For a mixture: every row that one of them changes, holding the weighted sum of what they make of it.

    Raises
    ------
    RequestError, UnknownNameError
        The text has another form, or names no hypothesis.

    Example
    -------
    >>> hypothesis_named("opioid:0.5+stress:0.5").changes[0].becomes.value
    0.5
    """
    if is_path(text) or not {":", "+"} & set(text):
        found: Patch = get("hypothesis", text)
        return found
    return _mixed(text)


@cache
def _mixed(text: str) -> Patch:
    shares = _shares(text)
    parts = {name: get("hypothesis", name) for name in shares}
    rows: dict[str, Change] = {change.row: change for part in parts.values() for change in part.changes}
    changes = []
    for row, first in rows.items():
        weights = {name: _becomes(part, row, first) for name, part in parts.items()}
        value = sum(shares[name] * weight for name, weight in weights.items())
        because = ", ".join(f"{shares[name]:g} of {name} ({weight:g})" for name, weight in weights.items())
        becomes = Plain(value=value, unit=first.becomes.unit)
        changes.append(Change(row=row, expects=first.expects, becomes=becomes, because=because))
    told = " and ".join(f"{share:g} of {name}" for name, share in shares.items())
    name = "_".join(f"{name}_{f'{share:g}'.replace('.', 'p')}" for name, share in shares.items())
    return Patch(id=f"mix_{name}"[:60], kind="hypothesis", about=f"A mixture: {told}.", changes=tuple(changes))


def _becomes(part: Patch, row: str, first: Change) -> float:
    """What one hypothesis makes of a row; what it does not name stays as the tables have it."""
    for change in part.changes:
        if change.row == row:
            return float(change.becomes.value)
    return float(first.expects.value)


def _shares(text: str) -> Mapping[str, float]:
    """Name -> weight."""
    found: dict[str, float] = {}
    for part in text.split("+"):
        name, colon, number = (word.strip() for word in part.partition(":"))
        if not name or (colon and not SHARE.fullmatch(number)):
            raise RequestError(
                f"'{part.strip()}' is no part of a mixture",
                found=text,
                expected="<hypothesis>:<weight>, joined by +",
                try_="opioid:0.5+stress:0.5",
            )
        if name in found:
            raise RequestError(
                f"'{name}' stands in the mixture twice", found=text, expected="each once", try_="add its weights up"
            )
        found[name] = float(number) if colon else 1.0
        if found[name] > LARGEST_SHARE:
            raise RequestError(
                f"the weight of '{name}' is too large",
                found=part.strip(),
                expected=f"0 to {LARGEST_SHARE:g}",
                try_=f"{name}:1",
            )
        get("hypothesis", name) if name in list_ids("hypothesis") else _unknown(name)
    return found


def _unknown(name: str) -> None:
    known = list_ids("hypothesis")
    raise RequestError(
        f"unknown hypothesis '{name}'",
        found=name,
        expected=f"one of {', '.join(known)}",
        try_=nearest(name, known) or "enkephalin list hypotheses",
    )
