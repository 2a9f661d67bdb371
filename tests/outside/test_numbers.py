"""No number about the body stands in Python (house-style.md, rule 5).

Two tests look for one. The first allows numbers that any program needs (small integers, powers of ten and two, hours
and minutes) and asks a reason for every other. The second catches even a small number tied to a name of the body.
"""

from __future__ import annotations

import ast
import csv
import math
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache

import pytest
from rooms import PACKAGE, python_files

STRUCTURAL = {0.5, 24, 60, 3600, 0.05, 0.95}  # halves; hours, minutes, seconds; confidence
LARGEST_SMALL_INTEGER = 12
ANY = "any"
ORDINARY = {"level", "low", "high", "part", "size", "tolerance"}  # words of the body that are words of any program, too

# file (a pattern) -> what else may stand there, and why
EXCUSED: dict[str, tuple[object, str]] = {
    "cli/__init__.py": ({200000}, "objects between two searches for circles"),
    "cli/many.py": ({50}, "people whose courses the report shows"),
    "evidence/pooling.py": ({2000}, "studies of one table"),
    "records/scenario/clashes.py": ({200000}, "doses of one scenario"),
    "records/files.py": ({0o644}, "who may read a file"),
    "records/scenario/line.py": ({200}, "characters of a line in a message"),
    "records/scenario/slips.py": ({0.8, 0.7}, "how alike two words are"),
    "cli/output.py": ({200}, "columns of a table that goes to a file"),
    "compiler/functions.py": (ANY, "coefficients of exp, log, sin and cos, and the ranges of floating-point numbers"),
    "compiler/tableau.py": (ANY, "coefficients of Rosenbrock methods"),
    "compiler/emit_control.py": (ANY, "step control of the integrator"),
    "compiler/emit_model.py": ({0.2}, "step control of the integrator"),
    "compiler/scalar.py": ({40896}, "bits of the processor's control word"),
    "compiler/lower.py": ({500}, "depth of nested mathematics"),
    "compiler/mathml.py": ({6.02214179e23}, "Avogadro's constant as SBML defines it"),
    "evidence/effect_table.py": ({80}, "characters of a message"),
    "evidence/pictures.py": (ANY, "sizes of drawings, and confidence levels"),
    "errors.py": ({0.6}, "how alike two words are"),
    "evidence/flags.py": ({1.5}, "from which overstatement a flag is raised"),
    "evidence/type_m.py": ({0.975, 0.2}, "quantile of the usual test, and the usual size of a correlation"),
    "evidence/weigh.py": ({0.75}, "weights of evidence"),
    "explain/equation.py": ({40}, "characters of a line"),
    "explain/explanation.py": ({110}, "characters of a line"),
    "kernels/*.py": (ANY, "steps and tolerances of solvers; the second test still holds there"),
    "measure/scatter.py": (ANY, "places of a quadrature, and the log odds that it spans"),
    "population/drawing.py": ({200}, "tries before a draw gives up"),
    "population/scores.py": ({0xFFFFFFFF}, "the bits of a seed"),
    "population/likeness.py": ({0.99, 20160317}, "share of a pilot that is kept whole, and its seed"),
    "population/weighting.py": ({200, 40}, "steps of a search, and halvings of a step"),
    "records/complaints.py": ({80}, "characters of a message"),
    "records/shapes/claim.py": ({2000}, "the most people of one run"),
    "records/shapes/person.py": ({18, 110, 25, 400, 90, 250}, "bounds on what may be typed as age, weight, height"),
    "records/shapes/source.py": ({1800, 2100}, "bounds on a year"),
    "records/tables.py": ({120}, "characters of a message"),
    "records/units.py": ({4e-15}, "the last bit of a floating-point number"),
    "trial/sensitivity.py": ({200, 0.025}, "resamples, and the tail beyond which nobody is tried"),
    "trial/subgroups.py": ({0.975}, "quantile of the usual interval"),
    "runs/*.py": (ANY, "sizes of pieces, and seconds of patience"),
    "simulate/people.py": ({200}, "people whose values are written into the provenance"),
    "simulate/start.py": ({20}, "days of settling before Newton tries again"),
    "trial/past.py": ({48}, "hours that are worth sharing"),
    "trial/analysis/*.py": (ANY, "limits and steps of statistics; the second test still holds there"),
    "trial/power/*.py": (ANY, "sizes of pieces and repeats; the second test still holds there"),
    "report/*.py": (ANY, "sizes of drawings; the second test still holds there"),
}


def literals(tree: ast.AST) -> Iterator[tuple[int, float]]:
    """(line, value) of every number in a program."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            yield node.lineno, node.value


def is_structural(value: float) -> bool:
    """True for a number that any program needs."""
    if value in STRUCTURAL or (value == int(value) and abs(value) <= LARGEST_SMALL_INTEGER):
        return True
    tens, twos = math.log10(abs(value)), math.log2(abs(value))
    return abs(tens - round(tens)) < 1e-12 or abs(twos - round(twos)) < 1e-12


def excused(name: str, value: float) -> bool:
    return any(fnmatch(name, pattern) and (which is ANY or value in which) for pattern, (which, _) in EXCUSED.items())


@cache
def body_names() -> frozenset[str]:
    """Names of the body: its parameters, what can be watched, and the drugs."""
    tables = [*(PACKAGE / "biology" / "parameters").glob("*.csv"), PACKAGE / "biology" / "watch.csv"]
    names = {row["name"] for path in tables for row in csv.DictReader(path.read_text("utf-8").splitlines())}
    drugs = {path.stem for path in (PACKAGE / "catalog" / "drugs").glob("*.yaml")}
    return frozenset((names | drugs) - ORDINARY)


def tied_to_a_name(tree: ast.AST, names: frozenset[str]) -> Iterator[tuple[int, str, float]]:
    """(line, name, value) where a number other than 0 and 1 is given to a name of the body or compared with it."""

    def number(node: ast.AST | None) -> float | None:
        node = node.operand if isinstance(node, ast.UnaryOp) else node
        is_number = isinstance(node, ast.Constant) and type(node.value) in (int, float) and node.value not in (0, 1)
        return node.value if is_number else None

    def word(node: ast.AST | None) -> str:
        if isinstance(node, ast.Subscript):
            return word(node.slice)
        text = node.value if isinstance(node, ast.Constant) else getattr(node, "id", None) or getattr(node, "attr", "")
        return text if isinstance(text, str) and text.rpartition(".")[2] in names else ""

    for node in ast.walk(tree):
        pairs: list[tuple[ast.AST | None, ast.AST | None]] = []
        if isinstance(node, ast.Dict):
            pairs = list(zip(node.keys, node.values, strict=True))
        elif isinstance(node, ast.Assign):
            pairs = [(target, node.value) for target in node.targets]
        elif isinstance(node, ast.AnnAssign):
            pairs = [(node.target, node.value)]
        elif isinstance(node, ast.keyword):
            pairs = [(ast.Constant(node.arg), node.value)]
        elif isinstance(node, ast.Compare):
            pairs = [(node.left, other) for other in node.comparators] + [(o, node.left) for o in node.comparators]
        elif isinstance(node, ast.BinOp):
            pairs = [(node.left, node.right), (node.right, node.left)]
        for name, value in pairs:
            if word(name) and number(value) is not None:
                yield getattr(node, "lineno", value.lineno), word(name), number(value)  # type: ignore[union-attr,misc]


FILES = [str(path.relative_to(PACKAGE)) for path in python_files()]


@pytest.mark.parametrize("name", FILES)
def test_no_number_stands_in_python_without_a_reason(name):
    tree = ast.parse((PACKAGE / name).read_text("utf-8"))
    found = [(line, value) for line, value in literals(tree) if not is_structural(value) and not excused(name, value)]
    assert not found, f"(line, number) in {name}: a table or a record is the place for it, or EXCUSED with a reason"


@pytest.mark.parametrize("name", FILES)
def test_no_name_of_the_body_is_tied_to_a_number(name):
    found = list(tied_to_a_name(ast.parse((PACKAGE / name).read_text("utf-8")), body_names()))
    assert not found, f"(line, name, number) in {name}: a table or a record is the place for it"


def test_the_rule_sees_numbers_of_the_body():
    names = frozenset({"clearance", "cows", "naltrexone"})
    for text in (
        "theta = {'clearance': 140}",
        "clearance = 140",
        "run(clearance=140)",
        "if result['cows'] >= 5: pass",
        "x = drug.clearance * 0.7",
        "theta = {'pk.clearance': 140}",
        "if x['cows'] < -5: pass",
    ):
        assert list(tied_to_a_name(ast.parse(text), names)), text
    for text in ("clearance = 0", "cows = result['cows']", "width = 480", "if clearance > 0: pass"):
        assert not list(tied_to_a_name(ast.parse(text), names)), text
    assert not is_structural(0.23)
    assert not is_structural(149)
    assert is_structural(1e-9) and is_structural(24) and is_structural(1024)


def test_every_excuse_is_still_needed():
    for pattern, (which, reason) in EXCUSED.items():
        files = [name for name in FILES if fnmatch(name, pattern)]
        assert files and reason, pattern
        numbers = {value for name in files for _, value in literals(ast.parse((PACKAGE / name).read_text("utf-8")))}
        assert which is ANY or which <= numbers, f"{pattern}: {which - numbers} no longer stands there"  # type: ignore
