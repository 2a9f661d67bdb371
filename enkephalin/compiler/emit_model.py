"""The equations of a model as vector code: straight lines, one instruction for each node of the graph.

Needs    ``system.System``, ``vector.Writer``
Gives    functions of the module: @setup, @start, @rates, @jacobian, @factor, @solve; @observe in a module of its own
Leaves   steps and time: see ``emit_step`` and ``emit_control``

Arrays of rows: p parameters, q what is computed once per person, y states, M the matrix of a step (1/(gamma h) minus
the Jacobian, then its factors, the diagonal as reciprocals), b the right side, to which the rates are added, x the
solution.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from enkephalin.compiler import functions
from enkephalin.compiler.graph import LEAVES, LOGICAL, Graph
from enkephalin.compiler.system import System
from enkephalin.compiler.vector import Writer

POINTER = "ptr noalias nocapture"
NAMED = frozenset(("exp", "log", "power", "sin", "cos"))
"""Operations that are calls of our own functions."""
EXACT = {"add": "fadd", "sub": "fsub", "mul": "fmul", "neg": "fneg", "reciprocal": "fdiv"}
"""What is done to a time in 64 bits: a year in 32 bits is known to four seconds only, and an angle no better."""

SLOWEST = 0.2
"""What a state forgets only in many steps is allowed so much of the error of others: it adds up the errors of all."""


class Lines:
    """Writes the nodes that some outputs need.

    Parameters
    ----------
    writer, graph : where to, what from
    leaf : gives the operand of a leaf, from (kind, index)
    called : receives the names of our own functions that are called
    ready : nodes that are known already, and how to get them
    """

    def __init__(
        self,
        writer: Writer,
        graph: Graph,
        leaf: Callable[[str, int], str],
        called: set[str],
        ready: Mapping[int, Callable[[], str]] | None = None,
    ) -> None:
        self.writer = writer
        self.graph = graph
        self.leaf = leaf
        self.ready = ready or {}
        self.operand: dict[int, str] = {}
        self.called = called
        self._wide: dict[int, str] = {}
        self._timed: set[int] = set()

    def write(self, outputs: Sequence[int], keep: Callable[[int, str], None]) -> None:
        """Write what ``outputs`` need; ``keep(k, operand)`` stores output k as soon as it is known."""
        if self.writer.target.single:
            self._find_timed(outputs)
        self._call_together(outputs)
        for k, output in enumerate(outputs):
            self._work_out(output)
            keep(k, self._of(output))

    def _work_out(self, output: int) -> None:
        for i in self.graph.order([output], self.operand.keys() | self.ready.keys()):
            operation, arguments = self.graph.nodes[i]
            if operation not in LEAVES and i not in self._timed:
                self.operand[i] = self._instruction(operation, [self._of(a) for a in arguments])

    def _call_together(self, outputs: Sequence[int]) -> None:
        """Call our own functions first, several at once: those whose arguments need no other call, then the next."""
        waits: dict[int, int] = {}
        turns: dict[tuple[int, str], list[int]] = {}
        for i in self.graph.order(outputs, self.operand.keys() | self.ready.keys()):
            operation, arguments = self.graph.nodes[i]
            if operation not in LEAVES:
                waits[i] = max(waits.get(a, 0) for a in arguments)
                if operation in NAMED:
                    turns.setdefault((waits[i], operation), []).append(i)
                    waits[i] += 1
        for (_, operation), calls in sorted(turns.items()):
            for first in range(0, len(calls), functions.TOGETHER):
                self._call(operation, calls[first : first + functions.TOGETHER])

    def _call(self, operation: str, calls: Sequence[int]) -> None:
        arguments = [self.graph.nodes[i][1] for i in calls]
        by_position = [a for position in zip(*arguments, strict=True) for a in position]
        for a in by_position:
            self._work_out(a)
        wave = operation in ("sin", "cos")
        given = [self._angle(a) if wave and a in self._timed else self._of(a) for a in by_position]
        name = operation if len(calls) == 1 else f"{operation}_{len(calls)}"
        self.called.add(name)
        if len(calls) == 1:
            self.operand[calls[0]] = self.writer.call(f"v_{name}", *given)
        else:
            self.operand.update(zip(calls, self.writer.call_together(f"v_{name}", given, len(calls)), strict=True))
        # No register outlives a call: what lies in memory is read again, which is cheaper than to put it away.
        for i in [i for i in self.operand if i in self.ready or self.graph.nodes[i][0] in LEAVES]:
            del self.operand[i]

    def _of(self, i: int) -> str:
        if i not in self.operand:
            operation, arguments = self.graph.nodes[i]
            if i in self._timed or operation == "time":
                self.operand[i] = self.writer.narrow(self._in_wide(i))
            elif i in self.ready:
                self.operand[i] = self.ready[i]()
            elif operation == "constant":
                self.operand[i] = self.writer.number(arguments[0])
            else:
                self.operand[i] = self.leaf(operation, arguments[0])
        return self.operand[i]

    def _find_timed(self, outputs: Sequence[int]) -> None:
        """The sums and products of the time and of what never changes: they are worked out in 64 bits."""
        steady = set(self.ready)
        for i in self.graph.order(outputs, self.ready.keys()):
            operation, arguments = self.graph.nodes[i]
            if operation in LEAVES:
                steady |= {i} if operation in ("constant", "parameter") else set()
            elif steady.issuperset(arguments):
                steady.add(i)
            elif operation in EXACT and all(a in steady or self._is_time(a) for a in arguments):
                self._timed.add(i)

    def _is_time(self, i: int) -> bool:
        return i in self._timed or self.graph.nodes[i][0] == "time"

    def _angle(self, i: int) -> str:
        """A time that is an angle, less its whole turns: then 32 bits are enough."""
        return self.writer.narrow(self.writer.within_a_turn(self._in_wide(i)))

    def _in_wide(self, i: int) -> str:
        """A node in 64 bits, with all that leads to it where that is sums and products of what is given."""
        if i not in self._wide:
            w = self.writer
            operation, arguments = self.graph.nodes[i]
            if operation == "time":
                return self.leaf("time", 0)
            if operation == "constant":
                return w.wide_number(arguments[0])
            if i not in self._timed and not self._is_plain(i):
                self._work_out(i)
                return w.widen(self._of(i))
            given = [self._in_wide(a) for a in arguments]
            given = [w.wide_number(1.0), *given] if operation == "reciprocal" else given
            self._wide[i] = w.wide(EXACT[operation], *given)
        return self._wide[i]

    def _is_plain(self, i: int) -> bool:
        """Whether a node is made of sums, products and quotients of constants and parameters only."""
        operation, arguments = self.graph.nodes[i]
        return operation == "constant" or (
            operation in EXACT and all(self.graph.nodes[a][0] == "parameter" or self._is_plain(a) for a in arguments)
        )

    def _instruction(self, operation: str, a: list[str]) -> str:
        w = self.writer
        match operation:
            case "add":
                return w.add(*a)
            case "sub":
                return w.sub(*a)
            case "mul":
                return w.mul(*a)
            case "neg":
                return w.neg(*a)
            case "reciprocal":
                return w.reciprocal(*a)
            case "select":
                return w.select(*a)
            case "sqrt" | "floor":
                return w.intrinsic(operation, *a)
            case "abs":
                return w.intrinsic("fabs", *a)
            case "min" | "max":
                return w.intrinsic(operation + "num", *a)
            case "less" | "less_equal" | "equal":
                return w.compare({"less": "olt", "less_equal": "ole", "equal": "oeq"}[operation], *a)
            case "missing":
                return w.compare("uno", a[0], a[0])
            case "and" | "or":
                return w.truth(operation, *a)
            case "not":
                return w.truth("xor", a[0], "<" + ", ".join(["i1 true"] * w.lanes) + ">")
        raise AssertionError(f"no instruction for '{operation}'")


def as_numbers(graph: Graph, outputs: Sequence[int]) -> list[int]:
    """The same outputs, truths turned into 1 and 0."""
    return [graph.node("select", i, graph.one, graph.zero) if graph.nodes[i][0] in LOGICAL else i for i in outputs]


class Model:
    """Writes all functions of one system into one module."""

    def __init__(self, writer: Writer, system: System) -> None:
        self.writer = writer
        self.system = system
        self.unit_pivots: set[int] = set()
        self.called: set[str] = set()
        self.place = {ij: k for k, ij in enumerate(system.elimination.places)}

    def write(self) -> None:
        """Write setup, start, rates, jacobian, factor and solve, and the functions that they call."""
        self._setup()
        self._start()
        self._rates()
        self._jacobian()
        self._factor()
        self._solve()
        # The step control needs exp and log whatever the model needs.
        functions.define(self.writer, frozenset(self.called | {"exp", "log"}))

    def _leaf(self, kind: str, index: int) -> str:
        if kind == "time":
            return "%t"
        return self.writer.load({"state": "%y", "parameter": "%p", "start": "%y"}[kind], index)

    def _running(self) -> Lines:
        row = {i: k for k, i in enumerate(self.system.hoisted)}
        ready = {i: (lambda k=k: self.writer.load("%q", k)) for i, k in row.items()}
        return self._lines(ready)

    def _lines(self, ready: Mapping[int, Callable[[], str]] | None = None) -> Lines:
        return Lines(self.writer, self.system.graph, self._leaf, self.called, ready)

    def _setup(self) -> None:
        w = self.writer
        self._lines().write(self.system.hoisted, lambda k, v: w.store(v, "%q", k))
        w.finish("setup", f"{POINTER} %p, {POINTER} %q")

    def _start(self) -> None:
        w, starts = self.writer, self.system.starts
        w.line(f"%t = fadd {w.T} zeroinitializer, zeroinitializer")
        values: list[str] = []
        self._lines().write([node for *_, node in starts], lambda k, v: values.append(v))
        for (kind, index, _), value in zip(starts, values, strict=True):
            w.store(value, "%y" if kind == "state" else "%p", index)
        w.finish("start", f"{POINTER} %p, {POINTER} %y")

    def _rates(self) -> None:
        """b + rates, in place: one array less to write and to read."""
        w = self.writer
        self._running().write(self.system.rates, lambda k, v: w.store(w.add(v, w.load("%b", k)), "%b", k))
        w.finish("rates", f"{POINTER} %y, {POINTER} %p, {POINTER} %q, {w.T} %t, {POINTER} %b", attributes="noinline")

    def _jacobian(self) -> None:
        """Rates, minus the Jacobian, and derivatives by time, at one place."""
        w, system = self.writer, self.system
        for ij in self.place.keys() - {(i, j) for i, j, _ in system.jacobian}:
            w.store("zeroinitializer", "%M", self.place[ij])
        outputs, keeps = [], []
        by_row: dict[int, list[tuple[int, int]]] = {}
        for i, j, node in system.jacobian:
            by_row.setdefault(i, []).append((j, node))
        # Row by row: a rate and its derivatives share most of their work.
        for i in range(system.elimination.size):
            if i < system.states:
                outputs.append(system.rates[i])
                keeps.append(("%b", i))
            for j, node in by_row.get(i, ()):
                outputs.append(system.graph.node("neg", node))
                keeps.append(("%M", self.place[i, j]))
        for k, (_, node) in enumerate(system.by_time):
            outputs.append(node)
            keeps.append(("%d", k))
        self._running().write(outputs, lambda k, v: w.store(v, *keeps[k]))
        arguments = ["%y", "%p", "%q", "%b", "%M", "%d"]
        w.finish("jacobian", ", ".join(f"{POINTER} {a}" for a in arguments) + f", {w.T} %t", attributes="noinline")

    def _factor(self) -> None:
        """Factors of the matrix of a step in place: M + g on the rows of states, M + 1 on those of middle nodes.

        Row 0 of %guard becomes negative where a pivot has lost nearly all its digits. %pace gets the share of its own
        time constant that each state goes through in a step of %h, between SLOWEST and 1.
        """
        w, at, n = self.writer, self.place, self.system.states
        lost, one = w.number(1e-4 if w.target.single else 1e-11), w.number(1.0)
        value: dict[tuple[int, int], str] = {}

        def entry(i: int, j: int) -> str:
            if (i, j) not in value:
                value[i, j] = w.load("%M", at[i, j])
            return value[i, j]

        first = {}
        for i in range(self.system.elimination.size):
            first[i] = value[i, i] = w.add(w.load("%M", at[i, i]), "%g") if i < n else one
            if i < n:
                pace = w.mul(w.intrinsic("fabs", w.load("%M", at[i, i])), "%h")
                pace = w.intrinsic("minnum", w.intrinsic("maxnum", pace, w.number(SLOWEST)), one)
                w.store(pace, "%pace", i)
        guard = one
        for k, below, right in self.system.elimination.pivots:
            if value[k, k] != first[k]:
                rest = w.sub(w.intrinsic("fabs", value[k, k]), w.mul(lost, w.intrinsic("fabs", first[k])))
                guard = w.intrinsic("minnum", guard, rest)
            if value[k, k] == one:
                self.unit_pivots.add(k)
            else:
                inverse = w.reciprocal(value[k, k])
                w.store(inverse, "%M", at[k, k])
            for i in below:
                factor = entry(i, k) if value[k, k] == one else w.mul(entry(i, k), inverse)
                w.store(factor, "%M", at[i, k])
                for j in right:
                    value[i, j] = w.sub(entry(i, j), w.mul(factor, entry(k, j)))
            for j in right:
                w.store(entry(k, j), "%M", at[k, j])
        w.store(guard, "%guard", 0)
        arguments = ", ".join(f"{POINTER} {a}" for a in ("%M", "%guard", "%pace"))
        w.finish("factor", f"{arguments}, {w.V} %g, {w.V} %h", attributes="noinline")

    def _solve(self) -> None:
        """x with M x = b, row by row in the order of the pivots; the b of middle nodes is nothing but by time."""
        w, at, pivots, n = self.writer, self.place, self.system.elimination.pivots, self.system.states
        left: dict[int, list[int]] = {k: [] for k, *_ in pivots}
        for k, below, _ in pivots:
            for i in below:
                left[i].append(k)
        driven = {row for row, _ in self.system.by_time}
        value: dict[int, str | None] = {}

        def less(value: str | None, i: int, j: int, x: str | None) -> str | None:
            if x is None:
                return value
            product = w.mul(w.load("%M", at[i, j]), x)
            return w.neg(product) if value is None else w.sub(value, product)

        for i, *_ in pivots:
            value[i] = w.load("%b", i) if i < n or i in driven else None
            for k in left[i]:
                value[i] = less(value[i], i, k, value[k])
        for k, _, right in reversed(pivots):
            for j in right:
                value[k] = less(value[k], k, j, value[j])
            x = value[k]
            if x is not None and k not in self.unit_pivots:
                x = value[k] = w.mul(x, w.load("%M", at[k, k]))
            if k < n:
                w.store(x or "zeroinitializer", "%x", k)
        w.finish("solve", f"{POINTER} %M, {POINTER} %b, {POINTER} %x", attributes="noinline")


def write_observe(writer: Writer, graph: Graph, outputs: Sequence[int], rows: Mapping[int, int]) -> None:
    """Write @observe(y, p, at, o): watched values of one person at several times, one time in each lane.

    Parameters
    ----------
    outputs : the watched nodes; value k goes to row k of %o
    rows : state index -> row of %y. The person's parameters are read from the first lane of each row of %p.
    """
    w = writer
    outputs = as_numbers(graph, outputs)
    called: set[str] = set()
    w.line(f"%t = load {w.T}, ptr %at, align 8")

    def leaf(kind: str, index: int) -> str:
        if kind == "time":
            return "%t"
        return w.load("%y", rows[index]) if kind == "state" else w.load_one("%p", index)

    Lines(w, graph, leaf, called).write(outputs, lambda k, v: w.store(v, "%o", k))
    w.finish("observe", f"{POINTER} %y, {POINTER} %p, {POINTER} %at, {POINTER} %o")
    functions.define(w, frozenset(called))
