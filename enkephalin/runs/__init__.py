"""Runs: many people at once, on as many workers as wanted; the numbers do not depend on how many.

Needs    kernels
Gives    ``run_people``, ``carry_people``: in memory; ``run_many``: on disk, piece by piece; ``Task``, ``Answer``,
         ``engine_named``, ``ENGINES``, ``code_of``
Leaves   who the people are and what is seen of them (simulate)
"""

from .code import code_of
from .engines import ENGINES, carry_people, engine_named, run_people
from .many import Progress, run_many
from .task import Answer, Task

__all__ = ["ENGINES", "Answer", "Progress", "Task", "carry_people", "code_of", "engine_named", "run_many", "run_people"]
