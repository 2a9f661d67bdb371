"""Errors say where, what, what else, and how to go on."""

import ast
import copy
import inspect
import pickle
from pathlib import Path

import pytest

import enkephalin
from enkephalin import errors
from enkephalin.errors import EnkephalinError, RecordError, RequestError, WorkError, nearest

KINDS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, EnkephalinError)]


def test_an_error_prints_its_four_parts_in_the_form_of_the_house():
    error = RecordError(
        "unknown drug 'fentanil'",
        place="catalog/scenarios/rescue.yaml:6",
        found="fentanil 500 ug iv bolus at 0 min",
        expected="the id of a record in catalog/drugs (41 known)",
        try_="fentanyl, sufentanil, remifentanil",
    )
    assert str(error) == (
        "catalog/scenarios/rescue.yaml:6  unknown drug 'fentanil'\n"
        "  found     fentanil 500 ug iv bolus at 0 min\n"
        "  expected  the id of a record in catalog/drugs (41 known)\n"
        "  try       fentanyl, sufentanil, remifentanil"
    )


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_kind_of_error_is_one_sentence_and_says_how_the_program_ends(kind):
    assert kind.__doc__ is not None
    assert kind.__doc__.split("\n")[0].rstrip().endswith(".")
    assert kind.exit_code == (2 if issubclass(kind, RequestError) else 1)
    assert issubclass(kind, (RequestError, WorkError)) or kind in (EnkephalinError,)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_an_error_survives_the_way_between_two_processes(kind):
    error = kind("it broke", place="a.yaml:1", found="this", expected="that", try_="another")
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(twin) is kind
        assert str(twin) == str(error)


def test_lines_of_a_long_part_stand_below_each_other():
    assert str(EnkephalinError("it broke", found="one\ntwo")) == "it broke\n  found     one\n            two"


def test_the_nearest_name_is_offered_and_nothing_when_none_is_near():
    assert nearest("fentanil", ["fentanyl", "morphine"]) == "fentanyl"
    assert nearest("Fentanyl", ["fentanyl", "morphine"]) == "fentanyl"
    assert nearest("zzz", [f"name_{number}" for number in range(40)]) == ""


def _raised(path):
    """Every request that this file refuses, with the names of the parts it gives."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("RequestError", "RecordError", "UnitError"):
            yield node.lineno, {keyword.arg for keyword in node.keywords}


def test_a_refused_request_always_has_a_way_out():
    room = Path(enkephalin.__file__).parent
    silent = [
        f"{path.relative_to(room)}:{line}"
        for path in sorted(room.rglob("*.py"))
        for line, parts in _raised(path)
        if not parts & {"try_", None}
    ]
    assert silent == []
