"""The gallery shows every finding with its people, and says first what is missed and by how much."""

from __future__ import annotations

import re

import pytest

from . import gallery, ladder, people, pictures, running
from .records import groups, read_group
from .running import judge

GROUP = """
id: verify_something
about: A group for a test.
runs:
  - {id: dose, about: "naloxone", lasts: "2 h", every: "10 min", happens: ["naloxone 0.4 mg intravenous at 0 h"]}
  - {id: more, about: "more", lasts: "2 h", every: "10 min", happens: ["naloxone 4 mg intravenous at 0 h"]}
targets:
  - id: met
    claim: The level after an hour is what it is.
    run: dose
    readout: "plasma[naloxone] at 1 h"
    unit: ng/mL
    band: [0.01, 100]
    sources: [mcdonald2018]
    use: verification
  - id: missed
    claim: Nobody has seen so much.
    run: dose
    readout: "plasma[naloxone] at 1 h"
    unit: ng/mL
    band: [10, null]
    sources: [mcdonald2018]
    use: verification
  - id: rising
    claim: More gives more.
    runs: [dose, more]
    readout: "plasma[naloxone] at 1 h"
    unit: ng/mL
    order: rising
    step: 0.1
    sources: [mcdonald2018]
    use: verification
pictures:
  - {show: "plasma[naloxone]", runs: [dose], start: "0 h", end: "2 h", unit: ng/mL, title: A picture, people: true}
"""


@pytest.fixture
def group(tmp_path, monkeypatch):
    path = tmp_path / "some_group.yaml"
    path.write_text(GROUP)
    one = read_group(path)
    monkeypatch.setattr(running, "groups", lambda: (one,))
    for room in (running, people):
        monkeypatch.setattr(room, "_results", {})
    running._verdict.cache_clear()
    yield one
    running._verdict.cache_clear()


def test_each_person_has_a_value_and_they_differ_around_the_reference(group):
    values = people.each(group, group.targets[2])
    assert [len(each) for each in values] == [people.PEOPLE, people.PEOPLE]
    assert (values[1] > values[0]).all()
    reference = judge(group, group.targets[2]).values
    for each, one in zip(values, reference, strict=True):
        assert each.min() < one < each.max()


def test_the_page_says_first_what_is_missed_and_by_how_much(group):
    verdicts = [judge(group, target) for target in group.targets]
    assert [verdict.distance == 0 for verdict in verdicts] == [True, False, True]
    spreads = ladder.spreads_of([group])
    text = gallery.page(verdicts, [group], spreads)
    assert "**2 of 3 are met.**" in text
    missed, shown = text.split("## Something")
    assert "Nobody has seen so much" in missed and "The level after an hour" not in missed
    assert re.search(r"Nobody has seen so much\. \| at least 10 ng/mL \| [\d.]+ ng/mL \| 9\.\d+ ng/mL", missed)
    low, high = spreads[group.id, "met"][0]
    assert low < verdicts[0].values[0] < high
    assert "mcdonald2018 (abstract)" in shown


def test_a_ladder_and_a_curve_are_drawn_the_same_again(group, tmp_path):
    drawn = []
    for name in ("one", "other"):
        ladder.draw_ladders([group], ladder.spreads_of([group]), tmp_path / name)
        pictures._draw(group, group.pictures[0], tmp_path / name / "curve.svg")
        drawn.append([(tmp_path / name / part).read_bytes() for part in (ladder.file_name(group), "curve.svg")])
    assert drawn[0] == drawn[1]
    assert b"missed" in drawn[0][0] and b"A picture" in drawn[0][1]


def test_every_verification_study_is_in_the_gallery():
    chosen = [group for group in groups() if gallery.is_verification(group)]
    assert all(group.pictures and all(picture.people for picture in group.pictures) for group in chosen)
    assert sum(len(group.targets) for group in chosen) >= 18
