"""The life of every lane: which person, which step size, when to stop, what to see.

Needs    @step, @accept, @between, @setup of the same module (``emit_step``, ``emit_model``), ``emit_people``
Gives    the text of a module with the one entry point @integrate(job)
Keeps    each person's numbers independent of who else shares the lanes: nothing here is summed over lanes
Leaves   threads: each calls @integrate with a job of its own that shares ``next_person``

A lane takes a person, carries them to the last stop and takes the next, until none is left. All lanes step together,
each with its own time and step size.
"""

from __future__ import annotations

from typing import Any

from enkephalin.compiler.emit_people import People
from enkephalin.compiler.lane_code import LaneCode
from enkephalin.compiler.layout import Layout
from enkephalin.compiler.scalar import INTEGER, POINTER, Array, Code, Value, flush_to_zero
from enkephalin.compiler.system import System
from enkephalin.compiler.tableau import Tableau
from enkephalin.compiler.target import Target

SAFETY, SHRINK, GROW = 0.9, 0.2, 6.0
"""The next step is the best guess times SAFETY, but not less than SHRINK or more than GROW times this one."""
CALM, CAREFUL = 1 / 16, 0.3
"""Steps above this share of the longest take only this share of the growth that their error suggests: where a rhythm
turns, the error of one step says too little of the next, and a refused step costs as much as a good one."""
GOOD, TOO_SMALL, TOO_MANY = 1, 2, 3
"""What becomes of a step, if it is not simply taken again."""


class Control:
    """Writes @integrate for one model."""

    def __init__(self, target: Target, system: System, tableau: Tableau, layout: Layout) -> None:
        self.target = target
        self.at = LaneCode(target, system, layout)
        self.step, self.accept = (self.at.outside(name, POINTER) for name in ("step", "accept"))
        self.between = self.at.outside("between", POINTER, POINTER, INTEGER, POINTER)
        self.setup = self.at.outside("setup", POINTER, POINTER)
        self.people = People(self.at, f"K{tableau.stages - 1}")
        self.instant = self._write_instant()
        self._write_integrate()

    def text(self) -> str:
        """The module."""
        return str(self.at.module)

    # --- time -----------------------------------------------------------------------------------------------------

    def _write_instant(self) -> Any:
        """instant(lane): a stop is reached. Events first, then what is to be seen, then the next stop or person."""
        c = self.at.begin("instant", 1)
        lane = c.function.args[2]
        stop, person = self.at.lane("stop")[lane], self.at.lane("person")[lane]
        events = self.at.integers("stop_events")
        first, last = events[stop], events[c.plus(stop, 1)]
        with c.loop(last, first) as event:
            self._event(c, lane, person, self.at.integers("event_row")[event])
        with c.when(c.below(first, last)):
            row = self.at.integers("event_row")[first]
            self.at.lane("after_row")[lane] = row
            known = self.at.numbers("remembered")[self.at.spot(row, lane)]
            fresh = c.least(self.at.lane("next_h")[lane], self.at.get("first_step"))
            self.at.lane("next_h")[lane] = c.select(c.less(0.0, known), known, fresh)
        with c.repeat() as only_while:
            seen = self.at.lane("seen")[lane]
            only_while(c.below(seen, self.at.get("times")))
            only_while(c.less(self.at.numbers("time")[seen], self.at.lane("now")[lane], "<="))
            self.at.call(self.people.sample, lane, 1)
        self.at.lane("stop")[lane] = c.plus(stop, 1)
        with c.when(c.below(c.plus(stop, 1), self.at.get("stops"), ">=")):
            self.at.call(self.people.flush, lane)
            self.people.count(person, lane)
            self.at.call(self.people.take, lane)
        c.end()
        return c.function

    def _event(self, c: Code, lane: Value, person: Value, row: Value) -> None:
        """One event of the table; an amount that is NaN leaves this person out."""
        place = c.plus(c.times(row, self.at.get("amount_row")), c.times(person, self.at.get("amount_person")))
        amount = self.at.numbers("amount")[place]
        adds = c.below(self.at.integers("row_adds")[row], 0, "!=")
        slot, n = self.at.integers("row_slot")[row], self.at.states
        with c.when(c.builder.not_(c.is_nan(amount))), c.either(c.below(slot, n)) as (then, otherwise):
            with then:
                y, peak, spot = self.at.work("y"), self.at.work("peak"), self.at.spot(slot, lane)
                y[spot] = self._changed(c, y[spot], amount, adds)
                self.at.work("rest")[spot] = 0.0
                peak[spot] = c.to_real(c.most(c.to_number(peak[spot]), c.size(c.to_number(y[spot]))))
            with otherwise:
                # What was seen so far belongs to the old value.
                self.at.call(self.people.flush, lane)
                p, spot = self.at.work("p"), self.at.spot(c.builder.sub(slot, c.integer(n)), lane)
                p[spot] = self._changed(c, p[spot], amount, adds)
                self.at.lane("changed")[lane] = 1

    def _changed(self, c: Code, value: Value, amount: Value, adds: Value) -> Value:
        return c.to_real(c.select(adds, c.fadd(c.to_number(value), amount), amount))

    # --- stepping -------------------------------------------------------------------------------------------------

    def _write_integrate(self) -> None:
        """integrate(job): carry people to the end, one after another in each lane, until none is left."""
        c = self.at.begin_all("integrate")
        restore = flush_to_zero(c, self.target.x86)
        count = c.local(INTEGER)
        tolerance = self.at.work("tolerance")
        for row, field in enumerate(("relative", "absolute")):
            for k in range(self.at.lanes):
                tolerance[row * self.at.lanes + k] = c.to_real(self.at.get(field))
        with c.loop(self.at.lanes) as lane:
            self.at.call(self.people.take, lane)
            self._begin_life(c, lane)
        with c.repeat() as only_while:
            self._set_up_again(c, count)
            count[0] = 0
            with c.loop(self.at.lanes) as lane:
                self._choose_step(c, lane, count)
            only_while(c.below(0, count[0]))
            c.call(self.step, self.at.get("work"))
            with c.loop(self.at.lanes) as lane, c.when(self._lives(c, lane)):
                self._judge(c, lane)
            self._see(c, count)
            c.call(self.accept, self.at.get("work"))
            with c.loop(self.at.lanes) as lane, c.when(self._lives(c, lane)):
                self._advance(c, lane)
        restore()
        c.end()

    def _lives(self, c: Code, lane: Value) -> Value:
        return c.below(self.at.lane("person")[lane], 0, ">=")

    def _begin_life(self, c: Code, lane: Value) -> None:
        """The first stop is at time zero; a person with no other is done there, and the next one begins."""
        with c.repeat() as only_while:
            only_while(self._lives(c, lane))
            only_while(c.below(self.at.lane("stop")[lane], 0, "=="))
            self.at.call(self.instant, lane)

    def _set_up_again(self, c: Code, count: Array) -> None:
        """Where a lane has new parameters, compute again what depends on parameters only."""
        count[0] = 0
        changed = self.at.lane("changed")
        with c.loop(self.at.lanes) as lane:
            count[0] = c.plus(count[0], changed[lane])
            changed[lane] = 0
        with c.when(c.below(0, count[0])):
            c.call(self.setup, self.at.work("p").address, self.at.work("q").address)

    def _choose_step(self, c: Code, lane: Value, active: Array) -> None:
        """The step of a lane: as planned, but ending on the next stop, and without a tiny piece before it."""
        t, h = self.at.times(), self.at.work("h")
        self.at.work("mask")[lane] = 0.0
        with c.either(self._lives(c, lane)) as (then, otherwise):
            with then:
                now, planned = self.at.lane("now")[lane], self.at.lane("next_h")[lane]
                rest = c.fsub(self.at.numbers("stop_time")[self.at.lane("stop")[lane]], now)
                last = c.less(rest, c.fmul(planned, 1.0001), "<=")
                shared = c.select(c.less(rest, c.fmul(planned, 2.0)), c.fmul(rest, 0.5), planned)
                step = c.select(last, rest, shared)
                self.at.lane("h")[lane] = step
                self.at.lane("hits")[lane] = c.builder.zext(last, INTEGER)
                t[lane], h[lane] = now, c.to_real(step)
                active[0] = c.plus(active[0], 1)
            with otherwise:
                t[lane], h[lane] = c.number(0.0), c.to_real(self.at.get("first_step"))

    def _judge(self, c: Code, lane: Value) -> None:
        """Accept a step or not, and plan the next one."""
        worst, h = c.to_number(self.at.work("worst")[lane]), self.at.lane("h")[lane]
        steps = c.plus(self.at.lane("steps")[lane], 1)
        self.at.lane("steps")[lane] = steps
        guess = c.most(c.fmul(SAFETY, c.to_number(self.at.work("factor")[lane])), SHRINK)
        with c.either(c.less(worst, 1.0, "<=")) as (then, otherwise):
            with then:
                self._accepted(c, lane, h, guess)
            with otherwise:
                shrunk = c.fmul(h, c.select(c.is_nan(worst), c.number(0.25), c.least(guess, SAFETY)))
                self.at.lane("next_h")[lane] = shrunk
                self.at.lane("refused")[lane] = 1
                self.at.lane("refusals")[lane] = c.plus(self.at.lane("refusals")[lane], 1)
                smallest = c.fmul(1e-15, c.most(self.at.get("longest_step"), self.at.lane("now")[lane]))
                small, many = c.less(shrunk, smallest), c.below(self.at.get("most_steps"), steps)
                code = c.select(small, c.integer(TOO_SMALL), c.select(many, c.integer(TOO_MANY), c.integer(0)))
                self.at.lane("verdict")[lane] = code

    def _accepted(self, c: Code, lane: Value, h: Value, guess: Value) -> None:
        many = c.below(self.at.get("most_steps"), self.at.lane("steps")[lane])
        self.at.lane("verdict")[lane] = c.select(many, c.integer(TOO_MANY), c.integer(GOOD))
        self.at.work("mask")[lane] = 1.0
        hits = c.below(self.at.lane("hits")[lane], 0, "!=")
        refused = c.below(self.at.lane("refused")[lane], 0, "!=")
        self.at.lane("refused")[lane] = 0
        calm = c.less(c.fmul(CALM, self.at.get("longest_step")), h)
        careful = c.least(guess, c.fadd(1.0 - CAREFUL, c.fmul(CAREFUL, guess)))
        most = c.select(refused, c.number(1.0), c.number(GROW))
        grown = c.fmul(h, c.least(c.select(calm, careful, guess), most))
        # A step cut short by a stop says little: the plan before it still holds.
        kept = c.most(grown, c.least(self.at.lane("next_h")[lane], c.fmul(h, GROW)))
        planned = c.least(c.select(hits, kept, grown), self.at.get("longest_step"))
        self.at.lane("next_h")[lane] = planned
        row = self.at.lane("after_row")[lane]
        with c.when(c.below(row, 0, ">=")):
            self.at.numbers("remembered")[self.at.spot(row, lane)] = planned
            self.at.lane("after_row")[lane] = -1
        now = self.at.lane("now")[lane]
        end = self.at.numbers("stop_time")[self.at.lane("stop")[lane]]
        reached = c.select(hits, end, c.fadd(now, h))
        self.at.lane("reached")[lane] = reached

    def _see(self, c: Code, count: Array) -> None:
        """See what was wanted on the way, all lanes together: the next wanted time of each, and again."""
        share, wants = self.at.work("share"), self.at.lane("wants")
        with c.repeat() as only_while:
            count[0] = 0
            with c.loop(self.at.lanes) as lane:
                wants[lane] = 0
                share[lane] = 0.0
                with c.when(self._lives(c, lane)), c.when(c.below(self.at.lane("verdict")[lane], GOOD, "==")):
                    self._want(c, lane, count)
            only_while(c.below(0, count[0]))
            with c.when(c.below(0, self.at.get("needed"))):
                c.call(
                    self.between,
                    self.at.get("work"),
                    self.at.get("needed_state"),
                    self.at.get("needed"),
                    self.at.get("between"),
                )
            with c.loop(self.at.lanes) as lane, c.when(c.below(0, wants[lane])):
                self.at.call(self.people.sample, lane, 0)

    def _want(self, c: Code, lane: Value, count: Array) -> None:
        """Whether a lane wants to see a time inside this step, and at what share of it."""
        seen, reached = self.at.lane("seen")[lane], self.at.lane("reached")[lane]
        with c.when(c.below(seen, self.at.get("times"))):
            time = self.at.numbers("time")[seen]
            # At the stop itself events come first; that is for `instant` to see.
            hits = c.below(self.at.lane("hits")[lane], 0, "!=")
            inside = c.select(hits, c.less(time, reached), c.less(time, reached, "<="))
            with c.when(inside):
                x = c.builder.fdiv(c.fsub(time, self.at.lane("now")[lane]), self.at.lane("h")[lane])
                self.at.work("share")[lane] = c.to_real(x)
                self.at.lane("wants")[lane] = 1
                count[0] = c.plus(count[0], 1)

    def _advance(self, c: Code, lane: Value) -> None:
        verdict = self.at.lane("verdict")[lane]
        with c.when(c.below(verdict, GOOD, "==")):
            self.at.lane("now")[lane] = self.at.lane("reached")[lane]
            with c.when(c.below(self.at.lane("hits")[lane], 0, "!=")):
                self.at.call(self.instant, lane)
        with c.when(c.below(verdict, GOOD, ">")):
            self.at.call(self.people.fail, lane, verdict)
        self._begin_life(c, lane)
