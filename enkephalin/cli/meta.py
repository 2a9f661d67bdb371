"""The command that pools a table of studies.

Needs    evidence
Gives    ``meta``
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .output import JsonOption, print_json, print_table

if TYPE_CHECKING:
    from ..evidence.pooling import MetaAnalysis


def meta(
    file: Annotated[Path, typer.Argument(help="A CSV table, one study in each row: study, yi, vi; or raw numbers.")],
    measure: Annotated[
        str | None,
        typer.Option(metavar="M", help="RR, OR, RD, SMD, MD, ZCOR, PLO, PR, HR or effect, where several are possible."),
    ] = None,
    model: Annotated[str, typer.Option(metavar="random|common", help="random or common.")] = "random",
    method: Annotated[
        str, typer.Option(metavar="REML|PM|DL", help="Variance between studies: REML, PM or DL.")
    ] = "REML",
    interval: Annotated[
        str, typer.Option(metavar="I", help="normal, hartung_knapp or hartung_knapp_adhoc.")
    ] = "normal",
    subgroup: Annotated[str | None, typer.Option(metavar="COLUMN", help="A column whose groups are compared.")] = None,
    moderator: Annotated[
        list[str] | None, typer.Option(metavar="COLUMN", help="A column to regress on; may be given again.")
    ] = None,
    cluster: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="A column that says which rows depend on each other.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="A folder for forest.svg, funnel.svg and meta.json.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Pool the effects of many studies: meta-analysis with its diagnostics."""
    from ..evidence.pooling import meta_analysis

    found = meta_analysis(
        file,
        measure,
        model,  # type: ignore[arg-type]  # any word will do here: meta_analysis refuses those it does not know
        method,
        interval=interval,
        subgroup=subgroup,
        moderators=moderator or (),
        cluster=cluster,
    )
    if out is not None:
        _write(found, out)
    if json:
        print_json(found.as_dict())
    else:
        _show(found, file)


def _write(found: MetaAnalysis, folder: Path) -> None:
    import json

    from ..evidence.pictures import forest, funnel

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "forest.svg").write_text(forest(found), "utf-8")
    (folder / "funnel.svg").write_text(funnel(found), "utf-8")
    (folder / "meta.json").write_text(json.dumps(found.as_dict(), indent=1, ensure_ascii=False), "utf-8")


def _show(found: MetaAnalysis, file: Path) -> None:
    rows = [(row.study, f"{row.yi:.4f}", f"{row.vi**0.5:.4f}", _pair(row.ci), f"{row.weight:.1f}")
            for row in found.studies]  # fmt: skip
    rows.append(("together", f"{found.estimate:.4f}", f"{found.se:.4f}", _pair(found.ci), "100"))
    percent = round(100 * found.level)
    columns = ["study", "effect", "se", f"{percent} % interval", "weight %"]
    print_table(f"{file}: {found.k} studies", columns, rows, notes=_sentences(found))


def _sentences(found: MetaAnalysis) -> list[str]:
    """What the numbers say, line by line."""
    show = found.shown
    said = [
        f"{found.title}: {show['estimate']:.4g} ({_pair(show['ci'])}), p = {found.p:.2g}; {found.model} effects, "
        f"{found.method}; interval: {found.interval}"
    ]
    if found.prediction is not None:
        said.append(f"prediction interval {_pair(show['prediction'])}: {found.prediction_means}")
    said.append(f"Q = {found.q:.4f}, df = {found.q_df}, p = {found.q_p:.2g}; " + _spread(found))
    said += _comparisons(found)
    for name, test in found.small_studies.items():
        said.append(f"{name.replace('_', ' ')}: {_test(test)}")
    libraries = ", ".join(f"{name} {number}" for name, number in found.libraries.items())
    return [*said, *found.notes, f"computed by {libraries}"]


def _spread(found: MetaAnalysis) -> str:
    tau2 = f"tau2 = {found.tau2:.4f}" + (f" ({_pair(found.tau2_ci)})" if found.tau2_ci else "")
    shares = f" ({100 * found.i2_ci[0]:.1f} to {100 * found.i2_ci[1]:.1f})" if found.i2_ci else ""
    return f"{tau2}, I2 = {100 * found.i2:.1f} %{shares}"


def _comparisons(found: MetaAnalysis) -> list[str]:
    said = []
    if found.subgroups is not None:
        groups = found.subgroups
        said += [f"group {g.name}: {g.estimate:.4f} ({_pair(g.ci)}), {g.k} studies" for g in groups.groups]
        said.append(f"between groups: Q = {groups.q_between:.4f}, df = {groups.df}, p = {groups.p:.2g}")
    if found.regression is not None:
        lines = found.regression.coefficients
        said += [f"coefficient of {c.name}: {c.estimate:.4f} ({_pair(c.ci)}), p = {c.p:.2g}" for c in lines]
        said += [f"left between studies: tau2 = {found.regression.tau2:.4f}", found.regression.caution]
    if found.robust is not None:
        robust = found.robust
        said.append(
            f"allowing for {robust.clusters} clusters: {robust.estimate:.4f} ({_pair(robust.ci)}), "
            f"df = {robust.df:.1f}, p = {robust.p:.2g}; {robust.method} {robust.caution}".rstrip()
        )
    return [line for line in said if line]


def _test(test: Any) -> str:
    if isinstance(test, str):
        return test
    return ", ".join(
        f"{key.replace('_', ' ')} {value if isinstance(value, (str, int)) else _number(value)}"
        for key, value in test.items()
    )


def _number(value: Any) -> str:
    return _pair(value) if isinstance(value, tuple) else f"{value:.4g}"


def _pair(limits: tuple[float, float]) -> str:
    return f"{limits[0]:.4g} to {limits[1]:.4g}"
