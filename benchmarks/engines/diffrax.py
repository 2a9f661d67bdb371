"""diffrax (Kvaerno5, an implicit Runge-Kutta method of order 5), vmapped over people on the CPU, 64-bit numbers.

Needs    diffrax, jax
Gives    ``Diffrax``
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..equations import Equations
from ..jobs import Job
from .base import Engine, Missing, segments

HEAD = "def rates(t, y, d):\n    f = []"
MOST_STEPS = 1_000_000


class Diffrax(Engine):
    """One solve from stop to stop inside a scan; all people of a call at once, each with their own steps."""

    name = "diffrax, vmapped"
    guess = 6e-4
    at_once = 4

    def load(self, job: Job) -> None:
        try:
            import diffrax
            import jax
        except ImportError as missing:
            raise Missing(f"is not installed ({missing.name})") from None
        jax.config.update("jax_enable_x64", True)
        self.job, self.jax, self.diffrax = job, jax, diffrax
        self.equations = Equations(job)
        self.course = _Course(job, self.equations)
        self.solve = jax.jit(jax.vmap(self._person, in_axes=(0, 0, 0, 0, 0, None)))
        self.run(range(self.at_once), 1e-2)

    def run(self, people: range, tolerance: float) -> np.ndarray:
        which = np.asarray(people) % self.job.people
        course = self.course
        inside, end = self.solve(
            self.equations.start[which], self.equations.numbers[which],
            course.keep[which], course.plus[which], course.inputs[which], tolerance,
        )  # fmt: skip
        return course.result(np.asarray(inside), np.asarray(end))

    def _rates(self) -> Any:
        jnp = self.jax.numpy
        names = ("exp", "log", "sin", "cos", "sqrt", "floor", "abs")
        scope: dict[str, Any] = {name: getattr(jnp, name) for name in names}
        scope |= {"min": jnp.minimum, "max": jnp.maximum, "where": jnp.where, "stack": jnp.stack}
        scope["power"] = lambda x, y: jnp.where(x > 0.0, jnp.where(x > 0.0, x, 1.0) ** y, 0.0)
        text = self.equations.source(HEAD, "f.append({value} + 0.0 * t)", "where({on}, {a}, {b})")
        exec(text + "    return stack(f)\n", scope)
        return scope["rates"]

    def _person(self, y: Any, d: Any, keep: Any, plus: Any, inputs: Any, tolerance: Any) -> Any:
        jax, diffrax = self.jax, self.diffrax
        term = diffrax.ODETerm(self._rates())

        def stretch(y: Any, of: Any) -> Any:
            begin, end, times, keep, plus, inputs = of
            found = diffrax.diffeqsolve(
                term, diffrax.Kvaerno5(), begin, end, 0.01, y * keep + plus, d.at[: inputs.shape[0]].set(inputs),
                stepsize_controller=diffrax.PIDController(rtol=tolerance, atol=1e-3 * tolerance),
                saveat=diffrax.SaveAt(subs=[diffrax.SubSaveAt(ts=times), diffrax.SubSaveAt(t1=True)]),
                max_steps=MOST_STEPS, throw=False,
            )  # fmt: skip
            inside, last = found.ys
            return last[0], inside

        course = self.course
        end, inside = jax.lax.scan(stretch, y, (course.begin, course.end, course.times, keep, plus, inputs))
        return inside, end


class _Course:
    """What happens and what is seen, stretch by stretch, in arrays of one shape.

    keep, plus : (person, stretch, state); a state becomes keep x itself + plus when the stretch begins
    inputs : (person, stretch, input)
    """

    def __init__(self, job: Job, equations: Equations) -> None:
        self.job = job
        self.order = [equations.states.index(name) for name in job.states]
        stretches = list(segments(job))
        self.seen = [wanted for *_, wanted, _ in stretches]
        count, people, widest = len(stretches) - 1, job.people, max(len(wanted) for wanted in self.seen)
        self.begin = np.array([begin for begin, *_ in stretches[:-1]])
        self.end = np.array([end for _, end, *_ in stretches[:-1]])
        self.times = np.stack([_filled(job.plan.time[wanted], widest, end) for _, end, wanted, _ in stretches[:-1]])
        slot = {name: k for k, name in enumerate(equations.states)}
        place = {name: k for k, name in enumerate(equations.inputs)}
        self.keep = np.ones((people, count + 1, len(slot)))
        self.plus = np.zeros_like(self.keep)
        self.inputs = np.repeat(equations.numbers[:, None, : len(place)], count + 1, axis=1)
        for k, (*_, happens) in enumerate(stretches):
            for row in job.plan.event_row[happens.start : happens.stop]:
                events = job.events
                self._happens(k, events.target[row], bool(events.add[row]), events.amount[row], slot, place)
        # What happens at the very end happens to the result.
        self.last_keep, self.last_plus = self.keep[:, -1], self.plus[:, -1]
        self.keep, self.plus, self.inputs = self.keep[:, :-1], self.plus[:, :-1], self.inputs[:, :-1]

    def _happens(
        self, k: int, target: str, add: bool, amount: np.ndarray, slot: dict[str, int], place: dict[str, int]
    ) -> None:
        if target in place:
            self.inputs[:, k:, place[target]] = amount[:, None] + (self.inputs[:, k:, place[target]] if add else 0.0)
        elif add:
            self.plus[:, k, slot[target]] += amount
        else:
            self.keep[:, k, slot[target]], self.plus[:, k, slot[target]] = 0.0, amount

    def result(self, inside: np.ndarray, end: np.ndarray) -> np.ndarray:
        """Shape (person, time, state) from values inside the stretches and at the very end."""
        people = len(end)
        found = np.full((people, len(self.job.times), len(self.order)), np.nan)
        for k, wanted in enumerate(self.seen[:-1]):
            found[:, wanted] = inside[:, k, : len(wanted)][:, :, self.order]
        last = self.seen[-1]
        found[:, last] = (end * self.last_keep[:people] + self.last_plus[:people])[:, None, self.order]
        return found


def _filled(times: np.ndarray, length: int, end: float) -> np.ndarray:
    """The times, and then the end as often as it takes to reach a length."""
    return np.append(times, np.full(length - len(times), end))
