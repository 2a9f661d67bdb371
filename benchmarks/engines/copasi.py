"""COPASI (LSODA), through basico, on SBML with events.

Needs    basico
Gives    ``Copasi``
"""

from __future__ import annotations

from typing import Any

import numpy as np

from enkephalin.compiler.numeric import constant_rules, evaluate, rate_names, starts
from enkephalin.kernels.dosed_sbml import FIELDS, NEVER, Channels, at_once, dosed_sbml
from enkephalin.kernels.roadrunner import JUST_AFTER

from ..jobs import Job
from .base import Engine, Missing

MOST_STEPS = 1_000_000


class Copasi(Engine):
    """Events inside; one time course for each person."""

    name = "COPASI"
    guess = 3e-4

    def load(self, job: Job) -> None:
        try:
            import basico
            import COPASI
        except ImportError as missing:
            raise Missing(f"is not installed ({missing.name})") from None
        self.job, self.copasi = job, COPASI
        self.channels = Channels.for_events(job.events)
        self.data = basico.load_model_from_string(plain_sbml(job, self.channels))
        body = self.data.getModel()
        numbers = [body.getModelValue(k) for k in range(body.getNumModelValues())]
        self.values = {number.getObjectName(): number for number in numbers}
        known = starts(job.model, job.theta, job.people)
        fixed = evaluate(job.model, sorted(_fixed(job)), known, 0.0)
        known |= {name: np.broadcast_to(column, (job.people,)) for name, column in fixed.items()}
        self.start = {name: known[name] for name in self.values if name in known}
        at_event = np.isin(job.times, job.events.expanded().time) & (job.times > 0)
        self.times = np.where(at_event, job.times + JUST_AFTER, job.times)

    def run(self, people: range, tolerance: float) -> np.ndarray:
        return np.stack([self._one(person, tolerance) for person in people])

    def _one(self, person: int, tolerance: float) -> np.ndarray:
        import basico

        given = {name: float(column[person]) for name, column in self.start.items()}
        at_once(self.job.events, given, person)
        given |= self.channels.settings(self.job.events, person)
        changed = self.copasi.ObjectStdVector()
        for name, value in given.items():
            self.values[name].setInitialValue(value)
            changed.append(self.values[name].getInitialValueReference())
        self.data.getModel().updateInitialValues(changed)
        course = basico.run_time_course_with_output(
            [f"Values[{name}]" for name in self.job.states], values=list(self.times), model=self.data,
            r_tol=tolerance, a_tol=1e-3 * tolerance, max_steps=MOST_STEPS, use_initial_values=True,
        )  # fmt: skip
        found = course.to_numpy()
        result: Any = np.full((len(self.times), len(self.job.states)), np.nan)
        result[: len(found)] = found[: len(self.times)]
        return result


def _fixed(job: Job) -> frozenset[str]:
    """Rules that are one number for a whole life."""
    return constant_rules(job.model, set(job.events.target))


def plain_sbml(job: Job, channels: Channels) -> str:
    """The body without what only observers read, fixed rules as parameters, and its events; no units."""
    import libsbml

    document = libsbml.readSBMLFromString(job.model.sbml)
    body = document.getModel()
    kept, fixed = rate_names(job.model) | set(job.events.target), _fixed(job)
    for kind in ("Time", "Substance", "Volume", "Extent", "Area", "Length"):
        getattr(body, f"unset{kind}Units")()
    for rules in (body.getListOfInitialAssignments(), body.getListOfUnitDefinitions()):
        rules.clear()
    for name in [rule.getVariable() for rule in body.getListOfRules()]:
        if name not in job.states and (name not in kept or name in fixed):
            body.removeRuleByVariable(name).thisown = True
    for name in [parameter.getId() for parameter in body.getListOfParameters()]:
        if name not in kept:
            body.removeParameter(name).thisown = True
    for parameter in body.getListOfParameters():
        name = parameter.getId()
        parameter.unsetUnits()
        if not parameter.isSetValue():
            parameter.setValue(0.0)
        parameter.setConstant(name in fixed or (parameter.getConstant() and name not in job.events.target))
    for channel in range(len(channels.targets)):
        for field in FIELDS:
            parameter = body.createParameter()
            parameter.setId(f"event_{channel}_{field}")
            parameter.setValue(NEVER if field == "next" else 0.0)
            parameter.setConstant(field not in FIELDS[:2])
    text: str = libsbml.writeSBMLToString(document)
    dosed = dosed_sbml(job.model, channels)
    events = dosed[dosed.index("<listOfEvents>") : dosed.index("</model>")] if channels.targets else ""
    return text.replace("</model>", events + "</model>")
