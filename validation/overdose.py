"""``python -m validation.overdose``: does naloxone come in time? An overdose, a rescuer, and docs/overdose.md.

Needs    validation/overdose.yaml (doses, the rule of arrest, published shares)
Gives    ``deaths(...)``: who would have died, ``rescued_at``: when each one's rescuer gives naloxone; ``main``
Leaves   the heart itself: the body goes on without oxygen, and the rule of Mann 2022 says who would not have

Each person's naloxone is given at a time of their own, a minute after breathing fell: a first run without it finds that
time, and people with the same time (to the step of the output) are run together.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from enkephalin.population import Draw, draw
from enkephalin.records.shapes import Scenario
from enkephalin.records.units import quantity
from enkephalin.simulate import simulate
from qc.findings import wilson

PLAN = Path(__file__).parent / "overdose.yaml"
PAGE = Path(__file__).parents[1] / "docs" / "overdose.md"
PEOPLE = 300
WATCH = ("ventilation_share", "oxygen")
SAID = (
    "<!-- Written by `python -m validation.overdose`. "
    "Change validation/overdose.yaml or the model, then run it again. -->\n"
)
WORDS = {"nothing": "nothing", "syringe": "2 mg IM, syringe", "injector": "2 mg IM, injector", "spray": "4 mg spray"}


def main(arguments: list[str] | None = None) -> int:
    """Run the table and write the page."""
    parser = argparse.ArgumentParser(prog="python -m validation.overdose", description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--page", type=Path, default=PAGE)
    asked = parser.parse_args(arguments)
    plan = yaml.safe_load(PLAN.read_text("utf-8"))
    found = {}
    for kind in ("population", "naive"):
        people = draw(plan[kind], asked.people, asked.seed)
        for row in plan["rows"]:
            found[kind, row["opioid"]] = deaths(people, row["opioid"], plan)
            print(plan[kind], row["opioid"], found[kind, row["opioid"]], flush=True)
            asked.page.write_text(page(plan, found, asked.people), "utf-8")  # a stopped run keeps its rows
    return 0


def deaths(people: Draw, opioid: str, plan: dict[str, Any]) -> dict[str, int]:
    """How many would have died of an opioid, for each antidote of the plan.

    Parameters
    ----------
    people : Draw
        Who takes it.
    opioid : str
        Dose and route, such as "fentanyl 1.625 mg intravenous".
    plan : dict
        Read from ``overdose.yaml``.
    """
    times, share, oxygen = _seen(people, opioid, None, plan)
    alone = dies(times, oxygen, plan["arrest"])
    found = {"nothing": int(alone.sum())}
    step = times[1] - times[0]
    given = rescued_at(times, share, plan["rescue"])
    for name, antidote in plan["antidotes"].items():
        if antidote is None:
            continue
        dead = alone & ~np.isfinite(given)  # nobody sees that they need help
        for time in np.unique(given[np.isfinite(given) & alone]):  # who lives without it lives with it
            group = np.flatnonzero(alone & (given == time))
            own_times, _, own = _seen(people[group], opioid, f"{antidote} at {time * 3600:.0f} s", plan)
            assert math.isclose(own_times[1] - own_times[0], step)
            dead[group] = dies(own_times, own, plan["arrest"])
        found[name] = int(dead.sum())
    return found


def rescued_at(times: NDArray[np.float64], share: NDArray[np.float64], rule: dict[str, Any]) -> NDArray[np.float64]:
    """Hours at which each person's rescuer acts; infinite for those whose breathing never falls so far."""
    low = share < rule["ventilation_share_below"]
    first = np.where(low.any(axis=1), times[low.argmax(axis=1)], np.inf)
    return np.asarray(first + quantity(rule["after"]).inner())


def dies(times: NDArray[np.float64], oxygen: NDArray[np.float64], rule: dict[str, Any]) -> NDArray[np.bool_]:
    """Who is without oxygen at its first fall below the limit, and still (or again) the stated time later."""
    low = oxygen < rule["oxygen_below"]
    later = times[low.argmax(axis=1)] + quantity(rule["for"]).inner()
    then = np.minimum(np.searchsorted(times, later - 1e-9), len(times) - 1)
    return np.asarray(low.any(axis=1) & low[np.arange(len(low)), then])


def _seen(people: Draw, opioid: str, antidote: str | None, plan: dict[str, Any]) -> tuple[Any, Any, Any]:
    happens = (f"{opioid} at 0 s", *([antidote] if antidote else []))
    scenario = Scenario.model_validate(
        {
            "id": "overdose",
            "about": "An overdose.",
            "lasts": plan["lasts"],
            "every": plan["every"],
            "happens": happens,
            "watch": WATCH,
        }
    )
    result = simulate(people, scenario)
    return result["time"].values, result["ventilation_share"].values, result["oxygen"].values


def page(plan: dict[str, Any], found: dict[tuple[str, str], dict[str, int]], people: int) -> str:
    """The page: published shares beside the model's."""
    rule, rescue = plan["arrest"], plan["rescue"]
    lines = [
        SAID,
        "# Does naloxone come in time?\n",
        f"{people} people drawn from `{plan['population']}`, and as many from `{plan['naive']}`, who never took an "
        "opioid, take an overdose into a vein. A minute after breathing falls under "
        f"{rescue['ventilation_share_below']:.0%} of rest each gets one dose of naloxone. They count as dead when "
        f"arterial oxygen is under {rule['oxygen_below']} {rule['unit']} and still is {rule['for']} later (Mann 2022; "
        "the spray: Laffont 2024). In brackets 95 % intervals: of the publication, and of the number of people drawn "
        "here (Wilson).\n",
        *plan["read"],
        "| overdose | naloxone | published, % | here, % | here, never used, % |",
        "|---|---|---|---|---|",
    ]
    for row in plan["rows"]:
        for name in plan["antidotes"]:
            seen = row.get(name)
            told = f"{seen[0]:g} ({seen[1]:g}-{seen[2]:g})" if seen else "-"
            counts = (found.get((kind, row["opioid"]), {}).get(name) for kind in ("population", "naive"))
            own, naive = ("-" if count is None else _share(count, people) for count in counts)
            lines.append(f"| {row['opioid']} | {WORDS[name]} | {told} | {own} | {naive} |")
    return "\n".join(lines) + "\n"


def _share(count: int, people: int) -> str:
    """Percent with Wilson's interval."""
    low, high = wilson(count, people)
    return f"{100 * count / people:.1f} ({100 * low:.1f}-{100 * high:.1f})"


if __name__ == "__main__":
    raise SystemExit(main())
