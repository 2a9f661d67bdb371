"""Runs: many people at once, on as many workers as wanted; the numbers do not depend on how many.

Needs    kernels
Gives    ``Answer``, ``run_people``, ``carry_people``, ``engine_named``, ``ENGINES``
Leaves   who the people are and what is seen of them (simulate)
"""

from .engines import ENGINES, carry_people, engine_named, run_people
from .task import Answer, Task

__all__ = ["ENGINES", "Answer", "Task", "carry_people", "engine_named", "run_people"]
