"""Writes LLVM code for one number at a time, in the shapes of a program: loops, choices, arrays.

Needs    llvmlite
Gives    ``Code``: a thin layer over llvmlite's builder, and ``Array``
Leaves   what the program does: see ``emit_control``
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

from llvmlite import ir

Value = Any
NUMBER, INTEGER, POINTER = ir.DoubleType(), ir.IntType(64), ir.PointerType()


class Array:
    """Elements of one type behind an address."""

    def __init__(self, code: Code, address: Value, element: Any) -> None:
        self.code = code
        self.address = address
        self.element = element

    def at(self, index: Value) -> Value:
        """The address of an element."""
        index = self.code.integer(index)
        return self.code.builder.gep(self.address, [index], source_etype=self.element)

    def __getitem__(self, index: Value) -> Value:
        return self.code.builder.load(self.at(index), typ=self.element)

    def __setitem__(self, index: Value, value: Value) -> None:
        if isinstance(value, (int, float)):
            value = ir.Constant(self.element, value)
        self.code.builder.store(value, self.at(index))


class _Callee:
    """An address that llvmlite takes for a function; its pointers do not say what they point at."""

    def __init__(self, address: Value, kind: Any) -> None:
        self.function_type = kind
        self.type = address.type
        self.get_reference = address.get_reference
        self.calling_convention = ""


class Code:
    """One function being written.

    Numbers are 64-bit, integers too; ``real`` is the type of the numbers in vector arrays (32 or 64 bits).
    """

    def __init__(self, module: ir.Module, name: str, arguments: Sequence[Any], real: Any, inner: bool = True) -> None:
        kind = ir.FunctionType(ir.VoidType(), arguments)
        self.function = ir.Function(module, kind, name)
        if inner:
            self.function.linkage = "internal"
        self.module = module
        self.real = real
        self.builder = ir.IRBuilder(self.function.append_basic_block("entry"))

    # --- values ---------------------------------------------------------------------------------------------------

    def integer(self, value: Value) -> Value:
        return ir.Constant(INTEGER, value) if isinstance(value, int) else value

    def number(self, value: Value) -> Value:
        return ir.Constant(NUMBER, float(value)) if isinstance(value, (int, float)) else value

    def plus(self, a: Value, b: Value) -> Value:
        return self.builder.add(self.integer(a), self.integer(b))

    def times(self, a: Value, b: Value) -> Value:
        return self.builder.mul(self.integer(a), self.integer(b))

    def fadd(self, a: Value, b: Value) -> Value:
        return self.builder.fadd(self.number(a), self.number(b))

    def fsub(self, a: Value, b: Value) -> Value:
        return self.builder.fsub(self.number(a), self.number(b))

    def fmul(self, a: Value, b: Value) -> Value:
        return self.builder.fmul(self.number(a), self.number(b))

    def least(self, a: Value, b: Value) -> Value:
        return self.select(self.less(a, b), self.number(a), self.number(b))

    def most(self, a: Value, b: Value) -> Value:
        return self.select(self.less(b, a), self.number(a), self.number(b))

    def size(self, a: Value) -> Value:
        return self.select(self.less(a, 0.0), self.builder.fneg(a), a)

    def select(self, on: Value, a: Value, b: Value) -> Value:
        return self.builder.select(on, a, b)

    def less(self, a: Value, b: Value, how: str = "<") -> Value:
        """A comparison of numbers that is false for NaN."""
        return self.builder.fcmp_ordered(how, self.number(a), self.number(b))

    def below(self, a: Value, b: Value, how: str = "<") -> Value:
        """A comparison of integers."""
        return self.builder.icmp_signed(how, self.integer(a), self.integer(b))

    def is_nan(self, a: Value) -> Value:
        return self.builder.fcmp_unordered("uno", a, a)

    def to_real(self, a: Value) -> Value:
        """A 64-bit number in the type of the vector arrays."""
        return a if self.real == NUMBER else self.builder.fptrunc(a, self.real)

    def to_number(self, a: Value) -> Value:
        """A number of a vector array as a 64-bit number."""
        return a if self.real == NUMBER else self.builder.fpext(a, NUMBER)

    # --- memory ---------------------------------------------------------------------------------------------------

    def local(self, element: Any, count: int = 1) -> Array:
        """A small array of the function's own."""
        slot = self.builder.alloca(element, count)
        slot.align = 64
        slot.type = POINTER  # the lanes' records hold integers and numbers side by side
        return Array(self, slot, element)

    def array(self, address: Value, element: Any) -> Array:
        return Array(self, address, element)

    def call(self, function: Any, *arguments: Value) -> Value:
        return self.builder.call(function, [self.integer(a) if isinstance(a, int) else a for a in arguments])

    def call_at(self, address: Value, arguments: Sequence[Value]) -> None:
        """Call the function at an address; all its arguments are addresses."""
        kind = ir.FunctionType(ir.VoidType(), [POINTER] * len(arguments))
        self.builder.call(_Callee(address, kind), list(arguments))

    # --- shapes ---------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def loop(self, count: Value, first: Value = 0) -> Iterator[Value]:
        """For each integer from ``first`` up to, not including, ``count``."""
        b = self.builder
        head, body, after = (b.append_basic_block(name) for name in ("head", "body", "after"))
        before = b.block
        b.branch(head)
        b.position_at_end(head)
        turn = b.phi(INTEGER)
        turn.add_incoming(self.integer(first), before)
        b.cbranch(self.below(turn, count), body, after)
        b.position_at_end(body)
        yield turn
        turn.add_incoming(self.plus(turn, 1), b.block)
        b.branch(head)
        b.position_at_end(after)

    @contextlib.contextmanager
    def repeat(self) -> Iterator[Any]:
        """Again and again, until the given function is called with a truth that is false."""
        b = self.builder
        head, after = b.append_basic_block("again"), b.append_basic_block("enough")
        b.branch(head)
        b.position_at_end(head)

        def only_while(go_on: Value) -> None:
            following = b.append_basic_block("on")
            b.cbranch(go_on, following, after)
            b.position_at_end(following)

        yield only_while
        b.branch(head)
        b.position_at_end(after)

    def when(self, condition: Value) -> Any:
        """What stands inside happens only if the condition holds."""
        return self.builder.if_then(condition)

    def either(self, condition: Value) -> Any:
        """Two blocks, one for each case."""
        return self.builder.if_else(condition)

    def end(self) -> None:
        self.builder.ret_void()


def flush_to_zero(code: Code, x86: bool) -> Any:
    """Make numbers too small to be normal count as zero; gives what must be called to restore the mode."""
    b = code.builder
    if x86:
        kind = ir.FunctionType(ir.VoidType(), [POINTER])
        get, put = (_declared(code.module, f"llvm.x86.sse.{name}mxcsr", kind) for name in ("st", "ld"))
        word = ir.IntType(32)
        saved, mode = b.alloca(word), b.alloca(word)
        b.call(get, [saved])
        # Flush to zero, denormals are zero, every exception masked, round to nearest.
        b.store(ir.Constant(word, 0x9FC0), mode)
        b.call(put, [mode])
        return lambda: b.call(put, [saved])
    get = _declared(code.module, "llvm.aarch64.get.fpcr", ir.FunctionType(INTEGER, []))
    put = _declared(code.module, "llvm.aarch64.set.fpcr", ir.FunctionType(ir.VoidType(), [INTEGER]))
    before = b.call(get, [])
    b.call(put, [b.or_(before, ir.Constant(INTEGER, 1 << 24))])
    return lambda: b.call(put, [before])


def _declared(module: ir.Module, name: str, kind: Any) -> Any:
    return module.globals.get(name) or ir.Function(module, kind, name)
