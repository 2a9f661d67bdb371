"""A flat SBML model lowered into the graph: states, parameters, rates of change and start values.

Needs    SBML Level 3 core text (Level 2 is converted), flat
Gives    ``Lowering``: the names, and the node of any symbol, rate or start value
Keeps    a state in the unit of its symbol: concentration for a species in a compartment of constant size, amount
         for one that has only substance units
Leaves   events of the document: dosing is a table (see ``kernels.events``), and events that the states trigger,
         algebraic rules, delays and fast reactions are refused by name
"""

from __future__ import annotations

import math
from typing import Any

import libsbml

from enkephalin.compiler.graph import Graph
from enkephalin.compiler.mathml import Formula, refuse
from enkephalin.errors import ModelError, UnknownNameError, nearest


class Lowering:
    """One SBML model, its symbols resolved on demand.

    Attributes
    ----------
    states : ids with a rate of change, in the order used everywhere
    parameters : ids of constants and of inputs, in the order used everywhere
    state_values, parameter_values : start values from the document; NaN where an initial assignment computes them
    """

    def __init__(self, sbml: str) -> None:
        self.document = _read(sbml)
        self.model = self.document.getModel()
        _refuse_what_is_not_covered(self.document, self.model)
        m = self.model
        self.graph = Graph()
        self.rules = {r.getVariable(): r for r in m.getListOfRules() if r.isAssignment()}
        self.rate_rules = {r.getVariable(): r for r in m.getListOfRules() if r.isRate()}
        self.assignments = {a.getSymbol(): a for a in m.getListOfInitialAssignments()}
        self.compartments = {c.getId(): c for c in m.getListOfCompartments()}
        self.species = {s.getId(): s for s in m.getListOfSpecies()}
        self.reactions = {r.getId(): r for r in m.getListOfReactions()}
        functions = {f.getId(): f.getMath() for f in m.getListOfFunctionDefinitions()}
        self.formula = Formula(self.graph, functions, self.rate)
        self._running: dict[str, int] = {}
        self._start: dict[str, int] = {}
        self._open: list[str] = []
        self._sort_symbols()

    # --- what is what ---------------------------------------------------------------------------------------------

    def _sort_symbols(self) -> None:
        changed: dict[str, list[tuple[str, Any, int]]] = {}
        for name, reaction in self.reactions.items():
            for sign, side in ((-1, reaction.getListOfReactants()), (1, reaction.getListOfProducts())):
                for reference in side:
                    changed.setdefault(reference.getSpecies(), []).append((name, reference, sign))
        self.fluxes = {
            s: flux
            for s, flux in changed.items()
            if not (self.species[s].getBoundaryCondition() or self.species[s].getConstant() or s in self.rate_rules)
        }
        states: dict[str, float] = {}
        parameters: dict[str, float] = {}

        def sort(name: str, value: float, moves: bool = False) -> None:
            if name in self.rules:
                return
            if name in self.rate_rules or moves:
                states[name] = value
            else:
                parameters[name] = value

        for name, c in self.compartments.items():
            sort(name, c.getSize() if c.isSetSize() else math.nan)
        for name, s in self.species.items():
            moves = name in self.fluxes or (self._diluted(name) and not self._still(s.getCompartment()))
            sort(name, self._species_value(s), moves)
        for p in self.model.getListOfParameters():
            sort(p.getId(), p.getValue() if p.isSetValue() else math.nan)
        for name, reaction in self.reactions.items():
            law = reaction.getKineticLaw()
            for p in law.getListOfLocalParameters() if law is not None else ():
                parameters[f"{name}.{p.getId()}"] = p.getValue()
            for side in (reaction.getListOfReactants(), reaction.getListOfProducts()):
                for reference in side:
                    if _is_symbol(reference, self):
                        sort(reference.getId(), reference.getStoichiometry())
        for name in self.assignments:
            if name in states:
                states[name] = math.nan
            elif name in parameters:
                parameters[name] = math.nan
        self.states, self.parameters = tuple(states), tuple(parameters)
        self.state_values, self.parameter_values = tuple(states.values()), tuple(parameters.values())
        if not states:
            raise refuse("nothing in the model changes by a rate", "no state")
        self._state_index = {name: i for i, name in enumerate(self.states)}
        self._parameter_index = {name: i for i, name in enumerate(self.parameters)}

    def _diluted(self, species: str) -> bool:
        """Whether the symbol of a species means amount over size."""
        return not self.species[species].getHasOnlySubstanceUnits() and species not in self.rate_rules

    def _still(self, compartment: str) -> bool:
        return compartment not in self.rules and compartment not in self.rate_rules

    def _amount_is_state(self, name: str) -> bool:
        """Whether the state is an amount although the symbol is a concentration: the compartment changes size."""
        return name in self.species and self._diluted(name) and not self._still(self.species[name].getCompartment())

    def _species_value(self, s: Any) -> float:
        wants_amount = s.getHasOnlySubstanceUnits()
        if s.isSetInitialAmount() and wants_amount:
            return s.getInitialAmount()
        if s.isSetInitialConcentration() and not wants_amount:
            return s.getInitialConcentration()
        return math.nan

    # --- nodes ----------------------------------------------------------------------------------------------------

    def symbol(self, name: str) -> int:
        """The node of a symbol while time runs: a state, parameter, rule, compartment, species or reaction."""
        return self._resolve(name, self._running, self._running_node)

    def start_symbol(self, name: str) -> int:
        """The node of a symbol at time zero, initial assignments carried out."""
        return self._resolve(name, self._start, self._start_node)

    def _resolve(self, name: str, memory: dict[str, int], lower: Any) -> int:
        if name not in memory:
            if name in self._open:
                circle = " -> ".join([*self._open[self._open.index(name) :], name])
                raise ModelError("rules need each other in a circle", found=circle, expected="no circle")
            self._open.append(name)
            memory[name] = lower(name)
            self._open.pop()
        return memory[name]

    def _running_node(self, name: str) -> int:
        if name in self.rules:
            return self.formula.lower(self.rules[name].getMath(), self.symbol)
        if name in self._state_index:
            leaf = self.graph.leaf("state", self._state_index[name])
            return self._concentration(leaf, name, self.symbol) if self._amount_is_state(name) else leaf
        if name in self._parameter_index:
            return self.graph.leaf("parameter", self._parameter_index[name])
        if name in self.reactions:
            return self._reaction_rate(name, self.symbol)
        known = [*self.states, *self.parameters, *self.rules, *self.reactions]
        raise UnknownNameError(f"the model has no '{name}'", found=name, try_=nearest(name, known))

    def _start_node(self, name: str) -> int:
        if name in self.rules:
            return self.formula.lower(self.rules[name].getMath(), self.start_symbol)
        if name in self.reactions:
            return self._reaction_rate(name, self.start_symbol)
        if name in self._state_index:
            given = self.graph.leaf("start", self._state_index[name])
        elif name in self._parameter_index:
            given = self.graph.leaf("parameter", self._parameter_index[name])
        else:
            return self._running_node(name)  # raises: the model has no such name
        computed = self._computed_start(name)
        if computed is None:
            return given
        return self.graph.node("select", self.graph.node("missing", given), computed, given)

    def _computed_start(self, name: str) -> int | None:
        """The node of what the document computes as the start value, if it does."""
        if name in self.assignments:
            return self.formula.lower(self.assignments[name].getMath(), self.start_symbol)
        s = self.species.get(name)
        if s is None:
            return None
        g, size = self.graph, self.start_symbol(s.getCompartment())
        if s.isSetInitialAmount() and not s.getHasOnlySubstanceUnits():
            return g.node("mul", g.constant(s.getInitialAmount()), g.node("reciprocal", size))
        if s.isSetInitialConcentration() and s.getHasOnlySubstanceUnits():
            return g.node("mul", g.constant(s.getInitialConcentration()), size)
        return None

    def _concentration(self, amount: int, species: str, names: Any) -> int:
        return self.graph.node(
            "mul", amount, self.graph.node("reciprocal", names(self.species[species].getCompartment()))
        )

    def _reaction_rate(self, name: str, names: Any) -> int:
        law = self.reactions[name].getKineticLaw()
        if law is None or law.getMath() is None:
            return self.graph.zero
        local = {p.getId(): f"{name}.{p.getId()}" for p in law.getListOfLocalParameters()}
        return self.formula.lower(law.getMath(), lambda word: names(local.get(word, word)))

    def rate(self, name: str) -> int:
        """The node of d(symbol)/dt; for an amount in a compartment that changes size, of d(amount)/dt."""
        g = self.graph
        if name in self.rate_rules:
            return self.formula.lower(self.rate_rules[name].getMath(), self.symbol)
        if name not in self._state_index:
            if name in self.rules:
                raise refuse("rateOf is taken of an assignment rule", name)
            return g.zero
        total = g.zero
        for reaction, reference, sign in self.fluxes.get(name, ()):
            if _is_symbol(reference, self):
                count = g.node("mul", g.constant(sign), self.symbol(reference.getId()))
            else:
                count = g.constant(sign * reference.getStoichiometry())
            total = g.node("add", total, g.node("mul", count, self.symbol(reaction)))
        s = self.species[name]
        factor = s.getConversionFactor() or self.model.getConversionFactor()
        if factor:
            total = g.node("mul", total, self.symbol(factor))
        if self._diluted(name) and not self._amount_is_state(name):
            total = g.node("mul", total, g.node("reciprocal", self.symbol(s.getCompartment())))
        return total

    def starts(self) -> list[tuple[str, int, int]]:
        """What is computed at time zero: ("state" or "parameter", index, node). Every state is named."""
        g = self.graph
        result = []
        for i, name in enumerate(self.states):
            node = self.start_symbol(name)
            if self._amount_is_state(name):
                node = g.node("mul", node, self.start_symbol(self.species[name].getCompartment()))
            result.append(("state", i, node))
        for i, name in enumerate(self.parameters):
            node = self.start_symbol(name)
            if node != g.leaf("parameter", i):
                result.append(("parameter", i, node))
        return result

    def computed(self) -> frozenset[str]:
        """The ids whose start value the document computes."""
        return frozenset(n for n in (*self.states, *self.parameters) if self._computed_start(n) is not None)

    def doseable(self) -> frozenset[str]:
        """The ids that an event may change: states in the unit of their symbol, and parameters.

        A parameter that the document calls constant is one only between events; what an initial assignment made of
        it stays.
        """
        return frozenset(n for n in self.states if not self._amount_is_state(n)) | frozenset(self.parameters)


def _is_symbol(reference: Any, lowering: Lowering) -> bool:
    """Whether a stoichiometry has a name that something sets."""
    name = reference.getId()
    return bool(name) and (name in lowering.rules or name in lowering.rate_rules or name in lowering.assignments)


def _read(sbml: str) -> Any:
    document = libsbml.readSBMLFromString(sbml)
    if document.getNumErrors(libsbml.LIBSBML_SEV_ERROR) + document.getNumErrors(libsbml.LIBSBML_SEV_FATAL):
        raise ModelError("the SBML text cannot be read", found=document.getErrorLog().toString().strip()[:500])
    if document.getLevel() < 3 and not document.setLevelAndVersion(3, 1, False):
        raise ModelError("the SBML text cannot be raised to Level 3", found=f"Level {document.getLevel()}")
    if document.getModel() is None:
        raise ModelError("the SBML text has no model", expected="one <model>")
    return document


def _refuse_what_is_not_covered(document: Any, model: Any) -> None:
    for k in range(document.getNumPlugins()):
        package = document.getPlugin(k).getPackageName()
        if package != "l3v2extendedmath" and document.getPackageRequired(package):
            raise refuse(f"the model needs the SBML package '{package}'", package)
    for rule in model.getListOfRules():
        if rule.isAlgebraic():
            raise refuse("the model has an algebraic rule", libsbml.formulaToL3String(rule.getMath()))
    for reaction in model.getListOfReactions():
        if reaction.isSetFast() and reaction.getFast():
            raise refuse(f"reaction '{reaction.getId()}' is fast", reaction.getId())
    for event in model.getListOfEvents():
        trigger = event.getTrigger()
        found = libsbml.formulaToL3String(trigger.getMath()) if trigger is not None else ""
        raise refuse(f"the model has the event '{event.getId()}'; doses and exposures come as an EventTable", found)
