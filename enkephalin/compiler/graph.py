"""The one symbolic form: a graph of operations in which equal expressions are one node.

Needs    nothing
Gives    ``Graph``: nodes are added by ``node``, ``constant`` and ``leaf``; ids count upwards, arguments before users
Keeps    a node's id, once given; equal (operation, arguments) always share one id
Leaves   reading SBML: see ``lower``; derivatives: see ``derivative``; running it fast: see ``emit_model``
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

import numpy as np

PARAMETER, TIME, STATE = 1, 2, 4
"""What a node depends on, as bits: constants of a person, the time, the states."""

LEAVES = frozenset(("constant", "state", "parameter", "start", "time"))
COMMUTATIVE = frozenset(("add", "mul", "min", "max", "equal", "and", "or"))
LOGICAL = frozenset(("less", "less_equal", "equal", "and", "or", "not", "missing"))
"""Operations whose value is true or false."""

_NUMBERS: dict[str, Callable[..., Any]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "neg": lambda a: -a,
    "reciprocal": lambda a: np.divide(1.0, a),
    "sqrt": np.sqrt,
    "exp": np.exp,
    "log": np.log,
    "sin": np.sin,
    "cos": np.cos,
    "power": np.power,
    "abs": np.abs,
    "floor": np.floor,
    "min": np.minimum,
    "max": np.maximum,
    "less": lambda a, b: a < b,
    "less_equal": lambda a, b: a <= b,
    "equal": lambda a, b: a == b,
    "and": np.logical_and,
    "or": np.logical_or,
    "not": np.logical_not,
    "missing": np.isnan,
    "select": lambda on, a, b: np.where(on, a, b),
}
OPERATIONS = frozenset(_NUMBERS)


class Graph:
    """Operations on numbers, each distinct one stored once.

    A node is ``(operation, arguments)``; the arguments are ids of earlier nodes, but for a leaf they are its own
    data: ``("constant", (1.5,))``, ``("state", (3,))``. ``depends[i]`` holds the bits of what node ``i`` needs.
    """

    def __init__(self) -> None:
        self.nodes: list[tuple[str, tuple[Any, ...]]] = []
        self.depends: list[int] = []
        self._ids: dict[tuple[str, tuple[Any, ...]], int] = {}
        self._never_overflows: set[int] = set()
        self.zero = self.constant(0.0)
        self.one = self.constant(1.0)

    # --- adding ---------------------------------------------------------------------------------------------------

    def _insert(self, operation: str, arguments: tuple[Any, ...], depends: int) -> int:
        key = (operation, arguments)
        found = self._ids.get(key)
        if found is None:
            found = self._ids[key] = len(self.nodes)
            self.nodes.append(key)
            self.depends.append(depends)
        return found

    def constant(self, value: float) -> int:
        """The id of a number."""
        return self._insert("constant", (float(value) + 0.0,), 0)

    def leaf(self, kind: str, index: int = 0) -> int:
        """The id of a state, a parameter, a start value or the time."""
        bit = {"state": STATE, "parameter": PARAMETER, "start": PARAMETER, "time": TIME}[kind]
        return self._insert(kind, (index,), bit)

    def value(self, i: int) -> float | None:
        """The number that node ``i`` is, or None when it is not a constant."""
        operation, arguments = self.nodes[i]
        return arguments[0] if operation == "constant" else None

    def node(self, operation: str, *arguments: int) -> int:
        """The id of ``operation`` on ``arguments``, simplified where the result stays the same number."""
        if operation in COMMUTATIVE and arguments[0] > arguments[1]:
            arguments = (arguments[1], arguments[0])
        found = self._ids.get((operation, arguments))
        if found is not None:
            return found
        simpler = self._simplified(operation, arguments)
        if simpler is not None:
            return simpler
        depends = 0
        for a in arguments:
            depends |= self.depends[a]
        return self._insert(operation, arguments, depends)

    def _simplified(self, operation: str, arguments: tuple[int, ...]) -> int | None:
        values = [self.value(a) for a in arguments]
        if operation not in LOGICAL and operation != "select" and all(v is not None for v in values):
            with np.errstate(all="ignore"):
                number = float(_NUMBERS[operation](*map(np.float64, values)))
            return self.constant(number) if math.isfinite(number) else None
        rule = getattr(self, f"_simplify_{operation}", None)
        return rule(arguments, values) if rule else None

    def _is(self, i: int, operation: str) -> bool:
        return self.nodes[i][0] == operation

    def _simplify_add(self, arguments: tuple[int, ...], values: list[float | None]) -> int | None:
        for (a, b), v in ((arguments, values[0]), (arguments[::-1], values[1])):
            if v == 0.0:
                return b
            if self._is(a, "neg"):
                return self.node("sub", b, self.nodes[a][1][0])
        return None

    def _simplify_sub(self, arguments: tuple[int, ...], values: list[float | None]) -> int | None:
        a, b = arguments
        if a == b:
            return self.zero
        if values[1] == 0.0:
            return a
        if values[0] == 0.0:
            return self.node("neg", b)
        if self._is(b, "neg"):
            return self.node("add", a, self.nodes[b][1][0])
        return None

    def _simplify_mul(self, arguments: tuple[int, ...], values: list[float | None]) -> int | None:
        for (a, b), v in ((arguments, values[0]), (arguments[::-1], values[1])):
            if v == 0.0:
                return self.zero
            if v == 1.0:
                return b
            if v == -1.0:
                return self.node("neg", b)
            if self._is(a, "neg"):
                return self.node("neg", self.node("mul", self.nodes[a][1][0], b))
            if self._is_switch(a):
                # Nothing times what is out of force must be nothing, even where that is infinite.
                on, x, y = self.nodes[a][1]
                return self.node("select", on, self.node("mul", x, b), self.node("mul", y, b))
        return None

    def _is_switch(self, i: int) -> bool:
        """Whether node ``i`` is zero on one side of a condition."""
        operation, arguments = self.nodes[i]
        return operation == "select" and self.zero in arguments[1:]

    def _simplify_neg(self, arguments: tuple[int, ...], values: list[float | None]) -> int | None:
        operation, inner = self.nodes[arguments[0]]
        if operation == "neg":
            return inner[0]
        return self.node("sub", inner[1], inner[0]) if operation == "sub" else None

    def _simplify_reciprocal(self, arguments: tuple[int, ...], values: list[float | None]) -> int | None:
        operation, inner = self.nodes[arguments[0]]
        if operation == "reciprocal":
            return inner[0]
        if operation == "neg":
            return self.node("neg", self.node("reciprocal", inner[0]))
        exponent = self.shifted_exponent(arguments[0])
        if exponent is None:
            return None
        positive, falling, shifted = self._fallen(exponent)
        inverse = self._insert("reciprocal", (shifted,), self.depends[shifted])
        return self.node("mul", self.node("select", positive, falling, self.one), inverse)

    def _simplify_log(self, arguments: tuple[int, ...], values: list[float | None]) -> int | None:
        exponent = self.shifted_exponent(arguments[0])
        if exponent is None:
            return None
        positive, _, shifted = self._fallen(exponent)
        logarithm = self._insert("log", (shifted,), self.depends[shifted])
        return self.node("add", self.node("select", positive, exponent, self.zero), logarithm)

    def shifted_exponent(self, i: int) -> int | None:
        """z, when node ``i`` is 1 + exp(z): the core of gates 1/(1 + exp z) and of soft thresholds ln(1 + exp z)."""
        operation, arguments = self.nodes[i]
        if operation == "add" and self.one in arguments and i not in self._never_overflows:
            other = arguments[0] if arguments[1] == self.one else arguments[1]
            if self._is(other, "exp"):
                return self.nodes[other][1][0]
        return None

    def _fallen(self, z: int) -> tuple[int, int, int]:
        """(z > 0, exp(-|z|), 1 + exp(-|z|)): gates written with these never overflow, nor do their derivatives."""
        positive = self.node("less", self.zero, z)
        falling = self.node("exp", self.node("select", positive, self.node("neg", z), z))
        shifted = self.node("add", self.one, falling)
        self._never_overflows.add(shifted)
        return positive, falling, shifted

    def _simplify_select(self, arguments: tuple[int, ...], values: list[float | None]) -> int | None:
        return arguments[1] if arguments[1] == arguments[2] else None

    def _simplify_power(self, arguments: tuple[int, ...], values: list[float | None]) -> int | None:
        base, exponent = arguments[0], values[1]
        if exponent is None or abs(exponent) > 8 or 2 * exponent != round(2 * exponent):
            return None
        if exponent < 0:
            return self.node("reciprocal", self.node("power", base, self.constant(-exponent)))
        whole = int(exponent)
        result = self._whole_power(base, whole) if whole else self.one
        return result if whole == exponent else self.node("mul", result, self.node("sqrt", base))

    def _whole_power(self, base: int, n: int) -> int:
        if n == 1:
            return base
        half = self._whole_power(base, n // 2)
        square = self.node("mul", half, half)
        return self.node("mul", square, base) if n % 2 else square

    # --- asking ---------------------------------------------------------------------------------------------------

    def order(self, outputs: Iterable[int], known: Collection[int] = ()) -> list[int]:
        """All nodes below ``outputs``, arguments first and depth-first (short lives); ``known`` ones are left out."""
        seen = set(known)
        result: list[int] = []
        for output in outputs:
            stack = [(output, 0)]
            while stack:
                i, k = stack.pop()
                if i in seen:
                    continue
                operation, arguments = self.nodes[i]
                if operation not in LEAVES and k < len(arguments):
                    stack.append((i, k + 1))
                    stack.append((arguments[k], 0))
                else:
                    seen.add(i)
                    result.append(i)
        return result

    def personal(self, i: int) -> bool:
        """Whether node ``i`` is computed from a person's parameters alone (and is more than a leaf)."""
        return self.nodes[i][0] not in LEAVES and not self.depends[i] & ~PARAMETER

    def hoisted(self, outputs: Sequence[int]) -> list[int]:
        """The largest nodes below ``outputs`` that need parameters only: computed once per person, then read."""
        found = {i for i in outputs if self.personal(i)}
        for i in self.order(outputs):
            operation, arguments = self.nodes[i]
            if operation not in LEAVES and not self.personal(i):
                found.update(a for a in arguments if self.personal(a) and self.nodes[a][0] not in LOGICAL)
        return sorted(found)

    def evaluate(self, outputs: Sequence[int], leaves: Callable[[str, int], Any]) -> list[Any]:
        """The numbers of ``outputs`` by plain NumPy: the slow readable twin, for tests and small questions.

        Parameters
        ----------
        outputs : ids of the wanted nodes
        leaves : function of (kind, index) that gives the number, or array of numbers, of a leaf
        """
        number: dict[int, Any] = {}
        with np.errstate(all="ignore"):
            for i in self.order(outputs):
                operation, arguments = self.nodes[i]
                if operation == "constant":
                    number[i] = arguments[0]
                elif operation in LEAVES:
                    number[i] = leaves(operation, arguments[0])
                else:
                    number[i] = _NUMBERS[operation](*(number[a] for a in arguments))
        return [number[i] for i in outputs]
