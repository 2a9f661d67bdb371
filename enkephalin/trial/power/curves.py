"""Curves: power over the number of people, over doses, or over the time of measuring.

Needs    finding
Gives    ``curve``
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ...errors import RequestError
from ...records.catalog import get
from ...records.shapes import ResolvedStudy, Study
from ...records.study.resolve import resolve_study
from ..truth import Truth
from .finding import power
from .result import Power

LEAST_BANK, BANK_OVER_N = 500, 10


def curve(
    study: Study | str,
    *,
    n: Sequence[int] | None = None,
    dose: Sequence[str] | None = None,
    at: Sequence[str] | None = None,
    folder: Path | str | None = None,
    **more: Any,
) -> dict[str, Power]:
    """The power of a study for several n, doses, or times of measuring; one of the three is given.

    Parameters
    ----------
    study : Study or str
        A study as its author writes it, or its id.
    n : list of int
        Numbers of people. One bank serves all.
    dose : list of str
        A drug with an amount, as "naltrexone 25 mg": what every line with that drug gives instead. A bank for each.
    at : list of str
        Times of the primary analysis, among those of its measure. One bank serves all.

    Rarely needed
    -------------
    folder : path
        Keeps finished repeats there.
    more : Any
        As in ``power``.

    Returns
    -------
    dict of str to Power
        In the order given.

    Raises
    ------
    RequestError
        None or several of n, dose, at are given, or a drug that no arm takes.

    Example
    -------
    >>> found = curve("naltrexone_connectedness", n=[20, 40, 80])                 # doctest: +SKIP
    >>> {key: one.rows[0].power for key, one in found.items()}                    # doctest: +SKIP
    """
    given = {"n": n, "dose": dose, "at": at}
    named = [key for key, values in given.items() if values]
    if len(named) != 1:
        raise RequestError(
            "a curve runs over one thing",
            place="curve",
            found=", ".join(named) or "nothing",
            expected="one of n, dose, at",
            try_="n=[20, 40, 80]",
        )
    more = {"sizes": (), **more}
    found: dict[str, Power] = {}
    if dose:
        for text in dose:
            found[text] = power(with_dose(study, text), folder=_part(folder, text), **more)
        return found
    resolved = resolve_study(study)
    truth = _bank(resolved, max(n) if n else resolved.people.n, more)
    for size in n or ():
        found[str(size)] = power(resolved, n=size, folder=_part(folder, f"n {size}"), **{**more, "bank": truth})
    for text in at or ():
        first = resolved.analysis[0].model_copy(update={"at": text})
        other = resolved.model_copy(update={"analysis": (first, *resolved.analysis[1:])}).read_from(resolved.origin)
        changed = _studied(truth, other)
        found[text] = power(other, folder=_part(folder, f"at {text}"), **{**more, "bank": changed})
    return found


def with_dose(study: Study | str, text: str) -> Study:
    """The study with another amount in every line of a drug: "naltrexone 25 mg"."""
    record = get("study", study) if isinstance(study, str) else study
    drug, _, amount = text.partition(" ")
    line = re.compile(rf"^({re.escape(drug)})\s+\S+\s+\S+(?=\s)")
    changed, arms = 0, []
    for arm in record.arms:
        happens = []
        for old in arm.happens:
            new = line.sub(rf"\1 {amount}", old)
            changed += new != old or bool(line.match(old))
            happens.append(new)
        arms.append(arm.model_copy(update={"happens": tuple(happens)}))
    if not changed or not amount:
        raise RequestError(
            f"no arm takes '{drug}'" if amount else "the dose has no amount",
            place="curve",
            found=text,
            expected="a drug of the arms with an amount and a unit",
            try_="naltrexone 25 mg",
        )
    found: Study = record.model_copy(update={"arms": tuple(arms)}).read_from(record.origin)
    return found


def _bank(study: ResolvedStudy, n: int, more: dict[str, Any]) -> Truth:
    from ..running import make_truth

    bank = more.get("bank")
    if isinstance(bank, Truth):
        return bank
    taken = {key: more[key] for key in ("seed", "account", "hypothesis", "workers", "progress") if key in more}
    return make_truth(study, bank or max(LEAST_BANK, BANK_OVER_N * n), **taken)


def _studied(truth: Truth, study: ResolvedStudy) -> Truth:
    from dataclasses import replace

    return replace(truth, study=study)


def _part(folder: Path | str | None, name: str) -> Path | None:
    return None if folder is None else Path(folder) / re.sub(r"\W+", "_", name)
