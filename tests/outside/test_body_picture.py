"""The picture of the regions: it tells by number, size and pattern what it tells by colour, and needs no mouse."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from importlib.resources import files
from itertools import combinations

import numpy as np
import pytest
import synthetic
import xarray as xr
from test_page import contrast

from enkephalin.records.watched import watch_rows
from enkephalin.report import watched
from enkephalin.report.body import RATIOS, body_picture, regions, watched_by_body
from enkephalin.report.body_page import RING, section
from enkephalin.report.words import moment, number

ELEVEN = ["NAc", "VTA", "DS", "LC", "AMY", "HYP", "PAG", "THAL", "ACC", "INS", "PFC"]


def picture(people: int = 1):
    found = body_picture([synthetic.result(people)])
    assert found is not None
    return found


def drawings(text: str) -> list[str]:
    return re.findall(r'<svg class="body".*?</svg>', text, re.S)


def test_it_draws_the_eleven_regions_and_none_over_another():
    assert sorted(region.id for region in regions()) == sorted(ELEVEN)
    for one, other in combinations(regions(), 2):
        assert np.hypot(one.x - other.x, one.y - other.y) > 2 * RING, (one.id, other.id)


def test_every_value_of_the_picture_can_be_watched_and_lies_in_regions():
    dims = {row["name"]: row["dims"].split() for row in watch_rows()}
    for name in watched_by_body():
        assert "region" in dims[name] and name in watched()


def test_every_number_is_that_of_the_result():
    result, shown = synthetic.result(), picture()
    for layer in shown.layers:
        name = {"Mu signal": "signal", "Mu coupling": "coupling", "Rebound of cAMP": "rebound", "Dopamine": "dopamine"}
        values = result[name[layer.title]].isel(person=0)
        for k, region in enumerate(shown.regions):
            for at, hour in enumerate(shown.times):
                if region.id in values["region"]:
                    assert layer.values[0, k, at] == float(values.sel(region=region.id, time=hour))
                else:
                    assert np.isnan(layer.values[0, k, at])


def test_many_people_are_shown_as_their_median():
    result, shown = synthetic.result(7), picture(7)
    hour, layer = shown.times[-1], shown.layers[0]
    k = [region.id for region in shown.regions].index("NAc")
    assert layer.values[0, k, -1] == pytest.approx(
        float(result["signal"].sel(region="NAc", time=hour).median()), rel=1e-12
    )


def test_each_region_bears_its_number_and_the_picture_speaks_it():
    shown = picture()
    text = section(shown)
    every = drawings(text)
    assert len(every) == len(shown.layers) * len(shown.times)
    first, layer = every[0], shown.layers[0]
    assert f"{layer.title}, {moment(shown.times[0])}" in first
    for region, value in zip(shown.regions, layer.values[0, :, 0], strict=True):
        assert f">{number(value)}</text>" in first
        if np.isfinite(value):
            assert f"{region.name} {number(value)}" in first


def test_above_rest_is_filled_below_is_striped_and_the_area_is_the_size():
    shown = picture()
    index = next(k for k, layer in enumerate(shown.layers) if layer.unit in RATIOS)
    layer = shown.layers[index]
    every = drawings(section(shown))[index * len(shown.times) : (index + 1) * len(shown.times)]
    for at, text in enumerate(every):
        radii = dict(re.findall(r'class="(?:above|below)" (cx="\d+" cy="\d+") r="([\d.]+)"', text))
        kinds = {place: kind for kind, place in re.findall(r'class="(above|below)" (cx="\d+" cy="\d+")', text)}
        for region, value in zip(shown.regions, layer.values[0, :, at], strict=True):
            place = f'cx="{region.x:g}" cy="{region.y:g}"'
            if place in radii:
                assert kinds[place] == ("above" if value > 1 else "below")
                assert (float(radii[place]) / RING) ** 2 == pytest.approx(abs(value - 1) / layer.largest, abs=0.01)
            else:
                assert np.isnan(value) or abs(value - 1) < 0.02 * layer.largest


class Choices(HTMLParser):
    """The groups of radio buttons, with their checked ones and their labels."""

    def __init__(self) -> None:
        super().__init__()
        self.groups: dict[str, list[dict[str, str | None]]] = {}
        self.legends = 0

    def handle_starttag(self, tag, attrs):
        known = dict(attrs)
        self.legends += tag == "legend"
        if tag == "input":
            assert known["type"] == "radio"
            self.groups.setdefault(str(known["name"]), []).append(known)


def test_value_and_time_are_chosen_by_radio_buttons_without_a_program():
    shown = picture()
    text = section(shown)
    found = Choices()
    found.feed(text)
    assert {name: len(group) for name, group in found.groups.items()} == {
        "body-value": len(shown.layers), "body-time": len(shown.times),
    }  # fmt: skip
    assert found.legends == 2
    assert all(sum("checked" in one for one in group) == 1 for group in found.groups.values())
    assert "<script" not in text
    for group in found.groups.values():
        for one in group:
            kind, k = str(one["id"]).removeprefix("body-").split("-")
            assert f"#body-{kind}-{k}:checked) .{kind}-{k}{{" in text
            assert f'{kind}-{k}"' in text


def test_the_first_time_shown_is_when_the_first_value_is_farthest_from_its_start():
    shown = picture()
    layer = shown.layers[0]
    away = np.nanmax(np.abs(layer.values[0] - layer.values[0, :, :1]), axis=0)
    after = np.array([hour >= 0 for hour in shown.times])
    assert away[shown.first] == pytest.approx(away[after].max(), rel=0.1)


def test_nothing_that_moves_means_no_picture():
    time = np.array([0.0, 5.0, 10.0])
    level = xr.Dataset(
        {"signal": (("person", "time", "region"), np.full((1, 3, 2), 0.2), {"units": "share"})},
        {"time": time, "region": ["NAc", "VTA"], "person": [0]},
    )
    assert body_picture([level]) is None


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_numbers_stand_out_from_discs_and_stripes(theme):
    style = files("enkephalin.report").joinpath("style.css").read_text("utf-8")
    colour = dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6})", re.findall(r":root \{(.*?)\}", style, re.S)[theme]))
    for ground in ("above", "below", "card", "brain", "skin"):
        assert contrast(colour["ink"], colour[ground]) >= 4.5, ground
