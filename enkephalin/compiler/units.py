"""Units of the flat document: the inner units nmol, L and h, and nothing else.

Needs    records.units (which reads the unit texts of the tables)
Gives    ``sbml_unit``: the id and the parts of an SBML unit for an inner unit; ``dress``: units onto a flat document
Leaves   the check whether equations and units fit (see ``check``)
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import libsbml

from enkephalin.errors import ModelError
from enkephalin.records.units import Unit, unit

PART = {"[substance]": ("mole", -9, 1.0), "[volume]": ("litre", 0, 1.0), "[time]": ("second", 0, 3600.0)}
LETTER = {"[substance]": "nmol", "[volume]": "L", "[time]": "h"}


def inner_unit(text: str, place: str) -> Unit:
    """The unit of a table row, which must be made of amount, volume and time alone."""
    known = unit(text)
    if any(dimension not in PART for dimension, _ in known.powers):
        raise ModelError(
            f"the unit '{text}' has no place inside the body",
            place=place,
            expected="units of amount, volume and time, or a pure number",
        )
    return known


def sbml_unit(known: Unit) -> str:
    """The id of an SBML unit: "dimensionless", or such as "nmol_per_L_h"."""
    if known.is_pure_number:
        return "dimensionless"
    top = [_power_name(dimension, power) for dimension, power in known.powers if power > 0]
    below = [_power_name(dimension, -power) for dimension, power in known.powers if power < 0]
    return "_".join(top or ["one"]) + ("_per_" + "_".join(below) if below else "")


def dress(sbml: str, units: Mapping[str, Unit]) -> str:
    """Put units on a flat SBML text and call every bare number dimensionless.

    Parameters
    ----------
    sbml : str
        Flat SBML without units, as Antimony writes it.
    units : mapping
        Flat name -> unit, for every parameter of the document.

    Returns
    -------
    str
        The same document with unit definitions, a unit on each parameter, and 0 as value of each constant or state
        that no initial assignment gives; ``with_values`` puts the true ones there.
    """
    document = libsbml.readSBMLFromString(sbml)  # kept alive while its model is used, or libSBML crashes
    model = document.getModel()
    model.setTimeUnits("h")
    model.setExtentUnits("nmol")
    model.setSubstanceUnits("nmol")
    model.setVolumeUnits("L")
    needed = {sbml_unit(known): known for known in units.values()}
    needed |= {name: unit(name) for name in ("h", "nmol", "L")}
    for name, known in sorted(needed.items()):
        if name != "dimensionless":
            _define(model, name, known)
    for parameter in model.getListOfParameters():
        name = parameter.getId()
        parameter.setUnits(sbml_unit(units[name]))
        rule = model.getRuleByVariable(name)
        computed = (rule is not None and rule.isAssignment()) or model.getInitialAssignmentBySymbol(name) is not None
        if computed:
            parameter.unsetValue()
        elif not parameter.isSetValue():
            parameter.setValue(0.0)
    text = libsbml.writeSBMLToString(document)
    namespace = document.getSBMLNamespaces().getURI()
    text = text.replace(
        '<math xmlns="http://www.w3.org/1998/Math/MathML">',
        f'<math xmlns="http://www.w3.org/1998/Math/MathML" xmlns:sbml="{namespace}">',
    )
    return re.sub(r"<cn\b", '<cn sbml:units="dimensionless"', text)


def with_values(template: str, values: Mapping[str, float]) -> str:
    """A dressed document with its values, each to its last digit (libSBML itself writes 15)."""

    def fill(match: re.Match[str]) -> str:
        return f'{match[1]}{values[match[2]]!r}"' if match[2] in values else match[0]

    return re.sub(r'(<parameter id="(\w+)" value=")[^"]*"', fill, template)


def _power_name(dimension: str, power: float) -> str:
    return LETTER[dimension] + ("" if power == 1 else str(int(power)))


def _define(model: libsbml.Model, name: str, known: Unit) -> None:
    """Add one unit definition."""
    definition = model.createUnitDefinition()
    definition.setId(name)
    for dimension, power in known.powers:
        kind, scale, multiplier = PART[dimension]
        part = definition.createUnit()
        part.setKind(libsbml.UnitKind_forName(kind))
        part.setScale(scale)
        part.setMultiplier(multiplier)
        part.setExponent(power)
