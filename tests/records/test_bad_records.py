"""Every mistake that a user can make is named with place, found, expected and a way out."""

import re
from pathlib import Path

import pytest

from enkephalin.errors import RecordError
from enkephalin.records import faults, read, read_table

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "tests" / "bad_records"
BAD_RECORDS = sorted(path.relative_to(ROOT) for path in FOLDER.rglob("*") if path.suffix in (".yaml", ".csv"))


@pytest.fixture(autouse=True)
def _from_the_root(monkeypatch):
    monkeypatch.chdir(ROOT)  # messages name paths from here


def plain(text: str) -> str:
    """A message without the number of known records, which grows with the catalog."""
    return re.sub(r"\(\d+ known\)", "(n known)", text) + "\n"


def test_there_is_a_file_for_every_mistake():
    assert len(BAD_RECORDS) >= 45
    assert {path.with_suffix(".message") for path in BAD_RECORDS} == {
        path.relative_to(ROOT) for path in FOLDER.rglob("*.message")
    }


@pytest.mark.parametrize("path", BAD_RECORDS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_bad_record_is_refused_with_a_way_out(path):
    with pytest.raises(RecordError) as caught:
        read_table(path) if path.suffix == ".csv" else read(path)
    assert plain(str(caught.value)) == path.with_suffix(".message").read_text(encoding="utf-8")
    assert all(caught.value.parts().values()), "each of the four parts is filled"
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("path", BAD_RECORDS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_one_mistake_is_one_message(path):
    found = faults(path)
    assert len(found) == 1, "\n".join(str(fault) for fault in found)


def test_all_mistakes_of_a_file_are_named_at_once(tmp_path):
    path = tmp_path / "several.yaml"
    path.write_text(
        "id: several\nabout: Many mistakes.\nlasts: 10 d\nzro: 1 d\nhappens:\n"
        "  - fentanil 500 ug iv at 0 h\n  - stress from 0 h to 2 h\n  - naloxone 0.4 mg oral at 1 h\n"
        "watch: [cows, cowz]\nevery: 1\n"
    )
    problems = [fault.problem for fault in faults(path)]
    assert problems == [
        "unknown key 'zro'",
        "unknown drug 'fentanil'",
        "naloxone is not known by the oral route",
        "'cowz' cannot be watched",
        "'every' is to be a time with its unit",
    ]


def test_faults_come_in_the_order_of_lines(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text(
        "name,where,value,unit,spread,status,source,place,checked_by,note\n"
        "a,,x,L,,assumed,,,,\nb,,1,,,assumed,,,,\na,,1,L,,assumed,,,,\n"
    )
    assert [fault.place.rpartition(":")[2] for fault in faults(path)] == ["2", "3", "4"]


def test_a_file_of_many_megabytes_is_not_read(tmp_path):
    path = tmp_path / "large.yaml"
    path.write_bytes(b"id: large\nabout: '" + b"x" * 2_000_000 + b"'\n")
    with pytest.raises(RecordError, match="too large"):
        read(path)


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    with pytest.raises(RecordError, match="there is no such file"):
        read(tmp_path / "nothing.yaml", "scenario")
    with pytest.raises(RecordError, match="this is a folder"):
        read(tmp_path, "scenario")
