"""``python -m validation.trials [REPEATS]``: check every analysis under the null, and write docs/power_check.md."""

from __future__ import annotations

import sys
from pathlib import Path

from .checks import (
    Check,
    against_formulas,
    coverage_of_a_difference,
    end_to_end,
    of_kind,
    study_banks,
    through_tables,
)

PAGE = Path(__file__).resolve().parents[2] / "docs" / "power_check.md"
REPEATS, PEOPLE = 20_000, 400
FRESH, FRESH_N = 2_000, 20
TABLES = ("t_test", "paired")
KEPT = Path("results") / "power_check"

HEAD = """\
# Errors and intervals, counted

Written by `python -m validation.trials`. Every study here has arms that are the same (`validation/trials/*.yaml`), so
whatever an analysis finds is an error. People are drawn with replacement from a bank, assigned at random and measured
with fresh noise. The interval is the exact binomial one of 99.9 %, corrected for {analyses} kinds of analysis; the
planned share should lie in it. No seed was chosen by its result: it is 1 throughout.

A correlation has its second value dealt out anew among the people. For equivalence nothing to find is a difference of
just the margin, and its interval is one of 90 %. Rows without a further word come from the fast twins of the analyses,
which agree with the analyses themselves on the same data (`validation/trials/test_many.py`). *Through tables* is the
way of `enkephalin trial --repeat`: assigned, observed, analysed by the library. *End to end* has no bank: nobody is
simulated for two studies.

"""


def main() -> int:
    """0 when every share is where it should be."""
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else REPEATS
    banks = study_banks(PEOPLE, None)
    plans = [(bank, plan) for bank, _ in banks.values() for plan in bank.truth.study.analysis]
    first = {}  # the parallel study has the mixed model, too
    for bank, plan in plans:
        first.setdefault(plan.kind, (bank, plan))
    analyses = len(first)
    checks: list[Check] = []

    def told(found: list[Check] | tuple[Check, ...]) -> None:
        for check in found:
            print(_row(check), flush=True)
        checks.extend(found)
        _write(checks, {name: seconds for name, (_, seconds) in banks.items()}, analyses)

    for bank, plan in first.values():
        told(of_kind(bank, plan, repeats, analyses))
    told(against_formulas(repeats, analyses))
    told(coverage_of_a_difference(repeats, PEOPLE, analyses))
    alike = tuple(first[kind][1] for kind in ("t_test", "ancova"))
    told(end_to_end("parallel", alike, FRESH_N, min(FRESH, repeats), analyses))
    for kind in TABLES:
        told(through_tables(*first[kind], repeats, analyses, KEPT / kind))
    wrong = [check for check in checks if not check.good]
    print(f"\n{len(checks)} shares, {len(wrong)} where they should not be")
    return 1 if wrong else 0


def _row(check: Check) -> str:
    return (
        f"| {check.what} | {check.kind} | {check.repeats} | {check.share:.4f} | {check.low:.4f} to {check.high:.4f} "
        f"| {check.wanted:.4f} | {'yes' if check.good else '**no**'} | {check.seconds:.0f} |"
    )


def _write(checks: list[Check], making: dict[str, float], analyses: int) -> None:
    lines = [
        *HEAD.format(analyses=analyses).splitlines(),
        f"Banks of {PEOPLE} people took: " + ", ".join(f"{name} {seconds:.0f} s" for name, seconds in making.items()),
        "(two cores, shared). With identical arms a bank being finite adds no error: both arms are drawn from the same",
        "people. Power on normal data is held against the noncentral t, where that is exact.",
        "",
        "| what | analysis | repeats | share | interval | wanted | inside | seconds |",
        "|---|---|---|---|---|---|---|---|",
        *(_row(check) for check in checks),
        "",
    ]
    PAGE.write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
