"""What took too long for `make bench`: the last figures of the long runs, kept beside the benchmarks and on their page.

Needs    nothing: each long run tells what it found
Gives    ``keep``: the figures of one run, into long_runs.json and onto docs/benchmarks.md; ``section``: the words
Leaves   the runs: many_people, agreement
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from enkephalin.compiler import build

from . import machine

KEPT = Path(__file__).with_name("long_runs.json")
PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
HEAD = "## Long runs\n"


def keep(run: str, figures: dict[str, Any], *, kept: Path = KEPT, page: Path = PAGE) -> None:
    """Keep what one run found, with the body and the machine that it was found on, and renew the page's section."""
    body = build("human").digest[:12]
    known = json.loads(kept.read_text()) if kept.is_file() else {}
    known[run] = figures | {"body": body, "machine": machine.describe()[0].replace(" when it began", " at its end")}
    kept.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n")
    if page.is_file():
        page.write_text(renewed(page.read_text(), section(kept)))


def renewed(page: str, words: str) -> str:
    """The page with this section in place of the one it had, or at its end."""
    before, head, rest = page.partition(HEAD)
    if not head:
        return f"{page.rstrip()}\n\n{words}"
    following = re.search(r"^## ", rest, flags=re.MULTILINE)
    after = rest[following.start() :] if following else ""
    return f"{before}{words}" + (f"\n{after}" if after else "")


def section(kept: Path = KEPT) -> str:
    """The section of the page; empty where no long run has told anything."""
    if not kept.is_file():
        return ""
    known = json.loads(kept.read_text())
    told = {"many_people": _many_people, "agreement": _agreement}
    lines = [f"{told[run](found)} {_where(found)}\n" for run, found in sorted(known.items())]
    return HEAD + "\n" + "\n".join(lines)


def _many_people(found: dict[str, Any]) -> str:
    done, asked = found["done"], found["people"]
    who = f"{asked:,} people" if done == asked else f"{done:,} of {asked:,} people so far"
    return (
        f"**Many people** (`python -m benchmarks.many_people`): {who}, a year of daily naltrexone each with a hard "
        f"week in every season, 10 values a day kept; {found['stopped']} stopped; at most "
        f"{found['memory'] / 1e9:.2f} GB resident, {found['disk'] / 1e9:.2f} GB on the disk; "
        f"{found['speed']:.3g} lives a second beside other work."
    )


def _agreement(found: dict[str, Any]) -> str:
    lives = sum(found["people"].values())
    each = ", ".join(f"{count} in {scenario}" for scenario, count in found["people"].items())
    return (
        f"**Two engines** (`python -m benchmarks.agreement`): {lives} lives of drawn people ({each}) on the kernel and "
        f"on libRoadRunner at a tolerance of 1e-5; the largest difference of any state is {found['apart']:.1e} of its "
        f"largest value (`{found['state']}`); {found['beyond']} lives are above {found['agree']:g}."
    )


def _where(found: dict[str, Any]) -> str:
    return f"Body {found['body']}; {found['machine']}."
