"""Folder: where a long run keeps what it was asked for, what is done, and the result, so that it can go on.

Needs    store
Gives    ``RunFolder``: opened for one request; refuses another
Leaves   who does the work (crews, cluster)

run.json        the request
finished.jsonl  one line for each finished piece: its people, a digest of its numbers, who stopped
result.zarr     the numbers
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from ..errors import RequestError, WorkError
from ..kernels.stops import Stop
from ..records.files import make_ready, write_whole
from . import store
from .task import Answer, Task

RESULT, REQUEST, JOURNAL = "result.zarr", "run.json", "finished.jsonl"
INSTRUCTIONS = "instructions"  # of the kernel: kept when a run goes on, so that one result has one
MOST_NAMED = 6  # differences in a message
MOST_WORDS = 60  # characters of a value in a message
Job = tuple[int, int]  # the people of a piece: first, and one after the last


class RunFolder:
    """The folder of one run. Use it in a ``with``: one process at a time may write into it.

    Parameters
    ----------
    path : Path
        Made if need be.
    task : Task
        The people and what is to happen to them.
    chunk : int
        People in a piece. A run that goes on keeps the size it began with.
    code : mapping
        What else the numbers depend on: versions, the instruction set. Where the folder has a run already, its own
        instruction set is kept.

    Raises
    ------
    WorkError
        The folder cannot be written, or another process is writing.
    RequestError
        The folder holds another request.
    """

    def __init__(self, path: Path | str, task: Task, chunk: int, code: Mapping[str, Any]) -> None:
        self.path, self.task = Path(path), task
        self.result = self.path / RESULT
        told = {**task.provenance(), "code": {name: value for name, value in code.items() if name != INSTRUCTIONS}}
        self.request: dict[str, Any] = {
            "request": json.loads(json.dumps(told)),
            "values": task.values_digest(),
            "people": len(task),
            "chunk": min(chunk, len(task)),
            INSTRUCTIONS: code.get(INSTRUCTIONS),
        }
        make_ready(self.path)
        self._journal = open(self.path / JOURNAL, "a+", encoding="utf-8")  # noqa: SIM115
        try:
            _lock(self._journal, self.path)
            self._begin()
        except BaseException:
            self._journal.close()
            raise

    def __enter__(self) -> RunFolder:
        return self

    def __exit__(self, *_: object) -> None:
        self._journal.close()

    @property
    def chunk(self) -> int:
        """People in a piece."""
        return int(self.request["chunk"])

    @property
    def instructions(self) -> str | None:
        """The kernel's instruction set, the same for everybody of this run."""
        return self.request[INSTRUCTIONS]

    def jobs(self) -> list[Job]:
        """The pieces that are not done yet, or whose files are not what was written."""
        people = range(0, len(self.task), self.chunk)
        every = [(first, min(first + self.chunk, len(self.task))) for first in people]
        return [job for job in every if job not in self.done]

    def keep(self, job: Job, answer: Answer) -> None:
        """Write a finished piece, then say that it is there."""
        first, last = job
        lost = {stop.person for stop in answer.stops}
        finished = np.array([label not in lost for label in self.task.labels[first:last]])
        name = store.digest({str(name): variable.values for name, variable in answer.seen.data_vars.items()})
        line = {"first": first, "last": last, "digest": name, "stops": [asdict(stop) for stop in answer.stops]}
        try:
            store.write(self.result, first, answer.seen, finished)
            self._journal.write(json.dumps(line) + "\n")
            self._journal.flush()
        except OSError as trouble:
            raise WorkError(
                "the result cannot be written",
                place=str(self.path),
                found=trouble.strerror or type(trouble).__name__,
                expected="a disk with room",
                try_="the same request again, when there is room: finished people are kept",
            ) from trouble
        self.done[job] = tuple(answer.stops)

    def seen(self) -> xr.Dataset:
        """The result as far as it is; ``attrs["stopped"]`` names those who could not be carried to the end."""
        stops = [asdict(stop) for job in sorted(self.done) for stop in self.done[job]]
        names = [str(name) for name in self.task.template().data_vars]
        return store.opened(self.result)[names].assign_attrs(stopped=json.dumps(stops))

    # --- going on -------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        """Begin, or go on with the same request."""
        self.done: dict[Job, tuple[Stop, ...]] = {}
        known = self._known()
        if known is None:
            if self.result.exists():
                raise RequestError(
                    f"{RESULT} is there, but not the request it belongs to",
                    place=str(self.path),
                    found=RESULT,
                    expected=f"{REQUEST} beside it, or neither",
                    try_="another folder",
                )
            self._start_afresh()
            return
        self._compare(known)
        self.request |= {name: known[name] for name in ("chunk", INSTRUCTIONS)}
        lines = self._lines()
        if not lines:  # it was stopped before its files were made
            self._start_afresh()
            return
        for line in (line for line in lines if "digest" in line):
            job = (int(line["first"]), int(line["last"]))
            with contextlib.suppress(Exception):  # a piece that cannot be read as it was written is made anew
                if store.digest(store.read(self.result, *job)) == line["digest"]:
                    self.done[job] = tuple(Stop(**stop) for stop in line["stops"])

    def _start_afresh(self) -> None:
        template = self.task.template()
        template.attrs = {"provenance": json.dumps(self.task.provenance())}
        text = json.dumps(self.request, ensure_ascii=False, indent=1)
        write_whole(self.path / REQUEST, lambda path: path.write_text(text, "utf-8"))
        store.create(self.result, template, self.task.labels, self.chunk)
        self._journal.truncate(0)
        self._journal.write(json.dumps({"people": len(self.task), "chunk": self.chunk}) + "\n")
        self._journal.flush()

    def _known(self) -> dict[str, Any] | None:
        """The request that the folder holds."""
        path = self.path / REQUEST
        if not path.exists():
            return None
        try:
            known: dict[str, Any] = json.loads(path.read_text("utf-8"))
            known["values"], known["request"], known["chunk"], known[INSTRUCTIONS]
        except (OSError, ValueError, KeyError, TypeError) as trouble:
            raise RequestError(
                f"{REQUEST} cannot be read",
                place=str(path),
                found=type(trouble).__name__,
                expected="what an earlier run wrote",
                try_="another folder",
            ) from trouble
        return known

    def _compare(self, known: Mapping[str, Any]) -> None:
        """Refuse a request that is not the one the folder holds."""
        mine, theirs = dict(_leaves(self.request["request"])), dict(_leaves(known["request"]))
        other = [name for name in {**mine, **theirs} if mine.get(name) != theirs.get(name)]
        if not other and self.request["values"] == known["values"]:
            return
        raise RequestError(
            "this folder holds the run of another request",
            place=str(self.path),
            found="\n".join(f"{name} {_words(mine, name)}" for name in other[:MOST_NAMED])
            or "other values of the people",
            expected="\n".join(f"{name} {_words(theirs, name)}" for name in other[:MOST_NAMED]) or "those of the run",
            try_="another folder, or the same request as before",
        )

    def _lines(self) -> list[dict[str, Any]]:
        """The journal; a last line that was cut short does not count."""
        self._journal.seek(0)
        text = self._journal.read()
        if text and not text.endswith("\n"):  # the next line begins on a new one
            self._journal.write("\n")
        found = []
        for line in text.split("\n"):
            with contextlib.suppress(ValueError):
                found.append(json.loads(line))
        return found


def _lock(file: Any, path: Path) -> None:
    """One process at a time; the lock goes with the process."""
    try:
        import fcntl
    except ImportError:  # a system without such locks
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as trouble:
        raise WorkError(
            "another process is writing here",
            place=str(path),
            expected="one run in a folder at a time",
            try_="wait for it, or take another folder",
        ) from trouble


def _leaves(request: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Every entry of a request by its path: ("who.draw.seed", 1)."""
    for name, value in request.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{above}{name}.")
        else:
            yield above + name, value


def _words(request: Mapping[str, Any], name: str) -> str:
    """An entry of a request in few words."""
    text = json.dumps(request[name], ensure_ascii=False) if name in request else "nothing"
    return text if len(text) <= MOST_WORDS else text[: MOST_WORDS - 1] + "…"
