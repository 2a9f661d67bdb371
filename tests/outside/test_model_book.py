"""The model book: every module has its page, every equation can be typeset, and every number is that of the tables."""

from __future__ import annotations

import re
import runpy
from functools import cache

import pytest
from rooms import PACKAGE, ROOT

from enkephalin.compiler.text import Statement
from enkephalin.explain.book.reading import header, modules, sources
from enkephalin.explain.book.typeset import expression, latex
from enkephalin.records.catalog import get, list_ids
from enkephalin.records.tables import all_rows

TEXTS = sorted(path for path in (PACKAGE / "biology" / "modules").glob("*.ant"))


@cache
def book() -> dict[str, str]:
    found = runpy.run_path(str(ROOT / "docs" / "generate.py"))["model_book"]()
    return {name.removeprefix("model/"): text for name, text in found.items()}


@cache
def equations() -> tuple[str, ...]:
    blocks = [
        block
        for page in book().values()
        for block in re.findall(r"```math\n\\begin\{aligned\}\n(.*?)\n\\end", page, re.S)
    ]
    return tuple(line.removesuffix(r" \\") for block in blocks for line in block.splitlines())


def test_every_module_has_a_page_and_the_index_leads_to_it():
    assert set(book()) == {"index.md", *(f"{path.stem}.md" for path in TEXTS)}
    for path in TEXTS:
        assert f"({path.stem}.md)" in book()["index.md"]


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_a_page_tells_the_story_and_each_part_of_its_header(path):
    title, parts = header(path)
    text = " ".join(book()[f"{path.stem}.md"].replace("\\", "").split())
    assert title in text
    assert " ".join(parts.get("Story", "").split()) in text


def test_every_sentence_of_every_module_stands_there_as_an_equation():
    for module in modules(sources()):
        page = book()[f"{module.name}.md"]
        for statement in module.statements:
            if statement.kind in ("rate", "rule", "initial"):
                left, right = latex(statement)
                assert f"{left} &= {right}" in page, statement.place


def test_every_equation_can_be_typeset():
    pytest.importorskip("matplotlib")
    from matplotlib.mathtext import MathTextParser

    parser = MathTextParser("path")
    for line in sorted(set(equations())):
        parser.parse(f"${line.replace('&', '')}$")
    assert len(equations()) > 100


def test_a_wrong_equation_would_be_found():
    from matplotlib.mathtext import MathTextParser

    with pytest.raises(ValueError, match=r"Parse\w*"):
        MathTextParser("path").parse(r"$\frac{a}{b$")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a - (b - c)", r"\mathit{a} - \left(\mathit{b} - \mathit{c}\right)"),
        ("(a + b)*c", r"\left(\mathit{a} + \mathit{b}\right) \cdot \mathit{c}"),
        ("a/(b + c)", r"\frac{\mathit{a}}{\mathit{b} + \mathit{c}}"),
        ("(a/b)^n", r"\left(\frac{\mathit{a}}{\mathit{b}}\right)^{\mathit{n}}"),
        ("exp(-k*time)", r"\exp\left(-\mathit{k} \cdot t\right)"),
        ("-(a + b)*2", r"-\left(\mathit{a} + \mathit{b}\right) \cdot 2"),
        ("sqrt(x_1^2)", r"\sqrt{\mathit{x\_1}^{2}}"),
    ],
)
def test_brackets_stand_where_they_change_the_meaning(text, said):
    assert expression(text) == said


def test_rates_rules_and_starts_look_different():
    sides = [latex(Statement(kind, "x", "a", ""))[0] for kind in ("rate", "rule", "initial")]
    assert len(set(sides)) == 3


def test_every_number_stands_there_with_unit_status_and_source():
    for row in all_rows():
        if row.value is None or f"{row.module}.md" not in book():
            continue
        lines = [line for line in book()[f"{row.module}.md"].splitlines() if line.startswith(f"| `{row.name}` |")]
        cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)] for line in lines]
        assert any(
            cell[2:6] == [" ".join(row.where), f"{row.value:g}", row.unit, str(row.spread or "")]
            and cell[6] == row.status
            for cell in cells
            if len(cell) > 9
        ), row.title
        assert not row.source or any(row.source in line for line in lines)


def test_every_change_of_a_patch_stands_on_the_page_of_its_module():
    for id_ in list_ids("patch"):
        for change in get("patch", id_).changes:
            module = change.row.partition(".")[0].partition("[")[0]
            if change.expects != change.becomes:
                assert f"`{change.row}`" in book()[f"{module}.md"], (id_, change.row)


def test_tests_that_name_a_module_stand_on_its_page():
    assert "tests/biology/test_hpa.py" in book()["hpa.md"]
    named = [name for name, text in book().items() if "None by name." in text]
    assert len(named) < len(book()) / 4, named


def test_every_wire_says_who_is_at_its_other_end():
    for module in modules(sources()):
        for wire in module.wires:
            idle = all(name.startswith("nothing") or "none" in name.split("_") for name in wire.wires)
            assert wire.others or wire.given or idle, (module.name, wire.name)
