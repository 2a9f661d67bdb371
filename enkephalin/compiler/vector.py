"""Writes LLVM vector code, line by line: every value holds one number for each lane.

Needs    ``target.Target``
Gives    ``Writer``: one method for each instruction, and the text of the module
Keeps    arrays row by row: row i of an array holds the lanes of quantity i
Leaves   what to compute: see ``functions``, ``emit_model``, ``emit_step``
"""

from __future__ import annotations

import contextlib
import math
import struct
from collections.abc import Iterator, Sequence

from enkephalin.compiler.target import Target

FREE = "nsz contract reassoc"
"""How far LLVM may rearrange sums and products; a NaN must still reach the step control."""


class Writer:
    """Collects the functions of one LLVM module.

    Instructions take and return operands as text ("%v12" or a constant); ``finish`` closes the function being
    written. ``V`` is the vector type, ``T`` that of times (always 64 bits), ``I`` the integer vector of the same width,
    ``B`` the vector of truths.
    """

    def __init__(self, target: Target) -> None:
        self.target = target
        self.lanes = target.lanes
        self.bits, self.scalar = (32, "float") if target.single else (64, "double")
        self.V = f"<{self.lanes} x {self.scalar}>"
        self.I = f"<{self.lanes} x i{self.bits}>"
        self.B = f"<{self.lanes} x i1>"
        self.kind = f"v{self.lanes}f{self.bits}"
        self.T = f"<{self.lanes} x double>"
        self._count = 0
        self._lines: list[str] = []
        self._functions: list[str] = []
        self._declared: dict[str, str] = {}
        self.block = ""
        self.begin()

    # --- plain lines ----------------------------------------------------------------------------------------------

    def name(self) -> str:
        """A fresh name for a value or a block."""
        self._count += 1
        return f"v{self._count}"

    def line(self, text: str) -> None:
        """One line that gives no value."""
        self._lines.append(text)

    def op(self, text: str) -> str:
        """One instruction that gives a value."""
        result = "%" + self.name()
        self._lines.append(f"{result} = {text}")
        return result

    def label(self, name: str) -> None:
        """Begin a block."""
        self._lines.append(f"{name}:")
        self.block = name

    @contextlib.contextmanager
    def loop(self, count: int | str, kept: list[str] | None = None) -> Iterator[str]:
        """What is written inside runs ``count`` times (at least once); gives the number of the turn.

        ``kept`` holds vectors that each turn takes over from the one before: their first values on the way in; inside
        and afterwards, the present ones. Put the next ones in their place.
        """
        before, body, after = self.block, self.name(), self.name()
        turn, following = "%" + self.name(), "%" + self.name()
        self.line(f"br label %{body}")
        self.label(body)
        place = len(self._lines)
        kept = [] if kept is None else kept
        first, kept[:] = kept[:], ["%" + self.name() for _ in kept]
        own = kept[:]
        yield turn
        for name, value, then in zip(own, first, kept, strict=True):
            self._lines.insert(place, f"{name} = phi {self.V} [{value}, %{before}], [{then}, %{self.block}]")
        self._lines.insert(place, f"{turn} = phi i64 [0, %{before}], [{following}, %{self.block}]")
        self.line(f"{following} = add i64 {turn}, 1")
        again = self.op(f"icmp slt i64 {following}, {count}")
        self.line(f"br i1 {again}, label %{body}, label %{after}")
        self.label(after)

    def begin(self) -> None:
        """Begin a function."""
        self._lines = []
        self.label("entry")

    def finish(self, name: str, arguments: str, result: str = "void", value: str = "", attributes: str = "") -> None:
        """Close the function being written."""
        body = "\n  ".join(self._lines)
        last = f"ret {result} {value}".rstrip()
        kind = "internal " if "internal" in attributes else ""
        attributes = attributes.replace("internal", "").strip()
        self._functions.append(
            f"define {kind}{result} @{name}({arguments}) {attributes} nounwind {{\n  {body}\n  {last}\n}}"
        )
        self.begin()

    def declare(self, name: str, declaration: str) -> None:
        """Declare an outside function once."""
        self._declared[name] = declaration

    def text(self) -> str:
        """The whole module."""
        return "\n".join([*self._declared.values(), *self._functions])

    # --- constants ------------------------------------------------------------------------------------------------

    def number(self, value: float) -> str:
        """The same number in every lane."""
        if self.target.single:
            value = struct.unpack("f", struct.pack("f", value))[0]
        bits = struct.unpack("<Q", struct.pack("<d", float(value)))[0]
        return "<" + ", ".join([f"{self.scalar} 0x{bits:016X}"] * self.lanes) + ">"

    def whole(self, value: int) -> str:
        """The same integer in every lane."""
        return "<" + ", ".join([f"i{self.bits} {value}"] * self.lanes) + ">"

    # --- arithmetic -----------------------------------------------------------------------------------------------

    def add(self, a: str, b: str, flags: str = FREE) -> str:
        return self.op(f"fadd {flags} {self.V} {a}, {b}")

    def sub(self, a: str, b: str, flags: str = FREE) -> str:
        return self.op(f"fsub {flags} {self.V} {a}, {b}")

    def mul(self, a: str, b: str, flags: str = FREE) -> str:
        return self.op(f"fmul {flags} {self.V} {a}, {b}")

    def neg(self, a: str) -> str:
        return self.op(f"fneg {self.V} {a}")

    def divide(self, a: str, b: str) -> str:
        return self.op(f"fdiv {self.V} {a}, {b}")

    def reciprocal(self, a: str) -> str:
        return self.divide(self.number(1.0), a)

    def fma(self, a: str, b: str, c: str) -> str:
        """a b + c, in one instruction where the machine has it (see ``Target.fused``)."""
        return self.intrinsic("fma" if self.target.fused else "fmuladd", a, b, c)

    def intrinsic(self, name: str, *arguments: str) -> str:
        """One of LLVM's own vector functions."""
        full = f"llvm.{name}.{self.kind}"
        self.declare(full, f"declare {self.V} @{full}({', '.join([self.V] * len(arguments))})")
        return self.call(full, *arguments)

    def call(self, name: str, *arguments: str) -> str:
        """A function from vectors to a vector."""
        return self.op(f"call {self.V} @{name}({', '.join(f'{self.V} {a}' for a in arguments)})")

    def call_together(self, name: str, arguments: Sequence[str], results: int) -> list[str]:
        """A function from vectors to several vectors."""
        given = ", ".join(f"{self.V} {a}" for a in arguments)
        pack = self.op(f"call {self.packed(results)} @{name}({given})")
        return [self.op(f"extractvalue {self.packed(results)} {pack}, {k}") for k in range(results)]

    def packed(self, count: int) -> str:
        """The type of several vectors at once."""
        return "{" + ", ".join([self.V] * count) + "}"

    def pack(self, values: Sequence[str]) -> str:
        """Several vectors as one value."""
        whole = "poison"
        for k, value in enumerate(values):
            whole = self.op(f"insertvalue {self.packed(len(values))} {whole}, {self.V} {value}, {k}")
        return whole

    def run(self, name: str, arguments: Sequence[str]) -> None:
        """A function without a result; each argument with its type."""
        self.line(f"call void @{name}({', '.join(arguments)})")

    # --- times: 64 bits, however many the rest has ------------------------------------------------------------------

    def widen(self, a: str) -> str:
        """A vector in 64 bits."""
        return self.op(f"fpext {self.V} {a} to {self.T}") if self.target.single else a

    def narrow(self, a: str) -> str:
        """A vector of 64 bits as one of the others."""
        return self.op(f"fptrunc {self.T} {a} to {self.V}") if self.target.single else a

    def wide(self, operation: str, *arguments: str) -> str:
        """fadd, fsub, fmul, fdiv or fneg of 64 bits."""
        return self.op(f"{operation} {self.T} {', '.join(arguments)}")

    def wide_number(self, value: float) -> str:
        """The same number of 64 bits in every lane."""
        bits = struct.unpack("<Q", struct.pack("<d", float(value)))[0]
        return "<" + ", ".join([f"double 0x{bits:016X}"] * self.lanes) + ">"

    def within_a_turn(self, angle: str) -> str:
        """An angle of 64 bits less its whole turns."""
        name = f"llvm.rint.v{self.lanes}f64"
        self.declare(name, f"declare {self.T} @{name}({self.T})")
        turns = self.op(f"call {self.T} @{name}({self.T} {self.wide('fmul', angle, self.wide_number(0.5 / math.pi))})")
        return self.wide("fsub", angle, self.wide("fmul", turns, self.wide_number(2 * math.pi)))

    # --- choices and bits -----------------------------------------------------------------------------------------

    def compare(self, how: str, a: str, b: str) -> str:
        """A truth for each lane; ``how`` is LLVM's word (olt, ole, oeq, uno, ...)."""
        return self.op(f"fcmp {how} {self.V} {a}, {b}")

    def larger(self, a: str, b: str) -> str:
        """The larger of two, b where one is NaN: one instruction."""
        return self.select(self.compare("ogt", a, b), a, b)

    def select(self, on: str, a: str, b: str) -> str:
        return self.op(f"select {self.B} {on}, {self.V} {a}, {self.V} {b}")

    def truth(self, operation: str, a: str, b: str) -> str:
        return self.op(f"{operation} {self.B} {a}, {b}")

    def integer(self, operation: str, a: str, b: str) -> str:
        return self.op(f"{operation} {self.I} {a}, {b}")

    def bits_of(self, a: str) -> str:
        return self.op(f"bitcast {self.V} {a} to {self.I}")

    def from_bits(self, a: str) -> str:
        return self.op(f"bitcast {self.I} {a} to {self.V}")

    def any(self, truths: str) -> str:
        """Whether any lane is true, as one bit."""
        bits = self.op(f"bitcast {self.B} {truths} to i{self.lanes}")
        return self.op(f"icmp ne i{self.lanes} {bits}, 0")

    # --- memory ---------------------------------------------------------------------------------------------------

    def pointer(self, base: str, row: int | str) -> str:
        return self.op(f"getelementptr {self.V}, ptr {base}, i64 {row}")

    def load(self, base: str, row: int | str) -> str:
        return self.op(f"load {self.V}, ptr {self.pointer(base, row)}, align {self.lanes * self.bits // 8}")

    def store(self, value: str, base: str, row: int | str) -> None:
        self.line(f"store {self.V} {value}, ptr {self.pointer(base, row)}, align {self.lanes * self.bits // 8}")

    def load_one(self, base: str, row: int | str) -> str:
        """The first lane of a row, given to every lane."""
        place = self.op(f"getelementptr {self.V}, ptr {base}, i64 {row}")
        one = self.op(f"load {self.scalar}, ptr {place}")
        single = self.op(f"insertelement {self.V} poison, {self.scalar} {one}, i32 0")
        zeros = f"<{self.lanes} x i32> zeroinitializer"
        return self.op(f"shufflevector {self.V} {single}, {self.V} poison, {zeros}")
