"""Claims, observations and maps: what in them cannot be, beyond their shape and the names that they point at.

Needs    scenarios, tables, watched names, sources
Gives    ``evidence_faults(document, record)``; ``scenario_of(run)``
Leaves   the readings of a claim, whose grammar belongs to ``measure``: see ``evidence.readings``
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..errors import EnkephalinError, RecordError, UnknownNameError, nearest
from .reader import Document, Where
from .shapes import CausalMap, Claim, Observation, Run, Scenario

ZERO, CLOCK = "0 h", "00:00"


def scenario_of(run: Run) -> Scenario:
    """The scenario of a run: one of the catalog with what happens besides, or the one written out."""
    from .catalog import get

    if run.scenario is None:
        return Scenario(
            id=run.id,
            about=run.id,
            lasts=str(run.lasts),
            zero=run.zero or ZERO,
            clock=run.clock or CLOCK,
            every=str(run.every),
            happens=run.happens,
            watch=("cows",),
        )
    written = get("scenario", run.scenario)
    changes = {name: value for name in ("lasts", "zero", "clock", "every") if (value := getattr(run, name)) is not None}
    more = {"id": run.id, "happens": (*written.happens, *run.also)}
    return Scenario.model_validate(written.model_dump() | changes | more)


def evidence_faults(document: Document, record: Any) -> Iterator[RecordError]:
    """What in a record of evidence cannot happen, exists nowhere, or was read by nobody."""
    if isinstance(record, Claim):
        yield from _claim_faults(document, record)
        for number, row in enumerate(record.observed):
            yield from _reading_faults(document, row, ("observed", number), {one.id: one for one in record.own_sources})
    elif isinstance(record, Observation):
        yield from _reading_faults(document, record, (), {})
    elif isinstance(record, CausalMap):
        yield from _map_faults(document, record)


def _claim_faults(document: Document, claim: Claim) -> Iterator[RecordError]:
    for number, name in enumerate(claim.rests_on):
        yield from _row_faults(document, name, ("rests_on", number))
    for number, run in enumerate(claim.runs):
        for name, plain in run.parameters.items():
            yield from _row_faults(document, name, ("runs", number, "parameters", name), plain.unit)
        yield from _run_faults(document, run, ("runs", number))


def _row_faults(document: Document, name: str, where: Where, unit: str = "") -> Iterator[RecordError]:
    """A parameter that no table has; ``module[place].row`` is as good as ``module.row``."""
    from .tables import parameter_fault

    wrong = parameter_fault(name, unit)
    if wrong is not None:
        yield _placed(document, where, wrong)


def _run_faults(document: Document, run: Run, where: Where) -> Iterator[RecordError]:
    """Lines that cannot happen. A scenario's own lines are its own affair."""
    from .catalog import get
    from .scenario.resolve import examine_scenario

    try:
        scenario = scenario_of(run)
        own = len(get("scenario", run.scenario).happens) if run.scenario is not None else 0
    except UnknownNameError:
        return  # the pointers say so
    except EnkephalinError as error:
        yield _placed(document, where, error)
        return
    for inside, fault in examine_scenario(scenario)[1]:
        key, *rest = inside
        if run.scenario is not None and key == "happens":
            key, rest = "also", [int(number) - own for number in rest[:1]]
        yield _placed(document, (*where, key, *rest), fault)


def _reading_faults(document: Document, row: Observation, where: Where, own: dict[str, Any]) -> Iterator[RecordError]:
    """An observation that counts as read, of a source that nobody read."""
    from .catalog import get, list_ids

    source = own.get(row.source) or (get("source", row.source) if row.source in list_ids("source") else None)
    if row.confirmed == "read" and source is not None and source.read not in ("full_text", "abstract"):
        yield RecordError(
            f"'{row.id}' counts as read, but its source was not",
            place=document.at((*where, "confirmed")),
            found=f"confirmed: read, and {source.id} has read: {source.read}",
            expected="read: abstract or full_text in the record of the source",
            try_="confirmed: secondary",
        )


def _map_faults(document: Document, record: CausalMap) -> Iterator[RecordError]:
    from .catalog import list_ids
    from .watched import watch_names

    known = list_ids("hypothesis")
    for number, effect in enumerate(record.effects):
        if effect.hypothesis not in known:
            yield RecordError(
                f"unknown hypothesis '{effect.hypothesis}'",
                place=document.at(("effects", number, "hypothesis")),
                found=f"hypothesis: {effect.hypothesis}",
                expected="one of " + ", ".join(known),
                try_=nearest(effect.hypothesis, known) or "enkephalin list hypotheses",
            )
    for number, edge in enumerate(record.edges):
        if edge.coupling is not None:
            yield from _row_faults(document, edge.coupling, ("edges", number, "coupling"))
    names = watch_names()
    for number, node in enumerate(record.nodes):
        for name in node.watch:
            if name not in names:
                yield RecordError(
                    f"'{name}' cannot be watched",
                    place=document.at(("nodes", number, "watch")),
                    found=f"watch: {name}",
                    expected=f"a name of biology/watch.csv ({len(names)} known)",
                    try_=nearest(name, names) or "leave it out",
                )


def _placed(document: Document, where: Where, error: EnkephalinError) -> RecordError:
    return RecordError(error.problem, **(error.parts() | {"place": error.place or document.at(where)}))
