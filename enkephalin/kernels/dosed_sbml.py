"""The SBML that libRoadRunner integrates: rates and what they read, with one self-rescheduling event per regimen.

Needs    a built model
Gives    ``dosed_sbml``: the text; ``Channels``: which regimen sits in which event
Leaves   values: constants, initial values, times and amounts are set per person

Rules become parts of the rates (see ``named_parts``); what observers see is computed from the states afterwards. Rules
that read nothing but constants become constants, computed once per person. The text depends on
how many regimens go to which target, in powers of two, and not on their times or amounts: most scenarios of the
same drugs share one compiled body.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import libsbml
import numpy as np

from enkephalin.compiler.model import Model
from enkephalin.compiler.numeric import constant_rules, rate_names
from enkephalin.kernels.events import EventTable
from enkephalin.kernels.named_parts import rates_with_named_parts

NEVER = 1e30  # h
MATH = 'xmlns="http://www.w3.org/1998/Math/MathML"'
TIME = '<csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/time">time</csymbol>'
FIELDS = ("next", "done", "first", "interval", "count", "amount", "rank")


@dataclass(frozen=True)
class Channels:
    """The events of a compiled body: for each, its target and whether it adds."""

    targets: tuple[tuple[str, bool], ...]

    @classmethod
    def for_events(cls, events: EventTable) -> Channels:
        """As many channels per target as there are regimens, rounded up to a power of two."""
        kinds: dict[tuple[str, bool], int] = {}
        for target, add in zip(events.target, events.add, strict=True):
            kinds[target, bool(add)] = kinds.get((target, bool(add)), 0) + 1
        return cls(tuple(kind for kind in sorted(kinds) for _ in range(1 << (kinds[kind] - 1).bit_length())))

    def settings(self, events: EventTable, person: int) -> dict[str, float]:
        """The value of each channel's parameters for one person; channels without a regimen never fire."""
        values: dict[str, float] = {}
        free: dict[tuple[str, bool], list[int]] = {}
        for channel, kind in enumerate(self.targets):
            free.setdefault(kind, []).append(channel)
            idle = {
                "next": NEVER,
                "done": 0.0,
                "first": NEVER,
                "interval": 0.0,
                "count": 0.0,
                "amount": 0.0,
                "rank": 0.0,
            }
            values |= {f"event_{channel}_{name}": value for name, value in idle.items()}
        column = person if events.amount.shape[1] > 1 else 0
        for row, kind in enumerate(zip(events.target, (bool(add) for add in events.add), strict=True)):
            start = f"event_{free[kind].pop(0)}_"
            first, interval, count = float(events.time[row]), float(events.interval[row]), int(events.count[row])
            begun = first <= 0  # its first turn is in the starting values: see ``at_once``
            values[start + "done"] = float(begun)
            values[start + "next"] = (first + interval if count > 1 else NEVER) if begun else first
            values[start + "first"] = first
            values[start + "interval"] = interval
            values[start + "count"] = float(count)
            values[start + "amount"] = float(events.amount[row, column])
            values[start + "rank"] = -float(row)
        return values


def at_once(events: EventTable, values: dict[str, float], person: int) -> None:
    """Let the events of time 0 happen to one person's starting values, in the order of the table."""
    column = person if events.amount.shape[1] > 1 else 0
    for row in np.flatnonzero(events.time <= 0):
        target, amount = events.target[row], float(events.amount[row, column])
        values[target] = values[target] + amount if events.add[row] else amount


def dosed_sbml(model: Model, channels: Channels) -> str:
    """The text that libRoadRunner compiles."""
    targets = {target for target, _ in channels.targets}
    fixed = constant_rules(model, targets)
    kept = (rate_names(model) | targets) - (set(model.rules) - fixed)
    document = libsbml.SBMLDocument(3, 2)
    body = document.createModel(model.name)
    settings = {f"event_{channel}_{name}": name for channel in range(len(channels.targets)) for name in FIELDS}
    for name in (*sorted(kept), *settings):
        parameter = body.createParameter()
        parameter.setId(name)
        parameter.setValue(NEVER if settings.get(name) == "next" else 0.0)
        parameter.setConstant(not (name in model.states or name in targets or settings.get(name) in FIELDS[:2]))
    rates, parts = rates_with_named_parts(model, fixed)
    functions = [(one.name, one.arguments, one.expression) for one in model.functions]
    for function, arguments, expression in (*functions, *((one.name, one.arguments, one.expression) for one in parts)):
        definition = body.createFunctionDefinition()
        definition.setId(function)
        definition.setMath(_maths(f"lambda({', '.join((*arguments, expression))})"))
    for name, expression in rates.items():
        rule = body.createRateRule()
        rule.setVariable(name)
        rule.setMath(_maths(expression))
    text: str = libsbml.writeSBMLToString(document)
    if not channels.targets:
        return text
    events = "".join(_event(channel, target, add) for channel, (target, add) in enumerate(channels.targets))
    return text.replace("</model>", f"<listOfEvents>{events}</listOfEvents></model>")


def inputs_over_time(
    model: Model, events: EventTable, times: np.ndarray, start: Mapping[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """The value of every set target that is no state, at each time: shape (person, time)."""
    set_names = [name for name in dict.fromkeys(events.target) if name not in model.states]
    plain = events.expanded()
    found = {}
    for name in set_names:
        people = len(start[name])
        values = np.repeat(np.asarray(start[name], float)[:, None], len(times), axis=1)
        for row in np.flatnonzero([target == name for target in plain.target]):
            after = times >= plain.time[row]
            amount = np.broadcast_to(plain.amount[row], (people,))[:, None]
            values[:, after] = values[:, after] + amount if plain.add[row] else amount
        found[name] = values
    return found


def _maths(expression: str) -> libsbml.ASTNode:
    found = libsbml.parseL3Formula(expression)
    assert found is not None, libsbml.getLastParseL3Error()
    return found


def _event(channel: int, target: str, add: bool) -> str:
    """One regimen: it acts, counts itself, and sets the time of its next turn."""
    name = f"event_{channel}"
    turn = f"<apply><plus/><ci>{name}_done</ci><cn>1</cn></apply>"
    amount = f"<apply><plus/><ci>{target}</ci><ci>{name}_amount</ci></apply>" if add else f"<ci>{name}_amount</ci>"
    again = f"<apply><times/><ci>{name}_interval</ci>{turn}</apply>"
    following = (
        f"<piecewise><piece><apply><plus/><ci>{name}_first</ci>{again}</apply>"
        f"<apply><lt/>{turn}<ci>{name}_count</ci></apply></piece>"
        f"<otherwise><cn>{NEVER!r}</cn></otherwise></piecewise>"
    )
    acts = ((target, amount), (f"{name}_done", turn), (f"{name}_next", following))
    assignments = "".join(
        f'<eventAssignment variable="{variable}"><math {MATH}>{maths}</math></eventAssignment>'
        for variable, maths in acts
    )
    return (
        f'<event id="{name}" useValuesFromTriggerTime="false"><trigger initialValue="false" persistent="true">'
        f"<math {MATH}><apply><geq/>{TIME}<ci>{name}_next</ci></apply></math></trigger>"
        f"<priority><math {MATH}><ci>{name}_rank</ci></math></priority>"
        f"<listOfEventAssignments>{assignments}</listOfEventAssignments></event>"
    )
