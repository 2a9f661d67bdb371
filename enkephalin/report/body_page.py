"""The section of the page that shows the body: what to look at, and when, by radio buttons and no program.

Needs    ``BodyPicture`` (body.py)
Gives    ``section``: HTML with one drawing for each value, time and side, of which only the chosen ones show
Leaves   what is in the drawing: see body.py

Each region bears its number, and says with the size of a disc how far it is from rest: filled above, striped below.
Nothing is told by colour alone.
"""

from __future__ import annotations

from html import escape

import numpy as np

from .body import BodyPicture, Layer, Region
from .words import listing, moment, number

WIDTH, HEIGHT, RING, SMALLEST = 480, 412, 28, 3
HEAD = (
    "M164 408 C162 384 150 372 124 372 C104 372 98 360 100 344 C100 338 92 334 92 328 C92 322 98 320 97 314 "
    "C96 308 88 308 87 302 C86 296 94 292 92 286 C90 278 66 274 66 264 C66 252 86 230 88 208 C86 190 82 176 84 156 "
    "C92 72 166 22 262 22 C366 22 436 96 434 194 C432 262 396 300 388 340 C384 362 386 386 392 408"
)
BRAIN = (
    "M110 176 C104 110 170 54 262 54 C350 54 410 110 408 190 C408 214 400 232 390 246 C400 264 392 296 372 306 "
    "C386 330 382 372 380 408 L330 408 C334 372 330 344 314 326 C296 320 284 312 270 310 C244 330 196 326 176 296 "
    "C166 280 168 262 178 252 C150 252 118 226 110 176 Z"
)
FOLDS = "M132 110 C170 120 190 80 232 74 M260 72 C300 84 330 70 356 104 M372 122 C384 150 396 160 396 190"


def section(picture: BodyPicture) -> str:
    """The whole section."""
    layers = "".join(_layer(picture, k) for k in range(len(picture.layers)))
    marked = [f"{region.id} {region.name}" for region in picture.regions]
    aside = listing(region.id for region in picture.regions if region.aside)
    return (
        '<section id="body"><h2>The body at a glance</h2><p class="story">Eleven regions of the brain, drawn as a '
        "scheme and not to scale. Choose what to look at, and when.</p>"
        f"<style>{_rules(picture)}</style>{_shared(picture)}"
        f'<div class="choices">{_choice("value", "What", [layer.title for layer in picture.layers])}'
        f"{_choice('time', 'When', [moment(time) for time in picture.times], picture.first)}</div>{layers}"
        f'<p class="story">{escape("; ".join(marked))}. {aside} lie beside the plane that is drawn.</p></section>'
    )


def _choice(kind: str, name: str, words: list[str], first: int = 0) -> str:
    """Radio buttons: one stop for the tab key, arrows to choose."""
    buttons = "".join(
        f'<label><input type="radio" name="body-{kind}" id="body-{kind}-{k}"{" checked" if k == first else ""}>'
        f"<span>{escape(word)}</span></label>"
        for k, word in enumerate(words)
    )
    return f"<fieldset><legend>{name}</legend>{buttons}</fieldset>"


def _rules(picture: BodyPicture) -> str:
    """Show what is chosen; a browser that cannot ask what is chosen shows everything."""
    shown = [
        f"#body:has(#body-{kind}-{k}:checked) .{kind}-{k}{{display:{how}}}"
        for kind, count, how in (("value", len(picture.layers), "block"), ("time", len(picture.times), "flex"))
        for k in range(count)
    ]
    return f"@supports selector(:has(a)){{#body .layer,#body .moment{{display:none}}{''.join(shown)}}}"


def _shared(picture: BodyPicture) -> str:
    """What every drawing has in common, once: the head, the rings, the names, the stripes."""
    rings = "".join(
        f'<circle class="ring{" aside" if region.aside else ""}" cx="{region.x:g}" cy="{region.y:g}" r="{RING}"/>'
        for region in picture.regions
    )
    names = "".join(
        f'<text class="name" x="{region.x:g}" y="{region.y - 5:g}">{region.id}</text>' for region in picture.regions
    )
    stripes = (
        '<pattern id="body-stripes" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<rect class="stripe-ground" width="5" height="5"/><rect class="stripe" width="2.4" height="5"/></pattern>'
    )
    return (
        f'<svg class="shared" width="0" height="0" aria-hidden="true"><defs>{stripes}<g id="body-head">'
        f'<path class="skin" d="{HEAD}"/><path class="brain" d="{BRAIN}"/><path class="folds" d="{FOLDS}"/>{rings}</g>'
        f'<g id="body-names">{names}</g></defs></svg>'
    )


def _layer(picture: BodyPicture, index: int) -> str:
    layer = picture.layers[index]
    moments = "".join(
        f'<div class="moment time-{at}">'
        + "".join(_drawing(picture, index, side, at) for side in range(len(picture.sides)))
        + "</div>"
        for at in range(len(picture.times))
    )
    return f'<div class="layer value-{index}">{moments}<p class="key-of-sizes">{escape(_key(layer))}</p></div>'


def _key(layer: Layer) -> str:
    unit = f" {layer.unit}" if layer.unit else ""
    if layer.rest is None:
        return f"A disc that fills its ring: {number(layer.largest)}{unit}, the largest at any of these times."
    name = "rest" if layer.rest == 0 or "rest" in layer.unit else "baseline"
    return (
        f"A disc that fills its ring is {number(layer.largest)} away from {name} ({number(layer.rest)}), the farthest "
        "at any of these times; filled above it, striped below. Where a dash stands for the number, the model has none."
    )


def _drawing(picture: BodyPicture, index: int, side: int, at: int) -> str:
    """One head."""
    layer = picture.layers[index]
    values = layer.values[side, :, at]
    key = f"body-{index}-{at}-{side}"
    whose = f"{picture.sides[side]}: " if picture.sides[side] else ""
    title = f"{whose}{layer.title.lower() if whose else layer.title}, {moment(picture.times[at])}"
    told = ", ".join(f"{r.name} {number(v)}" for r, v in zip(picture.regions, values, strict=True) if np.isfinite(v))
    parts = "".join(_region(region, float(v), layer) for region, v in zip(picture.regions, values, strict=True))
    return (
        f"<figure><figcaption><h3>{escape(title)} <small>{escape(layer.unit)}</small></h3></figcaption>"
        f'<svg class="body" viewBox="40 10 420 {HEIGHT - 12}" role="img" aria-labelledby="{key}-t {key}-d">'
        f'<title id="{key}-t">{escape(title)}</title><desc id="{key}-d">{escape(told)} {escape(layer.unit)}</desc>'
        f'<use href="#body-head"/>{parts}<use href="#body-names"/></svg></figure>'
    )


def _region(region: Region, value: float, layer: Layer) -> str:
    """A disc and a number."""
    text = f'<text class="middle halo" x="{region.x:g}" y="{region.y + 11:g}">{number(value)}</text>'
    if not np.isfinite(value):
        return text
    away = value - (layer.rest or 0.0)
    filled = abs(away) / layer.largest if layer.largest else 0.0
    radius = RING * filled**0.5  # the area tells the size
    if radius < SMALLEST:
        return text
    below = layer.rest is not None and away < 0
    return (
        f'<circle class="{"below" if below else "above"}" cx="{region.x:g}" cy="{region.y:g}" r="{radius:.1f}"/>{text}'
    )
