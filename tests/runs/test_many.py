"""A long run on the disk: the same bytes however it is cut and shared, and nothing lost when it is stopped."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from waves import HOURS, Waves

from enkephalin.errors import RequestError, WorkError
from enkephalin.runs import run_many
from enkephalin.runs.folder import JOURNAL, REQUEST, RESULT, RunFolder
from enkephalin.runs.many import usual_chunk

PROGRAM = Path(__file__).parent / "waves.py"


def exact(people: int) -> np.ndarray:
    return np.sin(np.arange(people)[:, None] + HOURS)


def same(seen: xr.Dataset, people: int) -> bool:
    return seen["wave"].values.tobytes() == exact(people).tobytes()


def counted(folder: Path, task: Waves, **more) -> list[int]:
    """How many were finished after each piece."""
    said: list[int] = []
    run_many(task, folder, progress=lambda finished, every: said.append(finished), **more)
    return said


def pieces(folder: Path) -> list[Path]:
    """Every file of the result."""
    return sorted(path.relative_to(folder) for path in (folder / RESULT).rglob("*") if path.is_file())


def test_what_is_kept_is_what_was_seen(tmp_path):
    seen = run_many(Waves(10), tmp_path, chunk=3)
    assert same(seen, 10)
    assert dict(seen["energy"].sizes) == {"person": 10, "time": 25, "region": 2}
    assert list(seen["region"].values) == ["NAc", "VTA"] and seen["wave"].attrs["units"] == "1"
    assert list(seen["time"].values) == list(HOURS) and seen["finished"].values.all()
    assert json.loads(seen.attrs["provenance"]) == Waves(10).provenance()
    assert list(seen.data_vars) == ["wave", "energy"]


@pytest.mark.parametrize("chunk", [1, 7, 16, 1000])
def test_the_size_of_the_pieces_changes_no_number(tmp_path, chunk):
    assert same(run_many(Waves(23), tmp_path, chunk=chunk), 23)


def test_the_files_are_the_same_on_one_worker_and_on_three_processes(tmp_path):
    task = Waves(40, engine="roadrunner")  # an engine that is shared among processes
    run_many(task, tmp_path / "one", chunk=4, workers=1)
    run_many(task, tmp_path / "three", chunk=4, workers=3)
    names = pieces(tmp_path / "one")
    assert names == pieces(tmp_path / "three") and len(names) > 10
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "three" / name).read_bytes()


def test_a_killed_run_goes_on_where_it_stopped(tmp_path):
    command = [sys.executable, str(PROGRAM), str(tmp_path), "40", "4", "0.1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if int(line) >= 12:
                process.send_signal(signal.SIGKILL)
                break
    assert process.returncode == -signal.SIGKILL
    said = counted(tmp_path, Waves(40), chunk=10)
    assert 12 <= said[0] < 40
    assert np.diff(said).tolist() == [4] * ((40 - said[0]) // 4)  # it keeps the pieces it began with
    assert same(run_many(Waves(40), tmp_path), 40)


def test_an_interrupted_run_leaves_a_result_that_can_be_read(tmp_path):
    command = [sys.executable, str(PROGRAM), str(tmp_path), "40", "4", "0.1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stderr is not None
        said = []
        for line in process.stdout:
            said.append(line.strip())
            if line.strip() == "8":
                process.send_signal(signal.SIGINT)
        errors = process.stderr.read()
    assert process.returncode == 1 and errors == ""
    assert said[-1].endswith("of 40 people are finished and kept")
    with xr.open_zarr(tmp_path / RESULT, consolidated=False, chunks=None) as seen:
        finished = seen["finished"].values
        assert 8 <= finished.sum() < 40
        assert np.array_equal(seen["wave"].values[finished], exact(40)[finished])
        assert np.isnan(seen["wave"].values[~finished]).all()
    assert counted(tmp_path, Waves(40))[0] == finished.sum()


def test_a_finished_run_is_not_done_again(tmp_path):
    run_many(Waves(10), tmp_path, chunk=5)
    assert counted(tmp_path, Waves(10)) == [10]


def test_a_piece_that_was_damaged_is_done_again(tmp_path):
    run_many(Waves(12), tmp_path, chunk=4)
    path = tmp_path / RESULT / "wave" / "c" / "1" / "0"
    raw = path.read_bytes()
    for damaged in (raw[: len(raw) // 2], raw[:99] + bytes([raw[99] ^ 255]) + raw[100:], b""):
        path.write_bytes(damaged)
        assert counted(tmp_path, Waves(12)) == [8, 12]
        assert path.read_bytes() == raw
    path.unlink()
    assert counted(tmp_path, Waves(12)) == [8, 12]


def test_a_line_of_the_journal_that_was_cut_short_does_not_count(tmp_path):
    run_many(Waves(12), tmp_path, chunk=4)
    journal = tmp_path / JOURNAL
    journal.write_text(journal.read_text()[:-20])
    assert counted(tmp_path, Waves(12)) == [8, 12]
    assert counted(tmp_path, Waves(12)) == [12]


def test_another_request_in_the_same_folder_is_refused(tmp_path):
    run_many(Waves(12), tmp_path)
    with pytest.raises(RequestError) as caught:
        run_many(Waves(13, height=2.0), tmp_path)
    assert caught.value.found == "who.draw.n 13\nheight 2.0"
    assert caught.value.expected == "who.draw.n 12\nheight 1.0"
    with pytest.raises(RequestError, match="another request"):
        run_many(Waves(12, first=1), tmp_path)  # other people of whom the request says the same
    assert same(run_many(Waves(12), tmp_path), 12)


def test_a_result_without_its_request_is_left_alone(tmp_path):
    run_many(Waves(4), tmp_path)
    (tmp_path / REQUEST).unlink()
    with pytest.raises(RequestError, match="not the request it belongs to"):
        run_many(Waves(4), tmp_path)
    (tmp_path / REQUEST).write_text("{")
    with pytest.raises(RequestError, match="cannot be read"):
        run_many(Waves(4), tmp_path)


def test_only_one_process_writes_into_a_folder(tmp_path):
    with RunFolder(tmp_path, Waves(4), 2, {}), pytest.raises(WorkError, match="another process is writing here"):
        run_many(Waves(4), tmp_path)


def test_those_who_stop_are_named_and_the_others_arrive(tmp_path):
    for _ in range(2):  # when it is done, and when it is asked for again
        seen = run_many(Waves(10, weak=(2, 7)), tmp_path, chunk=4)
        stops = json.loads(seen.attrs["stopped"])
        assert [(stop["person"], stop["time"], stop["state"]) for stop in stops] == [
            (2, 3.0, "phase"),
            (7, 3.0, "phase"),
        ]
        assert list(seen["finished"].values) == [person not in (2, 7) for person in range(10)]
        assert np.isfinite(seen["wave"].sel(time=3.0)).all()
        assert np.isnan(seen["wave"].sel(time=4.0)).sum() == 2


def test_a_folder_that_cannot_be_written_is_said_plainly(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(WorkError, match="cannot be written") as caught:
        run_many(Waves(4), tmp_path / "file" / "dir")
    assert "dir" in caught.value.place


def test_a_full_disk_keeps_what_is_finished(tmp_path, monkeypatch):
    from enkephalin.runs import store

    write = store.write

    def full(path, first, seen, finished):
        if first >= 8:
            raise OSError(28, "No space left on device")
        write(path, first, seen, finished)

    monkeypatch.setattr(store, "write", full)
    with pytest.raises(WorkError, match="cannot be written") as caught:
        run_many(Waves(12), tmp_path, chunk=4)
    assert "No space left" in caught.value.found
    monkeypatch.undo()
    assert counted(tmp_path, Waves(12)) == [8, 12]


@pytest.mark.parametrize("wrong", [{"workers": 0}, {"chunk": 0}])
def test_numbers_out_of_bounds_are_refused(tmp_path, wrong):
    with pytest.raises(RequestError, match="fewer than one"):
        run_many(Waves(4), tmp_path, **wrong)


def test_pieces_fit_the_vectors_and_the_memory():
    for people in (1, 100, 3000, 10**6):
        chunk = usual_chunk(Waves(people))
        assert chunk % 16 == 0 and 64 <= chunk <= 1024
    assert usual_chunk(Waves(10**6, engine="roadrunner")) == 16
