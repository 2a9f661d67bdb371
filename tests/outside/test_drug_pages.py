"""Every drug has its page: whole, with its pictures, its numbers and its sources; curves are drawn the same again."""

from __future__ import annotations

import json
import re
import runpy

import pytest
import yaml
from rooms import ROOT

from enkephalin.records.catalog import get, list_ids

DRUGS = ROOT / "docs" / "drugs"
BOOK = runpy.run_path(str(ROOT / "docs" / "drug_book.py"))
CURVES = runpy.run_path(str(ROOT / "docs" / "drug_curves.py"))
NUMBERS = json.loads((DRUGS / "curves.json").read_text("utf-8"))
IDS = list_ids("drugs")


def page(id_):
    return (DRUGS / f"{id_}.md").read_text("utf-8")


def test_every_drug_is_in_the_index_and_has_a_page():
    linked = re.findall(r"\]\((\w+)\.md\)", page("index"))
    assert sorted(linked) == sorted(IDS)
    assert sorted(path.stem for path in DRUGS.glob("*.md")) == sorted([*IDS, "index"])


@pytest.mark.parametrize("id_", IDS)
def test_a_page_says_what_the_record_says(id_):
    text, drug = page(id_), get("drug", id_)
    for part in ("## Curves", "## Binding", "## Interactions", "## What is not known", "## Sources"):
        assert f"{part}\n" in text
    assert all(words[1:] in text for words in drug.not_known)
    named = {one.source for _, one in BOOK["_quantities"](drug) if one.source}
    assert named == set(re.findall(r"^#### (\w+)$", text, re.M))
    assert set(re.findall(r"\]\(#(\w+)\)", text)) <= named
    if drug.kinetics is not None:
        assert f"{drug.kinetics.clearance.value:g} {drug.kinetics.clearance.unit}" in text


@pytest.mark.parametrize("id_", IDS)
def test_every_route_of_a_drug_has_its_curve(id_):
    drug = get("drug", id_)
    assert set(NUMBERS.get(id_, {}).get("routes", {})) == set(drug.routes), "python docs/drug_curves.py " + id_
    shown = re.findall(r"\]\((pictures/\w+\.svg)\)", page(id_))
    assert bool(shown) == bool(drug.routes)
    assert all((DRUGS / name).is_file() for name in shown)


def test_no_picture_is_left_from_a_drug_that_is_gone():
    shown = {name for id_ in IDS for name in re.findall(r"\]\(pictures/(\w+)\.svg\)", page(id_))}
    assert {path.stem for path in (DRUGS / "pictures").glob("*.svg")} == shown


@pytest.mark.parametrize("id_", [id_ for id_ in IDS if NUMBERS.get(id_)])
def test_people_differ_and_more_holds_more(id_):
    for seen in NUMBERS[id_]["routes"].values():
        for name in ("peak", "area"):
            low, middle, high = seen[name]
            assert 0 < low < middle < high, (name, seen)
    for rows in NUMBERS[id_].get("by_dose", {}).values():
        medians = [row[2] for row in rows]
        assert all(0 <= share <= 1 for row in rows for share in row[1:])
        assert medians == sorted(medians), "a larger dose holds fewer receptors"


def test_the_doses_of_the_pictures_are_of_routes_that_exist_and_not_too_large():
    for id_, routes in yaml.safe_load((DRUGS / "doses.yaml").read_text("utf-8")).items():
        drug = get("drug", id_)
        for route, (dose, _) in routes.items():
            if route in drug.routes and route in drug.largest_dose:
                amount, unit = dose.split(" ")
                largest = drug.largest_dose[route]
                assert CURVES["_in"](float(amount), unit, drug) <= CURVES["_in"](largest.value, largest.unit, drug)


@pytest.mark.slow
def test_a_drug_is_drawn_the_same_again(tmp_path):
    written = []
    for number in range(2):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "doses.yaml").write_text((DRUGS / "doses.yaml").read_text("utf-8"))
        CURVES["draw"].__globals__["FOLDER"] = folder
        CURVES["draw"](["remifentanil"])
        written.append({path.name: path.read_bytes() for path in sorted(folder.rglob("*.*"))})
    assert written[0] == written[1] and len(written[0]) == 5
