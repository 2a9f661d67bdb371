"""The curves of the drugs' pages: runs of drawn people, their pictures, and the numbers that the pages print.

Needs    the installed package; docs/drugs/doses.yaml
Gives    ``draw(ids)``: docs/drugs/pictures/*.svg, docs/drugs/curves.json; ``shown_doses(drug)``
Leaves   the text of the pages: see ``drug_book``
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
import yaml

from enkephalin.population import draw as draw_people
from enkephalin.records.catalog import get, list_ids
from enkephalin.records.scenario.grammar import time_of
from enkephalin.records.shapes import Drug, Scenario
from enkephalin.simulate import simulate

FOLDER = Path(__file__).resolve().parent / "drugs"
PEOPLE, SEED = 100, 1
POPULATION = "general_adult"
POINTS = 100
PEOPLE_BY_DOSE = 40
DOSES = (1 / 30, 1 / 10, 1 / 3, 1, 3, 10)  # of the usual dose
POINTS_BY_DOSE = 60
COLOURS = ("#1b4f72", "#b9570f", "#1d6b3c", "#6c3483", "#7b241c", "#4d5656")
STYLES = ("-", "--", ":", "-.", (0, (5, 1)), (0, (1, 3)))
DEEP = 1e-3  # of the highest level: where the plasma picture ends below
INSTEAD = {"alpha2": ("noradrenaline",), "crf1": ("crf",), "sert": ("serotonin",)}  # no read-out of occupancy
DAY = 24.0
FIRST = 5 / 60  # h; of an injection into a vein the level then is told, not the one at once
LONG = 4  # a route that is shown this many times longer than the first has a panel of its own
SEEN = 0.005  # share of receptors; less is not drawn


def shown_doses(drug: Drug) -> dict[str, tuple[str, str]]:
    """For each route the dose and how long it is shown; the first route's receptors are shown."""
    named = yaml.safe_load((FOLDER / "doses.yaml").read_text("utf-8")).get(drug.id, {})
    shown = {route: tuple(pair) for route, pair in named.items() if route in drug.routes}
    for route in drug.routes:
        if route not in shown and route in drug.largest_dose:
            largest = drug.largest_dose[route]
            shown[route] = (f"{largest.value / 10:g} {largest.unit}", "48 h")
    return shown


def draw(ids: Iterable[str] | None = None) -> None:
    """Run and draw; the numbers of the drugs that are not asked for are kept."""
    path = FOLDER / "curves.json"
    numbers = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    known = list_ids("drugs")
    for id_ in known if ids is None else ids:
        numbers[id_] = _of_drug(get("drug", id_))
    kept = {id_: numbers[id_] for id_ in known if id_ in numbers}
    lines = [f"{json.dumps(id_)}: {json.dumps(found)}" for id_, found in kept.items()]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


def _of_drug(drug: Drug) -> dict[str, Any]:
    """The pictures of a drug and its numbers; nothing when it cannot be given."""
    shown = shown_doses(drug)
    if not shown:
        return {}
    results = {route: _run(drug, route, *pair) for route, pair in shown.items()}
    found: dict[str, Any] = {"routes": {}}
    for route, result in results.items():
        dose, lasts = shown[route]
        numbers = _plasma_numbers(result, drug.id, route == "intravenous")
        found["routes"][route] = {"dose": dose, "shown": lasts, **numbers}
    _plasma_picture(drug, results, shown)
    first = next(iter(results))
    found["first"] = first
    _time_picture(drug, results[first], f"{shown[first][0]} {first.replace('_', ' ')}")
    if drug.family == "opioid":
        found["receptors"] = _receptor_numbers(results[first])
        found["by_dose"] = _dose_picture(drug, first, *shown[first])
    return found


def _run(drug: Drug, route: str, dose: str, lasts: str, people: int = PEOPLE, points: int = POINTS) -> xr.Dataset:
    """One dose, to drawn people, at times that are close together at first."""
    end = float(time_of(lasts))
    at = tuple(float(f"{end * (k / points) ** 2:.6g}") for k in range(points))
    scenario = Scenario(
        id=f"{drug.id}_{route}", about="One dose.", lasts=lasts, zero="0 h", clock="08:00",
        happens=(f"{drug.id} {dose} {route} at 0 h",), watch=("plasma",), every="1 h",
    )  # fmt: skip
    watch = ["plasma", *(["occupancy"] if drug.family == "opioid" else INSTEAD[drug.family])]
    return simulate(draw_people(POPULATION, people, SEED), scenario, at=at, watch=watch, engine="kernel")


def _rounded(value: float) -> float | None:
    return float(f"{value:.3g}") if np.isfinite(value) else None


def _three(values: np.ndarray) -> list[float | None]:
    """Of people: 5th percentile, median, 95th."""
    return [_rounded(float(value)) for value in np.percentile(values, [5, 50, 95])]


def _plasma_numbers(result: xr.Dataset, ligand: str, vein: bool) -> dict[str, Any]:
    """Highest level (ng/mL; after five minutes, of a vein), its hour, and the area (ng h/mL) to the picture's end."""
    level, hours = _levels(result, ligand), result["time"].values
    if vein:
        peak, when = np.array([np.interp(FIRST, hours, one) for one in level]), np.full(len(level), FIRST)
    else:
        peak, when = level.max(axis=1), hours[level.argmax(axis=1)]
    return {"peak": _three(peak), "peak_hour": _three(when), "area": _three(np.trapezoid(level, hours, axis=1))}


def _levels(result: xr.Dataset, ligand: str) -> np.ndarray:
    """Plasma levels: person, time."""
    return result["plasma"].sel(ligand=ligand).transpose("person", "time").values


def _held(result: xr.Dataset) -> xr.DataArray:
    """Share of each receptor held by the drug and what becomes of it: person, receptor, time; mean over regions."""
    return result["occupancy"].sel(ligand="all_drugs").mean("region").transpose("person", "receptor", "time")


def _seen(held: xr.DataArray) -> list[str]:
    """The receptors of which enough is held to be drawn; mu, if of none."""
    most = held.max([dim for dim in held.dims if dim != "receptor"])
    return [str(name) for name in held["receptor"].values if float(most.sel(receptor=name)) > SEEN] or ["mu"]


def _receptor_numbers(result: xr.Dataset) -> dict[str, list[float | None]]:
    """The most of each receptor that is held."""
    highest = _held(result).max("time")
    return {str(name): _three(highest.sel(receptor=name).values) for name in highest["receptor"].values}


def _plot() -> Any:
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    return plt


def _save(plt: Any, figure: Any, name: str, title: str) -> None:
    (FOLDER / "pictures").mkdir(parents=True, exist_ok=True)
    figure.savefig(FOLDER / "pictures" / f"{name}.svg", format="svg", metadata={"Date": None, "Title": title})
    plt.close(figure)


def _style(plt: Any, name: str) -> Any:
    return plt.rc_context(
        {"svg.hashsalt": name, "svg.fonttype": "none", "font.size": 10, "path.simplify_threshold": 0.5}
    )


def _band(axes: Any, hours: np.ndarray, values: np.ndarray, label: str, number: int) -> None:
    """Median and nine of ten people; ``values`` has person, time."""
    low, middle, high = np.percentile(values, [5, 50, 95], axis=0)
    colour = COLOURS[number % len(COLOURS)]
    axes.plot(hours, middle, label=label, color=colour, linestyle=STYLES[number % len(STYLES)], linewidth=1.8)
    axes.fill_between(hours, low, high, color=colour, alpha=0.15, linewidth=0)


def _hours(axes: Any, end: float) -> float:
    """Label the axis of time; days where it is long."""
    unit = DAY if end > 3 * DAY else 1.0
    axes.set_xlabel("days after the dose" if unit > 1 else "hours after the dose")
    axes.set_xlim(0, end / unit)
    axes.spines[["top", "right"]].set_visible(False)
    return unit


def _plasma_picture(drug: Drug, results: dict[str, xr.Dataset], shown: dict[str, tuple[str, str]]) -> None:
    """The drug by each route, slow forms apart; and what it becomes after the first route."""
    plt = _plot()
    first = next(iter(results))
    length = {route: float(result["time"].values[-1]) for route, result in results.items()}
    slow = [route for route in results if length[route] > LONG * length[first]]
    formed = [str(name) for name in results[first]["ligand"].values if name not in (drug.id, "all_drugs")]
    said = {route: f"{shown[route][0]} {route.replace('_', ' ')}" for route in results}
    panels = [
        (f"{title(drug.id)} in plasma", [(route, drug.id, said[route]) for route in results if route not in slow])
    ]
    if slow:
        panels.append((f"{title(drug.id)}, slow forms", [(route, drug.id, said[route]) for route in slow]))
    if formed:
        ligands = [(first, ligand, title(ligand)) for ligand in (drug.id, *formed)]
        panels.append((f"What becomes of {said[first]}", ligands))
    name = f"{drug.id}_plasma"
    with _style(plt, name):
        tall = 3.6 * len(panels)  # one under the other: side by side they are too small on a telephone
        figure, column = plt.subplots(len(panels), 1, figsize=(5.6, tall), layout="constrained", squeeze=False)
        for axes, (about, curves) in zip(column[:, 0], panels, strict=True):
            unit = _hours(axes, max(length[route] for route, _, _ in curves))
            for number, (route, ligand, label) in enumerate(curves):
                hours, level = results[route]["time"].values, _levels(results[route], ligand)
                late = hours >= FIRST if route == "intravenous" else hours >= 0
                _band(axes, hours[late] / unit, level[:, late], label, number)
            top = max(float(line.get_ydata().max()) for line in axes.get_lines())
            axes.set_yscale("log")
            axes.set_ylim(top * DEEP, top * 5)
            axes.set_ylabel("ng/mL")
            axes.set_title(about, fontsize=11)
            axes.legend(frameon=False, fontsize=8)
        _save(plt, figure, name, f"{drug.id} in plasma")


def _time_picture(drug: Drug, result: xr.Dataset, dose: str) -> None:
    """What is held, or what it does, over time."""
    plt = _plot()
    name = f"{drug.id}_time"
    with _style(plt, name):
        figure, axes = plt.subplots(figsize=(6, 3.4), layout="constrained")
        unit = _hours(axes, float(result["time"].values[-1]))
        hours = result["time"].values / unit
        if drug.family == "opioid":
            held = _held(result)
            for number, receptor in enumerate(_seen(held)):
                _band(axes, hours, held.sel(receptor=receptor).values * 100, str(receptor), number)
            axes.set_ylabel("% of receptors held")
            axes.set_ylim(0, 100)
        else:
            for number, watched in enumerate(INSTEAD[drug.family]):
                _band(axes, hours, result[watched].transpose("person", "time").values, watched, number)
            axes.set_ylabel("ratio to rest")
        axes.set_title(f"After {dose}", fontsize=11)
        axes.legend(frameon=False, fontsize=9)
        _save(plt, figure, name, f"{drug.id} over time")


def _dose_picture(drug: Drug, route: str, dose: str, lasts: str) -> dict[str, list[list[float | None]]]:
    """The most that is held, by dose; and the numbers: for each receptor [dose factor, 5 %, median, 95 %]."""
    plt = _plot()
    amount, unit = dose.split(" ")
    largest = drug.largest_dose.get(route)
    taken: dict[float, xr.DataArray] = {}
    for factor in DOSES:
        size = float(amount) * factor
        if largest is None or _in(size, unit, drug) <= _in(largest.value, largest.unit, drug):
            result = _run(drug, route, f"{size:.6g} {unit}", lasts, PEOPLE_BY_DOSE, POINTS_BY_DOSE)
            taken[size] = _held(result).max("time")
    numbers: dict[str, list[list[float | None]]] = {}
    name = f"{drug.id}_dose"
    with _style(plt, name):
        figure, axes = plt.subplots(figsize=(6, 3.4), layout="constrained")
        for number, receptor in enumerate(_seen(taken[max(taken)])):
            values = np.stack([held.sel(receptor=receptor).values * 100 for held in taken.values()], axis=1)
            _band(axes, np.array(list(taken)), values, str(receptor), number)
            numbers[str(receptor)] = [
                [_rounded(size), *_three(held.sel(receptor=receptor).values)] for size, held in taken.items()
            ]
        axes.set_xscale("log")
        axes.set_xlabel(f"dose, {unit} {route.replace('_', ' ')}")
        axes.set_ylabel("% of receptors held at the most")
        axes.set_ylim(0, 100)
        axes.spines[["top", "right"]].set_visible(False)
        axes.set_title(f"{title(drug.id)}: receptors by dose", fontsize=11)
        axes.legend(frameon=False, fontsize=9)
        _save(plt, figure, name, f"{drug.id}: receptors by dose")
    return numbers


def _in(value: float, unit: str, drug: Drug) -> float:
    from enkephalin.records.units import to_inner

    return to_inner(value, unit, molar_mass=drug.molar_mass.inner())


def title(id_: str) -> str:
    """A drug's name for the eye."""
    return id_.upper() if any(letter.isdigit() for letter in id_) else id_.replace("_", " ").capitalize()


if __name__ == "__main__":
    import sys

    draw(sys.argv[1:] or None)
