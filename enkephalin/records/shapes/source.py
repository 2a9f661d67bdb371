"""Source: a publication, label or data set from which a number was taken, and how it was read.

Needs    base
Gives    ``Source``
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from .base import Record, complaint

FIRST_YEAR, LAST_YEAR = 1800, 2100


def _doi(text: str) -> str:
    if not re.fullmatch(r"10\.\d{4,9}/\S+", text):
        raise complaint(f"'{text}' is no DOI", found=text, expected="10.<number>/<name>", try_="10.1000/182")
    return text


class Source(Record):
    """Where a number comes from. What is not known stays null, with a note."""

    kind: str
    title: str | None = None
    authors: tuple[str, ...] | None = None
    year: Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)] | None = None
    journal: str | None = None
    volume: str | int | None = None
    pages: str | int | None = None
    doi: Annotated[str, AfterValidator(_doi)] | None = None
    pmid: int | str | None = None
    url: str | None = None
    species: str | None = None
    n: int | str | None = None
    read: Literal["full_text", "abstract", "secondary", "not_read"]
    use: Literal["building", "verification"] | None = None
    about: str | None = None
    note: str | None = None
