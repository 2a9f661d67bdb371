"""Finding power: a bank of people, repeats with it, repeats with identical arms, and the sizes that are wanted.

Needs    repeats, sizes, result; running (the bank)
Gives    ``power(study)``
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ...errors import RequestError
from ...records.shapes import ResolvedStudy, Study
from ...records.study.resolve import resolve_study
from ..analysis import analyse
from ..libraries import version_of
from ..truth import Truth
from .null import identical_arms
from .repeats import Repeats, repeated
from .result import Power, Row, row_of
from .sizes import sizes_for

Progress = Callable[[int, int], None]
REPEATS = 1000
LEAST_BANK, BANK_OVER_N = 500, 10  # people of the bank: at least, and for each person of the study
SIZES = (0.8, 0.9)


def power(
    study: Study | ResolvedStudy | str,
    *,
    repeats: int = REPEATS,
    n: int | None = None,
    seed: int = 1,
    account: str | None = None,
    hypothesis: str | None = None,
    bank: int | Truth | None = None,
    null: bool = True,
    sizes: tuple[float, ...] = SIZES,
    over: Mapping[str, Sequence[Any]] | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
    folder: Path | str | None = None,
) -> Power:
    """How often a study finds what it looks for.

    A bank of people lives through every arm once. Each repeat draws n of them with replacement, assigns them anew and
    measures them with fresh noise, then does the planned analyses.

    Parameters
    ----------
    study : Study or str
        A study, its id, or the path of a file.
    repeats : int
        How often it is run.
    n : int, optional
        People of one run. Default: the study's own.
    seed : int
        Of all chance. The same seed gives the same numbers to the last bit at any number of workers.

    Rarely needed
    -------------
    account, hypothesis : str
        Ids of patches.
    bank : int or Truth
        People of the bank (default 500, or ten for each person of the study), or a bank that was made before.
    null : bool
        Repeat it with identical arms, too, for the error of the first kind.
    sizes : tuple of float
        Powers for which n is looked for.
    over : mapping
        Also the power over one of n, dose, at: see ``curve``.
    workers : int
        Processes. Default: all cores.
    progress : function of (done, all)
        Called while the bank is made, and again for each set of repeats.
    folder : path
        Keeps finished repeats there; the same request goes on with them.

    Returns
    -------
    Power
        A row for each planned analysis, the primary one first.

    Raises
    ------
    RequestError
        The study plans no analysis, or the folder keeps another request.
    Interrupted
        It was stopped; finished repeats are kept where there is a folder.

    Source
    ------
    Method: docs/explanations/power.md.

    Example
    -------
    >>> power("naltrexone_connectedness", repeats=200).rows[0].power              # doctest: +SKIP
    """
    began = time.perf_counter()
    resolved = bank.study if isinstance(bank, Truth) else resolve_study(study)
    if not resolved.analysis:
        raise RequestError(
            "the study plans no analysis",
            place=resolved.origin.at(()) or resolved.id,
            found="no analysis",
            expected="analysis: a list with the primary one first",
            try_="- {kind: t_test, measure: ..., contrast: [drug, placebo]}",
        )
    people = resolved.people.n if n is None else n
    truth = (
        bank if isinstance(bank, Truth) else _bank(resolved, bank, people, seed, account, hypothesis, workers, progress)
    )
    made = time.perf_counter()
    where = None if folder is None else Path(folder)
    work = _Work(truth, resolved, seed, repeats, workers, progress, where)
    rows = work.rows(people, null=null)
    step = sum(resolved.shares)
    required = sizes_for(
        rows[0], people, alpha=resolved.analysis[0].alpha, bank=work.bank, step=step, wanted=sizes,
        run=lambda size: work.rows(size, null=False, first_only=True)[0],
    )  # fmt: skip
    others: Mapping[str, Power] = {}
    if over:
        from .curves import curve

        others = curve(
            resolved, **over, people=people, bank=truth, repeats=repeats, seed=seed, account=account,
            hypothesis=hypothesis, workers=workers, progress=progress, folder=where,
        )  # fmt: skip
    return Power(
        study=resolved.id,
        n=people,
        repeats=repeats,
        bank=work.bank,
        rows=rows,
        required=required,
        over=others,
        seconds={"bank": made - began, "repeats": time.perf_counter() - made},
        provenance={
            "seed": seed,
            "account": account,
            "hypothesis": hypothesis,
            "bank": truth.provenance,
            "libraries": [version_of(name) for name in ("numpy", "pandas", "scipy", "statsmodels", "lifelines")],
        },
    )


class _Work:
    """Repeats of one study with one bank."""

    def __init__(
        self, truth: Truth, study: ResolvedStudy, seed: int, repeats: int, workers: int | None,
        progress: Progress | None, folder: Path | None,
    ) -> None:  # fmt: skip
        self.truth, self.study, self.seed, self.repeats = truth, study, seed, repeats
        self.workers, self.progress, self.folder = workers, progress, folder
        self.bank = len(truth.covariates)

    def rows(self, n: int, *, null: bool, first_only: bool = False) -> tuple[Row, ...]:
        """Each analysis over all repeats with n people."""
        plans = self.study.analysis[:1] if first_only else self.study.analysis
        task = Repeats(self.truth, plans, n, self.seed)
        found = self._repeated(task, f"n_{n}_primary" if first_only else f"n_{n}")
        alike = None
        if null:
            same = Repeats(identical_arms(self.truth), plans, n, self.seed, null=True)
            alike = self._repeated(same, f"n_{n}_identical_arms")
        labels = _labels(task)
        return tuple(
            row_of(plan, labels[place], found[:, place], n, self.bank, None if alike is None else alike[:, place])
            for place, plan in enumerate(plans)
        )

    def _repeated(self, task: Repeats, name: str) -> Any:
        where = None if self.folder is None else self.folder / name
        return repeated(task, self.repeats, workers=self.workers, progress=self.progress, folder=where)


def _labels(task: Repeats) -> list[tuple[str, str]]:
    """The contrast and the kind of effect of each plan, from the first repeat that allows it."""
    found = []
    table = task.table(0)
    for plan in task.plans:
        try:
            first = analyse(table, plan, checks=False)[0]
            found.append((first.contrast, first.effect_kind))
        except RequestError:
            found.append((plan.contrast_text, ""))
    return found


def _bank(
    study: ResolvedStudy, bank: int | None, n: int, seed: int, account: str | None, hypothesis: str | None,
    workers: int | None, progress: Progress | None,
) -> Truth:  # fmt: skip
    from ..running import make_truth

    people = max(LEAST_BANK, BANK_OVER_N * n) if bank is None else bank
    return make_truth(
        study, people, seed=seed, account=account, hypothesis=hypothesis, workers=workers, progress=progress
    )
