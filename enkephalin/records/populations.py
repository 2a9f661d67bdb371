"""Populations that are like others: the whole of what holds for one.

Needs    catalog, shapes
Gives    ``whole(record)``
Leaves   drawing people (population)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ..errors import RecordError, nearest
from .catalog import get, list_ids
from .shapes import Population

KEYS: dict[str, Callable[[Any], Any]] = {  # what makes two entries speak of the same thing
    "vary": lambda row: row.parameter,
    "traits": lambda row: row.id,
    "influences": lambda row: (row.by, row.parameter),
    "correlations": lambda row: tuple(sorted(row.between)),
    "plausible": lambda row: row.of,
}
BODY = ("female", "age", "weight", "height")


def whole(record: Population) -> Population:
    """The record with everything that it takes from the population it is like.

    Raises
    ------
    RecordError
        It is like one that does not exist, that is like another itself, or it speaks of a trait that nobody has.
    """
    if record.like is None:
        return record
    if record.like not in list_ids("population"):
        raise RecordError(
            f"unknown population '{record.like}'",
            place=record.origin.at(("like",)),
            found=f"like: {record.like}",
            expected="the id of a record in catalog/populations",
            try_=nearest(record.like, list_ids("population")) or "leave it out",
        )
    other: Population = get("population", record.like)
    if other.like is not None:
        raise RecordError(
            f"'{record.like}' is itself like another",
            place=record.origin.at(("like",)),
            found=f"like: {record.like}, which is like {other.like}",
            expected="a population that says everything itself",
            try_=f"like: {other.like}",
        )
    taken: dict[str, Any] = {name: getattr(other, name) for name in BODY if getattr(record, name) is None}
    for name, key in KEYS.items():
        taken[name] = _both(getattr(other, name), getattr(record, name), key)
    taken["vary_all_with_spread"] = record.vary_all_with_spread or other.vary_all_with_spread
    found: Population = record.model_copy(update=taken)
    _refuse_strangers(found)
    return found


def _both(theirs: Iterable[Any], mine: Iterable[Any], key: Callable[[Any], Any]) -> tuple[Any, ...]:
    """Theirs, then mine; mine in place of theirs where both speak of the same."""
    return tuple({key(row): row for row in (*theirs, *mine)}.values())


def _refuse_strangers(record: Population) -> None:
    known = {"female", "male", "age", *(trait.id for trait in record.traits)}
    known |= {f"not {trait.id}" for trait in record.traits if trait.share is not None}
    for influence in record.influences:
        if influence.by not in known:
            raise RecordError(
                f"nobody knows what '{influence.by}' is",
                place=record.origin.at(("influences",)),
                found=f"by: {influence.by}",
                expected=", ".join(sorted(known)),
                try_=nearest(influence.by, sorted(known)) or "a trait of this record",
            )
