"""Machine code of a model: written once for each structure, kept on disk, loaded in milliseconds.

Needs    SBML text or a built Model; ``compiler``
Gives    ``Kernel``: names, start values and the entry points; ``kernel_for``
Keeps    one piece of code for all models that differ in values only; a cached file that is damaged, or was made by
         another version or for another CPU, is never used
Leaves   people, events and times: see ``population``
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from enkephalin.compiler import cache
from enkephalin.compiler.layout import Layout
from enkephalin.compiler.machine import Loaded, compile_text
from enkephalin.compiler.tableau import RODAS4, RODAS5P, Tableau
from enkephalin.compiler.target import Target, target_for
from enkephalin.errors import UnknownNameError, nearest

if TYPE_CHECKING:
    from enkephalin.compiler.lower import Lowering
    from enkephalin.compiler.model import Model
    from enkephalin.compiler.sensitive import Sensitive

METHODS: Mapping[str, Tableau] = {tableau.name: tableau for tableau in (RODAS4, RODAS5P)}
KIND = "kernels"


@dataclass(frozen=True)
class Head:
    """What is known of a model without its equations.

    computed : ids whose start value the model itself computes, unless one is given
    doseable : ids that an event may change
    rows : rows of working memory, by method
    """

    states: tuple[str, ...]
    parameters: tuple[str, ...]
    state_values: tuple[float, ...]
    parameter_values: tuple[float, ...]
    computed: tuple[str, ...]
    doseable: tuple[str, ...]
    rules: tuple[str, ...]
    structure: str
    rows: dict[str, int]

    @functools.cached_property
    def slot(self) -> dict[str, int]:
        """Where a value lies: a state's index, or number of states + parameter index."""
        return {name: i for i, name in enumerate((*self.states, *self.parameters))}


@dataclass(frozen=True)
class Observer:
    """Code that computes watched values. ``needed``: the states it reads, in the order of its rows."""

    needed: tuple[int, ...]
    code: Loaded


@functools.cache
def version() -> str:
    """A digest of all that shapes the machine code but for the model: our own texts and LLVM's version."""
    import llvmlite
    import llvmlite.binding as llvm

    folder = Path(__file__).resolve().parents[1] / "compiler"
    texts = [path.read_bytes() for path in sorted(folder.glob("*.py"))]
    return cache.digest_of([Path(__file__).read_bytes(), *texts, llvmlite.__version__, repr(llvm.llvm_version_info)])


class Kernel:
    """The machine code of one structure for one kind of number, and the values of one model.

    Parameters
    ----------
    sbml : flat SBML text
    name : what the head is kept under: equal names, equal heads
    target, tableau : what code is written
    by : ids of parameters, by which the derivatives of the states are further states
    """

    def __init__(self, sbml: str, name: str, target: Target, tableau: Tableau, by: tuple[str, ...] = ()) -> None:
        self.sbml, self.target, self.tableau, self.by = sbml, target, tableau, by
        self._name = cache.digest_of(["head", name, version(), *by])
        self._lowering: Lowering | Sensitive | None = None
        self.head = self._head()
        self.code = Loaded(self._step_code(), target)
        self.rows = self.head.rows[tableau.name]
        self._observers: dict[tuple[str, ...], Observer] = {}

    # --- what the model is ----------------------------------------------------------------------------------------

    def lowering(self) -> Lowering | Sensitive:
        """The equations; read only when something is not in the cache."""
        if self._lowering is None:
            from enkephalin.compiler.lower import Lowering

            self._lowering = Lowering(self.sbml)
            if self.by:
                from enkephalin.compiler.sensitive import Sensitive

                self._lowering = Sensitive(self._lowering, self.by)
        return self._lowering

    def _head(self) -> Head:
        kept = cache.load(KIND, self._name)
        if kept is not None:
            entries: Any = {k: tuple(v) if isinstance(v, list) else v for k, v in json.loads(kept).items()}
            return Head(**entries)
        from enkephalin.compiler.system import build_system

        lowering = self.lowering()
        system = build_system(lowering)
        head = Head(
            states=lowering.states,
            parameters=lowering.parameters,
            state_values=lowering.state_values,
            parameter_values=lowering.parameter_values,
            computed=tuple(sorted(lowering.computed())),
            doseable=tuple(sorted(lowering.doseable())),
            rules=tuple(lowering.rules),
            structure=system.digest(),
            rows={name: Layout(system, tableau).rows for name, tableau in METHODS.items()},
        )
        cache.save(KIND, self._name, json.dumps(asdict(head)).encode())
        return head

    def with_values(self, values: Mapping[str, float]) -> Head:
        """The head, with other values where the model does not compute them."""
        head = self.head

        def changed(names: Sequence[str], old: Sequence[float]) -> tuple[float, ...]:
            return tuple(v if math.isnan(v) else float(values.get(k, v)) for k, v in zip(names, old, strict=True))

        return replace(
            head,
            state_values=changed(head.states, head.state_values),
            parameter_values=changed(head.parameters, head.parameter_values),
        )

    # --- code -----------------------------------------------------------------------------------------------------

    def _code_key(self, *parts: str) -> str:
        target = self.target
        kind = (target.cpu, target.features, target.instructions, str(target.dtype), str(target.lanes))
        return cache.digest_of([*parts, version(), *kind])

    def _step_code(self) -> bytes:
        key = self._code_key("step", self.head.structure, self.tableau.name)
        kept = cache.load(KIND, key)
        if kept is not None:
            return kept
        from enkephalin.compiler.emit_control import Control
        from enkephalin.compiler.emit_model import Model as EmittedModel
        from enkephalin.compiler.emit_step import Step
        from enkephalin.compiler.system import build_system
        from enkephalin.compiler.vector import Writer

        system = build_system(self.lowering())
        layout = Layout(system, self.tableau)
        writer = Writer(self.target)
        EmittedModel(writer, system).write()
        Step(writer, system, self.tableau, layout).write()
        control = Control(self.target, system, self.tableau, layout)
        code = compile_text([writer.text(), control.text()], self.target)
        cache.save(KIND, key, code)
        return code

    def observer(self, outputs: Sequence[str]) -> Observer:
        """The code that computes these watched values; another list does not touch the code of the steps."""
        wanted = tuple(outputs)
        if wanted not in self._observers:
            self._observers[wanted] = self._observer(wanted)
        return self._observers[wanted]

    def _observer(self, outputs: tuple[str, ...]) -> Observer:
        known = (*self.head.states, *self.head.parameters, *self.head.rules)
        key = self._code_key("observe", self._name, json.dumps(outputs))
        kept = cache.load(KIND, key)
        if kept is None:
            from enkephalin.compiler.emit_model import write_observe
            from enkephalin.compiler.vector import Writer

            lowering = self.lowering()
            for name in outputs:
                watched = name in known or name in lowering.reactions or (self.by and name.startswith("d("))
                if not watched:
                    raise UnknownNameError(f"the model has no '{name}' to watch", found=name, try_=nearest(name, known))
            nodes = [lowering.symbol(name) for name in outputs]
            leaves = [lowering.graph.nodes[i] for i in lowering.graph.order(nodes)]
            needed = sorted({arguments[0] for kind, arguments in leaves if kind == "state"})
            writer = Writer(self.target)
            write_observe(writer, lowering.graph, nodes, {state: row for row, state in enumerate(needed)})
            kept = json.dumps(needed).encode() + b"\n" + compile_text([writer.text()], self.target)
            cache.save(KIND, key, kept)
        first, code = kept.split(b"\n", 1)
        return Observer(tuple(json.loads(first)), Loaded(code, self.target))


_kernels: dict[tuple[Any, ...], Kernel] = {}


def kernel_for(
    model: Model | str,
    dtype: str = "float64",
    method: str = "rodas5p",
    instructions: str | None = None,
    by: tuple[str, ...] = (),
    narrow: bool = False,
) -> tuple[Kernel, Head]:
    """The kernel of a model, from memory, from disk, or written now; and the head with this model's values.

    Parameters
    ----------
    model : Model or str
        A built model, or flat SBML text.
    dtype : "float64" or "float32"
    method : "rodas5p" or "rodas4"
    instructions : instruction set. Default: the widest of this machine.
    by : ids of parameters by which derivatives are wanted, too (see ``sensitivity``)
    narrow : whether few people come: the same bytes, sooner
    """
    target, tableau = target_for(dtype, instructions, narrow), METHODS[method]
    values: Mapping[str, float]
    if isinstance(model, str):
        sbml, name, values = model, cache.digest_of(["text", model]), {}
    else:
        # Which ids have a value of their own is part of the structure, too.
        name = cache.digest_of(["structure", model.structure_digest, *sorted(model.parameters)])
        sbml, values = model.sbml, model.parameters
    key = (name, target, method, by)
    if key not in _kernels:
        _kernels[key] = Kernel(sbml, name, target, tableau, by)
    kernel = _kernels[key]
    return kernel, kernel.with_values(values) if values else kernel.head
