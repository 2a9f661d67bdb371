"""Two bodies side by side: on the terminal, as JSON, in the files and in every chart."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
import synthetic
import xarray as xr

from enkephalin.records import faults, list_ids
from enkephalin.records.files import PACKAGE
from enkephalin.report.chart import BEADS, Series, describe, draw
from enkephalin.report.glance import glance
from enkephalin.report.page import Contents, render
from enkephalin.report.rows import draw_rows
from enkephalin.report.summary import rows
from enkephalin.report.systems import apart, systems
from enkephalin.simulate import difference, other_bodies, other_body, rebuild, side_names

LOSS = "breakup_after_two_years"
SIDES = ("literature", "described")


def other(people: int = 1) -> xr.Dataset:
    """The same curves, half as high again, but for cortisol."""
    first = synthetic.result(people)
    return first.assign({name: first[name].copy(data=first[name].values * 1.5) for name in first if name != "cortisol"})


def test_a_name_takes_the_place_of_the_account_or_of_the_hypothesis():
    assert other_body("described") == ("described", None)
    assert other_body("stress", "described") == ("described", "stress")
    assert other_body("literature", "described", "stress") == ("literature", "stress")
    assert other_body("opioid:0.5+stress:0.5") == (None, "opioid:0.5+stress:0.5")


def test_hypotheses_means_every_one_that_is_another_body():
    names = [hypothesis for _, hypothesis in other_bodies(["hypotheses"])]
    assert sorted(names) == sorted(set(list_ids("hypothesis")) - {"integrated"})
    assert other_bodies(["stress", "stress", "accounts"]) == [(None, "stress"), ("described", None)]


def test_the_sides_bear_the_names_of_what_differs():
    assert side_names((None, None), ("described", None)) == SIDES
    assert side_names(("described", None), ("described", "stress")) == ("opioid", "stress")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("describd", "described"), ("stres", "stress"), ("literature", "the same body"),
        ("integrated", "the same body"), ("opioid:x", "no part of a mixture"), ("nowhere.yaml", "nowhere.yaml"),
        ("adult_reference", "--against"),
    ],
)  # fmt: skip
def test_a_wrong_name_is_refused_with_a_way_out(enkephalin, name, said):
    found = enkephalin("simulate", LOSS, "--against", name)
    assert found.code == 2, found.err
    assert said in found.err and found.out == ""


def test_a_file_that_is_no_body_is_refused(enkephalin, tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("id: mine\nabout: Nobody.\nbased_on: adult_reference\n", "utf-8")
    assert enkephalin("simulate", LOSS, "--against", str(path)).code == 2


@pytest.mark.parametrize("more", [("--cluster", "tcp://nowhere:1"), ("--chunk", "8"), ()])
def test_more_people_than_memory_holds_are_refused(enkephalin, more):
    said = enkephalin(
        "simulate", LOSS, "--against", "stress", "--population", "general_adult", "--n", "5" if more else "1001", *more
    )
    assert said.code == 2 and "--against is for people who fit into memory" in said.err


def test_both_and_their_difference_stand_in_the_document(enkephalin):
    said = enkephalin(
        "simulate", LOSS, "--against", "described", "--at", "1d", "--watch", "distress,dopamine", "--json"
    )
    assert said.code == 0, said.err
    document = json.loads(said.out)
    assert tuple(document["sides"]) == SIDES
    for row in document["rows"]:
        assert row["difference"] == row["against"] - row["value"]
    (distress,) = (row for row in document["rows"] if row["name"] == "distress")
    alone = enkephalin("simulate", LOSS, "--account", "described", "--at", "1d", "--watch", "distress", "--json")
    assert json.loads(alone.out)["rows"][0]["value"] == distress["against"] != distress["value"]
    patches = [[p["id"] for p in document[key]["model"]["patches"]] for key in ("provenance", "provenance_against")]
    assert patches == [[], ["described", "opioid"]]


def test_many_people_differ_one_by_one(enkephalin):
    said = enkephalin(
        "simulate", LOSS, "--against", "stress", "--population", "general_adult", "--n", "4", "--seed", "2",
        "--at", "1d", "--watch", "distress", "--json",
    )  # fmt: skip
    (row,) = json.loads(said.out)["rows"]
    assert row["difference"]["n"] == row["against"]["n"] == row["n"] == 4
    assert row["difference"]["mean"] == pytest.approx(row["against"]["mean"] - row["mean"], rel=1e-9)
    assert row["difference"]["sd"] < row["sd"] + row["against"]["sd"]


def test_the_table_has_three_rows_for_each_line(enkephalin):
    said = enkephalin("simulate", LOSS, "--against", "described", "--at", "1d", "--watch", "distress")
    assert said.code == 0, said.err
    for word in (*SIDES, "difference", "described minus literature"):
        assert word in said.out
    seen = glance(synthetic.result(), against=other(), sides=SIDES)
    assert [row[1] for row in seen.rows[:3]] == [*SIDES, "difference"] and seen.left == 3
    assert len(seen.rows) % 3 == 0


def test_the_files_hold_both_and_each_can_be_made_again(enkephalin, tmp_path):
    said = enkephalin("simulate", LOSS, "--against", "stress", "--watch", "distress", "--out", str(tmp_path))
    assert said.code == 0, said.err
    names = ["against.nc", "report.html", "result.nc", "summary.json"]
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "Body: stress" in page and "distress, difference" in page
    with xr.open_dataset(tmp_path / "against.nc", engine="h5netcdf") as seen:
        few = seen[["distress"]].isel(time=slice(-3, None)).load()
        made = json.loads(seen.attrs["provenance"])
        made |= {"at": [float(hour) for hour in few["time"].values], "watch": ["distress"]}
        again = rebuild(few.assign_attrs(provenance=json.dumps(made)))
    np.testing.assert_allclose(again["distress"].values, few["distress"].values, rtol=2e-3)  # twice the tolerance


def test_the_difference_is_the_other_minus_the_one_with_its_units():
    apart = difference(synthetic.result(), other())
    one, two = synthetic.result()["cows"].values, other()["cows"].values
    assert np.array_equal(apart["cows"].values, two - one)
    assert apart["cows"].attrs["units"] == "points"
    found = next(row for row in rows(synthetic.result(), against=other()) if row["name"] == "cows" and row["value"])
    assert found["difference"] == found["against"] - found["value"]


def test_every_chart_shows_both_and_tells_them_apart_without_colour():
    for system in systems(synthetic.result(), bands=synthetic.BANDS, against=other(), sides=SIDES):
        for chart in system.charts:
            assert [one.label for one in chart.series] == [one.label for one in chart.others]
            words = describe(chart, -24, 168)
            assert all(f"{chart.series[0].label}, {side}" in words for side in SIDES)
            if chart.form == "rows":
                assert draw_rows(chart, -24, 168, key="k").count('class="row-other"') == len(chart.series)
                continue
            text = draw(chart, -24, 168, key="k")
            beads = re.findall(r'class="bead line-\d" d="([^"]*)"', text)
            assert text.count('class="line ') == 2 * len(chart.series)
            assert 1 <= len(beads) <= len(chart.series)
            assert all(0 < path.count("M") <= BEADS for path in beads)


def test_a_difference_of_dust_is_told_as_none():
    time = np.array([0.0, 1.0])
    one, other = Series("x", time, np.array([40.0, 20.0])), Series("x", time, np.array([40.0 + 1e-6, 20.5]))
    assert list(apart(one, other).value) == [0.0, 0.5]


def test_a_file_bears_the_name_of_its_record():
    path = str(PACKAGE / "biology" / "patches" / "none.yaml")
    assert side_names((None, None), other_body(path)) == ("integrated", "none")


def test_a_chart_in_which_only_the_sides_differ_is_drawn():
    time = np.linspace(-5.0, 5.0, 11)
    level = xr.Dataset(
        {"distress": (("person", "time"), np.zeros((1, 11)), {"units": "z"})}, {"time": time, "person": [0]}
    )
    higher = level.assign(distress=level["distress"] + 1).assign({})
    higher["distress"].attrs["units"] = "z"
    assert all(not system.charts for system in systems(level, against=level, sides=SIDES))
    assert any(system.charts for system in systems(level, against=higher, sides=SIDES))


def test_the_page_of_two_bodies_is_whole():
    from test_page import page, read

    assert page()  # the page of one body is whole without the other
    charts = systems(synthetic.result(), marks=synthetic.marks(), bands=synthetic.BANDS, against=other(), sides=SIDES)
    text = render(_contents(charts))
    found = read(text)
    assert found.wrong == [] and found.open == []
    assert len(found.ids) == len(set(found.ids))
    assert text.count("difference</th>") == sum(len(chart.series) for system in charts for chart in system.charts)


def _contents(charts) -> Contents:
    from enkephalin.report.asked import Asked
    from enkephalin.report.assumptions import Assumptions
    from enkephalin.report.body import body_picture
    from enkephalin.report.numbers import headlines

    asked = Asked("x", "y", (), (), synthetic.marks(), "enkephalin", "{}", "0")
    tiles = headlines(synthetic.result(), synthetic.BANDS, against=other(), sides=SIDES)
    assert all(SIDES[0] in tile.remark and tile.beside.startswith(SIDES[1]) for tile in tiles)
    body = body_picture([synthetic.result(), other()], sides=SIDES)
    return Contents(asked, tiles, charts, synthetic.BANDS, Assumptions(()), -4320.0, 720.0, body, SIDES)


def test_a_scenario_may_watch_by_every_word_that_the_command_line_takes(tmp_path):
    path = tmp_path / "watching.yaml"
    path.write_text("id: watching\nabout: A day.\nlasts: 1 d\nhappens: []\nwatch: [peptide]\nevery: 6 h\n", "utf-8")
    assert faults(path) == []
