"""Running: people, scenario and body become one call of an engine, and its numbers a Dataset.

Needs    the other files of this room, runs
Gives    ``simulate``
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import xarray as xr

from ..compiler.model import Model
from ..kernels.stops import Stop, complaint
from ..records.shapes import Patch, ResolvedScenario, Scenario
from ..runs import Answer, Progress, run_many
from .call import arrange


def simulate(
    who: Any,
    scenario: Scenario | ResolvedScenario | str,
    *,
    model: Model | None = None,
    at: str | Iterable[float] | None = None,
    watch: Sequence[str] | None = None,
    tolerance: float = 1e-3,
    engine: str = "kernel",
    account: str | None = None,
    hypothesis: str | None = None,
    patches: Iterable[Patch] = (),
    workers: int | None = None,
    cluster: str | None = None,
    out: Path | str | None = None,
    chunk: int | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Let a scenario happen to one person or to many, and return what is seen.

    Parameters
    ----------
    who : str, Person, list, Draw or mapping
        One person or many (an id, a record, a list of them, a draw, or arrays by parameter name in inner units);
        many run as one batch and give the same numbers as one by one.
    scenario : Scenario or str
        A scenario, or the id of one in the catalog, or the path of a file.

    Rarely needed
    -------------
    model : Model
        The body. Default: the human body under ``account``, ``hypothesis`` and ``patches``.
    at : str or list of float
        Times to report, as "6h,-1d" or in h; they count from the scenario's zero. Default: the scenario's own.
    watch : list of str
        Names of the watch table, or flat names of the body. Default: the scenario's own.
    tolerance : float
        Worst relative error of the watched values.
    engine : str
        "kernel", or "roadrunner": the second engine, slower and independent.
    account, hypothesis : str
        Ids of patches.
    patches : list of Patch
        Further changed rows.
    workers : int
        How many people are computed at the same time; it changes no number.
    cluster : str
        The address of a Dask scheduler, whose workers do the work.
    out : path
        A folder for more people than memory holds: they are computed piece by piece, each piece is written to
        ``result.zarr`` when it is done, and the same call goes on where it was stopped.
    chunk : int
        People in a piece; it changes no number.
    progress : function of (finished people, all people)
        Called after each piece, with ``out`` or ``cluster``.

    Returns
    -------
    xarray.Dataset
        Dims (person, time) and each variable's own. Each variable carries ``attrs["units"]``; the whole carries
        ``attrs["provenance"]``, from which ``rebuild`` repeats the call. Time is in h from zero. With ``out``, numbers
        are read from the disk when they are used, and nobody's stop is an error: ``attrs["stopped"]`` is a JSON list
        of those who stopped.

    Raises
    ------
    RecordError
        A record is wrong; the message names file and line.
    SolverStopped
        The integration could not go on; the message names person, time and state. The others arrived:
        ``error.more["result"]`` holds what is seen of them.

    Source
    ------
    Equations: each module of biology/modules names its own.

    Example
    -------
    >>> seen = simulate("adult_reference", "naltrexone_50mg_once", at="6h")  # doctest: +SKIP
    >>> float(seen["blockade"].sel(receptor="mu", region="THAL").squeeze())  # doctest: +SKIP
    0.96
    """
    call = arrange(
        who, scenario, model=model, at=at, watch=watch, tolerance=tolerance, engine=engine, account=account,
        hypothesis=hypothesis, patches=patches,
    )  # fmt: skip
    how: dict[str, Any] = {"chunk": chunk, "workers": workers, "cluster": cluster, "progress": progress}
    if out is not None:
        return run_many(call, out, **how)
    if cluster is None:
        answer = call.answer(workers)
    else:
        with TemporaryDirectory() as folder:
            seen = run_many(call, folder, **how).load()
        answer = Answer(seen, tuple(Stop(**stop) for stop in json.loads(seen.attrs.pop("stopped"))))
    seen = answer.seen.assign_attrs(provenance=json.dumps(call.provenance()))
    if answer.stops:
        raise complaint(answer.stops, result=seen)
    return seen
