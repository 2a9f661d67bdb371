"""Recovery: data are made under each hypothesis, and put down to the one under which they are most likely (E13).

Needs    studies.predicted: the estimates of studies under every hypothesis, kept in results/studies
Gives    ``python -m validation.recovery``: docs/model_recovery.md; ``confusion``, ``battery``
Leaves   bodies whose free numbers are fitted again under each hypothesis: here each is taken as it stands

A battery is one run of each of several studies. Each repeat is put down to the hypothesis of largest likelihood; what a
hypothesis predicts are the means of all other repeats, and a covariance that all hypotheses share.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from enkephalin.records import get, list_ids, resolve_study
from enkephalin.records.shapes import ResolvedMeasure, ResolvedStudy

from .studies.predicted import Prediction, place, predicted

Array = NDArray[np.float64]
PAGE = Path(__file__).resolve().parents[1] / "docs" / "model_recovery.md"
PEOPLE, REPEATS = 100, 200
TIMES = (1, 4, 16)  # as many people as planned
PAIR = ("opioid", "stress")
WHOLE = 0.9  # of the repeats must have an estimate
DUST = 1e-9  # of a spread, in which nothing differs


def confusion(bodies: Mapping[str, Sequence[Prediction]], times: float = 1) -> tuple[tuple[str, ...], Array]:
    """How often a battery that was made in one body is put down to each.

    Parameters
    ----------
    bodies : mapping
        Body -> its predictions, of the same studies in the same order.
    times : float
        As many times the planned people; the spread of estimates falls with the root.

    Returns
    -------
    tuple of str, array of shape (made in, put down to)
        Names, and shares; each row adds to 1.
    """
    names = tuple(bodies)
    likely: dict[str, Array] = {name: np.zeros((0, len(names))) for name in names}
    for number in range(len(bodies[names[0]])):
        every = {name: np.array(bodies[name][number].estimates) for name in names}
        for name, more in _likelihoods(every, names, times).items():
            likely[name] = more if not len(likely[name]) else likely[name] + more
    rows = []
    for name in names:
        best = likely[name].max(axis=1, keepdims=True)
        first = likely[name] >= best - DUST  # a tie is shared
        rows.append((first / first.sum(axis=1, keepdims=True)).mean(axis=0))
    return names, np.array(rows)


def _likelihoods(every: Mapping[str, Array], names: Sequence[str], times: float) -> dict[str, Array]:
    """Log likelihoods, shape (repeat, body), of one study."""
    usable = np.all([np.isfinite(found).mean(axis=0) > WHOLE for found in every.values()], axis=0)
    if not usable.any():
        return {name: np.zeros((len(found), len(names))) for name, found in every.items()}
    # a repeat without an estimate says nothing: it stands at the mean of its column
    filled = {
        name: np.where(np.isfinite(found), found, np.nanmean(found, axis=0))
        for name, found in ((name, every[name][:, usable]) for name in names)
    }
    count = min(len(found) for found in filled.values())
    values = np.stack([filled[name][:count] for name in names])  # h body, r repeat, i analysis
    means = values.mean(axis=1)
    away = values - means[:, None]
    spread = np.sqrt((away**2).mean(axis=(0, 1)))
    differs = spread > DUST * np.maximum(np.abs(means).max(axis=0), DUST)
    if not differs.any():
        return {name: np.zeros((count, len(names))) for name in names}
    values, means, away, scale = values[..., differs], means[:, differs], away[..., differs], spread[differs]
    flat = (away / scale).reshape(-1, len(scale))
    inverse = np.linalg.pinv(flat.T @ flat / len(flat), hermitian=True)
    others = ((count * means[:, None] - values) / (count - 1)).swapaxes(0, 1)  # without the repeat that is judged
    result = {}
    for number, name in enumerate(names):
        shown = means[number] + away[number] / np.sqrt(times)
        apart = (shown[:, None, :] - others) / scale * np.sqrt(times)  # r h i
        result[name] = -np.einsum("rhi,ij,rhj->rh", apart, inverse, apart) / 2
    return result


def battery(studies: Sequence[ResolvedStudy], bodies: Sequence[str]) -> dict[str, list[Prediction]]:
    """Predictions of every study in every body; what is not kept is made."""
    return {body: [predicted(study, body, people=PEOPLE, repeats=REPEATS) for study in studies] for body in bodies}


def _read_by(row: ResolvedMeasure) -> str:
    """What an instrument reads: what the measure says, or the first of its record."""
    return row.of or get("scale", str(row.instrument)).instrument.reads[0]


def bare(study: ResolvedStudy) -> ResolvedStudy:
    """The study without the noise, steps and range of its instruments: what people differ in remains."""
    measures = tuple(
        row if row.instrument is None else row.model_copy(update={"instrument": None, "of": _read_by(row)})
        for row in study.measures
    )
    return study.model_copy(update={"measures": measures}).read_from(study.origin)


def _kept(study: ResolvedStudy, bodies: Sequence[str]) -> bool:
    return all(place(study, body, people=PEOPLE, repeats=REPEATS).is_file() for body in bodies)


def page(bodies: Mapping[str, Sequence[Prediction]], quiet: Mapping[str, Sequence[Prediction]] | None = None) -> str:
    """The document; ``quiet`` holds the same studies without instruments, where they were made."""
    studies = [one.study for one in next(iter(bodies.values()))]
    parts = [
        "# Are the hypotheses told apart by their own data?\n",
        "Written by `python -m validation.recovery` from the predictions that `python -m validation.studies` keeps. "
        "Data of a battery (one run of each study) are made under each hypothesis and put down to the one under which "
        "they are most likely; what each predicts is the mean of all repeats but the one that is judged. Rows: made "
        "under; columns: put down to. With more people the estimates scatter less, by the root. The hypotheses are "
        "taken as they stand: fitting the numbers of each again would tell them apart less. The same bank of people "
        "serves all: differences between real cohorts are not in it.\n",
        f"Studies: {', '.join(f'`{name}`' for name in studies)}.\n",
    ]
    for times in TIMES:
        names, shares = confusion(bodies, times)
        right = float(np.diag(shares).mean())
        parts.append(f"## {'As planned' if times == 1 else f'{times} times as many people'}: {right:.0%} right\n")
        parts.append("| made under | " + " | ".join(names) + " |")
        parts.append("|---" * (len(names) + 1) + "|")
        parts += [
            f"| {name} | " + " | ".join(f"{share:.0%}" for share in row) + " |"
            for name, row in zip(names, shares, strict=True)
        ]
        parts.append("")
    parts += [
        "## Each study alone\n",
        "The last two columns judge two hypotheses only, `opioid` and `stress`; a half is chance there.\n",
        "| study | people | right, as planned | right, 16 times as many | opioid or stress | 16 times as many |",
        "|---|---|---|---|---|---|",
    ]
    for number, name in enumerate(studies):
        alone = {body: [found[number]] for body, found in bodies.items()}
        two = {body: alone[body] for body in PAIR if body in alone}
        right = [float(np.diag(confusion(some, times)[1]).mean()) for some in (alone, two) for times in TIMES[::2]]
        n = next(iter(alone.values()))[0].n
        parts.append(f"| `{name}` | {n} | " + " | ".join(f"{share:.0%}" for share in right) + " |")
    chance = 1 / len(bodies)
    parts.append(f"\nChance is {chance:.0%}.\n")
    return "\n".join(parts) + (_quiet(bodies, quiet) if quiet else "")


def _quiet(bodies: Mapping[str, Sequence[Prediction]], quiet: Mapping[str, Sequence[Prediction]]) -> str:
    """What the noise of instruments costs, study by study."""
    places = {one.study: number for number, one in enumerate(next(iter(bodies.values())))}
    rows = ["## Without the noise of instruments\n", "| study | right, as planned | right, without |", "|---|---|---|"]
    for number, one in enumerate(next(iter(quiet.values()))):
        loud = confusion({body: [found[places[one.study]]] for body, found in bodies.items()})[1]
        still = confusion({body: [found[number]] for body, found in quiet.items()})[1]
        rows.append(f"| `{one.study}` | {np.diag(loud).mean():.0%} | {np.diag(still).mean():.0%} |")
    return "\n" + "\n".join(rows) + "\n\nWhat remains is that people differ.\n"


def main() -> int:
    """Write the page."""
    asked = argparse.ArgumentParser(prog="python -m validation.recovery")
    asked.add_argument("studies", nargs="*", metavar="STUDY", help="Default: those whose predictions are kept.")
    asked.add_argument("--bare", nargs="*", default=[], metavar="STUDY", help="Make these without instruments, too.")
    asked.add_argument("--page", type=Path, default=PAGE)
    given = asked.parse_args()
    bodies = list_ids("hypothesis")
    names = given.studies or [name for name in list_ids("study") if _kept(resolve_study(name), bodies)]
    if not names:
        print("no predictions are kept: run python -m validation.studies", file=sys.stderr)
        return 1
    chosen = [resolve_study(name) for name in names]
    noiseless = {bare(study).id: bare(study) for study in chosen}
    quiet = [one for name, one in noiseless.items() if name in given.bare or _kept(one, bodies)]
    given.page.write_text(page(battery(chosen, bodies), battery(quiet, bodies) if quiet else None), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
