"""Against: the other body of a comparison, and how far two results lie apart.

Needs    records; two results of ``simulate``
Gives    ``other_body(name, account, hypothesis)``, ``other_bodies``, ``side_names``, ``difference(one, other)``
Leaves   showing them side by side: see ``report``
"""

from __future__ import annotations

from collections.abc import Iterable

import xarray as xr

from ..errors import RequestError, UnknownNameError, nearest
from ..records.catalog import get, is_path, list_ids, read
from .body import patches_of

ACCOUNT, HYPOTHESIS = "literature", "integrated"  # where none is named
EVERY = {"hypotheses": "hypothesis", "accounts": "account"}
Body = tuple[str | None, str | None]


def other_body(name: str, account: str | None = None, hypothesis: str | None = None) -> Body:
    """The account and hypothesis of the other side: ``name`` takes the place of one of them, all else stays.

    Parameters
    ----------
    name : str
        An account, a hypothesis, a mixture as "opioid:0.5+stress:0.5", or the path of a file with one of them.
    account, hypothesis : str, optional
        What the first side was given.

    Returns
    -------
    tuple
        (account, hypothesis) of the other side.

    Raises
    ------
    UnknownNameError
        The name is neither an account nor a hypothesis.
    RequestError
        Both sides would be one body.

    Example
    -------
    >>> other_body("described"), other_body("stress", "described")
    (('described', None), ('described', 'stress'))
    """
    found = _replaced(name, account, hypothesis)
    if _weights(*found) == _weights(account, hypothesis):
        raise RequestError(
            f"both sides are the same body: '{name}'",
            place="--against",
            found=name,
            expected="an account or hypothesis that changes something",
            try_="enkephalin list accounts, enkephalin list hypotheses",
        )
    return found


def other_bodies(names: Iterable[str], account: str | None = None, hypothesis: str | None = None) -> list[Body]:
    """Several other sides, each once; "hypotheses" and "accounts" stand for all that differ from the first side.

    Example
    -------
    >>> other_bodies(["accounts", "stress"])
    [('described', None), (None, 'stress')]
    """
    found: dict[Body, None] = {}
    for name in names:
        if name in EVERY:
            bodies = [_replaced(one, account, hypothesis) for one in list_ids(EVERY[name])]
            found |= dict.fromkeys(body for body in bodies if _weights(*body) != _weights(account, hypothesis))
        else:
            found[other_body(name, account, hypothesis)] = None
    return list(found)


def _replaced(name: str, account: str | None, hypothesis: str | None) -> Body:
    if is_path(name):
        record = read(name)
        if getattr(record, "kind", None) not in ("account", "hypothesis"):
            raise RequestError(
                "the file is neither an account nor a hypothesis",
                place=name,
                found=getattr(record, "kind", None) or type(record).__name__.lower(),
                expected="a record of the kind account or hypothesis",
                try_="kind: hypothesis, in the first lines of the file",
            )
        return (name, hypothesis) if record.kind == "account" else (account, name)
    if name in list_ids("account"):
        return name, hypothesis
    if name not in list_ids("hypothesis") and not {":", "+"} & set(name):
        known = [*list_ids("account"), *list_ids("hypothesis")]
        raise UnknownNameError(
            f"unknown account or hypothesis '{name}'",
            place="--against",
            found=name,
            expected=f"one of {', '.join(known)}, a mixture, or the path of a file",
            try_=nearest(name, known) or "enkephalin list hypotheses",
        )
    return account, name


def _weights(account: str | None, hypothesis: str | None) -> dict[str, float]:
    """Row -> what the patches make of it, for each row that they change at all."""
    changes = [change for patch in patches_of(account, hypothesis) for change in patch.changes]
    made = {change.row: change for change in changes}
    first = {change.row: change.expects for change in reversed(changes)}
    return {row: last.becomes.value for row, last in made.items() if last.becomes != first[row]}


def side_names(one: Body, other: Body) -> tuple[str, str]:
    """Two short names that tell the sides apart.

    >>> side_names((None, None), ("described", None)), side_names((None, None), (None, "stress"))
    (('literature', 'described'), ('integrated', 'stress'))
    """
    first, second = names_of(one), names_of(other)
    return (first[0], second[0]) if first[0] != second[0] else (first[1], second[1])


def names_of(body: Body) -> tuple[str, str]:
    """The account and the hypothesis of a body, also where none was named.

    >>> names_of((None, None)), names_of(("described", None))
    (('literature', 'integrated'), ('described', 'opioid'))
    """
    account, hypothesis = body
    brought = get("account", account).hypothesis if account else None
    return _called(account or ACCOUNT), _called(hypothesis or brought or HYPOTHESIS)


def _called(name: str) -> str:
    """The id of a record, also where a file holds it."""
    return str(read(name).id) if is_path(name) else name


def difference(one: xr.Dataset, other: xr.Dataset) -> xr.Dataset:
    """The other minus the one, person by person; the same dims and units.

    Parameters
    ----------
    one, other : xarray.Dataset
        The same people, times and names under two bodies.

    Example
    -------
    >>> difference(simulate(ANNA, "tsst"), simulate(ANNA, "tsst", hypothesis="none"))     # doctest: +SKIP
    """
    found = xr.Dataset({name: other[name].copy(data=other[name].values - one[name].values) for name in one.data_vars})
    return found.assign_attrs(one.attrs)
