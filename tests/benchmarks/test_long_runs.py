"""The long runs go on where they stopped, and their figures stay on the page when they are told again."""

from __future__ import annotations

import json

from benchmarks.agreement import left
from benchmarks.long_runs import HEAD, keep, renewed, section

MANY = {"people": 100_000, "done": 2048, "stopped": 0, "memory": 1.4e9, "disk": 2e8, "speed": 55.0}
BODIES = {"first": "body one", "second": "body two"}


def test_a_page_keeps_what_stands_before_and_after_the_long_runs() -> None:
    page = "# Page\n\nwords\n\n" + HEAD + "\nold\n\n## After\n\nmore\n"
    assert renewed(page, HEAD + "\nnew\n") == "# Page\n\nwords\n\n" + HEAD + "\nnew\n\n## After\n\nmore\n"
    assert renewed("# Page\n", HEAD + "\nnew\n") == "# Page\n\n" + HEAD + "\nnew\n"


def test_figures_told_again_stand_there_once_with_body_and_machine(tmp_path) -> None:
    kept, page = tmp_path / "kept.json", tmp_path / "page.md"
    page.write_text("# Page\n")
    keep("many_people", MANY, kept=kept, page=page)
    keep("many_people", MANY | {"done": 100_000}, kept=kept, page=page)
    words = page.read_text()
    assert words.count(HEAD) == 1 and "100,000 people" in words and "so far" not in words
    assert json.loads(kept.read_text())["many_people"]["body"] in section(kept)


def test_a_run_that_is_not_finished_says_how_far_it_is(tmp_path) -> None:
    kept = tmp_path / "kept.json"
    keep("many_people", MANY, kept=kept, page=tmp_path / "none.md")
    assert "2,048 of 100,000 people so far" in section(kept)
    assert not (tmp_path / "none.md").exists() and section(tmp_path / "nothing.json") == ""


def test_agreement_goes_on_with_those_who_are_left(tmp_path) -> None:
    journal = tmp_path / "journal.jsonl"
    assert left(10, BODIES, journal) == [
        ("first", tuple(range(8))), ("second", tuple(range(8))), ("first", (8, 9)), ("second", (8, 9))
    ]  # fmt: skip
    lines = [{"scenario": "first", "person": person, "body": "body one", "apart": 1e-6} for person in (0, 1, 9)]
    lines.append({"scenario": "second", "person": 0, "body": "another body", "apart": 1e-6})
    journal.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert left(10, BODIES, journal) == [
        ("first", tuple(range(2, 8))), ("second", tuple(range(8))), ("first", (8,)), ("second", (8, 9))
    ]  # fmt: skip
