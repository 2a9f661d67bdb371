"""One Rosenbrock step for all lanes as vector code; sums over stages run as loops over the states.

Needs    the functions of ``emit_model``, a ``tableau.Tableau``
Gives    functions of the module: @step, @accept and @between
Keeps    the code small: its size does not grow with the number of states
Leaves   step sizes, events and outputs: see ``emit_control``
"""

from __future__ import annotations

from collections.abc import Sequence

from enkephalin.compiler.emit_model import POINTER
from enkephalin.compiler.functions import EXACT
from enkephalin.compiler.layout import Layout
from enkephalin.compiler.system import System
from enkephalin.compiler.tableau import Tableau
from enkephalin.compiler.vector import Writer

FLOOR_SHARE = 1e-3
"""Below this share of its own largest value so far, a state needs no relative accuracy any more."""


class Step:
    """Writes @step(work), @accept(work) and @between(work, which, count, out): ``work`` is laid out by ``Layout``."""

    def __init__(self, writer: Writer, system: System, tableau: Tableau, layout: Layout) -> None:
        self.w = writer
        self.system = system
        self.tableau = tableau
        self.layout = layout

    def write(self) -> None:
        """Write both functions."""
        self._step()
        self._accept()
        self._between()

    def _arrays(self, *names: str) -> dict[str, str]:
        return {name: self.w.pointer("%work", self.layout.row(name)) for name in names}

    def _sum(self, coefficients: Sequence[float], K: Sequence[str], onto: str | None = None) -> str:
        """onto + sum of coefficients times K."""
        w = self.w
        for factor, k in zip(coefficients, K, strict=False):
            if factor:
                term = k if factor == 1.0 else w.mul(k, w.number(factor))
                onto = term if onto is None else w.add(onto, term)
        return onto or w.number(0.0)

    def _step(self) -> None:
        w, tableau = self.w, self.tableau
        at = self._arrays("y", "u", "p", "q", "M", "d", "b", "t", "h", "guard", "pace", "rest", "K0")
        t, h = w.op(f"load {w.T}, ptr {at['t']}, align 64"), w.load(at["h"], 0)
        inverse = w.reciprocal(h)
        w.run("jacobian", [*(f"ptr {at[k]}" for k in ("y", "p", "q", "b", "M", "d")), f"{w.T} {t}"])
        scaled = w.mul(inverse, w.number(1.0 / tableau.gamma))
        w.run("factor", [*(f"ptr {at[k]}" for k in ("M", "guard", "pace")), f"{w.V} {scaled}", f"{w.V} {h}"])
        self._by_time(0, at, h)
        w.run("solve", [f"ptr {at[k]}" for k in ("M", "b", "K0")])
        for stage in range(1, tableau.stages):
            self._prepare(stage, at, inverse)
            self._by_time(stage, at, h)
            now = w.wide("fadd", t, w.widen(w.mul(h, w.number(tableau.alpha[stage]))))
            w.run("rates", [*(f"ptr {at[k]}" for k in ("u", "p", "q")), f"{w.T} {now}", f"ptr {at['b']}"])
            K = self._arrays(f"K{stage}")[f"K{stage}"]
            w.run("solve", [*(f"ptr {at[k]}" for k in ("M", "b")), f"ptr {K}"])
        self._finish(at)
        w.finish("step", f"{POINTER} %work", attributes="noinline")

    def _grows(self, stage: int) -> bool:
        """Whether the row of a stage only adds the latest K to the row before."""
        rows = self.tableau.a
        return stage > 1 and rows[stage - 1][:-1] == rows[stage - 2] and rows[stage - 1][-1] == 1.0

    def _prepare(self, stage: int, at: dict[str, str], inverse: str) -> None:
        """u = y + sum a K and b = sum c K / h in one pass over the states, so that every K is read once."""
        w = self.w
        K = list(self._arrays(*(f"K{k}" for k in range(stage))).values())
        with w.loop(self.system.states) as i:
            values = [w.load(k, i) for k in K]
            if self._grows(stage):
                argument = w.add(w.load(at["u"], i), values[-1])
            else:
                argument = self._sum(self.tableau.a[stage - 1], values, w.load(at["y"], i))
            w.store(argument, at["u"], i)
            w.store(w.mul(self._sum(self.tableau.c[stage - 1], values), inverse), at["b"], i)

    def _by_time(self, stage: int, at: dict[str, str], h: str) -> None:
        """Add h d_i df/dt to b; rows of middle nodes hold nothing else."""
        w = self.w
        share = w.mul(h, w.number(self.tableau.by_time[stage]))
        for k, (row, _) in enumerate(self.system.by_time):
            value = w.mul(share, w.load(at["d"], k))
            if row < self.system.states:
                value = w.add(w.load(at["b"], row), value)
            w.store(value, at["b"], row)

    def _finish(self, at: dict[str, str]) -> None:
        """u = the new y; the worst error over the states, as a share of what is allowed; the factor it suggests.

        With 32 bits b holds what the sum dropped.
        """
        w, stages = self.w, self.tableau.stages
        more = self._arrays("peak", "tolerance", "worst", "factor")
        K = list(self._arrays(*(f"K{k}" for k in range(stages))).values())
        relative, absolute = w.load(more["tolerance"], 0), w.load(more["tolerance"], 1)
        kept = [w.number(0.0), w.number(0.0)]
        with w.loop(self.system.states, kept) as i:
            most, poison = kept
            old, error = w.load(at["y"], i), w.load(K[-1], i)
            if w.target.single:
                # What a sum of 32 bits drops goes into the next one: else a slow state stands still.
                change = self._sum(self.tableau.a[-1], [w.load(k, i) for k in K], w.load(at["rest"], i))
                new = w.add(old, change, EXACT)
                w.store(w.sub(change, w.sub(new, old, EXACT), EXACT), at["b"], i)
            elif self._grows(stages):
                new = w.add(w.load(at["u"], i), error)
            else:
                new = self._sum(self.tableau.a[-1], [w.load(k, i) for k in K], old)
            w.store(new, at["u"], i)
            size = w.larger(w.intrinsic("fabs", old), w.intrinsic("fabs", new))
            size = w.larger(w.mul(w.load(more["peak"], i), w.number(FLOOR_SHARE)), size)
            allowed = w.add(w.mul(w.mul(size, relative), w.load(at["pace"], i)), absolute)
            share = w.divide(w.intrinsic("fabs", error), allowed)
            # A maximum forgets NaN; nothing times NaN or infinity does not.
            lost = w.mul(w.add(new, share), w.number(0.0), "")
            kept[:] = w.larger(share, most), w.add(poison, lost, "")
        worst = w.add(kept[0], kept[1], "")
        broken = w.compare("olt", w.load(at["guard"], 0), w.number(0.0))
        nothing = "<" + ", ".join([f"{w.scalar} 0x7FF8000000000000"] * w.lanes) + ">"
        worst = w.select(broken, nothing, worst)
        w.store(worst, more["worst"], 0)
        logarithm = w.call("v_log", w.intrinsic("maxnum", worst, w.number(1e-12)))
        factor = w.call("v_exp", w.mul(logarithm, w.number(-1.0 / self.tableau.order)))
        w.store(factor, more["factor"], 0)

    def _accept(self) -> None:
        """y = u in the lanes whose row of `mask` is not zero; their peaks grow with it."""
        w = self.w
        at = self._arrays("y", "u", "b", "rest", "peak", "mask")
        on = w.compare("one", w.load(at["mask"], 0), w.number(0.0))
        with w.loop(self.system.states) as i:
            value = w.select(on, w.load(at["u"], i), w.load(at["y"], i))
            w.store(value, at["y"], i)
            if w.target.single:
                w.store(w.select(on, w.load(at["b"], i), w.load(at["rest"], i)), at["rest"], i)
            w.store(w.larger(w.intrinsic("fabs", value), w.load(at["peak"], i)), at["peak"], i)
        w.finish("accept", f"{POINTER} %work", attributes="noinline")

    def _polynomial(self, coefficients: Sequence[float], x: str) -> str:
        """c0 + c1 x + c2 x^2 ..."""
        w = self.w
        value = w.number(coefficients[-1])
        for coefficient in reversed(coefficients[:-1]):
            value = w.add(w.mul(value, x), w.number(coefficient))
        return value

    def _between(self) -> None:
        """out = the states named by ``which``, each lane at its own share (row of `share`) of the step just made."""
        w = self.w
        K = list(self._arrays(*(f"K{k}" for k in range(self.tableau.stages))).values())
        at = self._arrays("y", "u", "share")
        x = w.load(at["share"], 0)
        rest = w.sub(w.number(1.0), x)
        # What each K counts at this share is the same for all states.
        counts = [self._polynomial([weights[k] for weights in self.tableau.dense], x) for k in range(len(K))]
        both = w.mul(x, rest)
        counts = [w.mul(both, count) for count in counts]
        with w.loop("%count") as i:
            row = w.op(f"load i64, ptr {w.op(f'getelementptr i64, ptr %which, i64 {i}')}")
            value = w.add(w.mul(rest, w.load(at["y"], row)), w.mul(x, w.load(at["u"], row)))
            for k, count in zip(K, counts, strict=True):
                value = w.add(value, w.mul(count, w.load(k, row)))
            w.store(value, "%out", i)
        w.finish("between", f"{POINTER} %work, {POINTER} %which, i64 %count, {POINTER} %out", attributes="noinline")
