"""Shapes: what each record must look like, as frozen pydantic models that forbid unknown keys.

Needs    units
Gives    the shapes below, each made when it is first asked for: making them all takes longer than reading a record
Leaves   whether the names in a record point at something: see ``records.checks``
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .analysis import Analysis
    from .base import Origin, Record, Shape
    from .causal_map import CausalMap, Edge, Effect, Node
    from .claim import Claim, Known, Reading, Run, Stated, Step, Value, Verdict
    from .dispute import Argument, Contradiction, CounterCase, Inference, Moderator, Premise, Side
    from .drug import Absorption, Binding, Drug, FirstPass, Kinetics, Metabolite, Route
    from .exposure import Exposure, ExposureTable
    from .instrument import Choices, Instrument, Line, Noise
    from .observation import Answer, Interval, Observation, Question, Range, RiskOfBias
    from .parameter import ParameterRow
    from .patch import Change, Patch, Prediction, Settled
    from .person import (
        Correlation,
        Covariate,
        Influence,
        Lived,
        Observed,
        Person,
        Population,
        Setting,
        Trait,
        Variation,
    )
    from .quantity import Plain, Quantity, Spread
    from .resolved_study import Happening, ResolvedArm, ResolvedIntercurrent, ResolvedMeasure, ResolvedStudy
    from .scale import Band, Item, Scale
    from .scenario import ResolvedDose, ResolvedExposure, ResolvedScenario, Scenario
    from .source import Source
    from .study import Arm, Assignment, Eligible, Measure, Study, StudyCovariate, StudyPeople
    from .study_events import Blinding, Dropout, Expectancy, Intercurrent, MissedDoses
    from .task import Task

# fmt: off
_FILES = {
    "analysis": ("Analysis",),
    "base": ("Origin", "Record", "Shape"),
    "causal_map": ("CausalMap", "Edge", "Effect", "Node"),
    "claim": ("Claim", "Known", "Reading", "Run", "Stated", "Step", "Value", "Verdict"),
    "dispute": ("Argument", "Contradiction", "CounterCase", "Inference", "Moderator", "Premise", "Side"),
    "drug": ("Absorption", "Binding", "Drug", "FirstPass", "Kinetics", "Metabolite", "Route"),
    "exposure": ("Exposure", "ExposureTable"),
    "instrument": ("Choices", "Instrument", "Line", "Noise"),
    "observation": ("Answer", "Interval", "Observation", "Question", "Range", "RiskOfBias"),
    "parameter": ("ParameterRow",),
    "patch": ("Change", "Patch", "Prediction", "Settled"),
    "person": ("Correlation", "Covariate", "Influence", "Lived", "Observed", "Person", "Population", "Setting", "Trait",
               "Variation"),
    "quantity": ("Plain", "Quantity", "Spread"),
    "resolved_study": ("Happening", "ResolvedArm", "ResolvedIntercurrent", "ResolvedMeasure", "ResolvedStudy"),
    "scale": ("Band", "Item", "Scale"),
    "scenario": ("ResolvedDose", "ResolvedExposure", "ResolvedScenario", "Scenario"),
    "source": ("Source",),
    "study": ("Arm", "Assignment", "Eligible", "Measure", "Study", "StudyCovariate", "StudyPeople"),
    "study_events": ("Blinding", "Dropout", "Expectancy", "Intercurrent", "MissedDoses"),
    "task": ("Task",),
}
# fmt: on
_HOME = {name: file for file, names in _FILES.items() for name in names}

__all__ = [
    "Absorption",
    "Analysis",
    "Answer",
    "Argument",
    "Arm",
    "Assignment",
    "Band",
    "Binding",
    "Blinding",
    "CausalMap",
    "Change",
    "Choices",
    "Claim",
    "Contradiction",
    "Correlation",
    "CounterCase",
    "Covariate",
    "Dropout",
    "Drug",
    "Edge",
    "Effect",
    "Eligible",
    "Expectancy",
    "Exposure",
    "ExposureTable",
    "FirstPass",
    "Happening",
    "Inference",
    "Influence",
    "Instrument",
    "Intercurrent",
    "Interval",
    "Item",
    "Kinetics",
    "Known",
    "Line",
    "Lived",
    "Measure",
    "Metabolite",
    "MissedDoses",
    "Moderator",
    "Node",
    "Noise",
    "Observation",
    "Observed",
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
    "ResolvedArm",
    "ResolvedDose",
    "ResolvedExposure",
    "ResolvedIntercurrent",
    "ResolvedMeasure",
    "ResolvedScenario",
    "ResolvedStudy",
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
    "Study",
    "StudyCovariate",
    "StudyPeople",
    "Task",
    "Trait",
    "Value",
    "Variation",
    "Verdict",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
