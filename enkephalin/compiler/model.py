"""Model: modules wired, parameter rows in place, units checked; frozen, with a digest.

Needs    an assembly in biology/models, its modules, their tables; patches
Gives    ``build``: the checked model, kept on disk by the digest of all it was made from; ``patch``; ``Model``
Leaves   machine code (see ``lower`` and the kernels)
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from enkephalin.compiler import cache
from enkephalin.compiler.patches import Applied, in_order
from enkephalin.compiler.text import Function, Statement
from enkephalin.errors import ModelError, nearest

if TYPE_CHECKING:
    from enkephalin.records.shapes.parameter import ParameterRow
    from enkephalin.records.shapes.patch import Patch

BIOLOGY = Path(__file__).resolve().parents[1] / "biology"
LIBRARIES = ("antimony", "python-libsbml")
MADE_BY = ("text", "wiring", "rows", "patches", "units", "flatten", "check", "making", "storing")


@dataclass(frozen=True)
class Model:
    """A body: equations, values, units.

    Flat names are <instance>__<symbol>, or the assembly's own name for a wire. ``parameters`` are the constants and
    initial values that come from tables, in nmol, L and h. ``structure_digest`` changes with equations, units and
    slots; ``digest`` with values, too.
    """

    name: str
    sbml: str = field(repr=False)
    parameters: Mapping[str, float] = field(repr=False)
    rows: Mapping[str, ParameterRow] = field(repr=False)
    states: tuple[str, ...] = field(repr=False)
    rules: tuple[str, ...] = field(repr=False)
    inputs: tuple[str, ...] = field(repr=False)
    units: Mapping[str, str] = field(repr=False)
    slots: tuple[str, ...]
    structure_digest: str
    digest: str
    statements: tuple[Statement, ...] = field(repr=False)
    functions: tuple[Function, ...] = field(repr=False)
    patches: tuple[Applied, ...] = ()
    records: tuple[str, ...] = field(default=(), repr=False)  # the patches themselves, as JSON
    biology: str = field(default=str(BIOLOGY), repr=False)


_built: dict[str, Model] = {}


def build(
    assembly: str = "human",
    slots: Iterable[str | int] | None = None,
    patches: Iterable[Patch] = (),
    *,
    biology: Path = BIOLOGY,
) -> Model:
    """Build a body, or fetch it where it was built before.

    Parameters
    ----------
    assembly : str
        A file of biology/models, such as "human".
    slots : list of str, optional
        Ligand slots the body needs, such as ("1", "2", "a1"). Default: all that the assembly has.
    patches : list of Patch, optional
        Changed rows (accounts, hypotheses, species).

    Rarely needed
    -------------
    biology : Path
        Another folder with modules, models and parameters.

    Returns
    -------
    Model
        Checked: libSBML finds nothing in it.

    Raises
    ------
    ModelError
        Modules and tables do not fit; the message names file and line.
    PatchError
        A patch does not fit the rows.

    Example
    -------
    >>> build("reference_day").states[:2]
    ('hpa_reference__x_crh', 'hpa_reference__x_acth')
    """
    path = biology / "models" / f"{assembly}.ant"
    known = sorted(other.stem for other in path.parent.glob("*.ant"))
    if assembly not in known:
        raise ModelError(
            f"unknown assembly '{assembly}'",
            place=f"{biology.name}/models",
            expected="a file of this folder",
            try_=nearest(assembly, known),
        )
    wanted = None if slots is None else tuple(str(slot) for slot in slots)
    ordered = in_order(patches)
    key = _key(biology, assembly, wanted, ordered)
    if key not in _built:
        _built[key] = _fetch_or_make(key, path, biology, wanted, ordered)
    return _built[key]


def patch(model: Model, *patches: Patch) -> Model:
    """The same body with more patches; the given model is left as it is.

    Example
    -------
    >>> from enkephalin.records import get
    >>> patch(build("human"), get("account", "described"))  # doctest: +SKIP
    """
    return rebuilt(model, model.name, model.slots, patches)


def rebuilt(model: Model, assembly: str, slots: Iterable[str | int] | None, more: Iterable[Patch] = ()) -> Model:
    """Another assembly, or the same with other slots, of the same biology under the same patches."""
    from enkephalin.records.shapes.patch import Patch

    own = [Patch.model_validate_json(text) for text in model.records]
    return build(assembly, slots, [*own, *more], biology=Path(model.biology))


def _fetch_or_make(
    key: str, path: Path, biology: Path, slots: tuple[str, ...] | None, patches: tuple[Patch, ...]
) -> Model:
    from enkephalin.compiler.storing import from_bytes, to_bytes

    kept = cache.load("models", key)
    if kept is not None:
        return from_bytes(kept)
    from enkephalin.compiler.making import make

    model = make(path, biology, slots, patches)
    cache.save("models", key, to_bytes(model))
    return model


def _key(biology: Path, assembly: str, slots: tuple[str, ...] | None, patches: tuple[Patch, ...]) -> str:
    """The digest of everything a model is made from, this program's own text included."""
    parts: list[str | bytes] = [str(biology), assembly, repr(slots), *(patch.model_dump_json() for patch in patches)]
    for name in LIBRARIES:
        try:
            parts.append(version(name))
        except PackageNotFoundError:
            parts.append("missing")
    package = Path(__file__).resolve().parents[1]
    own = [package / "compiler" / f"{name}.py" for name in MADE_BY]
    own += [package / "records" / name for name in ("units.py", "tables.py", "shapes/parameter.py")]
    for path in [*own, *sorted(biology.glob("m*/*.ant")), *sorted(biology.glob("parameters/*.csv"))]:
        parts += [path.name, hashlib.sha256(path.read_bytes()).digest()]
    return cache.digest_of(parts)
