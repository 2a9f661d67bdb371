"""Running: a study from its record to its estimates.

Needs    the other files of this room
Gives    ``trial(study)``, ``Trial``
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..errors import MissingExtraError, RequestError, nearest
from ..records.catalog import get
from ..records.shapes import ResolvedStudy, Study
from ..records.shapes.analysis import Analysis
from ..records.study.resolve import resolve_study
from .analysis import analyse
from .estimate import UNKNOWN, Estimate
from .libraries import version_of
from .notes import notes_of
from .observe import observe
from .outcomes import Body, outcomes
from .people import choose
from .truth import Truth

NAN = float("nan")
Progress = Callable[[int, int], None]
ACCOUNT, HYPOTHESIS = "literature", "integrated"  # unless others are asked for
SWITCHES = ("expectancy", "missed_doses", "dropout", "intercurrent")


@dataclass(frozen=True)
class Trial:
    """A study that was run once.

    Parameters
    ----------
    study : ResolvedStudy
        As it was run; what was switched off is gone from it.
    n : int
        People.
    table : pandas.DataFrame
        The data in long form; columns as in ``observe``.
    estimates : tuple of Estimate
        The primary one first.
    truth : Truth
        What the same people would have shown in every condition, without noise.
    notes : tuple of str
        What a reader should know: residual drug, missing values, people who could not be carried.
    power : Power or None
        Where ``repeat`` was asked for.
    """

    study: ResolvedStudy
    n: int
    account: str | None
    hypothesis: str | None
    table: Any = field(repr=False)
    estimates: tuple[Estimate, ...]
    truth: Truth = field(repr=False)
    notes: tuple[str, ...] = ()
    power: Any = None
    provenance: dict[str, Any] = field(default_factory=dict, repr=False)

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "study": self.study.id,
            "n": self.n,
            "account": self.account or ACCOUNT,
            "hypothesis": self.hypothesis or _own_hypothesis(self.account),
            "design": self.study.design,
            "arms": [arm.id for arm in self.study.arms],
            "estimand": self.study.estimand,
            "estimates": [estimate.as_dict() for estimate in self.estimates],
            "power": None if self.power is None else self.power.as_dict(),
            "notes": list(self.notes),
            "provenance": self.provenance,
        }


def trial(
    study: Study | ResolvedStudy | str,
    *,
    n: int | None = None,
    seed: int = 1,
    account: str | None = None,
    hypothesis: str | None = None,
    repeat: int | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
    without: Sequence[str] = (),
    **more: Any,
) -> Trial:
    """Run a study on virtual people, once; with ``repeat`` also find its power.

    Parameters
    ----------
    study : Study or str
        A study, its id, or the path of a file.

    Rarely needed
    -------------
    n : int
        How many people. Default: the study's own.
    seed : int
        Of people, assignment, noise and all other chance. The same seed gives the same numbers.
    account, hypothesis : str
        Ids of patches.
    repeat : int
        Repeat the study so many times with people from a bank.
    workers : int
        How many work at the same time; it changes no number.
    progress : function of (finished lives, all lives)
        Called as people are simulated.
    without : list of str
        Switches off: expectancy, missed_doses, dropout, intercurrent.
    more : Any
        Handed to ``power``.

    Returns
    -------
    Trial
        Data, estimates (arm minus control, the primary one first), and what is known behind the data.

    Raises
    ------
    RecordError
        The study cannot work; the message names file and line.
    RequestError
        The population does not yield so many people.

    Example
    -------
    >>> trial("naltrexone_connectedness", n=40).estimates[0].effect_size          # doctest: +SKIP
    """
    resolved = switched_off(resolve_study(study), without)
    people = _count(resolved, n)
    truth = make_truth(
        resolved, people, seed=seed, account=account, hypothesis=hypothesis, workers=workers, progress=progress
    )
    table = observe(truth, range(people), seed)
    estimates = [one for plan in resolved.analysis for one in _estimates(table, plan)]
    power = None
    if repeat is None and more.get("over"):
        raise RequestError(
            "power over something needs repeats",
            place=resolved.id,
            found=f"over {', '.join(more['over'])}, and no repeat",
            expected="repeat: how often the study is run",
            try_="--repeat 1000",
        )
    if repeat is not None:
        from .power import power as find_power

        power = find_power(resolved, repeats=repeat, n=people, seed=seed, account=account, hypothesis=hypothesis,
                           workers=workers, progress=progress, **more)  # fmt: skip
    provenance = {
        **truth.provenance,
        "n": people,
        "without": list(without),
        "repeat": repeat,
        "libraries": [version_of(name) for name in ("numpy", "pandas", "scipy", "statsmodels")],
    }
    return Trial(
        study=resolved,
        n=people,
        account=account,
        hypothesis=hypothesis,
        table=table,
        estimates=tuple(estimates),
        truth=truth,
        notes=(*_not_done(estimates), *notes_of(truth, table)),
        power=power,
        provenance=provenance,
    )


def _estimates(table: Any, plan: Analysis) -> tuple[Estimate, ...]:
    """What a plan finds; where these data do not allow it, an estimate without numbers that says why."""
    try:
        return analyse(table, plan)
    except MissingExtraError:
        raise
    except RequestError as error:
        why = f"not done: {error.problem} ({error.found})"
        none = Estimate(plan.measure, plan.contrast_text, NAN, UNKNOWN, NAN, NAN, UNKNOWN, "", 0, plan.kind, (why,))
        return (replace(none, when=plan.when),)


def make_truth(
    study: ResolvedStudy,
    people: int,
    *,
    seed: int = 1,
    account: str | None = None,
    hypothesis: str | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Truth:
    """A bank of people of a study with all their potential outcomes; arguments as in ``trial``."""
    chosen = choose(study, people, seed, account=account, hypothesis=hypothesis)
    return outcomes(study, chosen, seed, Body(account, hypothesis, workers), progress)


def _not_done(estimates: Sequence[Estimate]) -> tuple[str, ...]:
    """The planned analyses that these data did not allow."""
    return tuple(f"{one.method} of {one.title}: {one.assumptions[0]}" for one in estimates if one.n == 0)


def _own_hypothesis(account: str | None) -> str:
    """The hypothesis that an account brings along."""
    return (get("account", account).hypothesis if account else None) or HYPOTHESIS


def switched_off(study: ResolvedStudy, without: Sequence[str]) -> ResolvedStudy:
    """The study without some of what goes otherwise than planned."""
    for name in without:
        if name not in SWITCHES:
            raise RequestError(
                f"'{name}' cannot be switched off",
                found=name,
                expected="one of " + ", ".join(SWITCHES),
                try_=nearest(name, SWITCHES),
            )
    gone = {name: () if name in ("expectancy", "intercurrent") else None for name in without}
    return study.model_copy(update=gone).read_from(study.origin) if gone else study


def _count(study: ResolvedStudy, n: int | None) -> int:
    if n is None:
        return study.people.n
    if n < sum(study.shares):
        raise RequestError(
            "fewer people than one round of the orders takes",
            found=f"n {n}",
            expected=f"at least {sum(study.shares)}",
            try_=f"n {study.people.n}",
        )
    return n
