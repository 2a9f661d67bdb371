"""100,000 people, a year, 10 watched values a day: how much memory that takes, measured on fewer and told for all."""

from __future__ import annotations

import subprocess
import sys

import pytest

ALL, LIMIT = 100_000, 2e9  # people, bytes
NAMES = ["cows", "craving", "dysphoria", "anhedonia", "anxiety", "sleep", "cortisol", "pain", "heart_rate", "distress"]

# Ten days seen 366 times take the memory of a year seen once a day, and a thirtieth of its time.
PROGRAM = f"""
import resource, sys
from enkephalin.population import draw
from enkephalin.records.shapes import Scenario
from enkephalin.report.summary import document
from enkephalin.simulate import simulate

people = draw("general_adult", int(sys.argv[1]), 1)
if len(sys.argv) > 2:
    words = {{"id": "a_while", "about": "For a test.", "lasts": "10 d", "every": f"{{240 / 365}} h",
              "happens": ["naltrexone 50 mg oral at 0 d every 16 h x 10"], "watch": {NAMES}}}
    scenario = Scenario.model_validate(words, strict=False)
    seen = simulate(people, scenario, out=sys.argv[2], chunk=1024)
    assert seen.sizes["time"] >= 365 and len(seen.data_vars) == 10
    assert sum(len(piece) for piece in document(seen)) > 0
    assert seen["finished"].values.all()
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024))
"""


def peak(*arguments: object) -> float:
    """The largest resident memory (bytes) of the program in a process of its own."""
    command = [sys.executable, "-c", PROGRAM, *map(str, arguments)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


@pytest.mark.slow
def test_a_hundred_thousand_people_take_less_than_two_gigabytes(tmp_path):
    pieces = peak(3 * 1024, tmp_path)  # three pieces of the size that so many people have
    few, more = 5_000, 20_000
    each = (peak(more) - peak(few)) / (more - few)  # of the draw, the one thing that grows with the people
    assert pieces + ALL * each < LIMIT
