"""Curves: power over the number of people, over doses, or over the time of measuring.

Needs    finding
Gives    ``curve``, ``with_dose``, ``asked``
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
from ...records.units import quantity
from ..truth import Truth
from .finding import power
from .result import Power

LEAST_BANK, BANK_OVER_N = 500, 10


def curve(
    study: Study | ResolvedStudy | str,
    *,
    n: Sequence[int] | None = None,
    dose: Sequence[str] | None = None,
    at: Sequence[str] | None = None,
    people: int | None = None,
    folder: Path | str | None = None,
    **more: Any,
) -> dict[str, Power]:
    """The power of a study for several n, doses, or times of measuring; one of the three is given.

    Parameters
    ----------
    study : Study or str
        A study, or its id.
    n : list of int
        Numbers of people. One bank serves all.
    dose : list of str
        A drug with an amount, as "naltrexone 25 mg": what every line with that drug gives instead. A bank for each.
    at : list of str
        Times of the primary analysis, among those of its measure. One bank serves all.

    Rarely needed
    -------------
    people : int
        Of one run, where the curve is not over n. Default: the study's own.
    folder : path
        Keeps finished repeats there.
    more : Any
        As in ``power``; identical arms and sizes are left out unless they are asked for.

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
    more = {"sizes": (), "null": False, **more}
    found: dict[str, Power] = {}
    if dose:
        made = {key: value for key, value in more.items() if key != "bank" or not isinstance(value, Truth)}
        if isinstance(bank := more.get("bank"), Truth):
            made["bank"] = len(bank.covariates)
        for text in dose:
            found[text] = power(with_dose(study, text), n=people, folder=_part(folder, text), **made)
        return found
    resolved = resolve_study(study)
    truth = _bank(resolved, max(n) if n else people or resolved.people.n, more)
    for size in n or ():
        found[f"n {size}"] = power(resolved, n=size, folder=_part(folder, f"n {size}"), **{**more, "bank": truth})
    for text in at or ():
        first = resolved.analysis[0].model_copy(update={"at": text})
        other = resolved.model_copy(update={"analysis": (first, *resolved.analysis[1:])}).read_from(resolved.origin)
        changed = _studied(truth, other)
        found[text] = power(other, n=people, folder=_part(folder, f"at {text}"), **{**more, "bank": changed})
    return found


def with_dose(study: Study | ResolvedStudy | str, text: str) -> ResolvedStudy:
    """The study, resolved, with another amount in every dose of a drug: "naltrexone 25 mg"."""
    resolved = resolve_study(study)
    drug, _, amount = text.partition(" ")
    taken = {dose.drug for arm in resolved.arms for dose in arm.happens.doses}
    if drug not in taken or not amount:
        raise RequestError(
            "the dose has no amount" if not amount else f"no arm takes '{drug}'",
            place="curve",
            found=text,
            expected="a drug of the arms (" + (", ".join(sorted(taken)) or "none") + ") with an amount and a unit",
            try_=f"{sorted(taken)[0] if taken else 'naltrexone'} 25 mg",
        )
    per_kg = amount.endswith("/kg")
    mass = get("drug", drug).molar_mass
    change = {
        "amount": quantity(amount.removesuffix("/kg")).inner(molar_mass=mass.value if mass else None),
        "unit": "nmol/kg" if per_kg else "nmol",
    }
    arms = []
    for arm in resolved.arms:
        doses = tuple(dose.model_copy(update=change) if dose.drug == drug else dose for dose in arm.happens.doses)
        arms.append(arm.model_copy(update={"happens": arm.happens.model_copy(update={"doses": doses})}))
    found: ResolvedStudy = resolved.model_copy(update={"arms": tuple(arms)}).read_from(resolved.origin)
    return found


def asked(text: str) -> dict[str, list[Any]]:
    """What a curve runs over, as a person writes it: "n=20,40,80", "at=8 h,32 h", "dose=naltrexone 25 mg".

    Raises
    ------
    RequestError
        It is none of the three, or an n is no number.

    Example
    -------
    >>> asked("n=20,40")
    {'n': [20, 40]}
    """
    key, _, rest = (part.strip() for part in text.partition("="))
    values = [value.strip() for value in rest.split(",") if value.strip()]
    sound = key in ("n", "at", "dose") and values and (key != "n" or all(value.isdigit() for value in values))
    if not sound:
        raise RequestError(
            f"power cannot run over '{text}'",
            place="--over",
            found=text,
            expected="n, at or dose, and after = what is to be tried, with commas",
            try_='"n=20,40,80", "at=8 h,32 h" or "dose=naltrexone 25 mg,naltrexone 100 mg"',
        )
    return {key: [int(value) for value in values] if key == "n" else values}


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
