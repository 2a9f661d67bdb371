"""Names as users write them: signalling.rise, signalling[NAc].rise, pk[1].clearance, or a flat name.

Needs    a built model, or a module's rows
Gives    ``parse_address``, ``flat_names``
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from enkephalin.errors import UnknownNameError, nearest

if TYPE_CHECKING:
    from enkephalin.records.shapes.parameter import ParameterRow

ADDRESS = re.compile(r"(?P<module>[A-Za-z]\w*?)\s*(?:\[(?P<parts>[^\]]*)\])?\s*\.\s*(?P<symbol>[A-Za-z]\w*)")


def parse_address(text: str) -> tuple[str, frozenset[str], str]:
    """Module, parts and symbol of "signalling[NAc].rise".

    Raises
    ------
    UnknownNameError
        The text has another form.
    """
    match = ADDRESS.fullmatch(text.strip())
    if not match:
        raise UnknownNameError(
            f"'{text}' is no name of a parameter",
            found=text,
            expected="module.symbol, or module[part part].symbol",
            try_="signalling.rise, signalling[NAc].rise, pk[1].clearance",
        )
    return match["module"], frozenset((match["parts"] or "").replace(",", " ").split()), match["symbol"]


def flat_names(rows: Mapping[str, ParameterRow], text: str) -> tuple[str, ...]:
    """Every flat name of a model that an address means.

    Parameters
    ----------
    rows : mapping
        ``model.rows``.
    text : str
        "signalling.rise" (all instances), "signalling[NAc].rise" (those with that part), or a flat name.

    Returns
    -------
    tuple of str
        Flat names such as "signalling_NAc__rise", in the order of the model.

    Raises
    ------
    UnknownNameError
        Nothing in this body has that name; the nearest names are offered.
    """
    if text in rows:
        return (text,)
    module, parts, symbol = parse_address(text)
    start, end = f"{module}_", f"__{symbol}"
    found = []
    for name in rows:
        if not (name.startswith(start) and name.endswith(end)):
            continue
        instance, _, last = name.rpartition("__")
        fits = last == symbol and parts <= set(instance[len(start) :].split("_"))
        if fits and rows[name].module == module:
            found.append(name)
    if found:
        return tuple(found)
    addresses = dict.fromkeys(f"{row.module}.{row.name}" for row in rows.values() if row.status != "wire")
    siblings = [name.rpartition("__")[0][len(start) :] for name in rows if name.startswith(start) and "__" in name]
    known_symbol = any(address == f"{module}.{symbol}" for address in addresses)
    raise UnknownNameError(
        f"no parameter '{text}' in this body",
        found=text,
        expected=f"a part of {module}" if known_symbol else "module.symbol",
        try_=nearest(" ".join(parts), dict.fromkeys(siblings))
        if known_symbol
        else nearest(f"{module}.{symbol}", addresses),
    )
