"""Which machine code to write: instruction set, vector width, CPU.

Needs    llvmlite
Gives    ``Target`` and ``target_for``
Leaves   writing the code: see ``vector``; compiling it: see ``machine``
"""

from __future__ import annotations

import functools
import platform
from dataclasses import dataclass
from typing import Any

import llvmlite.binding as llvm
import numpy as np

from enkephalin.errors import RequestError

_VECTOR_BYTES = {"avx512": 64, "avx2": 32, "sse2": 16, "neon": 16}
_NARROW_BYTES = 16
_LEFT_OUT = {"avx512": (), "avx2": ("avx512", "avx10"), "sse2": ("avx", "fma", "f16c", "xop", "vaes", "vpclmul")}


@dataclass(frozen=True)
class Target:
    """One kind of machine code.

    instructions : avx512, avx2, sse2 or neon
    lanes : people advanced by one instruction
    single : whether numbers have 32 bits (else 64)
    fused : whether a product and a sum make one instruction
    cpu, features : what LLVM is told
    """

    instructions: str
    lanes: int
    single: bool
    fused: bool
    cpu: str
    features: str

    @property
    def dtype(self) -> np.dtype[Any]:
        """The NumPy type of one number."""
        return np.dtype(np.float32 if self.single else np.float64)

    @property
    def x86(self) -> bool:
        """Whether the machine is of the x86 family."""
        return self.instructions != "neon"

    def machine(self, level: int = 2) -> Any:
        """LLVM's description of this machine."""
        return _machine(self.cpu, self.features, level)


@functools.cache
def _initialize() -> None:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()


def _machine(cpu: str, features: str, level: int) -> Any:
    _initialize()
    target = llvm.Target.from_default_triple()
    return target.create_target_machine(cpu=cpu, features=features, opt=level, jit=True)


def best_instructions() -> str:
    """The widest instruction set of this machine."""
    if platform.machine().lower() in ("arm64", "aarch64"):
        return "neon"
    features = llvm.get_host_cpu_features()
    if features.get("avx512f") and features.get("avx512dq"):
        return "avx512"
    return "avx2" if features.get("avx2") and features.get("fma") else "sse2"


@functools.cache
def target_for(dtype: str = "float64", instructions: str | None = None, narrow: bool = False) -> Target:
    """The target of this machine, or of a narrower instruction set that it also has.

    Parameters
    ----------
    dtype : "float64" or "float32"
    instructions : avx512, avx2, sse2 or neon. Default: the widest there is.
    narrow : whether few people come, for whom short vectors are quicker; the same instructions and the same bytes. With
        32 bits, which are for crowds, it changes nothing

    Raises
    ------
    RequestError
        The machine lacks these instructions, or the dtype is no floating-point type of 32 or 64 bits.
    """
    if dtype not in ("float64", "float32"):
        raise RequestError(
            f"no kernel computes in '{dtype}'", found=dtype, expected="float64 or float32", try_="float64"
        )
    best = best_instructions()
    chosen = instructions or best
    order = ["neon"] if best == "neon" else ["sse2", "avx2", "avx512"]
    if chosen not in order[: order.index(best) + 1]:
        raise RequestError(
            f"this machine has no '{chosen}' instructions",
            found=chosen,
            expected=" ".join(order[: order.index(best) + 1]),
            try_="leave it out: the machine's best is taken",
        )
    features = dict(llvm.get_host_cpu_features())
    for name in features:
        if name.startswith(tuple(_LEFT_OUT.get(chosen, ()))):
            features[name] = False
    # LLVM prefers half-width vectors on some CPUs; here the width is chosen already.
    features["prefer-256-bit"] = False
    text = ",".join(("+" if on else "-") + name for name, on in sorted(features.items()))
    single = dtype == "float32"
    return Target(
        instructions=chosen,
        lanes=(_NARROW_BYTES if narrow and not single else _VECTOR_BYTES[chosen]) // (4 if single else 8),
        single=single,
        fused=chosen != "sse2",
        cpu=llvm.get_host_cpu_name() if chosen == best else "x86-64",
        features=text,
    )
