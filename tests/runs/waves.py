"""People who do nothing but swing: a task without a body, to see what runs do with any task.

As a program, `python waves.py FOLDER PEOPLE CHUNK PAUSE` runs them and says how far it is.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from enkephalin.kernels.stops import Stop
from enkephalin.runs import Answer, run_many

HOURS = np.linspace(-6, 18, 25)


@dataclass(frozen=True)
class Waves:
    """``people`` from number ``first`` on; each piece takes ``pause`` s; those in ``weak`` stop at 3 h."""

    people: int
    first: int = 0
    pause: float = 0.0
    weak: tuple[int, ...] = ()
    engine: str = "kernel"
    height: float = 1.0

    def __len__(self) -> int:
        return self.people

    @property
    def labels(self) -> tuple[int, ...]:
        return tuple(range(self.first, self.first + self.people))

    def part(self, first: int, last: int) -> Waves:
        return replace(self, people=last - first, first=self.first + first)

    def template(self) -> xr.Dataset:
        return self.part(0, 0).answer().seen

    def provenance(self) -> dict[str, Any]:
        return {"who": {"draw": {"n": self.people, "seed": 1}}, "height": self.height}

    def values_digest(self) -> str:
        return repr(self.labels)

    def answer(self, workers: int | None = None, instructions: str | None = None) -> Answer:
        time.sleep(self.pause)
        # p person, t time, r region
        labels = np.array(self.labels, float)
        wave = self.height * np.sin(labels[:, None] + HOURS[None, :])
        own = np.stack([wave, wave**2], axis=2)
        stops = tuple(Stop(label, 3.0, "phase", "tired") for label in self.labels if label in self.weak)
        for stop in stops:
            wave[stop.person - self.first, stop.time < HOURS] = np.nan
        seen = xr.Dataset(
            {
                "wave": (("person", "time"), wave, {"units": "1"}),
                "energy": (("person", "time", "region"), own, {"units": "1"}),
            },
            coords={"person": list(self.labels), "time": HOURS, "region": ["NAc", "VTA"]},
        )
        return Answer(seen, stops)


if __name__ == "__main__":
    folder, people, chunk, pause = Path(sys.argv[1]), *map(float, sys.argv[2:5])
    try:
        run_many(
            Waves(int(people), pause=pause),
            folder,
            chunk=int(chunk),
            progress=lambda finished, every: print(finished, flush=True),
        )
    except KeyboardInterrupt as stopped:
        print(stopped, flush=True)
        sys.exit(1)
