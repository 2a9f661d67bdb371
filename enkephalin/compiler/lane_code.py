"""What the code of a lane can reach: the job, the working memory, and the lanes' own records.

Needs    ``scalar``, ``layout.Layout``, ``job.FIELDS``
Gives    ``LaneCode``
Leaves   what is done with it: see ``emit_people`` and ``emit_control``
"""

from __future__ import annotations

from llvmlite import ir

from enkephalin.compiler import job
from enkephalin.compiler.layout import Layout
from enkephalin.compiler.scalar import INTEGER, NUMBER, POINTER, Array, Code, Value
from enkephalin.compiler.system import System
from enkephalin.compiler.target import Target

TYPES = {job.POINTER: POINTER, job.INTEGER: INTEGER, job.NUMBER: NUMBER}
LANE_NUMBERS = ("now", "h", "next_h", "reached")
LANE_INTEGERS = (
    "person", "stop", "seen", "buffered", "steps", "after_row", "hits", "verdict", "refused", "refusals", "changed",
    "wants",
)  # fmt: skip
"""What every lane remembers: where it is in time, and in the life of its person."""


class LaneCode:
    """Access to all arrays, from the function being written."""

    def __init__(self, target: Target, system: System, layout: Layout) -> None:
        self.lanes = target.lanes
        self.states, self.parameters = system.states, system.parameters
        self.layout = layout
        self.real = ir.FloatType() if target.single else NUMBER
        self.module = ir.Module("control")

    def outside(self, name: str, *arguments: object) -> ir.Function:
        """A function of another module."""
        return ir.Function(self.module, ir.FunctionType(ir.VoidType(), list(arguments)), name)

    def begin(self, name: str, arguments: int) -> Code:
        """Begin a function of (job, lanes' records) and so many integers."""
        code = Code(self.module, name, [POINTER, POINTER] + [INTEGER] * arguments, self.real)
        self.code, self.job = code, code.function.args[0]
        self.record = Array(code, code.function.args[1], INTEGER)
        return code

    def begin_all(self, name: str) -> Code:
        """Begin the entry point: it gets the job only, and makes the lanes' records, all zero."""
        code = Code(self.module, name, [POINTER], self.real, inner=False)
        self.code, self.job = code, code.function.args[0]
        entries = len(LANE_NUMBERS + LANE_INTEGERS) * self.lanes
        self.record = code.local(INTEGER, entries)
        with code.loop(entries) as k:
            self.record[k] = 0
        return code

    def call(self, function: ir.Function, *integers: Value) -> None:
        """Call a function of (job, lanes' records) and integers."""
        self.code.call(function, self.job, self.record.address, *integers)

    # --- the job --------------------------------------------------------------------------------------------------

    def get(self, field: str) -> Value:
        """One entry of the job."""
        place = list(job.FIELDS).index(field)
        address = self.code.builder.gep(self.job, [ir.Constant(INTEGER, place)], source_etype=INTEGER)
        return self.code.builder.load(address, typ=TYPES[job.FIELDS[field]])

    def numbers(self, field: str) -> Array:
        return Array(self.code, self.get(field), NUMBER)

    def integers(self, field: str) -> Array:
        return Array(self.code, self.get(field), INTEGER)

    def reals(self, field: str) -> Array:
        return Array(self.code, self.get(field), self.real)

    # --- memory of the lanes --------------------------------------------------------------------------------------

    def lane(self, name: str) -> Array:
        """What every lane remembers under this name."""
        address = self.record.at((*LANE_NUMBERS, *LANE_INTEGERS).index(name) * self.lanes)
        return Array(self.code, address, NUMBER if name in LANE_NUMBERS else INTEGER)

    def work(self, name: str) -> Array:
        """An array of the working memory, seen as single numbers: element row * lanes + lane."""
        start = Array(self.code, self.get("work"), self.real).at(self.layout.row(name) * self.lanes)
        return Array(self.code, start, self.real)

    def times(self) -> Array:
        """The present time of each lane: 64-bit numbers in the working memory."""
        return Array(self.code, self.work("t").address, NUMBER)

    def spot(self, row: Value, lane: Value) -> Value:
        """Where row and lane meet."""
        return self.code.plus(self.code.times(row, self.lanes), lane)
