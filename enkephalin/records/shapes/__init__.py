"""Shapes: what each record must look like, as frozen pydantic models that forbid unknown keys.

Needs    units
Gives    the shapes below
Leaves   whether the names in a record point at something: see ``records.checks``
"""

from .base import Origin, Record, Shape
from .causal_map import CausalMap, Edge, Effect, Node
from .claim import Claim, Known, Reading, Run, Stated, Step, Value, Verdict
from .dispute import Argument, Contradiction, CounterCase, Inference, Moderator, Premise, Side
from .drug import Absorption, Binding, Drug, FirstPass, Kinetics, Metabolite, Route
from .exposure import Exposure, ExposureTable
from .observation import Answer, Interval, Observation, Question, Range, RiskOfBias
from .parameter import ParameterRow
from .patch import Change, Patch, Prediction, Settled
from .person import Correlation, Covariate, Influence, Lived, Person, Population, Setting, Trait, Variation
from .quantity import Plain, Quantity, Spread
from .scale import Band, Item, Scale
from .scenario import ResolvedDose, ResolvedExposure, ResolvedScenario, Scenario
from .source import Source
from .task import Task

__all__ = [
    "Absorption",
    "Answer",
    "Argument",
    "Band",
    "Binding",
    "CausalMap",
    "Change",
    "Claim",
    "Contradiction",
    "Correlation",
    "CounterCase",
    "Covariate",
    "Drug",
    "Edge",
    "Effect",
    "Exposure",
    "ExposureTable",
    "FirstPass",
    "Inference",
    "Influence",
    "Interval",
    "Item",
    "Kinetics",
    "Known",
    "Lived",
    "Metabolite",
    "Moderator",
    "Node",
    "Observation",
    "Origin",
    "ParameterRow",
    "Patch",
    "Person",
    "Plain",
    "Population",
    "Prediction",
    "Premise",
    "Quantity",
    "Question",
    "Range",
    "Reading",
    "Record",
    "ResolvedDose",
    "ResolvedExposure",
    "ResolvedScenario",
    "RiskOfBias",
    "Route",
    "Run",
    "Scale",
    "Scenario",
    "Setting",
    "Settled",
    "Shape",
    "Side",
    "Source",
    "Spread",
    "Stated",
    "Step",
    "Task",
    "Trait",
    "Value",
    "Variation",
    "Verdict",
]
