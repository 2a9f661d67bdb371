"""The targets say what they must: sources, uses, bands; and a wrong one is refused where it stands."""

from __future__ import annotations

import pytest

from enkephalin.errors import RecordError

from . import running
from .records import groups, read_group
from .running import judge
from .scorecard import told, write

GROUP = """
id: some_group
about: A group for a test.
runs:
  - {id: once, scenario: naltrexone_50mg_once}
targets:
  - id: six_hours
    claim: Something is blocked at six hours.
    run: once
    readout: blockade[mu THAL] at 6 h
    unit: "%"
    band: [88, 98]
    sources: [lee1988]
    use: building
"""


@pytest.fixture
def written(tmp_path):
    def write_group(*changes):
        text = GROUP
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / "some_group.yaml"
        path.write_text(text)
        return read_group(path)

    return write_group


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("readout: blockade[mu THAL] at 6 h", "readout: blockade[mu THAL] at noon", "no time"),
        ("run: once", "run: twice", "unknown run 'twice'"),
        ("lee1988", "lee1987", "unknown source 'lee1987'"),
        ("band: [88, 98]", "order: rising", "an order and not several runs"),
        ("band: [88, 98]", "note: none", "a band or an order"),
        ("    sources: [lee1988]\n", "", "has no source"),
        ("use: building", "use: both", "use"),
        ("claim:", "klaim:", "klaim"),
        ("scenario: naltrexone_50mg_once}", "about: nothing}", "has no scenario"),
    ],
)
def test_a_wrong_target_is_refused_where_it_stands(written, old, new, says):
    with pytest.raises(RecordError) as caught:
        written((old, new))
    assert says in str(caught.value)
    assert "some_group.yaml" in caught.value.place


def verdict_of(monkeypatch, group, value):
    running._verdict.cache_clear()
    monkeypatch.setattr(running, "groups", lambda: (group,))
    monkeypatch.setattr(running, "_read", lambda *_: value)
    verdict = judge(group, group.targets[0])
    running._verdict.cache_clear()
    return verdict


MISFIT = ("    use: building", "    use: building\n    misfit: {band: [60, 70], why: Known for long.}")


@pytest.mark.parametrize(
    ("changes", "value", "word"),
    [
        ((), 90.0, "pass"),
        ((), 88.0, "pass"),
        ((), 80.0, "fail"),
        ((), float("nan"), "fail"),
        ((MISFIT,), 65.0, "misfit"),
        ((MISFIT,), 75.0, "changed"),
        ((MISFIT,), 90.0, "changed"),
    ],
)
def test_a_verdict_is_what_was_seen_or_the_misfit_that_was_stated(monkeypatch, written, changes, value, word):
    verdict = verdict_of(monkeypatch, written(*changes), value)
    assert verdict.word == word
    assert verdict.good == (word in ("pass", "misfit"))
    assert word in told(verdict)


def test_a_stated_misfit_is_shown_with_its_size_and_its_reason(monkeypatch, written, tmp_path):
    page = tmp_path / "page.md"
    write([verdict_of(monkeypatch, written(MISFIT), 65.0)], page)
    text = page.read_text()
    assert "**misfit** by 23 %" in text and "Known for long." in text and "88 to 98 %" in text


def test_building_and_verification_are_both_there():
    uses = [target.use for group in groups() for target in group.targets]
    assert uses.count("building") > 20 and uses.count("verification") > 10


def test_a_study_used_to_build_is_not_used_to_verify():
    """By source, and by DOI or PubMed number where one paper has two records."""
    from enkephalin.compiler.model import build
    from enkephalin.records.catalog import get, list_ids

    building = {source for group in groups() for t in group.targets if t.use == "building" for source in t.sources}
    building |= {row.source for row in build("human", ()).rows.values() if row.source}
    building |= {source for id_ in list_ids("drugs") for source in sources_in(get("drug", id_).model_dump())}
    chosen = [group for group in groups() if group.id.startswith("verify_")]
    verifying = {source for group in chosen for target in group.targets for source in target.sources}
    assert all(target.use == "verification" for group in chosen for target in group.targets)
    assert len(verifying) >= 15
    assert verifying & building == set()
    assert {paper(source) for source in verifying} & {paper(source) for source in building} <= {None}


def sources_in(thing):
    if isinstance(thing, dict):
        own = {thing["source"]} if isinstance(thing.get("source"), str) else set()
        return own.union(*(sources_in(part) for part in thing.values()))
    if isinstance(thing, (list, tuple)):
        return set().union(*(sources_in(part) for part in thing))
    return set()


def paper(source):
    from enkephalin.records.catalog import get

    record = get("source", source)
    return record.doi or record.pmid
