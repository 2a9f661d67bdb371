"""Events: what a scenario does to the body, as a table that both engines read.

Needs    numpy
Gives    ``EventTable``: one row per regimen; ``expanded``: one row per event
Leaves   where the rows come from (records.scenario), how an engine obeys them
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class EventTable:
    """One row per regimen; times in h from the start of the run.

    ``time`` is the first time, ``interval`` the time between two events (0 if ``count`` is 1), ``target`` the flat
    name of a state or an input. Where ``add`` is true the amount is added to the target, else the target is set to
    it. ``amount`` has shape (row, person) or (row, 1), in the target's inner unit. Rows of the same instant take
    place in the order of the table.
    """

    time: np.ndarray
    interval: np.ndarray
    count: np.ndarray
    target: tuple[str, ...]
    add: np.ndarray
    amount: np.ndarray

    def __post_init__(self) -> None:
        rows = len(self.target)
        shapes = {np.shape(column) for column in (self.time, self.interval, self.count, self.add)}
        if shapes != {(rows,)} or np.ndim(self.amount) != 2 or self.amount.shape[0] != rows:
            raise ValueError(f"columns of an event table differ in length: {shapes}, amount {self.amount.shape}")

    @classmethod
    def empty(cls) -> EventTable:
        """A table without rows: nothing happens."""
        return cls(np.empty(0), np.empty(0), np.empty(0, int), (), np.empty(0, bool), np.empty((0, 1)))

    @classmethod
    def of(cls, rows: list[tuple[float, float, int, str, bool, np.ndarray | float]]) -> EventTable:
        """A table from (time, interval, count, target, add, amount) rows."""
        if not rows:
            return cls.empty()
        time, interval, count, target, add, amount = zip(*rows, strict=True)
        columns = [np.atleast_1d(np.asarray(value, float)) for value in amount]
        people = max(len(column) for column in columns)
        return cls(
            np.array(time, float),
            np.array(interval, float),
            np.array(count, int),
            tuple(target),
            np.array(add, bool),
            np.stack([np.broadcast_to(column, (people,)) for column in columns]),
        )

    def __len__(self) -> int:
        return len(self.target)

    def expanded(self) -> EventTable:
        """The same events with one row each, sorted by time; rows of one instant keep the order of the table."""
        if not len(self):
            return self
        rows = np.repeat(np.arange(len(self)), self.count)
        number = np.concatenate([np.arange(count) for count in self.count])
        time = self.time[rows] + self.interval[rows] * number
        order = np.argsort(time, kind="stable")
        rows = rows[order]
        return EventTable(
            time[order],
            np.zeros(len(rows)),
            np.ones(len(rows), int),
            tuple(self.target[row] for row in rows),
            self.add[rows],
            self.amount[rows],
        )

    def last_time(self) -> np.ndarray:
        """The time of the last event of each row, shape (row,)."""
        return self.time + self.interval * (self.count - 1)
