"""Kept machine code: written once, found again, never trusted when damaged or foreign."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from helpers import NOTHING, kernel_says, sbml_of

from enkephalin.compiler import machine
from enkephalin.kernels import compiled
from enkephalin.kernels.population import run

TEXT = "model m() x = 1; k = 0.7; k2 = 3; seen := k2*x; x' = -k*x; end"
EXACT = np.exp(-0.7)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, and a process that has loaded nothing."""
    monkeypatch.setenv("ENKEPHALIN_CACHE", str(tmp_path))
    monkeypatch.setattr(compiled, "_kernels", {})
    return tmp_path / compiled.KIND


@pytest.fixture
def compilations(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many times code was generated."""
    count: list[int] = []
    original = machine.compile_text

    def counted(texts, target, level=2):
        count.append(len(texts))
        return original(texts, target, level)

    monkeypatch.setattr(compiled, "compile_text", counted)
    return count


def says(sbml: str | None = None, output: str = "x") -> float:
    return float(kernel_says(sbml or sbml_of(TEXT), [1.0], [output])[0, 0])


def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a new process would."""
    monkeypatch.setattr(compiled, "_kernels", {})


def test_code_is_generated_once(folder, compilations, monkeypatch) -> None:
    assert says() == pytest.approx(EXACT, rel=1e-8)
    assert len(compilations) == 2  # the steps, and what is watched
    forget(monkeypatch)
    assert says() == pytest.approx(EXACT, rel=1e-8)
    assert len(compilations) == 2


def test_another_value_compiles_no_steps_anew(folder, compilations, monkeypatch) -> None:
    says()
    compilations.clear()
    forget(monkeypatch)
    assert says(sbml_of(TEXT.replace("k = 0.7", "k = 0.2"))) == pytest.approx(np.exp(-0.2), rel=1e-8)
    assert 2 not in compilations  # two texts: steps and their control


def test_another_watched_value_compiles_no_steps_anew(folder, compilations, monkeypatch) -> None:
    says()
    compilations.clear()
    assert says(output="seen") == pytest.approx(3 * EXACT, rel=1e-8)
    assert compilations == [1]


@pytest.mark.parametrize("damage", ["cut", "flipped", "foreign", "empty"])
def test_a_damaged_file_is_made_anew(folder, compilations, monkeypatch, damage: str) -> None:
    says()
    for path in folder.iterdir():
        raw = path.read_bytes()
        middle = len(raw) // 2
        path.write_bytes(
            {
                "cut": raw[:middle],
                "flipped": raw[:middle] + bytes([raw[middle] ^ 1]) + raw[middle + 1 :],
                "foreign": b"\x7fELF something else",
                "empty": b"",
            }[damage]
        )
    forget(monkeypatch)
    assert says() == pytest.approx(EXACT, rel=1e-8)
    assert len(compilations) == 4


def test_code_of_another_version_is_not_used(folder, compilations, monkeypatch) -> None:
    says()
    forget(monkeypatch)
    monkeypatch.setattr(compiled, "version", lambda: "another")
    says()
    assert len(compilations) == 4


def test_a_folder_that_cannot_be_written_costs_only_time(tmp_path, compilations, monkeypatch) -> None:
    blocked = tmp_path / "a file, no folder"
    blocked.write_text("")
    monkeypatch.setenv("ENKEPHALIN_CACHE", str(blocked))
    forget(monkeypatch)
    assert says() == pytest.approx(EXACT, rel=1e-8)
    assert len(compilations) == 2


def test_two_processes_that_compile_at_once_do_not_collide(folder) -> None:
    program = "import sys; sys.path.insert(0, sys.argv[1]); from test_kept_code import says; print(repr(says()))"
    command = [sys.executable, "-c", program, str(Path(__file__).parent)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=dict(os.environ)) for _ in range(2)]
    answers = {process.communicate(timeout=60)[0] for process in both}
    assert len(answers) == 1
    assert float(answers.pop()) == pytest.approx(EXACT, rel=1e-8)
    assert not [path for path in folder.iterdir() if len(path.name) != 64]


def test_kept_code_needs_no_reader_of_sbml() -> None:
    program = "import sys, enkephalin.kernels.population; print({'libsbml', 'sympy', 'antimony'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"


def test_kept_code_is_ready_in_a_third_of_a_second(folder, monkeypatch) -> None:
    from enkephalin.compiler import build

    model = build("reference_day")
    theta, names = {}, [model.states[0]]
    run(model, theta, NOTHING, [0.0, 1.0], names)
    forget(monkeypatch)
    begin = time.process_time()
    run(model, theta, NOTHING, [0.0, 1.0], names)
    assert time.process_time() - begin < 0.3
