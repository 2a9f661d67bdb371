"""LLVM text to object code, and object code to functions that can be called.

Needs    llvmlite, ``target.Target``
Gives    ``compile_text`` (slow, once per structure) and ``Loaded`` (fast, once per process)
Leaves   keeping object code: see ``codecache``
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import llvmlite.binding as llvm

from enkephalin.compiler.target import Target


def compile_text(texts: Sequence[str], target: Target, level: int = 2) -> bytes:
    """Object code of LLVM texts, linked into one module.

    Parameters
    ----------
    texts : LLVM assembly; the first is straight-line code that is optimised already and only translated, the others
        (the step control) are optimised first
    target : the machine to write for
    level : effort of LLVM's code generator, 0 to 3
    """
    machine = target.machine(level)
    first, *others = (_parsed(text, machine) for text in texts)
    for other in others:
        options = llvm.create_pipeline_tuning_options(speed_level=2)
        builder = llvm.create_pass_builder(machine, options)
        builder.getModulePassManager().run(other, builder)
        first.link_in(other)
    first.verify()
    return machine.emit_object(first)


def _parsed(text: str, machine: Any) -> Any:
    module = llvm.parse_assembly(text)
    module.triple, module.data_layout = machine.triple, str(machine.target_data)
    return module


class Loaded:
    """Object code in memory; keep it alive as long as its functions are called."""

    def __init__(self, code: bytes, target: Target) -> None:
        self._engine: Any = llvm.create_mcjit_compiler(llvm.parse_assembly(""), target.machine())
        self._engine.add_object_file(llvm.ObjectFileRef.from_data(code))
        self._engine.finalize_object()

    def address(self, name: str) -> int:
        """Where a function begins, 0 when there is none of that name."""
        return self._engine.get_function_address(name)
