"""``python -m validation.patients``: ranges hold in people. A thousand drawn patients, and docs/patients.md.

Needs    validation/patients/*.yaml (groups as in targets), validation.calibrate.sharing
Gives    ``judged(group, people)``: verdicts; ``main``
Leaves   the typical person: see ``validation/targets``

Patients live half a year of use first; all runs of a group share it.
"""

from __future__ import annotations

import argparse
import itertools
import math
import sys
from pathlib import Path

import xarray as xr

from enkephalin.measure import measure, parse
from enkephalin.population import draw
from enkephalin.records.units import convert
from enkephalin.simulate.call import arrange

from .calibrate.sharing import SharedPast
from .over import over_people
from .records import Group, Run, Target, read_group
from .running import SHARES, Verdict, scenario_of, watched_in
from .scorecard import got, told, wanted

FOLDER = Path(__file__).parent / "patients"
PAGE = Path(__file__).parents[1] / "docs" / "patients.md"
PATIENTS = 1000
SAID = (
    "<!-- Written by `python -m validation.patients`. Change validation/patients or the model, then run it again. -->\n"
)


def main(arguments: list[str] | None = None) -> int:
    """0 when every finding holds, or misses as stated."""
    parser = argparse.ArgumentParser(prog="python -m validation.patients", description=__doc__)
    parser.add_argument("--people", type=int, default=PATIENTS, help="how many patients of each population")
    parser.add_argument("--page", type=Path, default=PAGE, help="where the page goes")
    asked = parser.parse_args(arguments)
    verdicts = [verdict for group in groups_of_patients() for verdict in judged(group, asked.people)]
    for verdict in verdicts:
        print(told(verdict))
    asked.page.write_text(page(verdicts, asked.people), "utf-8")
    return 1 if any(not verdict.good for verdict in verdicts) else 0


def groups_of_patients() -> list[Group]:
    """Every group of validation/patients."""
    return [read_group(path) for path in sorted(FOLDER.glob("*.yaml"))]


def judged(group: Group, people: int) -> list[Verdict]:
    """The verdict on each finding of a group in so many drawn people.

    Parameters
    ----------
    group : Group
        Its runs name a population each; a finding says by ``over`` how one number is made of all people.
    people : int
        How many of each population; ``people`` of a run is not read.
    """
    seen = _lived(group, people)
    return [_verdict(group, target, seen, people) for target in group.targets]


def _lived(group: Group, people: int) -> dict[str, xr.Dataset]:
    """What happens in every run, with the common past lived once."""
    past = SharedPast()
    calls = {}
    for run in group.runs:
        using = [target for target in group.targets if run.id in target.all_runs]
        asked = [parse(text) for target in using for text in target.readouts]
        watch = list(dict.fromkeys(name for what in asked for name in watched_in(what)))
        calls[run.id] = arrange(
            _people(run, people), scenario_of(run), model=None, at=None, watch=watch, tolerance=3e-3, engine="kernel",
            account=run.account, hypothesis=run.hypothesis, patches=(),
        )  # fmt: skip
    for name, call in calls.items():
        call.answer(run=past.engine(name))
    past.settle()
    return {name: calls[name].answer(run=past.engine(name)).seen for name in past.order()}


def _people(run: Run, people: int) -> object:
    assert run.population is not None, f"{run.id} has no population"
    return draw(run.population, people, run.seed, account=run.account, hypothesis=run.hypothesis)


def _verdict(group: Group, target: Target, seen: dict[str, xr.Dataset], people: int) -> Verdict:
    values = []
    for run_id in target.runs or (target.run,):
        assert run_id is not None
        result, run = seen[run_id], group.run(run_id)
        if target.over is None:
            found = measure(result, target.readout)
            value, unit = float(found.mean()), str(found.attrs["units"])
            values.append(value if target.unit in (None, unit) else convert(value, unit, str(target.unit)))
            continue
        base = seen[target.over.against] if target.over.against else None
        value = over_people(result, base, target.readout, target.over, _people(run, people))  # type: ignore[arg-type]
        share = target.over.kind in SHARES and target.unit is not None
        values.append(convert(value, "share", str(target.unit)) if share else value)
    return _judged(group, target, tuple(values))


def _judged(group: Group, target: Target, values: tuple[float, ...]) -> Verdict:
    if target.band is not None:
        low, high = target.band
        off = max(
            (low if low is not None else -math.inf) - values[0], values[0] - (math.inf if high is None else high), 0.0
        )
    else:
        sign = 1 if target.order == "rising" else -1
        off = max(0.0, *(target.step - sign * (b - a) for a, b in itertools.pairwise(values)))
    if target.misfit is None:
        return Verdict(group, target, values, "pass" if off == 0 else "fail", off)
    low, high = target.misfit.band
    stated = (low is None or values[0] >= low) and (high is None or values[0] <= high)
    word = "misfit" if stated and off else "changed"
    return Verdict(group, target, values, word, off, target.misfit.why)


def page(verdicts: list[Verdict], people: int) -> str:
    """The page as text."""
    lines = [SAID, "# Ranges in people\n"]
    lines.append(
        f"Each line is one number of {people} drawn patients, not of the typical person: incidences and orders that a "
        "clinic would see. `python -m validation.patients` repeats it; the records stand in `validation/patients/`.\n"
    )
    for group in dict.fromkeys(verdict.group.id for verdict in verdicts):
        own = [verdict for verdict in verdicts if verdict.group.id == group]
        lines += [f"## {group.replace('_', ' ').capitalize()}\n", f"{own[0].group.about}\n"]
        lines.append("| finding | plausible | model | verdict | source |\n|---|---|---|---|---|")
        for verdict in own:
            named = ", ".join(verdict.target.sources) or "-"
            lines.append(f"| {verdict.target.claim} | {wanted(verdict)} | {got(verdict)} | {verdict.word} | {named} |")
        lines.append("")
        lines += [f"- {v.target.claim} *{v.target.note}*" for v in own if v.target.note]
        lines += [f"- **{v.target.claim}** {v.said}" for v in own if v.target.misfit is not None]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    sys.exit(main())
