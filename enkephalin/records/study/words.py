"""Words of a study that point at the body: a watched value with its coordinates, a threshold.

Needs    watched, catalog
Gives    ``Seen``, ``seen(text)``, ``reads(measure)``, ``unit_of``, ``Threshold``, ``threshold(text)``
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ...errors import RecordError, nearest
from ..catalog import get
from ..shapes import Measure, ResolvedMeasure
from ..watched import watch_name, watch_rows

_SEEN = re.compile(r"([A-Za-z_]\w*)(?:\s*\[([^\[\]]*)\])?")
_NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"
_THRESHOLD = re.compile(rf"(.+?)\s+(above|below)\s+({_NUMBER})")


@dataclass(frozen=True)
class Seen:
    """A watched value at one coordinate of each of its dims."""

    name: str
    where: tuple[str, ...]
    unit: str
    dims: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.name}[{' '.join(self.where)}]" if self.where else self.name


def seen(text: str) -> Seen:
    """A watched value as it is written: "distress", "binding_potential[mu NAc]".

    Raises
    ------
    RecordError
        Nothing of that name can be watched, or a coordinate is missing.

    Example
    -------
    >>> seen("dopamine[NAc]").where
    ('NAc',)
    """
    match = _SEEN.fullmatch(text.strip())
    table = {row["name"]: row for row in watch_rows()}
    name = watch_name(match[1]) if match else text
    if name not in table:
        raise RecordError(
            f"'{name}' cannot be watched",
            found=text,
            expected=f"a name of biology/watch.csv ({len(table)} known), with coordinates in brackets if it has dims",
            try_=nearest(name, table) or "enkephalin list watched",
        )
    row, dims = table[name], tuple(table[name]["dims"].split())
    if name == "cows":  # the total over its items
        dims = ()
    where = tuple(match[2].replace(",", " ").split()) if match and match[2] else ()
    if len(where) != len(dims):
        raise RecordError(
            f"'{name}' needs {len(dims)} coordinates" if dims else f"'{name}' has no coordinates",
            found=text,
            expected=f"{name}[{' '.join(dims)}]" if dims else name,
            try_="binding_potential[mu NAc], hazard[lapse]",
        )
    return Seen(name, where, row["unit"], dims)


def reads(measure: Measure | ResolvedMeasure) -> Seen | None:
    """What a measure reads from the body; None of an event.

    Raises
    ------
    RecordError
        It is not known.
    """
    if measure.event is not None:
        return None
    if measure.instrument is None:
        return seen(str(measure.of))
    instrument = get("scale", measure.instrument).instrument
    if instrument is None:
        raise RecordError(
            f"'{measure.instrument}' cannot be read with: it has no instrument",
            found=f"instrument: {measure.instrument}",
            expected="a scale with an instrument",
            try_="of: a watched value, without an instrument",
        )
    own = seen(measure.of if measure.of is not None else instrument.reads[0])
    known = [text.partition("[")[0].strip() for text in instrument.reads]
    if own.name not in known:
        raise RecordError(
            f"'{measure.instrument}' does not read {own.name}",
            found=f"of: {measure.of}",
            expected="one of " + ", ".join(instrument.reads),
            try_=instrument.reads[0],
        )
    return own


def unit_of(measure: Measure | ResolvedMeasure) -> str:
    """The unit in which a measure answers."""
    if measure.instrument is not None:
        return str(get("scale", measure.instrument).instrument.unit)
    own = reads(measure)
    return "1" if own is None else plain(own.unit)


def plain(unit: str) -> str:
    """The unit proper of "share of baseline", "ratio to baseline", "ratio - 1"."""
    return re.split(r" (?:of|to|-) ", unit)[0].strip()


@dataclass(frozen=True)
class Threshold:
    """A watched value above or below a number, in its own unit."""

    of: Seen
    above: bool
    value: float


def threshold(text: str) -> Threshold:
    """A condition as it is written: "distress above 2".

    Raises
    ------
    RecordError
        It has another form.
    """
    match = _THRESHOLD.fullmatch(" ".join(text.split()))
    if not match:
        raise RecordError(
            f"'{text}' is no condition",
            found=text,
            expected="<watched value> above|below <number>",
            try_="distress above 2",
        )
    return Threshold(seen(match[1]), match[2] == "above", float(match[3]))
