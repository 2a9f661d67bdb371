"""The command that lets a scenario happen to one person or to many.

Needs    simulate, report
Gives    ``simulate``
"""

from __future__ import annotations

import shlex
import sys
from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import beside, many
from .options import AccountOption, HypothesisOption, WorkersOption
from .output import JsonOption, print_table

if TYPE_CHECKING:
    import numpy as np
    import xarray as xr

    from ..records.shapes import ResolvedScenario

REFERENCE = "adult_reference"
IN_MEMORY = 1000  # more people than this live piece by piece, on the disk


class Engine(StrEnum):
    """The engines that let time pass."""

    kernel = "kernel"
    roadrunner = "roadrunner"


def simulate(
    scenario: Annotated[str, typer.Argument(help="What happens: the id of a scenario, or a file.")],
    person: Annotated[
        str | None, typer.Option(metavar="P", help=f"One person. Default: the scenario's own, or {REFERENCE}.")
    ] = None,
    population: Annotated[str | None, typer.Option(metavar="P", help="Many people, drawn from a population.")] = None,
    n: Annotated[int | None, typer.Option("--n", metavar="N", min=1, help="How many people to draw.")] = None,
    seed: Annotated[int | None, typer.Option(metavar="S", min=0, help="Which draw. Default: 1.")] = None,
    account: AccountOption = None,
    hypothesis: HypothesisOption = None,
    against: Annotated[
        str | None,
        typer.Option(
            metavar="BODY", help="Set another body beside it: an account, a hypothesis, a mixture, or a file of one."
        ),
    ] = None,
    engine: Annotated[
        Engine, typer.Option(metavar="kernel|roadrunner", help="The engine that lets time pass. Default: kernel.")
    ] = Engine.kernel,
    at: Annotated[
        str | None,
        typer.Option(
            metavar="T,..", help="Times to report, as 6h,-1d, from zero. Default: the scenario's own, from zero on."
        ),
    ] = None,
    watch: Annotated[
        str | None,
        typer.Option(metavar="V,..", help="Values to report, as cows,dopamine. Default: the scenario's own."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write the result, summary.json and report.html here.")
    ] = None,
    workers: WorkersOption = None,
    cluster: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Let the workers of a Dask cluster do it: its scheduler.")
    ] = None,
    chunk: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="People in one piece of a long run; changes no number.")
    ] = None,
    influence: Annotated[
        bool, typer.Option("--influence", help="Show in the report which assumed numbers matter; takes longer.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Let a scenario happen to one person or to many; print a table, or write files and a report."""
    from ..errors import EnkephalinError
    from ..records import resolve
    from .quick import plain_arrays

    plain_arrays()
    from ..simulate import asked_times

    _check(population, n, seed, out, cluster, chunk, influence)
    other = _other(against, account, hypothesis, n, cluster, chunk)
    chosen = {"account": account, "hypothesis": hypothesis, "engine": engine.value, "workers": workers}
    options: dict[str, Any] = {key: value for key, value in chosen.items() if value is not None}
    resolved = resolve(scenario)
    lonely = person or (None if population else resolved.person)
    hours = asked_times(resolved, at)
    if at is None:  # what came before zero is in the files, and here when it is asked for
        hours = hours[hours >= 0]
    names = _names(watch) or list(resolved.watch)
    trouble: EnkephalinError | None = None
    if other is not None:
        trouble = beside.live(
            lambda a, h: _who(lonely, population, n, seed, a, h), resolved, hours, names, options,
            ((account, hypothesis), other), out=out, every_time=at is not None, influence=influence, json=json,
        )  # fmt: skip
        if trouble is not None:
            trouble.more["answered"] = True
            raise trouble
        return
    who = _who(lonely, population, n, seed, account, hypothesis)
    with ExitStack() as stack:
        if population is not None and (out or cluster or len(who) > IN_MEMORY):
            more: dict[str, Any] = {
                "cluster": cluster,
                "chunk": chunk,
                "influence": influence,
                "every_time": at is not None,
            }
            folder = out or Path(stack.enter_context(TemporaryDirectory()))
            result, trouble = many.live(who, resolved, hours, names, folder, options, keep=out is not None, **more)
        elif out is None:
            result, trouble = many.others_arrive(who, resolved, at=hours, watch=names, **options)
        else:
            result = _write(who, resolved, hours, names, out, options, every_time=at is not None, influence=influence)
        if json:
            from ..report.summary import document

            sys.stdout.writelines(document(result))
        else:
            _show(result, every_time=at is not None)
            if out is not None:
                print(f"report  {out / 'report.html'}")
    if trouble is not None:
        trouble.more["answered"] = True  # the others' rows stand on standard output
        raise trouble


def _check(
    population: str | None,
    n: int | None,
    seed: int | None,
    out: Path | None,
    cluster: str | None,
    chunk: int | None,
    influence: bool,
) -> None:
    """Refuse options that mean nothing without another one."""
    from ..errors import RequestError

    alone = {"--n": n, "--seed": seed, "--cluster": cluster, "--chunk": chunk}
    for name, value in alone.items():
        if population is None and value is not None:
            raise RequestError(
                f"{name} without --population",
                place="command line",
                found=name,
                expected="--population P --n N [--seed S]",
                try_="enkephalin list populations",
            )
    if influence and out is None:
        raise RequestError(
            "--influence without --out",
            place="command line",
            found="--influence",
            expected="a report to show it in",
            try_="--out DIR",
        )


def _other(
    against: str | None,
    account: str | None,
    hypothesis: str | None,
    n: int | None,
    cluster: str | None,
    chunk: int | None,
) -> tuple[str | None, str | None] | None:
    """The account and hypothesis of the other side; None where there is none."""
    if against is None:
        return None
    from ..errors import RequestError
    from ..simulate import other_body

    if cluster is not None or chunk is not None or (n or 0) > IN_MEMORY:
        raise RequestError(
            "--against is for people who fit into memory",
            place="command line",
            found="--cluster" if cluster else "--chunk" if chunk else f"--n {n}",
            expected=f"up to {IN_MEMORY} people on this machine",
            try_="one run with --out for each body",
        )
    return other_body(against, account, hypothesis)


def _who(
    person: str | None,
    population: str | None,
    n: int | None,
    seed: int | None,
    account: str | None,
    hypothesis: str | None,
) -> Any:
    """One person's id, or people drawn from a population."""
    if population is None:
        return person or REFERENCE
    from ..errors import RequestError

    if person is not None:
        raise RequestError(
            "both a person and a population",
            place="command line",
            found=f"--person {person} --population {population}",
            expected="one of them",
            try_="leave one of the two out",
        )
    if n is None:
        raise RequestError(
            "a population without a number of people", place="command line", expected="--n N", try_="--n 100"
        )
    from ..population import draw

    return draw(population, n, 1 if seed is None else seed, account=account, hypothesis=hypothesis)


def _names(watch: str | None) -> list[str] | None:
    """The names of ``--watch``; None where it is not given."""
    if watch is None:
        return None
    names = [name.strip() for name in watch.split(",") if name.strip()]
    if not names:
        from ..errors import RequestError

        raise RequestError(
            "no values to watch",
            place="command line",
            found=f"--watch '{watch}'",
            expected="names",
            try_="enkephalin list watched",
        )
    return names


def _write(
    who: Any,
    scenario: ResolvedScenario,
    hours: np.ndarray,
    names: list[str],
    out: Path,
    options: dict[str, Any],
    *,
    every_time: bool,
    influence: bool,
) -> xr.Dataset:
    """Run once for all that the report shows, write the files, and return the part that was asked for."""
    import numpy as np

    from .. import report
    from ..records.files import make_ready
    from ..report.glance import telling_times
    from ..simulate import body_of
    from ..simulate import simulate as run

    make_ready(out)
    everything = list(dict.fromkeys([*names, *report.watched()]))
    result = run(who, scenario, at=np.union1d(hours, report.times(scenario)), watch=everything, **options)
    asked = result[names].sel(time=hours).assign_attrs(result.attrs)
    told = asked if every_time else asked.sel(time=telling_times(hours))
    command = shlex.join(["enkephalin", *sys.argv[1:]])
    report.write(result, body_of(result), out, asked=told, command=command, influence=influence)
    return asked


def _show(result: xr.Dataset, *, every_time: bool) -> None:
    import json

    from ..report import bands
    from ..report.glance import glance

    seen = glance(result, bands=bands(result.data_vars), every_time=every_time)
    title = json.loads(result.attrs["provenance"])["scenario"]["id"]
    print_table(title, seen.columns, seen.rows, left=seen.left, notes=seen.remarks)
