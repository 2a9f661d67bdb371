"""``python -m validation.calibrate [ID]``: fit, say how well, and with ``--write`` put the values into the tables."""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from pathlib import Path

import numpy as np

from enkephalin.compiler.model import build
from enkephalin.errors import EnkephalinError

from ..records import TARGETS
from .findings import Findings
from .records import CALIBRATIONS, Fit, read_fit, starting_point
from .report import Outcome, report
from .search import State, posterior, search
from .writing import write_values

ROOT = Path(__file__).parents[2]
KEPT = Path("results") / "calibration"
SPREAD = 0.5  # standard deviations of the prior: how far other starting points lie from the tables' values


def main(arguments: list[str] | None = None) -> int:
    """0 when the search ended; 2 when the request was wrong."""
    asked = _parser().parse_args(arguments)
    try:
        fit = read_fit(asked.id)
        outcome = _outcome(fit, asked)
    except EnkephalinError as error:
        print(error, file=sys.stderr)
        return 2
    page = asked.page or ROOT / fit.page
    page.write_text(report(outcome), "utf-8")
    best = outcome.ends[0]
    print(f"cost {best.costs[0]:.2f} -> {best.costs[-1]:.2f} in {len(best.costs) - 1} steps; {page}")
    if asked.write:
        print("\n".join(write_values(fit, outcome.point, outcome.posterior.widths)))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m validation.calibrate", description=__doc__)
    parser.add_argument("id", nargs="?", default="drug_half", help="a record of validation/calibrations")
    parser.add_argument("--steps", type=int, default=20, help="most steps from each starting point")
    parser.add_argument("--starts", type=int, default=1, help="starting points; the first is what the tables say")
    parser.add_argument("--seed", type=int, default=1, help="of the other starting points")
    parser.add_argument("--write", action="store_true", help="put the values into enkephalin/biology/parameters")
    parser.add_argument("--page", type=Path, help="where the report goes, if not where the record says")
    parser.add_argument("--keep", type=Path, default=KEPT, help="a folder: a search that was stopped goes on from it")
    return parser


def _outcome(fit: Fit, asked: argparse.Namespace) -> Outcome:
    findings = Findings(fit)
    first = starting_point(fit)
    others = np.random.default_rng(asked.seed).normal(0, SPREAD, (max(asked.starts - 1, 0), len(first)))
    before = findings.misfits(first[None])[0]
    ends = []
    for number, point in enumerate([first, *(first + others)]):
        file = asked.keep / f"{fit.id}_{_digest(fit, point)}.json"
        state = _kept(file) or State(point)
        left = max(asked.steps - max(len(state.costs) - 1, 0), 0)
        ends.append(
            search(
                findings.misfits,
                state,
                steps=left,
                keep=lambda state, file=file, number=number: _keep(file, number, state),
            )
        )
    ends = [end if end.costs else State(end.point, (np.nan,)) for end in ends]
    ends.sort(key=lambda end: end.costs[-1])
    known = posterior(findings.misfits, ends[0].point)
    after = findings.misfits(ends[0].point[None])[0]
    return Outcome(findings, first, tuple(ends), known, before, after)


def _digest(fit: Fit, point: np.ndarray) -> str:
    """A name for a search: the body, the findings, the calibration and the starting point."""
    sha = hashlib.sha256(build("human", ()).digest.encode() + np.round(point, 9).tobytes())
    for path in (CALIBRATIONS / f"{fit.id}.yaml", *sorted(TARGETS.glob("*.yaml"))):
        sha.update(path.read_bytes())
    return sha.hexdigest()[:12]


def _keep(file: Path, number: int, state: State) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"point": list(state.point), "costs": list(state.costs), "done": state.done}), "utf-8")
    print(f"start {number + 1}, step {len(state.costs) - 1}: cost {state.costs[-1]:.3f}", flush=True)


def _kept(file: Path) -> State | None:
    if not file.is_file():
        return None
    found = json.loads(file.read_text("utf-8"))
    return State(np.array(found["point"]), tuple(found["costs"]), found["done"])


if __name__ == "__main__":
    sys.exit(main())
