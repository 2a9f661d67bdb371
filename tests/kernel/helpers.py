"""Shared by the tests of the kernel: models from Antimony text, and libRoadRunner as the second opinion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import antimony
import numpy as np

from enkephalin.kernels.events import EventTable
from enkephalin.kernels.population import run

NOTHING = EventTable.empty()


def sbml_of(text: str) -> str:
    """Flat SBML of an Antimony text."""
    antimony.clearPreviousLoads()
    assert antimony.loadAntimonyString(text) >= 0, antimony.getLastError()
    return antimony.getSBMLString(antimony.getModuleNames()[-1])


def kernel_says(sbml: str, times: Sequence[float], names: Sequence[str], **more: Any) -> np.ndarray:
    """One person's values, shape (time, name)."""
    settings: dict[str, Any] = {"tolerance": 1e-9, "theta": {}, "events": NOTHING} | more
    return run(sbml, settings.pop("theta"), settings.pop("events"), np.array(times), names, **settings)[0]


def roadrunner_says(
    sbml: str, times: Sequence[float], names: Sequence[str], values: Mapping[str, float] | None = None
) -> np.ndarray:
    """The same by libRoadRunner; a name in square brackets means a concentration, as there."""
    import roadrunner

    roadrunner.Logger.setLevel(roadrunner.Logger.LOG_FATAL)
    engine = roadrunner.RoadRunner(sbml)
    engine.integrator.relative_tolerance, engine.integrator.absolute_tolerance = 1e-11, 1e-14
    for name, value in (values or {}).items():
        engine[name] = value
    engine.timeCourseSelections = list(names)
    return np.array(engine.simulate(times=list(times)))


def worst(found: np.ndarray, expected: np.ndarray) -> float:
    """Largest difference, as a share of the largest value of each column."""
    size = np.maximum(np.abs(expected).max(axis=0), 1e-12)
    return float((np.abs(found - expected) / size).max())
