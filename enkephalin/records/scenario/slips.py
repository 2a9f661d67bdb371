"""Slips: what people write who know charts and not this language, and what the language has instead.

Needs    drug_names.csv (other names of drugs)
Gives    ``advice``, ``known_as``, ``number_advice``, ``thousands``, ``route_advice``, ``ABSENT_ROUTES``
Leaves   refusing: see ``grammar`` and ``line``, which put these words under "try"
"""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path

from ...errors import nearest
from ..words import ABBREVIATIONS, ROUTES

NAMES = Path(__file__).with_name("drug_names.csv")
A_DAY = {"od": 1, "qd": 1, "daily": 1, "bd": 2, "bid": 2, "tds": 3, "tid": 3, "qds": 4, "qid": 4}
HOURS = 24
WORDS = {
    "and": "write two lines",
    "then": "begin the next line with 'then'",
    "bolus": "leave it out: a dose without 'over' is given at once",
    "stat": "leave it out: 'at' says when",
    "prn": "write each dose that is taken: the body does not ask for one",
    "weekly": "every 7 d x <n>",
    "with": "leave the rest out: the body knows no food, and a person may have an absorption of their own",
    "without": "leave the rest out",
    "for": "every <time> until <time>, or every <time> x <n>",
    "x": "every <time> x <n>",
    "times": "every <time> x <n>",
}
OTHER_ROUTES = {
    **dict.fromkeys(("nasal", "nasally", "spray"), "intranasal"),
    **dict.fromkeys(("er", "xr", "sr", "cr", "mr"), "oral_er"),
    **dict.fromkeys(("s.c.", "subq", "subcut"), "sc"),
    "i.v.": "iv",
    "i.m.": "im",
    "p.o.": "po",
    "s.l.": "sl",
    "patch": "transdermal",
    "film": "sublingual_film",
    "injected": "iv, im or sc",
    "depot": "xr_im, weekly_sc, monthly_sc or implant_sc",
}
ABSENT_ROUTES = (
    *("rectal", "pr", "buccal", "smoked", "inhaled", "vaporised", "nebulised"),
    *("intrathecal", "epidural", "topical"),
)
LIKE_A_DRUG = 0.8  # two opioids have names alike; less likeness than this offers another drug for a name that is none
LIKE_A_ROUTE = 0.7


@cache
def other_names() -> dict[str, str]:
    """The id of each other name: generic names of other countries, products (that which acts, of two), and codes."""
    with NAMES.open(encoding="utf-8", newline="") as file:
        return {row["name"]: row["drug"] for row in csv.DictReader(file)}


def known_as(name: str) -> str:
    """The id of the drug that bears this other name; "" when none does."""
    return other_names().get(name.casefold(), "")


def drug_advice(name: str, drugs: list[str]) -> str:
    """Which drug may be meant; "" when none is near enough."""
    exact = [drug for drug in drugs if drug == name.casefold()]
    return (exact[0] if exact else "") or known_as(name) or nearest(name, drugs, close=LIKE_A_DRUG)


def advice(word: str) -> str:
    """What to write in place of a word that is not understood, such as "q6h"; "" when it is no usual slip."""
    word = word.casefold()
    if word in A_DAY:
        return f"every {HOURS // A_DAY[word]} h x <n>"
    if every := re.fullmatch(r"q([0-9]{1,3})(h|d)", word):
        return f"every {every[1]} {every[2]} x <n>"
    return WORDS.get(word, "")


def number_advice(word: str) -> str:
    """What to write in place of a word that stands where a number should."""
    if clock := re.fullmatch(r"([0-9]{1,2}):([0-9]{2})", word):
        return f"{int(clock[1])} h: times count from the start, whose hour of the day is 'clock: 00:00'"
    if re.fullmatch(r"[0-9.]+(-|–|\.\.|/)[0-9.]+", word):
        return "one number; how people differ belongs to a population"
    if not word.isascii():
        return "plain letters, signs, and digits 0 to 9"
    return "look for a missing word before it"


def thousands(word: str) -> str:
    """What a number with a comma may mean: 10,5 is 10.5, but 1,000 may be a thousand."""
    point = word.replace(",", ".")
    if re.fullmatch(r"[1-9][0-9]{0,2},[0-9]{3}", word):
        return f"{word.replace(',', '')} if the comma parts thousands, {point} if it is a point"
    return point


def rate_advice(amount: float, unit: str, per: str) -> str:
    """How a rate is written: the whole amount, and over how long."""
    hours = {"h": 24.0, "hr": 24.0, "hour": 24.0, "min": 24.0 * 60, "d": 1.0, "day": 1.0}.get(per.casefold())
    if hours is None:
        return "mg, ug, nmol, or mg/kg"
    return f"the whole amount and its time: {amount * hours:g} {unit} <route> over 24 h"


def route_advice(word: str, drug: str) -> str:
    """Which route may be meant, or where the drug's own routes stand."""
    word = word.casefold()
    own = f"enkephalin show drug {drug}  names the routes that are known"
    if word in ABSENT_ROUTES:
        return own
    return OTHER_ROUTES.get(word) or nearest(word, [*ROUTES, *ABBREVIATIONS], close=LIKE_A_ROUTE) or own
