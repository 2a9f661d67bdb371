"""The life of every lane: which person, which step size, when to stop, what to see.

Needs    @step, @accept, @between, @setup, @start of the same module (``emit_step``, ``emit_model``), ``job.FIELDS``
Gives    the text of a module with the one entry point @integrate(job)
Keeps    each person's numbers independent of who else shares the lanes: nothing here is summed over lanes
Leaves   threads: each calls @integrate with a job of its own that shares ``next_person``

A lane takes a person, carries them to the last stop and takes the next, until none is left. All lanes step together,
each with its own time and step size.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir

from enkephalin.compiler import job
from enkephalin.compiler.emit_step import FLOOR_SHARE
from enkephalin.compiler.layout import Layout
from enkephalin.compiler.scalar import INTEGER, NUMBER, POINTER, Array, Code, Value, flush_to_zero
from enkephalin.compiler.system import System
from enkephalin.compiler.tableau import Tableau
from enkephalin.compiler.target import Target

SAFETY, SHRINK, GROW = 0.9, 0.2, 6.0
"""The next step is the best guess times SAFETY, but not less than SHRINK or more than GROW times this one."""
TYPES = {job.POINTER: POINTER, job.INTEGER: INTEGER, job.NUMBER: NUMBER}
GOOD, TOO_SMALL, TOO_MANY = 1, 2, 3
"""What becomes of a step, if it is not simply taken again."""
LANE_NUMBERS = ("now", "h", "next_h", "reached")
LANE_INTEGERS = (
    "person", "stop", "seen", "buffered", "steps", "after_row", "hits", "verdict", "refused", "refusals", "changed",
    "wants",
)  # fmt: skip


class Control:
    """Writes @integrate for one model."""

    def __init__(self, target: Target, system: System, tableau: Tableau, layout: Layout) -> None:
        self.lanes = target.lanes
        self.target = target
        self.system = system
        self.tableau = tableau
        self.layout = layout
        self.real = ir.FloatType() if target.single else NUMBER
        self.module = ir.Module("control")
        one, two = (ir.FunctionType(ir.VoidType(), [POINTER] * k) for k in (1, 2))
        self.step, self.accept = (ir.Function(self.module, one, name) for name in ("step", "accept"))
        kind = ir.FunctionType(ir.VoidType(), [POINTER, POINTER, INTEGER, POINTER])
        self.between = ir.Function(self.module, kind, "between")
        self.setup, self.start = (ir.Function(self.module, two, name) for name in ("setup", "start"))

    def text(self) -> str:
        """The module."""
        self.flush = self._write_flush()
        self.sample = self._write_sample()
        self.take = self._write_take()
        self.fail = self._write_fail()
        self.instant = self._write_instant()
        self._write_integrate()
        return str(self.module)

    # --- access ---------------------------------------------------------------------------------------------------

    def _begin(self, name: str, arguments: int) -> Code:
        """A function of (job, lanes' records) and so many integers."""
        code = Code(self.module, name, [POINTER, POINTER] + [INTEGER] * arguments, self.real)
        self.code, self.job = code, code.function.args[0]
        self.lane_record = Array(code, code.function.args[1], INTEGER)
        return code

    def _get(self, field: str) -> Value:
        """One entry of the job."""
        place = list(job.FIELDS).index(field)
        kind = TYPES[job.FIELDS[field]]
        address = self.code.builder.gep(self.job, [ir.Constant(INTEGER, place)], source_etype=INTEGER)
        return self.code.builder.load(address, typ=kind)

    def _numbers(self, field: str) -> Array:
        return Array(self.code, self._get(field), NUMBER)

    def _integers(self, field: str) -> Array:
        return Array(self.code, self._get(field), INTEGER)

    def _reals(self, field: str) -> Array:
        return Array(self.code, self._get(field), self.real)

    def _lane(self, name: str) -> Array:
        """What every lane remembers under this name."""
        names = (*LANE_NUMBERS, *LANE_INTEGERS)
        address = self.lane_record.at(names.index(name) * self.lanes)
        return Array(self.code, address, NUMBER if name in LANE_NUMBERS else INTEGER)

    def _work(self, name: str) -> Array:
        """An array of the working memory, seen as single numbers: element row * lanes + lane."""
        start = Array(self.code, self._get("work"), self.real).at(self.layout.row(name) * self.lanes)
        return Array(self.code, start, self.real)

    def _spot(self, row: Value, lane: Value) -> Value:
        return self.code.plus(self.code.times(row, self.lanes), lane)

    # --- seeing ---------------------------------------------------------------------------------------------------

    def _write_flush(self) -> Any:
        """flush(lane): compute the watched values of the buffered times and write them to the result."""
        c = self._begin("flush", 1)
        lane = c.function.args[2]
        count = self._lane("buffered")[lane]
        with c.when(c.below(0, count)):
            needed, watched = self._get("needed"), self._get("watched")
            states = self._reals("buffer").at(c.times(c.times(lane, needed), self.lanes))
            times = self._reals("buffer_time").at(c.times(lane, self.lanes))
            seen = self._reals("seen")
            c.call_at(self._get("observe"), [states, self._work("p").at(lane), times, seen.address])
            first = c.builder.sub(self._lane("seen")[lane], count)
            row = c.plus(c.times(self._lane("person")[lane], self._get("times")), first)
            result = self._numbers("result")
            with c.loop(count) as k, c.loop(watched) as o:
                place = c.plus(c.times(c.plus(row, k), watched), o)
                result[place] = c.to_number(seen[self._spot(o, k)])
            self._lane("buffered")[lane] = 0
        c.end()
        return c.function

    def _write_sample(self) -> Any:
        """sample(lane, exact): buffer the states of the next wanted time; exact: as they are, else from `between`."""
        c = self._begin("sample", 2)
        lane, exact = c.function.args[2:]
        count, time = self._lane("buffered")[lane], self._numbers("time")[self._lane("seen")[lane]]
        needed, which = self._get("needed"), self._integers("needed_state")
        buffer = Array(c, self._reals("buffer").at(c.times(c.times(lane, needed), self.lanes)), self.real)
        with c.either(c.below(exact, 0, "!=")) as (then, otherwise):
            with then:
                y = self._work("y")
                with c.loop(needed) as k:
                    buffer[self._spot(k, count)] = y[self._spot(which[k], lane)]
            with otherwise:
                between = self._reals("between")
                with c.loop(needed) as k:
                    buffer[self._spot(k, count)] = between[self._spot(k, lane)]
        self._reals("buffer_time")[self._spot(lane, count)] = c.to_real(time)
        self._lane("buffered")[lane] = c.plus(count, 1)
        self._lane("seen")[lane] = c.plus(self._lane("seen")[lane], 1)
        with c.when(c.below(c.plus(count, 1), self.lanes, ">=")):
            c.call(self.flush, self.job, self.lane_record.address, lane)
        c.end()
        return c.function

    # --- people ---------------------------------------------------------------------------------------------------

    def _write_take(self) -> Any:
        """take(lane): put the next person into a lane, or leave it empty (person -1)."""
        c = self._begin("take", 1)
        lane = c.function.args[2]
        one = ir.Constant(INTEGER, 1)
        person = c.builder.atomic_rmw("add", self._get("next_person"), one, "monotonic")
        stopped = c.below(self._integers("cancel")[0], 0, "!=")
        nobody = c.builder.or_(c.below(person, self._get("people"), ">="), stopped)
        with c.either(nobody) as (then, otherwise):
            with then:
                self._lane("person")[lane] = -1
            with otherwise:
                self._stage(c, person)
                c.call(self.start, self._work("staged_p").address, self._work("staged_y").address)
                for name, count in (("p", self.system.parameters), ("y", self.system.states)):
                    staged, own = self._work(f"staged_{name}"), self._work(name)
                    with c.loop(count) as i:
                        own[self._spot(i, lane)] = staged[self._spot(i, lane)]
                y, peak = self._work("y"), self._work("peak")
                with c.loop(self.system.states) as i:
                    place = self._spot(i, lane)
                    peak[place] = c.to_real(c.size(c.to_number(y[place])))
                remembered = self._numbers("remembered")
                with c.loop(self._get("rows")) as i:
                    remembered[self._spot(i, lane)] = 0.0
                for name in ("stop", "seen", "buffered", "steps", "hits", "verdict", "refused", "refusals"):
                    self._lane(name)[lane] = 0
                self._lane("changed")[lane] = 1
                self._lane("person")[lane] = person
                self._lane("after_row")[lane] = -1
                for name in ("now", "reached"):
                    self._lane(name)[lane] = 0.0
                self._lane("h")[lane] = self._get("first_step")
                self._lane("next_h")[lane] = self._get("first_step")
        c.end()
        return c.function

    def _stage(self, c: Code, person: Value) -> None:
        """Lay a person's parameters and start values into every lane of the staging rows."""

        def put(name: str, i: Value, value: Value) -> None:
            row = self._work(name)
            for k in range(self.lanes):
                row[self._spot(i, k)] = c.to_real(value)

        counts = {"staged_p": self.system.parameters, "staged_y": self.system.states}
        for name, count in counts.items():
            values = self._numbers("base_parameters" if name == "staged_p" else "base_states")
            with c.loop(count) as i:
                put(name, i, values[i])
        varied, slots, values = self._get("varied"), self._integers("varied_slot"), self._numbers("varied_value")
        with c.loop(varied) as k:
            value = values[c.plus(c.times(person, varied), k)]
            slot, n = slots[k], self.system.states
            with c.either(c.below(slot, n)) as (then, otherwise):
                with then:
                    put("staged_y", slot, value)
                with otherwise:
                    put("staged_p", c.builder.sub(slot, c.integer(n)), value)

    def _write_fail(self) -> Any:
        """fail(lane, code): record where a person stopped and the state that is worst off; take the next person."""
        c = self._begin("fail", 2)
        lane, status = c.function.args[2:]
        person = self._lane("person")[lane]
        self._integers("status")[person] = status
        self._numbers("stopped_at")[person] = self._lane("now")[lane]
        self._count(person, lane)
        y, u, peak, error = (self._work(k) for k in ("y", "u", "peak", f"K{self.tableau.stages - 1}"))
        worst, which = c.local(NUMBER), c.local(INTEGER)
        worst[0], which[0] = -1.0, 0
        with c.loop(self.system.states) as i:
            place = self._spot(i, lane)
            size = c.most(c.size(c.to_number(y[place])), c.fmul(FLOOR_SHARE, c.to_number(peak[place])))
            allowed = c.fadd(c.fmul(size, self._get("relative")), self._get("absolute"))
            share = c.builder.fdiv(c.size(c.to_number(error[place])), allowed)
            broken = c.is_nan(c.fmul(c.fadd(share, c.to_number(u[place])), 0.0))
            share = c.select(broken, c.number(1e300), share)
            with c.when(c.less(worst[0], share)):
                worst[0], which[0] = share, i
        self._integers("stopped_by")[person] = which[0]
        c.call(self.flush, self.job, self.lane_record.address, lane)
        c.call(self.take, self.job, self.lane_record.address, lane)
        c.end()
        return c.function

    def _count(self, person: Value, lane: Value) -> None:
        for name in ("steps", "refusals"):
            self._integers(name)[person] = self._lane(name)[lane]

    # --- time -----------------------------------------------------------------------------------------------------

    def _write_instant(self) -> Any:
        """instant(lane): a stop is reached. Events first, then what is to be seen, then the next stop or person."""
        c = self._begin("instant", 1)
        lane = c.function.args[2]
        stop, person = self._lane("stop")[lane], self._lane("person")[lane]
        events = self._integers("stop_events")
        first, last = events[stop], events[c.plus(stop, 1)]
        with c.loop(last, first) as event:
            self._event(c, lane, person, self._integers("event_row")[event])
        with c.when(c.below(first, last)):
            row = self._integers("event_row")[first]
            self._lane("after_row")[lane] = row
            known = self._numbers("remembered")[self._spot(row, lane)]
            fresh = c.least(self._lane("next_h")[lane], self._get("first_step"))
            self._lane("next_h")[lane] = c.select(c.less(0.0, known), known, fresh)
        with c.repeat() as only_while:
            seen = self._lane("seen")[lane]
            only_while(c.below(seen, self._get("times")))
            only_while(c.less(self._numbers("time")[seen], self._lane("now")[lane], "<="))
            c.call(self.sample, self.job, self.lane_record.address, lane, 1)
        self._lane("stop")[lane] = c.plus(stop, 1)
        with c.when(c.below(c.plus(stop, 1), self._get("stops"), ">=")):
            c.call(self.flush, self.job, self.lane_record.address, lane)
            self._count(person, lane)
            c.call(self.take, self.job, self.lane_record.address, lane)
        c.end()
        return c.function

    def _event(self, c: Code, lane: Value, person: Value, row: Value) -> None:
        """One event of the table; an amount that is NaN leaves this person out."""
        place = c.plus(c.times(row, self._get("amount_row")), c.times(person, self._get("amount_person")))
        amount = self._numbers("amount")[place]
        adds = c.below(self._integers("row_adds")[row], 0, "!=")
        slot, n = self._integers("row_slot")[row], self.system.states
        with c.when(c.builder.not_(c.is_nan(amount))), c.either(c.below(slot, n)) as (then, otherwise):
            with then:
                y, peak, spot = self._work("y"), self._work("peak"), self._spot(slot, lane)
                y[spot] = self._changed(c, y[spot], amount, adds)
                peak[spot] = c.to_real(c.most(c.to_number(peak[spot]), c.size(c.to_number(y[spot]))))
            with otherwise:
                # What was seen so far belongs to the old value.
                c.call(self.flush, self.job, self.lane_record.address, lane)
                p, spot = self._work("p"), self._spot(c.builder.sub(slot, c.integer(n)), lane)
                p[spot] = self._changed(c, p[spot], amount, adds)
                self._lane("changed")[lane] = 1

    def _changed(self, c: Code, value: Value, amount: Value, adds: Value) -> Value:
        return c.to_real(c.select(adds, c.fadd(c.to_number(value), amount), amount))

    # --- stepping -------------------------------------------------------------------------------------------------

    def _write_integrate(self) -> None:
        """integrate(job): carry people to the end, one after another in each lane, until none is left."""
        c = Code(self.module, "integrate", [POINTER], self.real, inner=False)
        self.code, self.job = c, c.function.args[0]
        restore = flush_to_zero(c, self.target.x86)
        entries = len(LANE_NUMBERS + LANE_INTEGERS) * self.lanes
        self.lane_record = c.local(INTEGER, entries)
        with c.loop(entries) as k:
            self.lane_record[k] = 0
        count = c.local(INTEGER)
        tolerance = self._work("tolerance")
        for row, field in enumerate(("relative", "absolute")):
            for k in range(self.lanes):
                tolerance[row * self.lanes + k] = c.to_real(self._get(field))
        with c.loop(self.lanes) as lane:
            c.call(self.take, self.job, self.lane_record.address, lane)
            self._begin_life(c, lane)
        with c.repeat() as only_while:
            self._set_up_again(c, count)
            count[0] = 0
            with c.loop(self.lanes) as lane:
                self._choose_step(c, lane, count)
            only_while(c.below(0, count[0]))
            c.call(self.step, self._get("work"))
            with c.loop(self.lanes) as lane, c.when(self._lives(c, lane)):
                self._judge(c, lane)
            self._see(c, count)
            c.call(self.accept, self._get("work"))
            with c.loop(self.lanes) as lane, c.when(self._lives(c, lane)):
                self._advance(c, lane)
        restore()
        c.end()

    def _lives(self, c: Code, lane: Value) -> Value:
        return c.below(self._lane("person")[lane], 0, ">=")

    def _begin_life(self, c: Code, lane: Value) -> None:
        """The first stop is at time zero; a person with no other is done there, and the next one begins."""
        with c.repeat() as only_while:
            only_while(self._lives(c, lane))
            only_while(c.below(self._lane("stop")[lane], 0, "=="))
            c.call(self.instant, self.job, self.lane_record.address, lane)

    def _set_up_again(self, c: Code, count: Array) -> None:
        """Where a lane has new parameters, compute again what depends on parameters only."""
        count[0] = 0
        changed = self._lane("changed")
        with c.loop(self.lanes) as lane:
            count[0] = c.plus(count[0], changed[lane])
            changed[lane] = 0
        with c.when(c.below(0, count[0])):
            c.call(self.setup, self._work("p").address, self._work("q").address)

    def _choose_step(self, c: Code, lane: Value, active: Array) -> None:
        """The step of a lane: as planned, but ending on the next stop, and without a tiny piece before it."""
        t, h = self._work("t"), self._work("h")
        self._work("mask")[lane] = 0.0
        with c.either(self._lives(c, lane)) as (then, otherwise):
            with then:
                now, planned = self._lane("now")[lane], self._lane("next_h")[lane]
                rest = c.fsub(self._numbers("stop_time")[self._lane("stop")[lane]], now)
                last = c.less(rest, c.fmul(planned, 1.0001), "<=")
                shared = c.select(c.less(rest, c.fmul(planned, 2.0)), c.fmul(rest, 0.5), planned)
                step = c.select(last, rest, shared)
                self._lane("h")[lane] = step
                self._lane("hits")[lane] = c.builder.zext(last, INTEGER)
                t[lane], h[lane] = c.to_real(now), c.to_real(step)
                active[0] = c.plus(active[0], 1)
            with otherwise:
                t[lane], h[lane] = 0.0, c.to_real(self._get("first_step"))

    def _judge(self, c: Code, lane: Value) -> None:
        """Accept a step or not, and plan the next one."""
        worst, h = c.to_number(self._work("worst")[lane]), self._lane("h")[lane]
        steps = c.plus(self._lane("steps")[lane], 1)
        self._lane("steps")[lane] = steps
        guess = c.most(c.fmul(SAFETY, c.to_number(self._work("factor")[lane])), SHRINK)
        with c.either(c.less(worst, 1.0, "<=")) as (then, otherwise):
            with then:
                self._accepted(c, lane, h, guess)
            with otherwise:
                shrunk = c.fmul(h, c.select(c.is_nan(worst), c.number(0.25), c.least(guess, SAFETY)))
                self._lane("next_h")[lane] = shrunk
                self._lane("refused")[lane] = 1
                self._lane("refusals")[lane] = c.plus(self._lane("refusals")[lane], 1)
                smallest = c.fmul(1e-15, c.most(self._get("longest_step"), self._lane("now")[lane]))
                small, many = c.less(shrunk, smallest), c.below(self._get("most_steps"), steps)
                code = c.select(small, c.integer(TOO_SMALL), c.select(many, c.integer(TOO_MANY), c.integer(0)))
                self._lane("verdict")[lane] = code

    def _accepted(self, c: Code, lane: Value, h: Value, guess: Value) -> None:
        many = c.below(self._get("most_steps"), self._lane("steps")[lane])
        self._lane("verdict")[lane] = c.select(many, c.integer(TOO_MANY), c.integer(GOOD))
        self._work("mask")[lane] = 1.0
        hits = c.below(self._lane("hits")[lane], 0, "!=")
        refused = c.below(self._lane("refused")[lane], 0, "!=")
        self._lane("refused")[lane] = 0
        grown = c.fmul(h, c.least(guess, c.select(refused, c.number(1.0), c.number(GROW))))
        # A step cut short by a stop says little: the plan before it still holds.
        kept = c.most(grown, c.least(self._lane("next_h")[lane], c.fmul(h, GROW)))
        planned = c.least(c.select(hits, kept, grown), self._get("longest_step"))
        self._lane("next_h")[lane] = planned
        row = self._lane("after_row")[lane]
        with c.when(c.below(row, 0, ">=")):
            self._numbers("remembered")[self._spot(row, lane)] = planned
            self._lane("after_row")[lane] = -1
        now = self._lane("now")[lane]
        end = self._numbers("stop_time")[self._lane("stop")[lane]]
        reached = c.select(hits, end, c.fadd(now, h))
        self._lane("reached")[lane] = reached

    def _see(self, c: Code, count: Array) -> None:
        """See what was wanted on the way, all lanes together: the next wanted time of each, and again."""
        share, wants = self._work("share"), self._lane("wants")
        with c.repeat() as only_while:
            count[0] = 0
            with c.loop(self.lanes) as lane:
                wants[lane] = 0
                share[lane] = 0.0
                with c.when(self._lives(c, lane)), c.when(c.below(self._lane("verdict")[lane], GOOD, "==")):
                    self._want(c, lane, count)
            only_while(c.below(0, count[0]))
            c.call(
                self.between, self._get("work"), self._get("needed_state"), self._get("needed"), self._get("between")
            )
            with c.loop(self.lanes) as lane, c.when(c.below(0, wants[lane])):
                c.call(self.sample, self.job, self.lane_record.address, lane, 0)

    def _want(self, c: Code, lane: Value, count: Array) -> None:
        """Whether a lane wants to see a time inside this step, and at what share of it."""
        seen, reached = self._lane("seen")[lane], self._lane("reached")[lane]
        with c.when(c.below(seen, self._get("times"))):
            time = self._numbers("time")[seen]
            # At the stop itself events come first; that is for `instant` to see.
            hits = c.below(self._lane("hits")[lane], 0, "!=")
            inside = c.select(hits, c.less(time, reached), c.less(time, reached, "<="))
            with c.when(inside):
                x = c.builder.fdiv(c.fsub(time, self._lane("now")[lane]), self._lane("h")[lane])
                self._work("share")[lane] = c.to_real(x)
                self._lane("wants")[lane] = 1
                count[0] = c.plus(count[0], 1)

    def _advance(self, c: Code, lane: Value) -> None:
        verdict = self._lane("verdict")[lane]
        with c.when(c.below(verdict, GOOD, "==")):
            self._lane("now")[lane] = self._lane("reached")[lane]
            with c.when(c.below(self._lane("hits")[lane], 0, "!=")):
                c.call(self.instant, self.job, self.lane_record.address, lane)
        with c.when(c.below(verdict, GOOD, ">")):
            c.call(self.fail, self.job, self.lane_record.address, lane, verdict)
        self._begin_life(c, lane)
