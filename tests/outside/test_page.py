"""The report page: whole, self-contained, light, and open to everyone who reads or hears it."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from importlib.resources import files
from itertools import pairwise

import pytest
import synthetic

from enkephalin.report.asked import Asked
from enkephalin.report.assumptions import Assumptions, Row
from enkephalin.report.numbers import headlines
from enkephalin.report.page import Contents, render
from enkephalin.report.systems import systems

VOID = {"meta", "br", "hr", "img", "link", "input"}
STATUSES = ["measured", "fitted", "derived", "borrowed", "assumed"]
LARGEST = 3_000_000  # bytes


def page(people: int = 1, about: str = "Half a year of doses, then none.") -> str:
    result = synthetic.result(people)
    rows = tuple(Row(f"pk.k_{k}", "pk", 0.1, "1/h", STATUSES[k % 5], "a note", "pk.csv:2", float(k)) for k in range(50))
    asked = Asked(
        id="heroin_withdrawal",
        about=about,
        happens=("Heroin 200 mg, intravenous, every 6 h, 720 times, from −180 d to 0 h.",),
        facts=(("Person", "adult_reference"), ("Engine", "kernel")),
        marks=synthetic.marks(),
        command="enkephalin simulate heroin_withdrawal",
        provenance="{}",
        version="0",
        not_known=(("heroin", "how fast <it> goes"),),
    )
    charts = systems(result, marks=asked.marks, bands=synthetic.BANDS)
    tiles = headlines(result, synthetic.BANDS)
    hours = result["time"].values
    contents = Contents(
        asked, tiles, charts, synthetic.BANDS, Assumptions(rows, "peak COWS"), float(hours[0]), float(hours[-1])
    )
    return render(contents)


class Reader(HTMLParser):
    """Collects what a check needs: open tags, ids, headings, references, and whether every tag is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.refers: list[str] = []
        self.headings: list[int] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag, attrs):
        known = dict(attrs)
        self.tags.append((tag, known))
        if known.get("id"):
            self.ids.append(known["id"])
        self.refers += (known.get("aria-labelledby") or "").split()
        if (known.get("href") or "").startswith("#"):
            self.refers.append(known["href"][1:])
        self.refers += re.findall(r"url\(#([^)]+)\)", known.get("fill") or "")
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> at {self.getpos()}")


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    reader.close()
    return reader


@pytest.mark.parametrize("people", [1, 7])
def test_the_page_is_well_formed_and_its_references_lead_somewhere(people):
    found = read(page(people))
    assert found.wrong == [] and found.open == []
    assert len(found.ids) == len(set(found.ids))
    assert set(found.refers) <= set(found.ids)


def test_the_page_needs_nothing_from_elsewhere_and_is_light():
    text = page()
    assert not re.search(r"""(?:src|href)=["']?[^"'#]|@import|url\([^#]|<script|<link|https?://""", text)
    assert len(text.encode()) < LARGEST


def test_headings_begin_once_and_skip_no_level():
    headings = read(page()).headings
    assert headings.count(1) == 1 and headings[0] == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(headings))


def test_every_picture_speaks_or_is_silent_on_purpose():
    for tag, attributes in read(page()).tags:
        if tag == "svg":
            assert attributes.get("aria-hidden") == "true" or (
                attributes.get("role") == "img" and len((attributes.get("aria-labelledby") or "").split()) == 2
            )


def test_tables_have_captions_and_heads_with_scope_and_scroll_by_keyboard():
    text = page()
    assert text.count("<table>") == text.count("<caption>") > 0
    assert "<th>" not in text
    assert text.count('class="scroll"') == text.count('tabindex="0" role="region" aria-label=')


def test_the_page_says_what_was_asked_what_it_rests_on_and_that_it_is_no_advice():
    text = page()
    for said in ("no medical advice", "every 6 h, 720 times", "10 assumed", "How to repeat it", "moderate", "history"):
        assert said in text
    assert "<html lang=" in text and "<title>Heroin withdrawal" in text


def test_words_of_a_record_cannot_become_markup():
    text = page(about="<script>alert(1)</script> & more")
    assert "<script>" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in text


def test_the_page_says_what_the_body_and_the_drugs_leave_out():
    text = page()
    assert "no breathing" in text
    assert "heroin: how fast &lt;it&gt; goes" in text


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb (WCAG 2.2)."""
    channels = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_words_and_lines_stand_out_from_what_lies_behind_them(theme):
    style = files("enkephalin.report").joinpath("style.css").read_text("utf-8")
    colour = dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6})", re.findall(r":root \{(.*?)\}", style, re.S)[theme]))
    grounds = ["paper", "card", "history", *(f"b{k}" for k in range(5))]
    for ground in grounds:
        for word in ("ink", "soft"):
            assert contrast(colour[word], colour[ground]) >= 4.5, (word, ground)
        for line in range(8):
            assert contrast(colour[f"c{line}"], colour[ground]) >= 3, (line, ground)
    for word, ground in (("accent", "paper"), ("accent", "card"), ("ink", "notice"), ("ink", "tint"), ("soft", "tint")):
        assert contrast(colour[word], colour[ground]) >= 4.5, (word, ground)
