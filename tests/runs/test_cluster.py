"""A real Dask cluster of worker processes: one of them is killed in the middle, and nothing is lost."""

from __future__ import annotations

import os
import signal
import warnings
from collections.abc import Iterator

import numpy as np
import pytest
from test_company import DAYS, same

from enkephalin.errors import MissingExtraError, RequestError, WorkError
from enkephalin.population import draw
from enkephalin.runs import cluster as room
from enkephalin.simulate import simulate

distributed = pytest.importorskip("distributed")
WORKERS, PEOPLE, CHUNK = 2, 48, 4


@pytest.fixture(scope="module")
def cluster() -> Iterator[distributed.LocalCluster]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a cluster that loses workers says so
        with distributed.LocalCluster(
            n_workers=WORKERS, processes=True, threads_per_worker=1, dashboard_address=None, silence_logs=50
        ) as found:
            yield found


@pytest.mark.filterwarnings("ignore")
def test_a_worker_is_killed_and_nothing_is_lost(cluster, tmp_path):
    people = draw("general_adult", PEOPLE, seed=5)
    victim = next(iter(cluster.workers.values())).process.pid
    said: list[int] = []

    def progress(finished: int, every: int) -> None:
        said.append(finished)
        if finished and victim in alive():
            os.kill(victim, signal.SIGKILL)

    def alive() -> set[int]:
        return {worker.process.pid for worker in cluster.workers.values() if worker.process}

    seen = simulate(people, DAYS, out=tmp_path, cluster=cluster.scheduler_address, chunk=CHUNK, progress=progress)
    assert victim not in alive()
    assert said == list(range(0, PEOPLE + 1, CHUNK))
    assert same(simulate(people, DAYS), seen)
    assert seen["finished"].values.all()
    # without a folder the same comes back in memory
    few = simulate(people[:5], DAYS, cluster=cluster.scheduler_address)
    assert np.array_equal(few["cortisol"], seen["cortisol"][:5])


@pytest.mark.filterwarnings("ignore")
def test_the_second_engine_runs_on_a_cluster_too(cluster):
    people = draw("general_adult", 2, seed=5)
    more = {"engine": "roadrunner", "at": "6h", "watch": ["cortisol"]}
    assert same(
        simulate(people, DAYS, cluster=cluster.scheduler_address, chunk=1, **more), simulate(people, DAYS, **more)
    )


@pytest.mark.filterwarnings("ignore")
def test_workers_of_another_version_are_refused(cluster, monkeypatch):
    mine = room._what_runs()
    monkeypatch.setattr(room, "_mine", lambda: ("0.0.9", *mine[1:]))
    with pytest.raises(RequestError, match="another version") as caught:
        room.Cluster(cluster.scheduler_address)
    assert caught.value.found == " ".join(mine[:2])


@pytest.mark.filterwarnings("ignore")
def test_an_address_where_nobody_answers_is_said_plainly(tmp_path, monkeypatch):
    monkeypatch.setattr(room, "PATIENCE", 1)
    with pytest.raises(WorkError, match="no cluster answers") as caught:
        simulate("adult_reference", DAYS, cluster="tcp://127.0.0.1:9", out=tmp_path)
    assert caught.value.place == "tcp://127.0.0.1:9"
    with pytest.raises(WorkError, match="no cluster answers"):
        simulate("adult_reference", DAYS, cluster="nonsense://x", out=tmp_path)


def test_a_missing_library_names_the_extra(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingExtraError) as caught:
        room.Cluster("tcp://127.0.0.1:9")
    assert "enkephalin[cluster]" in str(caught.value)
