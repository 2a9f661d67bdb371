"""One Rosenbrock step for all lanes as vector code; sums over stages run as loops over the states.

Needs    the functions of ``emit_model``, a ``tableau.Tableau``
Gives    functions of the module: @step and @accept
Keeps    the code small: its size does not grow with the number of states
Leaves   step sizes, events and outputs: see ``emit_control``
"""

from __future__ import annotations

from collections.abc import Sequence

from enkephalin.compiler.emit_model import POINTER
from enkephalin.compiler.layout import Layout
from enkephalin.compiler.system import System
from enkephalin.compiler.tableau import Tableau
from enkephalin.compiler.vector import Writer

FLOOR_SHARE = 1e-3
"""Below this share of its own largest value so far, a state needs no relative accuracy any more."""


class Step:
    """Writes @step(work) and @accept(work): ``work`` is laid out by ``Layout``."""

    def __init__(self, writer: Writer, system: System, tableau: Tableau, layout: Layout) -> None:
        self.w = writer
        self.system = system
        self.tableau = tableau
        self.layout = layout

    def write(self) -> None:
        """Write both functions."""
        self._step()
        self._accept()

    def _arrays(self, *names: str) -> dict[str, str]:
        return {name: self.w.pointer("%work", self.layout.row(name)) for name in names}

    def _sum(self, coefficients: Sequence[float], K: Sequence[str], i: str, onto: str | None = None) -> str | None:
        """onto + sum of coefficients times row i of K."""
        w = self.w
        for factor, k in zip(coefficients, K, strict=False):
            if factor:
                value = w.load(k, i)
                term = value if factor == 1.0 else w.mul(value, w.number(factor))
                onto = term if onto is None else w.add(onto, term)
        return onto

    def _step(self) -> None:
        w, tableau, n = self.w, self.tableau, self.system.states
        stages = range(tableau.stages)
        at = self._arrays("y", "u", "p", "q", "f", "M", "d", "t", "h", "guard", *(f"K{k}" for k in stages))
        K = [at[f"K{k}"] for k in stages]
        t, h = w.load(at["t"], 0), w.load(at["h"], 0)
        inverse = w.reciprocal(h)
        pointers = [f"ptr {at[k]}" for k in ("y", "p", "q", "f", "M", "d")]
        w.run("jacobian", [*pointers, f"{w.V} {t}"])
        scaled = w.mul(inverse, w.number(1.0 / tableau.gamma))
        w.run("factor", [f"ptr {at['M']}", f"ptr {at['guard']}", f"{w.V} {scaled}"])
        for stage in stages:
            if stage and tableau.alpha[stage] + sum(map(abs, tableau.a[stage - 1])) > 0:
                self._argument(stage, at, K)
                now = w.add(t, w.mul(h, w.number(tableau.alpha[stage])))
                w.run("rates", [f"ptr {at[k]}" for k in ("u", "p", "q")] + [f"{w.V} {now}", f"ptr {at['f']}"])
            with w.loop(n) as i:
                value = w.load(at["f"], i)
                history = self._sum(tableau.c[stage - 1], K, i) if stage else None
                if history is not None:
                    value = w.add(value, w.mul(history, inverse))
                w.store(value, K[stage], i)
            if tableau.by_time[stage]:
                share = w.mul(h, w.number(tableau.by_time[stage]))
                for k, (row, _) in enumerate(self.system.by_time):
                    w.store(w.add(w.load(K[stage], row), w.mul(share, w.load(at["d"], k))), K[stage], row)
            w.run("solve", [f"ptr {at['M']}", f"ptr {K[stage]}"])
        self._argument(tableau.stages, at, K)
        self._error(at, K[-1])
        w.finish("step", f"{POINTER} %work", attributes="noinline")

    def _argument(self, stage: int, at: dict[str, str], K: Sequence[str]) -> None:
        """u = y + sum a K, or u + K where a row of a only adds the latest K to the row before."""
        w, row = self.w, self.tableau.a[stage - 1]
        grows = stage > 1 and row[:-1] == self.tableau.a[stage - 2] and row[-1] == 1.0
        with w.loop(self.system.states) as i:
            if grows:
                value = w.add(w.load(at["u"], i), w.load(K[stage - 1], i))
            else:
                value = self._sum(row, K, i, w.load(at["y"], i)) or ""
            w.store(value, at["u"], i)

    def _error(self, at: dict[str, str], error: str) -> None:
        """Worst error over the states, in units of what is allowed, and the factor for the next step."""
        w = self.w
        more = self._arrays("peak", "tolerance", "worst", "factor")
        relative, absolute = w.load(more["tolerance"], 0), w.load(more["tolerance"], 1)
        w.line(f"%most = alloca {w.V}, align 64")
        w.line(f"%poison = alloca {w.V}, align 64")
        for name in ("%most", "%poison"):
            w.store(w.number(0.0), name, 0)
        with w.loop(self.system.states) as i:
            old, new = w.load(at["y"], i), w.load(at["u"], i)
            size = w.intrinsic("maxnum", w.intrinsic("fabs", old), w.intrinsic("fabs", new))
            size = w.intrinsic("maxnum", size, w.mul(w.load(more["peak"], i), w.number(FLOOR_SHARE)))
            allowed = w.add(w.mul(size, relative), absolute)
            share = w.divide(w.intrinsic("fabs", w.load(error, i)), allowed)
            w.store(w.intrinsic("maxnum", w.load("%most", 0), share), "%most", 0)
            # A maximum forgets NaN; nothing times NaN or infinity does not.
            lost = w.mul(w.add(new, share), w.number(0.0), "")
            w.store(w.add(w.load("%poison", 0), lost, ""), "%poison", 0)
        worst = w.add(w.load("%most", 0), w.load("%poison", 0), "")
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
        at = self._arrays("y", "u", "peak", "mask")
        on = w.compare("one", w.load(at["mask"], 0), w.number(0.0))
        with w.loop(self.system.states) as i:
            value = w.select(on, w.load(at["u"], i), w.load(at["y"], i))
            w.store(value, at["y"], i)
            w.store(w.intrinsic("maxnum", w.load(at["peak"], i), w.intrinsic("fabs", value)), at["peak"], i)
        w.finish("accept", f"{POINTER} %work", attributes="noinline")
