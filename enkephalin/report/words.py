"""Numbers, times and names as a person reads them.

Needs    plain numbers and ids
Gives    ``number``, ``moment``, ``span``, ``title``, ``listing``
Leaves   what is said with them: see page.py
"""

from __future__ import annotations

import math
from collections.abc import Iterable

DAY = 24.0
MINUS = "\u2212"
NOTHING = 1e-9  # no unit of the watch table is so large that this would count


def number(value: float, digits: int = 3) -> str:
    """A number with ``digits`` significant digits, without an exponent where a person would write none.

    >>> number(0.012345), number(1234.5), number(-2.0), number(0.0000012), number(1e-20)
    ('0.0123', '1,230', '−2', '1.2 × 10⁻⁶', '0')
    """
    if not math.isfinite(value):
        return "–"
    if abs(value) < NOTHING:
        return "0"
    power = math.floor(math.log10(abs(value)))
    if power < -4 or power > 6:
        mantissa = round(value / 10.0**power, digits - 1)
        superscript = str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
        return f"{mantissa:g} × 10{superscript}".replace("-", MINUS)
    rounded = round(value, digits - 1 - power)
    text = f"{rounded:,.{max(0, digits - 1 - power)}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace("-", MINUS)


def moment(hours: float) -> str:
    """A time on the scenario's own clock, whose zero the author chose.

    >>> moment(0), moment(36), moment(-72), moment(0.5), moment(240)
    ('0 h', '36 h', '−3 d', '30 min', '10 d')
    """
    return span(hours) if hours >= 0 else MINUS + span(-hours)


def span(hours: float) -> str:
    """A length of time in the unit a person would choose: minutes, hours up to three days, then days."""
    if hours == 0:
        return "0 h"
    if hours < 1:
        return f"{number(hours * 60)} min"
    if hours < 3 * DAY:
        return f"{number(hours)} h"
    return f"{number(hours / DAY)} d"


def title(name: str) -> str:
    """An id as a title: ``heroin_withdrawal`` becomes ``Heroin withdrawal``."""
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def listing(things: Iterable[str]) -> str:
    """Things joined as in a sentence.

    >>> listing(["a"]), listing(["a", "b"]), listing(["a", "b", "c"])
    ('a', 'a and b', 'a, b and c')
    """
    items = list(things)
    return " and ".join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else "".join(items)
