"""Catalog: every record that ships, by kind and id; and a user's own file wherever an id will do.

Needs    reader, shapes, checks
Gives    ``get(kind, id)``, ``list_ids(kind)``, ``read(path)``, ``exposures()``, ``KINDS``
Leaves   parameter tables: see ``tables``
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import RecordError, UnknownNameError, nearest
from . import shapes
from .files import PACKAGE
from .shapes.base import IDENTIFIER

if TYPE_CHECKING:
    from .shapes import Exposure, Record


@dataclass(frozen=True)
class Kind:
    """A kind of record: its name, its plural, its folder in the package, its shape, and keys that give it away."""

    name: str
    plural: str
    folder: str
    word: str  # the name of its shape
    tell_tale: tuple[str, ...] = ()
    subkind: str = ""  # patches of several kinds share one folder

    @property
    def shape(self) -> type[Record]:
        """What its records must look like."""
        found: type[Record] = getattr(shapes, self.word)
        return found


KINDS = {
    kind.name: kind
    for kind in (
        Kind("drug", "drugs", "catalog/drugs", "Drug", ("binds", "molar_mass")),
        Kind("person", "people", "catalog/people", "Person", ("sex", "weight")),
        Kind("population", "populations", "catalog/populations", "Population", ("vary", "based_on")),
        Kind("scenario", "scenarios", "catalog/scenarios", "Scenario", ("happens", "lasts", "doses")),
        Kind("task", "tasks", "catalog/tasks", "Task", ("throws",)),
        Kind("study", "studies", "catalog/studies", "Study", ("arms", "estimand", "measures", "design", "analysis")),
        Kind("scale", "scales", "catalog/scales", "Scale", ("items",)),
        Kind("source", "sources", "evidence/sources", "Source", ("doi", "pmid", "read")),
        Kind("question", "questions", "evidence/questions", "Question", ("positive", "negative")),
        Kind("observation", "observations", "evidence/observations", "Observation", ("answers", "transcribed_by")),
        Kind("claim", "claims", "evidence/claims", "Claim", ("wrong_if", "known")),
        Kind("contradiction", "contradictions", "evidence/contradictions", "Contradiction", ("sides", "moderators")),
        Kind("argument", "arguments", "evidence/arguments", "Argument", ("premises", "inference")),
        Kind("causal_map", "causal_maps", "evidence/causal_maps", "CausalMap", ("nodes", "edges")),
        Kind("account", "accounts", "biology/patches", "Patch", (), "account"),
        Kind("hypothesis", "hypotheses", "biology/patches", "Patch", (), "hypothesis"),
        Kind("species", "species", "biology/patches", "Patch", (), "species"),
        Kind("patch", "patches", "biology/patches", "Patch", ("changes",)),
        Kind("exposure_table", "exposure_tables", "catalog", "ExposureTable", ("exposures",)),
    )
}


def kind_named(name: str) -> Kind:
    """A kind by its singular or plural name.

    Raises
    ------
    UnknownNameError
        There is no such kind.
    """
    for kind in KINDS.values():
        if name in (kind.name, kind.plural):
            return kind
    plurals = [kind.plural for kind in KINDS.values() if kind.name != "exposure_table"]
    raise UnknownNameError(
        f"unknown kind '{name}'", found=name, expected="a kind of record", try_=nearest(name, plurals, 12)
    )


def list_ids(kind: str) -> tuple[str, ...]:
    """The ids of all records of a kind ("drug" or "drugs"), in alphabetical order.

    Example
    -------
    >>> "cows" in list_ids("scales")
    True
    """
    known = kind_named(kind)
    folder = PACKAGE / known.folder
    names = _ids_in(folder, folder.stat().st_mtime_ns if folder.is_dir() else 0)
    if known.subkind:
        return tuple(name for name in names if get("patch", name).kind == known.subkind)
    return names


@cache
def _ids_in(folder: Path, version: int) -> tuple[str, ...]:
    """The ids of a folder, read again when a file comes or goes."""
    return tuple(sorted(path.stem for path in folder.glob("*.yaml")))


def get(kind: str, id: str) -> Any:
    """One record, by the id it has in the catalog or by the path of a file.

    Parameters
    ----------
    kind : str
        "drug", "person", "population", "scenario", "scale", "source", "patch" ... or the plural.
    id : str
        An id such as "heroin_withdrawal", or a path such as "my/heroin.yaml".

    Returns
    -------
    Drug, Person, Population, Scenario or ResolvedScenario, Scale, Source, Patch
        The checked, frozen record.

    Raises
    ------
    UnknownNameError
        No record has this id; the nearest ids are offered.
    RecordError
        The file has a fault; the message names file and line.

    Example
    -------
    >>> get("person", "adult_reference").weight.value
    70.0
    """
    known = kind_named(kind)
    if is_path(id):
        return read(id, known.name)
    path = PACKAGE / known.folder / f"{id}.yaml"
    if not IDENTIFIER.fullmatch(id) or not path.is_file():
        from .scenario.slips import known_as

        ids = list_ids(kind)
        other = known_as(id) if known.name == "drug" else ""
        raise UnknownNameError(
            f"unknown {known.name.replace('_', ' ')} '{id}'",
            found=id,
            expected=f"the id of a record in {known.folder} ({len(ids)} known), or the path of a file",
            try_=other or nearest(id, ids) or f"enkephalin list {known.plural}",
        )
    return read(path, known.name)


def is_path(text: str) -> bool:
    """True when a text is meant as the path of a file and not as an id."""
    return "/" in text or "\\" in text or text.lower().endswith((".yaml", ".yml", ".csv"))


def read(path: Path | str, kind: str | None = None) -> Any:
    """Read one record from a file; its kind is guessed from the folder or the keys unless it is given.

    Raises
    ------
    RecordError
        The first fault of the file (``faults`` gives all of them).
    """
    path = Path(path)
    try:
        stamp = path.stat()
        version = (stamp.st_mtime_ns, stamp.st_size)
    except OSError:
        version = (0, 0)
    record, faults = _examined(path.absolute(), kind, version, Path.cwd())
    if faults:
        raise faults[0].__class__(faults[0].problem, **faults[0].parts())
    return record


@cache
def _examined(
    path: Path, kind: str | None, version: tuple[int, int], folder: Path
) -> tuple[Any, tuple[RecordError, ...]]:
    """A record and its faults, kept for as long as the file stays as it is (``folder`` only words messages)."""
    from .checks import examine

    record, faults = examine(path, kind)
    return record, tuple(faults)


def kind_of(path: Path, keys: Any = ()) -> Kind | None:
    """The kind of a file, from the folder it lies in or from the keys it holds."""
    for kind in KINDS.values():
        if path.absolute().parent.name == kind.plural or path.absolute().parent == PACKAGE / kind.folder:
            return kind if not kind.subkind else KINDS["patch"]
    scores = {kind.name: sum(key in keys for key in kind.tell_tale) for kind in KINDS.values()}
    best = max(scores, key=lambda name: scores[name])
    return KINDS[best] if scores[best] else None


def kind_of_file(path: Path | str) -> str:
    """The name of a file's kind; "" where it cannot be read or is none."""
    from .reader import read_document

    try:
        known = kind_of(Path(path), read_document(Path(path)).data)
    except RecordError:
        return ""
    return known.name if known is not None else ""


def exposures() -> dict[str, Exposure]:
    """All exposures that scenarios may name, by word."""
    path = PACKAGE / "catalog" / "exposures.yaml"
    return {row.word: row for row in read(path, "exposure_table").exposures}
