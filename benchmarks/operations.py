"""How many operations a step takes, and how many this machine could do.

Needs    the kernel's own writers of LLVM text
Gives    ``operations`` of one step of one person, ``peak`` of one core

A sum, a product and a quotient count one each; so the most that a core can do is two in each lane of a fused product.
"""

from __future__ import annotations

import ctypes
import re
import time

from enkephalin.compiler.emit_model import Model as EmittedModel
from enkephalin.compiler.emit_step import Step
from enkephalin.compiler.layout import Layout
from enkephalin.compiler.lower import Lowering
from enkephalin.compiler.machine import Loaded, compile_text
from enkephalin.compiler.model import Model
from enkephalin.compiler.system import build_system
from enkephalin.compiler.tableau import RODAS5P
from enkephalin.compiler.target import target_for
from enkephalin.compiler.vector import Writer

ONE = re.compile(r"= (?:fadd|fsub|fmul|fdiv) |call .* @llvm\.sqrt\.")
TWO = re.compile(r"call .* @llvm\.(?:fma|fmuladd)\.")
OWN = re.compile(r"call .*? @(?!llvm\.)(\w+)\(")
BACK = re.compile(r"br i1 \S+, label %(\w+), label")
LABEL = re.compile(r"label %(\w+)")
TURNS = re.compile(r"icmp slt i64 \S+, (\d+)$")
CHAINS, ROUNDS = 12, 2_000_000
"""Independent sums side by side: enough to fill every unit, few enough to stay in registers."""


def operations(model: Model | str) -> int:
    """Operations of one step of one person, with 64-bit numbers and the widest instructions; a model or its SBML."""
    writer = Writer(target_for())
    system = build_system(Lowering(model if isinstance(model, str) else model.sbml))
    EmittedModel(writer, system).write()
    Step(writer, system, RODAS5P, Layout(system, RODAS5P)).write()
    return counted(writer.text(), "step")


def counted(text: str, function: str) -> int:
    """Operations in each lane of one call of a function of an LLVM module: loops by their turns, calls with theirs."""
    bodies = {m[1]: m[2].splitlines() for m in re.finditer(r"^define [^@]*@(\w+)\(.*?\{\n(.*?)^\}", text, re.M | re.S)}
    known: dict[str, int] = {}

    def count(name: str) -> int:
        if name not in known:
            lines = [line.strip() for line in bodies[name]]
            costs = [n * cost(line) for n, line in zip(_turns(lines), lines, strict=True)]
            known[name] = _shortest(lines, costs)
        return known[name]

    def cost(line: str) -> int:
        if called := OWN.search(line):
            return count(called[1])
        return 2 if TWO.search(line) else int(bool(ONE.search(line)))

    return count(function)


def _turns(lines: list[str]) -> list[int]:
    """How often each line of a function runs, when all of them do."""
    turns = [1] * len(lines)
    start = {line[:-1]: k for k, line in enumerate(lines) if line.endswith(":")}
    for k, line in enumerate(lines):
        back = BACK.match(line)
        if back and start.get(back[1], k) < k and (times := TURNS.search(lines[k - 1])):
            for inside in range(start[back[1]], k + 1):
                turns[inside] *= int(times[1])
    return turns


def _shortest(lines: list[str], costs: list[int]) -> int:
    """Operations from the first line to the end: of two branches the cheaper one counts."""
    start = {line[:-1]: k for k, line in enumerate(lines) if line.endswith(":")}
    left = [0] * (len(lines) + 1)
    for k in reversed(range(len(lines))):
        line, after = lines[k], left[k + 1]
        if line.startswith("br "):
            after = min(left[start[name]] for name in LABEL.findall(line) if start[name] > k)
        left[k] = costs[k] + (0 if line.startswith("ret") else after)
    return left[0]


def peak(dtype: str = "float64") -> float:
    """Operations in a second of one core, measured: fused products that wait for nothing."""
    target = target_for(dtype)
    w = Writer(target)
    w.line(f"%x = load {w.V}, ptr %array")
    sums = [w.op(f"load {w.V}, ptr %array") for _ in range(CHAINS)]
    with w.loop("%rounds", sums):
        sums[:] = [w.fma("%x", value, "%x") for value in sums]
    total = sums[0]
    for value in sums[1:]:
        total = w.add(total, value)
    w.store(total, "%array", 0)
    w.finish("fill", "ptr %array, i64 %rounds")
    code = Loaded(compile_text([w.text()], target), target)
    fill = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64)(code.address("fill"))
    raw = (ctypes.c_byte * 192)()
    array = (ctypes.addressof(raw) + 63) // 64 * 64
    best = float("inf")
    for _ in range(5):
        begin = time.process_time()
        fill(array, ROUNDS)
        best = min(best, time.process_time() - begin)
    return 2.0 * CHAINS * target.lanes * ROUNDS / best
