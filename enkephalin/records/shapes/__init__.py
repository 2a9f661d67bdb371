"""Shapes: what each record must look like, as frozen pydantic models that forbid unknown keys.

Needs    units
Gives    the shapes below
Leaves   whether the names in a record point at something: see ``records.checks``
"""

from .base import Origin, Record, Shape
from .drug import Absorption, Binding, Drug, FirstPass, Kinetics, Metabolite, Route
from .exposure import Exposure, ExposureTable
from .parameter import ParameterRow
from .patch import Change, Patch
from .person import Correlation, Covariate, Person, Population, Setting, Variation
from .quantity import Plain, Quantity, Spread
from .scale import Band, Item, Scale
from .scenario import ResolvedDose, ResolvedExposure, ResolvedScenario, Scenario
from .source import Source

__all__ = [
    "Absorption",
    "Band",
    "Binding",
    "Change",
    "Correlation",
    "Covariate",
    "Drug",
    "Exposure",
    "ExposureTable",
    "FirstPass",
    "Item",
    "Kinetics",
    "Metabolite",
    "Origin",
    "ParameterRow",
    "Patch",
    "Person",
    "Plain",
    "Population",
    "Quantity",
    "Record",
    "ResolvedDose",
    "ResolvedExposure",
    "ResolvedScenario",
    "Route",
    "Scale",
    "Scenario",
    "Setting",
    "Shape",
    "Source",
    "Spread",
    "Variation",
]
