"""The same life in two bodies: both run, and what each gives, with the difference.

Needs    simulate, report
Gives    ``live``
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import many
from .output import print_table

if TYPE_CHECKING:
    import numpy as np

    from ..errors import EnkephalinError
    from ..records.shapes import ResolvedScenario
    from ..simulate.against import Body


def live(
    people: Callable[[str | None, str | None], Any],
    scenario: ResolvedScenario,
    hours: np.ndarray,
    names: list[str],
    options: dict[str, Any],
    bodies: tuple[Body, Body],
    *,
    out: Path | None,
    every_time: bool,
    influence: bool,
    json: bool,
) -> EnkephalinError | None:
    """Let it happen in both bodies; print or write both. The error of those who stopped comes back.

    Parameters
    ----------
    people : function of (account, hypothesis)
        Who lives in a body: drawn people vary about the values of their own.
    bodies : pair
        (account, hypothesis) of each.
    """
    import numpy as np

    from .. import report
    from ..records.files import make_ready
    from ..report.glance import glance
    from ..report.summary import document
    from ..simulate import side_names

    sides = side_names(*bodies)
    times, watched = hours, names
    if out is not None:
        make_ready(out)
        times = np.union1d(hours, report.times(scenario))
        watched = list(dict.fromkeys([*names, *report.watched()]))
    runs = []
    for account, hypothesis in bodies:
        chosen = {**options, "account": account, "hypothesis": hypothesis}
        runs.append(many.others_arrive(people(account, hypothesis), scenario, at=times, watch=watched, **chosen))
    (one, trouble), (other, more_trouble) = runs
    mine, theirs = (result[names].sel(time=hours).assign_attrs(result.attrs) for result in (one, other))
    if out is not None:
        command = shlex.join(["enkephalin", *sys.argv[1:]])
        report.write_both(
            one,
            other,
            out,
            sides=sides,
            asked=(mine, theirs),
            every_time=every_time,
            command=command,
            influence=influence,
        )
    if json:
        sys.stdout.writelines(document(mine, against=theirs, sides=sides))
    else:
        seen = glance(mine, bands=report.bands(), every_time=every_time, against=theirs, sides=sides)
        print_table(scenario.id, seen.columns, seen.rows, left=seen.left, notes=seen.remarks)
        if out is not None:
            print(f"report  {out / 'report.html'}")
    return trouble or more_trouble
