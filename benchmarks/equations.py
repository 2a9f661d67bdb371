"""The rates of the body as plain Python, for peers that take a function: Numba, SciPy, JAX.

Needs    a job; the kernel's own reading of its SBML (compiler.lower, compiler.graph)
Gives    ``Equations``: source text, and each person's numbers
Keeps    the help that the kernel has: equal work once, and what depends on a person alone computed beforehand
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from enkephalin.compiler.graph import LEAVES
from enkephalin.compiler.lower import Lowering
from enkephalin.kernels import population
from enkephalin.kernels.events import EventTable

from .jobs import Job

FORMS = {
    "add": "{} + {}",
    "sub": "{} - {}",
    "mul": "{} * {}",
    "neg": "-{}",
    "reciprocal": "1.0 / {}",
    "less": "{} < {}",
    "less_equal": "{} <= {}",
    "equal": "{} == {}",
}
"""The rest are calls of functions of the same name."""


class Equations:
    """Rates as a function of time, states and one person's numbers.

    The numbers of a person are an array ``d``: first the inputs that events set, then all other parameters that the
    rates read, then what is computed from those once.
    """

    def __init__(self, job: Job) -> None:
        self.job = job
        lowering = Lowering(job.model.sbml)
        self.graph = lowering.graph
        self.states, self.parameters = tuple(lowering.states), tuple(lowering.parameters)
        self.defaults = dict(zip(self.parameters, lowering.parameter_values, strict=True))
        self.rates = [lowering.rate(name) for name in self.states]
        self.inputs = tuple(name for name in dict.fromkeys(job.events.target) if name not in self.states)
        moving = {self.parameters.index(name) for name in self.inputs}
        self._moves = {
            i
            for i in self.graph.order(self.rates)
            if self.graph.nodes[i][0] == "parameter" and self.graph.nodes[i][1][0] in moving
        }
        for i in self.graph.order(self.rates):
            operation, arguments = self.graph.nodes[i]
            if operation not in LEAVES and any(a in self._moves for a in arguments):
                self._moves.add(i)
        self.fixed = [i for i in self.graph.hoisted(self.rates) if i not in self._moves]
        running = self.graph.order(self.rates, self.fixed)
        read = {self.graph.nodes[i][1][0] for i in running if self.graph.nodes[i][0] == "parameter"}
        self.read = [*(self.parameters.index(name) for name in self.inputs), *sorted(read - moving)]

    @cached_property
    def start(self) -> np.ndarray:
        """States before anything happens, shape (person, state)."""
        job = self.job
        seen = population.run(job.model, job.theta, EventTable.empty(), [0.0], self.states, threads=1)
        return seen[:, 0]

    @cached_property
    def numbers(self) -> np.ndarray:
        """The array ``d`` of each person, shape (person, number)."""
        job = self.job
        known = population.run(job.model, job.theta, EventTable.empty(), [0.0], self.parameters, threads=1)[:, 0].T
        fixed = self.graph.evaluate(self.fixed, lambda kind, index: known[index])
        rows = [*(known[index] for index in self.read), *fixed]
        return np.ascontiguousarray(np.stack([np.broadcast_to(row, (job.people,)) for row in rows], axis=1))

    def source(self, head: str, store: str, choose: str) -> str:
        """Text of a function body.

        Parameters
        ----------
        head : the line with ``def``, whose arguments are named t, y and d
        store : how a rate is kept, from {k} and {value}
        choose : how one of two values is chosen, from {on}, {a} and {b}
        """
        place = {index: k for k, index in enumerate(self.read)}
        ready = {i: f"d[{len(self.read) + k}]" for k, i in enumerate(self.fixed)}
        name: dict[int, str] = dict(ready)
        lines = [head]
        for i in self.graph.order(self.rates, ready):
            operation, arguments = self.graph.nodes[i]
            match operation:
                case "constant":
                    name[i] = repr(float(arguments[0]))
                case "state":
                    name[i] = f"y[{arguments[0]}]"
                case "parameter":
                    name[i] = f"d[{place[arguments[0]]}]"
                case "time":
                    name[i] = "t"
                case _:
                    given = [name[a] for a in arguments]
                    name[i] = f"v{i}"
                    lines.append(f"    v{i} = {self._form(operation, given, choose)}")
        lines += ["    " + store.format(k=k, value=name[i]) for k, i in enumerate(self.rates)]
        return "\n".join(lines) + "\n"

    @staticmethod
    def _form(operation: str, given: list[str], choose: str) -> str:
        if operation == "select":
            return choose.format(on=given[0], a=given[1], b=given[2])
        form = FORMS.get(operation)
        return form.format(*given) if form else f"{operation}({', '.join(given)})"
