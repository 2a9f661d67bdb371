"""What eighteen people in a real scanner would have measured of a correlation that 2,000 people have.

Needs    running, over, enkephalin.measure (the scanner of catalog/scales/carfentanil_bp)
Gives    ``eighteen()``: a part of docs/scorecard.md; ``measured(rest, during, calm, hurt)``
Leaves   the scanner's own error: enkephalin.measure.instruments
"""

from __future__ import annotations

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from enkephalin.measure import measure, measure_with

from .labels import target_named
from .records import Group
from .running import forget, result_of, under

Array = NDArray[np.float64]
PEOPLE, TIMES, SEED = 18, 2000, 1
SCANNER, RATING = "carfentanil_bp", "vas_100"
ARTICLE = 0.62
REGIONS = {"literature": ("NAc", "AMY", "THAL", "PAG"), "described": ("ACC", "INS")}
WORDS = """
## Eighteen people in a scanner

Release is read as the fall of binding potential from a scan at rest to one during rejection, averaged over the regions
that the account names. In 2,000 people, without any error, it goes with the rise of distress as in the second column.
Eighteen of them, scanned twice with the error of the instrument (`{scanner}`) and rated on paper (`{rating}`), drawn
{times} times, give what stands to the right: nine of ten results lie in the range, and single studies of this size say
next to nothing about the sign, let alone the size.

| account | r in 2,000, no error | median at n = 18 | nine of ten | p < .05, negative | p < .05, positive | r over .62 |
|---|---|---|---|---|---|---|"""


def eighteen() -> str:
    """The part of the page, with its table."""
    lines = [WORDS.format(scanner=SCANNER, rating=RATING, times=TIMES)]
    group, _ = target_named("rejection.binding_goes_with_less_hurt")
    for account, regions in REGIONS.items():
        body = group if account == "literature" else under(group, account, None)
        rest, during, calm, hurt = _seen(body, regions)
        true = float(np.corrcoef((rest - during).mean(1), hurt - calm)[0, 1])
        found = measured(rest, during, calm, hurt)
        limit = critical(PEOPLE)
        low, middle, high = np.percentile(found, [5, 50, 95])
        shares = [(found < -limit).mean(), (found > limit).mean(), (found >= ARTICLE).mean()]
        cells = [account, f"{true:.2f}", f"{middle:.2f}", f"{low:.2f} to {high:.2f}", *(f"{s:.1%}" for s in shares)]
        lines.append("| " + " | ".join(cells) + " |")
        if body is not group:
            forget(body)
    return "\n".join(lines)


def measured(rest: Array, during: Array, calm: Array, hurt: Array, *, n: int = PEOPLE, times: int = TIMES) -> Array:
    """Correlations that studies of ``n`` people would report.

    Parameters
    ----------
    rest, during : array, shape (person, region)
        True binding potential in the two scans.
    calm, hurt : array, shape (person,)
        True distress before and during, 0-100.

    Returns
    -------
    array, shape (times,)
    """
    rng = np.random.default_rng(SEED)
    found = np.empty(times)
    for k in range(times):
        who = rng.choice(len(calm), n, replace=False)
        scans = measure_with(SCANNER, np.stack([rest[who], during[who]], axis=-1), rng)
        rated = measure_with(RATING, np.stack([calm[who], hurt[who]], axis=-1), rng)
        found[k] = np.corrcoef((scans[..., 0] - scans[..., 1]).mean(1), rated[:, 1] - rated[:, 0])[0, 1]
    return found


def critical(n: int) -> float:
    """The correlation that is just significant at .05, two-sided."""
    from scipy.stats import t

    value = float(t.ppf(0.975, n - 2))
    return value / float(np.sqrt(n - 2 + value**2))


def _seen(group: Group, regions: tuple[str, ...]) -> tuple[Array, Array, Array, Array]:
    """Binding potential at rest and during rejection (person, region), distress before and at its end."""
    result = result_of(group, "scanned")
    where = {"receptor": "mu", "region": list(regions)}
    rest = result["binding_potential"].sel(where).sel(time=-1 / 6, method="nearest")
    fallen = result["availability"].sel(where)
    base = fallen.sel(time=-1 / 6, method="nearest")
    during = rest * (fallen.sel(time=slice(1 / 60, 20 / 60)).mean("time") / base)
    sides = [_rating(result, readout) for readout in ("social_distress at -10 min", "social_distress at 19 min")]
    order = ("person", "region")
    return rest.transpose(*order).values, during.transpose(*order).values, sides[0], sides[1]


def _rating(result: xr.Dataset, readout: str) -> Array:
    return np.asarray(measure(result, readout).values, float).reshape(result.sizes["person"])
