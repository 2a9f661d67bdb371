"""The study language: what is written is what is run, and the explicit form says everything."""

import json
import random
import re

import pytest
import yaml
from studies import small

from enkephalin.errors import RecordError
from enkephalin.records import faults, get, list_ids, resolve_study, to_yaml
from enkephalin.records.files import PACKAGE
from enkephalin.records.schema import schema
from enkephalin.records.shapes import ResolvedStudy
from enkephalin.records.study.times import hours_of_all

STUDIES = list_ids("study")


@pytest.mark.parametrize("name", STUDIES)
def test_a_shipped_study_is_sound_and_resolving_it_twice_changes_nothing(name, tmp_path):
    first = resolve_study(name)
    path = tmp_path / "studies" / f"{name}.yaml"
    path.parent.mkdir()
    path.write_text(to_yaml(first))
    assert faults(path) == []
    again = get("study", str(path))
    assert isinstance(again, ResolvedStudy)
    assert resolve_study(again) == first
    assert to_yaml(again) == to_yaml(first)


@pytest.mark.parametrize("name", STUDIES)
def test_a_shipped_study_says_what_it_asks_and_how_it_was_read(name):
    study = get("study", name)
    assert study.question and study.question.endswith("?")
    primary = next(measure for measure in study.measures if measure.id == study.analysis[0].measure)
    assert primary.instrument or primary.event or "no instrument" in str(study.note), "real instruments have noise"


def test_times_rise_and_a_series_holds_both_ends():
    assert hours_of_all(["1 d", "every 6 h from 0 h to 12 h", "6 h"]) == (0.0, 6.0, 12.0, 24.0)


def test_an_order_of_two_arms_is_followed_by_its_mirror():
    study = small(design="crossover", assignment={"washout": "3 d"}, analysis=({
        "kind": "paired", "measure": "connection", "contrast": ("naltrexone", "placebo")},))  # fmt: skip
    assert study.orders == (("placebo", "naltrexone"), ("naltrexone", "placebo"))


def test_three_arms_of_a_crossover_make_a_latin_square():
    arms = tuple({"id": name} for name in ("a", "b", "c"))
    plan = ({"kind": "paired", "measure": "connection", "contrast": ("a", "b")},)
    study = small(design="crossover", arms=arms, analysis=plan)
    assert study.orders == (("a", "b", "c"), ("b", "c", "a"), ("c", "a", "b"))
    assert all(sorted(column) == ["a", "b", "c"] for column in zip(*study.orders, strict=True))


def test_what_all_share_is_no_dose_of_the_arm():
    study = small(shared=("morphine 5 mg oral at 3 h",))
    assert [arm.own_doses for arm in study.arms] == [0, 1]
    assert [dose.drug for dose in study.arm("naltrexone").own] == ["naltrexone"]


def test_a_study_whose_sentence_is_missing_is_refused():
    with pytest.raises(RecordError, match="outside of the study"):
        small(measures=({"id": "connection", "of": "connectedness", "at": ("9 d",)},))


def allows(form, data, root):
    """Whether data fit a JSON Schema: the few words of it that pydantic writes."""
    if "$ref" in form:
        return allows(root["$defs"][form["$ref"].rpartition("/")[2]], data, root)
    if "anyOf" in form:
        return any(allows(one, data, root) for one in form["anyOf"])
    if "enum" in form or "const" in form:
        return data in form.get("enum", [form.get("const")])
    kinds = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list, "object": dict}
    if form.get("type") == "null":
        return data is None
    if "type" in form and not isinstance(data, kinds[form["type"]]):
        return False
    if isinstance(data, str):
        return re.search(form.get("pattern", ""), data) is not None
    if isinstance(data, list):
        return len(data) >= form.get("minItems", 0) and all(allows(form.get("items", {}), one, root) for one in data)
    if isinstance(data, dict) and "properties" in form:
        known = form["properties"]
        named = set(form.get("required", ())) <= set(data)
        extra = form.get("additionalProperties", True)
        return named and all(
            allows(known[key], value, root) if key in known else extra is not False for key, value in data.items()
        )
    return True


@pytest.mark.parametrize("name", STUDIES)
def test_the_schema_for_editors_allows_a_shipped_study(name):
    form = schema("study")
    data = yaml.safe_load(_text(name))
    assert allows(form, data, form)


def _text(name):
    return (PACKAGE / "catalog" / "studies" / f"{name}.yaml").read_text("utf-8")


def test_the_schema_for_editors_refuses_a_misspelt_key_and_an_unknown_population():
    form = schema("study")
    data = yaml.safe_load(_text(STUDIES[0]))
    assert not allows(form, data | {"armz": []}, form)
    assert not allows(form, data | {"people": {**data["people"], "population": "martians"}}, form)
    assert json.dumps(form)


WEIRD = (
    None,
    "",
    0,
    -1,
    "x",
    "0 h",
    "-5 d",
    [],
    {},
    [""],
    True,
    "placebo",
    "distress",
    [["placebo"]],
    "binding_potential[mu]",
)


def spots(data, way=()):
    """The way to every key and item."""
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in pairs:
        yield (*way, key)
        yield from spots(value, (*way, key))


@pytest.mark.parametrize("seed", range(60))
def test_a_study_with_a_damaged_key_is_refused_in_words_or_resolves(seed, tmp_path):
    chance = random.Random(seed)
    data = yaml.safe_load(_text(chance.choice(STUDIES)))
    *way, last = chance.choice(list(spots(data)))
    part = data
    for key in way:
        part = part[key]
    part[last] = chance.choice(WEIRD)
    path = tmp_path / "damaged.yaml"
    path.write_text(yaml.safe_dump(data))
    found = faults(path, "study")
    assert all(fault.problem and fault.place for fault in found)
    if not found:
        assert resolve_study(get("study", str(path))).orders


def test_the_example_of_the_document_is_a_sound_study(tmp_path):
    text = (PACKAGE.parent / "docs" / "explanations" / "study_language.md").read_text("utf-8")
    path = tmp_path / "example.yaml"
    path.write_text(text.partition("```yaml\n")[2].partition("```")[0])
    assert faults(path, "study") == []
