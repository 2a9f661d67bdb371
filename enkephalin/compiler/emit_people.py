"""People in lanes: putting one in, seeing their values, and what to do when one cannot go on.

Needs    ``lane_code.LaneCode``, @start of ``emit_model``
Gives    ``People``: functions @flush, @sample, @take and @fail of the control module
Leaves   time: see ``emit_control``
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir

from enkephalin.compiler.emit_step import FLOOR_SHARE
from enkephalin.compiler.lane_code import LaneCode
from enkephalin.compiler.scalar import INTEGER, NUMBER, POINTER, Array, Code, Value


class People:
    """Writes four functions; each takes the job, the lanes' records and a lane.

    Parameters
    ----------
    at : LaneCode
    last_stage : name of the array that holds the error of a step
    """

    def __init__(self, at: LaneCode, last_stage: str) -> None:
        self.at = at
        self.last_stage = last_stage
        self.start = at.outside("start", POINTER, POINTER)
        self.flush = self._write_flush()
        self.sample = self._write_sample()
        self.take = self._write_take()
        self.fail = self._write_fail()

    # --- seeing ---------------------------------------------------------------------------------------------------

    def _write_flush(self) -> Any:
        """flush(lane): compute the watched values of the buffered times and write them to the result."""
        c = self.at.begin("flush", 1)
        lane = c.function.args[2]
        count = self.at.lane("buffered")[lane]
        with c.when(c.below(0, count)):
            needed, watched = self.at.get("needed"), self.at.get("watched")
            states = self.at.reals("buffer").at(c.times(c.times(lane, needed), self.at.lanes))
            times = self.at.numbers("buffer_time").at(c.times(lane, self.at.lanes))
            seen = self.at.reals("seen")
            c.call_at(self.at.get("observe"), [states, self.at.work("p").at(lane), times, seen.address])
            first = c.builder.sub(self.at.lane("seen")[lane], count)
            row = c.plus(c.times(self.at.lane("person")[lane], self.at.get("times")), first)
            result = self.at.numbers("result")
            with c.loop(count) as k, c.loop(watched) as o:
                place = c.plus(c.times(c.plus(row, k), watched), o)
                result[place] = c.to_number(seen[self.at.spot(o, k)])
            self.at.lane("buffered")[lane] = 0
        c.end()
        return c.function

    def _write_sample(self) -> Any:
        """sample(lane, exact): buffer the states of the next wanted time; exact: as they are, else from `between`."""
        c = self.at.begin("sample", 2)
        lane, exact = c.function.args[2:]
        count, time = self.at.lane("buffered")[lane], self.at.numbers("time")[self.at.lane("seen")[lane]]
        needed, which = self.at.get("needed"), self.at.integers("needed_state")
        buffer = Array(c, self.at.reals("buffer").at(c.times(c.times(lane, needed), self.at.lanes)), self.at.real)
        with c.either(c.below(exact, 0, "!=")) as (then, otherwise):
            with then:
                y = self.at.work("y")
                with c.loop(needed) as k:
                    buffer[self.at.spot(k, count)] = y[self.at.spot(which[k], lane)]
            with otherwise:
                between = self.at.reals("between")
                with c.loop(needed) as k:
                    buffer[self.at.spot(k, count)] = between[self.at.spot(k, lane)]
        self.at.numbers("buffer_time")[self.at.spot(lane, count)] = time
        self.at.lane("buffered")[lane] = c.plus(count, 1)
        self.at.lane("seen")[lane] = c.plus(self.at.lane("seen")[lane], 1)
        with c.when(c.below(c.plus(count, 1), self.at.lanes, ">=")):
            self.at.call(self.flush, lane)
        c.end()
        return c.function

    # --- people ---------------------------------------------------------------------------------------------------

    def _write_take(self) -> Any:
        """take(lane): put the next person into a lane, or leave it empty (person -1)."""
        c = self.at.begin("take", 1)
        lane = c.function.args[2]
        one = ir.Constant(INTEGER, 1)
        person = c.builder.atomic_rmw("add", self.at.get("next_person"), one, "monotonic")
        stopped = c.below(self.at.integers("cancel")[0], 0, "!=")
        nobody = c.builder.or_(c.below(person, self.at.get("people"), ">="), stopped)
        with c.either(nobody) as (then, otherwise):
            with then:
                self.at.lane("person")[lane] = -1
            with otherwise:
                self._stage(c, person)
                c.call(self.start, self.at.work("staged_p").address, self.at.work("staged_y").address)
                for name, count in (("p", self.at.parameters), ("y", self.at.states)):
                    staged, own = self.at.work(f"staged_{name}"), self.at.work(name)
                    with c.loop(count) as i:
                        own[self.at.spot(i, lane)] = staged[self.at.spot(i, lane)]
                y, peak, rest = self.at.work("y"), self.at.work("peak"), self.at.work("rest")
                with c.loop(self.at.states) as i:
                    place = self.at.spot(i, lane)
                    rest[place] = 0.0
                    peak[place] = c.to_real(c.size(c.to_number(y[place])))
                remembered = self.at.numbers("remembered")
                with c.loop(self.at.get("rows")) as i:
                    remembered[self.at.spot(i, lane)] = 0.0
                for name in ("stop", "seen", "buffered", "steps", "hits", "verdict", "refused", "refusals"):
                    self.at.lane(name)[lane] = 0
                self.at.lane("changed")[lane] = 1
                self.at.lane("person")[lane] = person
                self.at.lane("after_row")[lane] = -1
                for name in ("now", "reached"):
                    self.at.lane(name)[lane] = 0.0
                self.at.lane("h")[lane] = self.at.get("first_step")
                self.at.lane("next_h")[lane] = self.at.get("first_step")
        c.end()
        return c.function

    def _stage(self, c: Code, person: Value) -> None:
        """Lay a person's parameters and start values into every lane of the staging rows."""

        def put(name: str, i: Value, value: Value) -> None:
            row = self.at.work(name)
            for k in range(self.at.lanes):
                row[self.at.spot(i, k)] = c.to_real(value)

        counts = {"staged_p": self.at.parameters, "staged_y": self.at.states}
        for name, count in counts.items():
            values = self.at.numbers("base_parameters" if name == "staged_p" else "base_states")
            with c.loop(count) as i:
                put(name, i, values[i])
        varied, slots, values = self.at.get("varied"), self.at.integers("varied_slot"), self.at.numbers("varied_value")
        with c.loop(varied) as k:
            value = values[c.plus(c.times(person, varied), k)]
            slot, n = slots[k], self.at.states
            with c.either(c.below(slot, n)) as (then, otherwise):
                with then:
                    put("staged_y", slot, value)
                with otherwise:
                    put("staged_p", c.builder.sub(slot, c.integer(n)), value)

    def _write_fail(self) -> Any:
        """fail(lane, code): record where a person stopped and the state that is worst off; take the next person."""
        c = self.at.begin("fail", 2)
        lane, status = c.function.args[2:]
        person = self.at.lane("person")[lane]
        self.at.integers("status")[person] = status
        self.at.numbers("stopped_at")[person] = self.at.lane("now")[lane]
        self.count(person, lane)
        y, u, peak, error = (self.at.work(k) for k in ("y", "u", "peak", self.last_stage))
        worst, which = c.local(NUMBER), c.local(INTEGER)
        worst[0], which[0] = -1.0, 0
        with c.loop(self.at.states) as i:
            place = self.at.spot(i, lane)
            size = c.most(c.size(c.to_number(y[place])), c.fmul(FLOOR_SHARE, c.to_number(peak[place])))
            size = c.fmul(size, c.to_number(self.at.work("pace")[place]))
            allowed = c.fadd(c.fmul(size, self.at.get("relative")), self.at.get("absolute"))
            share = c.builder.fdiv(c.size(c.to_number(error[place])), allowed)
            broken = c.is_nan(c.fmul(c.fadd(share, c.to_number(u[place])), 0.0))
            share = c.select(broken, c.number(1e300), share)
            with c.when(c.less(worst[0], share)):
                worst[0], which[0] = share, i
        self.at.integers("stopped_by")[person] = which[0]
        self.at.call(self.flush, lane)
        self.at.call(self.take, lane)
        c.end()
        return c.function

    def count(self, person: Value, lane: Value) -> None:
        for name in ("steps", "refusals"):
            self.at.integers(name)[person] = self.at.lane(name)[lane]
