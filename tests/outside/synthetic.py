"""A made-up result with the shape that ``simulate`` gives, for tests of what stands after it. Curves, no biology."""

from __future__ import annotations

import numpy as np
import xarray as xr

from enkephalin.report.chart import Band, Mark

BANDS = {
    "cows": (
        Band("none", 0, 5), Band("mild", 5, 13), Band("moderate", 13, 25),
        Band("moderately severe", 25, 37), Band("severe", 37, 48),
    )
}  # fmt: skip
ITEMS = [
    "pulse", "sweating", "restlessness", "pupils", "aches", "runny_nose", "gut", "tremor", "yawning", "anxiety",
    "gooseflesh",
]  # fmt: skip
LIGANDS = ["heroin", "six_mam", "morphine"]
REGIONS = ["NAc", "VTA", "LC", "HYP", "THAL", "AMY", "PFC"]


def marks() -> tuple[Mark, ...]:
    return (Mark("heroin 200 mg intravenous, every 6 h, 720 times", np.arange(-4314.0, 0.1, 6.0)),)


def result(people: int = 1) -> xr.Dataset:
    """Half a year of doses until 0, then thirty days without."""
    time = np.unique(np.concatenate([np.arange(-4320, -48, 24.0), np.arange(-48, 336, 0.5), np.arange(336, 721, 6.0)]))
    scale = np.linspace(0.8, 1.2, people)[:, None] if people > 1 else np.ones((1, 1))
    gone = np.where(time > 0, np.exp(-np.clip(time, 0, None) / 8), 1.0)
    wave = np.where(time > 0, (time / 30) ** 2 * np.exp(2 - 2 * np.clip(time, 0, None) / 45), 0.0)
    slow = np.exp(-np.clip(time, 0, None) / 400) * (1 - np.exp(-(time + 4320) / 700))
    since = np.mod(time, 6.0) + np.where(time > 0, time - np.mod(time, 6.0), 0)
    data: dict[str, tuple[tuple[str, ...], np.ndarray, str]] = {}

    def put(name: str, unit: str, values: np.ndarray, *dims: str) -> None:
        data[name] = (("person", "time", *dims), values, unit)

    cows = 18 * wave / wave.max() * scale
    put("cows", "points", np.round(cows))
    put("cows_expected", "points", cows)
    put("cows_item", "points", np.round(cows[..., None] / 11 * np.linspace(0.5, 1.6, 11)), "item")
    put("sows", "points", cows * 1.9)
    put("sows_gossop", "points", cows * 0.8)
    decay = np.stack([np.exp(-since / 0.08), np.exp(-since / 0.6), np.exp(-since / 3)], -1)
    put("plasma", "ng/mL", scale[..., None] * decay * np.array([900.0, 300.0, 120.0]), "ligand")
    held = (gone[:, None] * np.array([0.05, 0.2, 0.6]) * decay.clip(0.2))[None, :, None, None, :]
    put(
        "occupancy",
        "share",
        np.broadcast_to(held, (people, time.size, 1, len(REGIONS), 3)),
        "receptor",
        "region",
        "ligand",
    )
    region = np.linspace(0.8, 1.2, len(REGIONS))
    put("signal", "share", scale[..., None] * (0.15 + 0.3 * gone[:, None] * region), "region")
    put("coupling", "ratio", scale[..., None] * (1 - 0.4 * slow[:, None] * region), "region")
    put("rebound", "ratio - 1", scale[..., None] * (wave / wave.max())[:, None] * region, "region")
    put(
        "dopamine", "ratio to baseline", scale[..., None] * (1 - 0.45 * (wave / wave.max())[:, None] * region), "region"
    )
    put("firing", "ratio to baseline", scale * (1 + 1.3 * wave / wave.max()))
    put("noradrenaline", "ratio to baseline", scale * (1 + 0.9 * wave / wave.max()))
    put("crf", "ratio to baseline", scale * (1 + 0.8 * slow * (time > 0)))
    day = 1 + 0.7 * np.cos(2 * np.pi * (time - 8) / 24)
    put("cortisol", "nmol/L", scale * 280 * day * np.where(time < 0, 0.65, 1.2))
    put("acth", "pmol/L", scale * 5 * day * np.where(time < 0, 0.6, 0.9))
    put("craving", "z", scale * 1.5 * slow * (time > 0))
    put("hazard", "1/d", (0.02 + 0.3 * wave / wave.max() * scale)[..., None], "event")
    put("survival", "share", np.exp(-np.clip(time, 0, None) / 600)[None, :, None] * np.ones((people, 1, 1)), "event")
    coords = {
        "person": np.arange(people), "time": time, "item": ITEMS, "ligand": LIGANDS, "region": REGIONS,
        "receptor": ["mu"], "event": ["lapse"],
    }  # fmt: skip
    variables = {name: (dims, values, {"units": unit}) for name, (dims, values, unit) in data.items()}
    return xr.Dataset(variables, coords)
