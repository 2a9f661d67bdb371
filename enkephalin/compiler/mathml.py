"""Formulas of SBML (MathML trees) lowered into graph nodes.

Needs    a libSBML formula, and a function that says which node a name is
Gives    ``Formula.lower``: the node of a formula
Keeps    products and sums sorted by what they depend on, so that what belongs to a person alone comes together
         and can be computed once per person
Leaves   names, rules and reactions: see ``lower``. Delays, inverse trigonometric functions, factorials and
         remainders are refused by name
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping
from typing import Any

import libsbml

from enkephalin.compiler.graph import PARAMETER, Graph
from enkephalin.errors import ModelError

AVOGADRO = 6.02214179e23
"""The value that SBML Level 3 fixes for its csymbol."""

_ONE_ARGUMENT = {
    libsbml.AST_FUNCTION_ABS: "abs",
    libsbml.AST_FUNCTION_COS: "cos",
    libsbml.AST_FUNCTION_EXP: "exp",
    libsbml.AST_FUNCTION_FLOOR: "floor",
    libsbml.AST_FUNCTION_LN: "log",
    libsbml.AST_FUNCTION_SIN: "sin",
    libsbml.AST_LOGICAL_NOT: "not",
}
_FOLDED = {
    libsbml.AST_FUNCTION_MAX: "max",
    libsbml.AST_FUNCTION_MIN: "min",
    libsbml.AST_LOGICAL_AND: "and",
    libsbml.AST_LOGICAL_OR: "or",
}
# Relations by (operation, whether the arguments change places).
_RELATIONS = {
    libsbml.AST_RELATIONAL_LT: ("less", False),
    libsbml.AST_RELATIONAL_GT: ("less", True),
    libsbml.AST_RELATIONAL_LEQ: ("less_equal", False),
    libsbml.AST_RELATIONAL_GEQ: ("less_equal", True),
    libsbml.AST_RELATIONAL_EQ: ("equal", False),
}
_NUMBER_TYPES = (libsbml.AST_INTEGER, libsbml.AST_REAL, libsbml.AST_REAL_E, libsbml.AST_RATIONAL)
_CONSTANTS = {
    libsbml.AST_CONSTANT_E: math.e,
    libsbml.AST_CONSTANT_PI: math.pi,
    libsbml.AST_NAME_AVOGADRO: AVOGADRO,
}
Names = Callable[[str], int]


def refuse(problem: str, found: str) -> ModelError:
    """The error for SBML that this engine does not cover."""
    return ModelError(
        problem, found=found, expected="SBML that the population kernel covers", try_="engine='roadrunner'"
    )


class Formula:
    """Lowers the formulas of one model.

    Parameters
    ----------
    graph : Graph
    functions : the lambda of each function definition, by id
    rate_of : gives the node of a symbol's rate of change (csymbol rateOf)
    """

    def __init__(self, graph: Graph, functions: Mapping[str, Any], rate_of: Names) -> None:
        self.graph = graph
        self.functions = functions
        self.rate_of = rate_of

    def lower(self, ast: Any, names: Names) -> int:
        """The node of a formula; ``names`` resolves each identifier in it."""
        kind = ast.getType()
        g = self.graph
        if kind in _NUMBER_TYPES:
            return g.constant(ast.getValue())
        if kind == libsbml.AST_NAME:
            return names(ast.getName())
        if kind == libsbml.AST_NAME_TIME:
            return g.leaf("time")
        if kind in _CONSTANTS:
            return g.constant(_CONSTANTS[kind])
        if kind in (libsbml.AST_TIMES, libsbml.AST_DIVIDE):
            return self._product(ast, names)
        if kind in (libsbml.AST_PLUS, libsbml.AST_MINUS):
            return self._sum(ast, names)
        if kind == libsbml.AST_FUNCTION_RATE_OF:
            return self.rate_of(ast.getChild(0).getName())
        if kind in (libsbml.AST_CONSTANT_TRUE, libsbml.AST_CONSTANT_FALSE):
            return g.node("equal", g.zero, g.zero if kind == libsbml.AST_CONSTANT_TRUE else g.one)
        if kind == libsbml.AST_FUNCTION_PIECEWISE:
            return self._piecewise(ast, names)
        if kind == libsbml.AST_FUNCTION:
            return self._call(ast, names)
        arguments = [self.lower(ast.getChild(k), names) for k in range(ast.getNumChildren())]
        if kind in _RELATIONS or kind == libsbml.AST_RELATIONAL_NEQ:
            return self._relation(kind, arguments)
        if kind in _FOLDED:
            result = arguments[0] if arguments else self._no_operands(kind)
            for a in arguments[1:]:
                result = g.node(_FOLDED[kind], result, a)
            return result
        if kind in _ONE_ARGUMENT:
            return g.node(_ONE_ARGUMENT[kind], arguments[0])
        return self._elementary(ast, kind, arguments)

    # --- sums and products ----------------------------------------------------------------------------------------

    def _sorted(self, nodes: list[int]) -> list[int]:
        return sorted(nodes, key=lambda i: self.graph.depends[i])

    def _multiplied(self, nodes: list[int]) -> int:
        result = self.graph.one
        for i in self._sorted(nodes):
            result = self.graph.node("mul", result, i)
        return result

    def _factors(self, ast: Any, names: Names, above: list[int], below: list[int]) -> None:
        kind = ast.getType()
        if kind == libsbml.AST_TIMES:
            for k in range(ast.getNumChildren()):
                self._factors(ast.getChild(k), names, above, below)
        elif kind == libsbml.AST_DIVIDE:
            self._factors(ast.getChild(0), names, above, below)
            self._factors(ast.getChild(1), names, below, above)
        else:
            above.append(self.lower(ast, names))

    def _product(self, ast: Any, names: Names) -> int:
        above: list[int] = []
        below: list[int] = []
        self._factors(ast, names, above, below)
        # One reciprocal for all that a person never changes, one for the rest; a gate keeps its own.
        gates = [i for i in below if self.graph.shifted_exponent(i) is not None]
        personal = [i for i in below if i not in gates and not self.graph.depends[i] & ~PARAMETER]
        changing = [i for i in below if i not in gates and self.graph.depends[i] & ~PARAMETER]
        for group in (personal, changing, *([i] for i in gates)):
            if group:
                above.append(self.graph.node("reciprocal", self._multiplied(group)))
        return self._multiplied(above)

    def _terms(self, ast: Any, names: Names, plus: list[int], minus: list[int]) -> None:
        kind, n = ast.getType(), ast.getNumChildren()
        if kind == libsbml.AST_PLUS:
            for k in range(n):
                self._terms(ast.getChild(k), names, plus, minus)
        elif kind == libsbml.AST_MINUS and n == 2:
            self._terms(ast.getChild(0), names, plus, minus)
            self._terms(ast.getChild(1), names, minus, plus)
        elif kind == libsbml.AST_MINUS:
            self._terms(ast.getChild(0), names, minus, plus)
        else:
            plus.append(self.lower(ast, names))

    def _sum(self, ast: Any, names: Names) -> int:
        plus: list[int] = []
        minus: list[int] = []
        self._terms(ast, names, plus, minus)
        g = self.graph
        result = g.zero
        signed = [(i, "add") for i in plus] + [(i, "sub") for i in minus]
        for i, operation in sorted(signed, key=lambda term: g.depends[term[0]]):
            result = g.node(operation, result, i)
        return result

    # --- the rest -------------------------------------------------------------------------------------------------

    def _piecewise(self, ast: Any, names: Names) -> int:
        n = ast.getNumChildren()
        g = self.graph
        if n % 2 == 0:
            raise refuse("a piecewise formula has no 'otherwise'", libsbml.formulaToL3String(ast))
        result = self.lower(ast.getChild(n - 1), names)
        for k in range(n - 3, -1, -2):
            value, condition = self.lower(ast.getChild(k), names), self.lower(ast.getChild(k + 1), names)
            result = g.node("select", condition, value, result)
        return result

    def _call(self, ast: Any, names: Names) -> int:
        name = ast.getName()
        if name not in self.functions:
            raise ModelError(f"unknown function '{name}'", found=libsbml.formulaToL3String(ast))
        body = self.functions[name]
        count = body.getNumChildren() - 1
        if count != ast.getNumChildren():
            raise ModelError(
                f"function '{name}' takes {count} arguments", found=libsbml.formulaToL3String(ast), expected=str(count)
            )
        bound = {body.getChild(k).getName(): self.lower(ast.getChild(k), names) for k in range(count)}
        return self.lower(body.getChild(count), lambda word: bound[word] if word in bound else names(word))

    def _relation(self, kind: int, arguments: list[int]) -> int:
        g = self.graph
        if kind == libsbml.AST_RELATIONAL_NEQ:
            return g.node("not", g.node("equal", *arguments))
        operation, swapped = _RELATIONS[kind]
        result = None
        for a, b in itertools.pairwise(arguments):
            pair = g.node(operation, *((b, a) if swapped else (a, b)))
            result = pair if result is None else g.node("and", result, pair)
        if result is None:
            raise refuse("a relation has fewer than two sides", "one argument")
        return result

    def _no_operands(self, kind: int) -> int:
        """An empty ``and`` is true, an empty ``or`` is false; an empty min or max means nothing."""
        if kind not in (libsbml.AST_LOGICAL_AND, libsbml.AST_LOGICAL_OR):
            raise refuse("min or max has no arguments", "no argument")
        return self.graph.node("equal", self.graph.zero, self._truth(kind == libsbml.AST_LOGICAL_AND))

    def _truth(self, true: bool) -> int:
        return self.graph.zero if true else self.graph.one

    def _elementary(self, ast: Any, kind: int, arguments: list[int]) -> int:
        """Functions that are built from others."""
        g = self.graph
        a = arguments[0] if arguments else g.zero

        def reciprocal(i: int) -> int:
            return g.node("reciprocal", i)

        def half_exponentials(operation: str) -> int:
            rising = g.node("exp", a)
            return g.node("mul", g.constant(0.5), g.node(operation, rising, reciprocal(rising)))

        def tanh() -> int:
            falling = g.node("exp", g.node("mul", g.constant(-2.0), g.node("abs", a)))
            size = g.node("mul", g.node("sub", g.one, falling), reciprocal(g.node("add", g.one, falling)))
            return g.node("select", g.node("less", a, g.zero), g.node("neg", size), size)

        match kind:
            case libsbml.AST_POWER | libsbml.AST_FUNCTION_POWER:
                return g.node("power", a, arguments[1])
            case libsbml.AST_FUNCTION_ROOT:
                # (degree, x); libSBML always gives the degree
                if g.value(a) == 2.0:
                    return g.node("sqrt", arguments[1])
                return g.node("power", arguments[1], reciprocal(a))
            case libsbml.AST_FUNCTION_LOG:
                base, x = arguments if len(arguments) == 2 else (g.constant(10.0), a)
                return g.node("mul", g.node("log", x), reciprocal(g.node("log", base)))
            case libsbml.AST_FUNCTION_CEILING:
                return g.node("neg", g.node("floor", g.node("neg", a)))
            case libsbml.AST_FUNCTION_TAN:
                return g.node("mul", g.node("sin", a), reciprocal(g.node("cos", a)))
            case libsbml.AST_FUNCTION_SINH:
                return half_exponentials("sub")
            case libsbml.AST_FUNCTION_COSH:
                return half_exponentials("add")
            case libsbml.AST_FUNCTION_TANH:
                return tanh()
            case libsbml.AST_FUNCTION_DELAY:
                raise refuse("the model has a delay", libsbml.formulaToL3String(ast))
            case libsbml.AST_LOGICAL_XOR:
                return g.node("and", g.node("or", *arguments), g.node("not", g.node("and", *arguments)))
        name = ast.getName() or libsbml.formulaToL3String(ast)
        raise refuse(f"the function '{name}' is not covered", libsbml.formulaToL3String(ast))
