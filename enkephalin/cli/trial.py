"""The command that runs a study on virtual people.

Needs    trial, report
Gives    ``trial``
"""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .many import progress
from .options import AccountOption, HypothesisOption, WorkersOption
from .output import JsonOption, print_json, print_table

if TYPE_CHECKING:
    from ..trial import Trial

NOT_KNOWN = "-"


def trial(
    study: Annotated[str, typer.Argument(help="A study: an id (enkephalin list studies) or a file.")],
    n: Annotated[int | None, typer.Option("--n", metavar="N", min=1, help="People. Default: the study's own.")] = None,
    repeat: Annotated[
        int | None, typer.Option(metavar="R", min=1, help="Repeat it so many times: power, with its error.")
    ] = None,
    over: Annotated[
        str | None,
        typer.Option(metavar="WHAT", help='With --repeat, also over "n=20,40", "at=8 h,32 h" or "dose=DRUG 25 mg,..".'),
    ] = None,
    seed: Annotated[int, typer.Option(metavar="S", min=0, help="Of people, assignment, noise.")] = 1,
    account: AccountOption = None,
    hypothesis: HypothesisOption = None,
    against: Annotated[
        list[str] | None,
        typer.Option(
            metavar="BODY",
            help="Run it in another body, too: an account, a hypothesis, a mixture, a file, or `hypotheses` for all of "
            "them; may be given again.",
        ),
    ] = None,
    without: Annotated[
        str | None,
        typer.Option(metavar="W,..", help="Switch off: expectancy, missed_doses, dropout, intercurrent."),
    ] = None,
    workers: WorkersOption = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write the data (data.csv, data.parquet), trial.json and report.html here."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Run a study on virtual people: data, analysis, and with --repeat its power."""
    from .quick import plain_arrays

    plain_arrays()
    from ..simulate import other_bodies, side_names
    from ..trial import trial as run

    others = other_bodies(against or (), account, hypothesis)
    off = [word.strip() for word in without.split(",") if word.strip()] if without else []
    more: dict[str, Any] = {"folder": out / "repeats"} if repeat is not None and out is not None else {}
    if over is not None:
        from ..trial.power.curves import asked

        more["over"] = asked(over)
    with progress(study, "lives or repeats") as told:
        found = run(
            study, n=n, seed=seed, account=account, hypothesis=hypothesis, repeat=repeat, workers=workers,
            progress=told, without=off, **more,
        )  # fmt: skip
    beside: list[tuple[str, Trial]] = []
    for other in others:
        with progress(study, "lives or repeats") as told:
            there = run(study, n=n, seed=seed, account=other[0], hypothesis=other[1], workers=workers, progress=told,
                        without=off)  # fmt: skip
        beside.append((side_names((account, hypothesis), other)[1], there))
    if out is not None:
        from ..report.study import write_study
        from ..trial import write

        write(found, out)
        name = side_names((account, hypothesis), others[0])[0] if others else "this body"
        command = shlex.join(["enkephalin", *sys.argv[1:]])
        write_study(found, out, against=beside, name=name, command=command)
    if json:
        more = {"against": [{"body": name} | there.as_dict() for name, there in beside]} if beside else {}
        print_json(found.as_dict() | more)
    else:
        _show(found)
        for _, there in beside:
            _show(there)
        if out is not None:
            print(f"report  {out / 'report.html'}")


def _show(found: Trial) -> None:
    """Estimates, power and notes for a person."""
    columns = ["measure", "", "contrast", "estimate", "95 % from", "to", "p", "effect", "", "n"]
    rows = [
        (
            one.measure,
            one.when,
            one.contrast,
            _number(one.estimate),
            _number(one.ci[0]),
            _number(one.ci[1]),
            _number(one.p),
            _number(one.effect_size),
            one.effect_kind,
            str(one.n),
        )
        for one in found.estimates
    ]
    told = [found.study.estimand, *found.notes]
    if found.power is not None:
        told += found.power.lines()
    who = " ".join(filter(None, (found.account, found.hypothesis)))
    print_table(f"{found.study.id}  n {found.n}  {who}".rstrip(), columns, rows, left=3, notes=told)


def _number(value: float) -> str:
    return NOT_KNOWN if value != value else f"{value:.3g}"
