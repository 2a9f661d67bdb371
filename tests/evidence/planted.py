"""Planted evidence: small claims with observations of their own, so that a rule meets exactly what it is about."""

from __future__ import annotations

from typing import Any

from enkephalin.records.shapes import Claim, Observation

QUESTION = "planted_question"


def observation(id: str, says: str = "positive", **more: Any) -> dict[str, Any]:
    """An observation that answers the planted question. ``how`` goes into its answer."""
    answer = {"question": QUESTION, "says": says, "how": more.pop("how", "direct"), "because": "as planted"}
    plain: dict[str, Any] = {
        "id": id,
        "about": f"Planted: {says}.",
        "source": f"source_of_{id}",
        "answers": (answer,),
        "design": "cohort",
        "species": "human",
        "n": 200,
        "confirmed": "read",
        "transcribed_by": "a test",
    }
    plain |= more
    if plain["design"] in ("meta_analysis", "systematic_review"):
        plain.setdefault("pools", "observational")
    return plain


def claim(*observations: dict[str, Any], **more: Any) -> Claim:
    """A claim with these observations and their sources."""
    sources = [{"id": row["source"], "kind": "article", "read": "abstract"} for row in observations]
    own = {row["id"]: row for row in sources}
    plain: dict[str, Any] = {
        "id": "planted",
        "about": "A planted claim.",
        "kind": "association",
        "species": ("human",),
        "wrong_if": "it were not so",
        "question": QUESTION,
        "asks": "Is it so?",
        "known": {"says": "What was planted.", "not_found": None if observations else "Nothing."},
        "undecidable": "It is planted.",
        "observed": tuple(observations),
        "own_sources": tuple(own.values()),
    }
    return Claim.model_validate(plain | more)


def many(says: str, count: int, **more: Any) -> list[dict[str, Any]]:
    """Several observations that say the same, each of its own source."""
    return [observation(f"{says}_{k}", says, **more) for k in range(count)]


def records(rows: list[dict[str, Any]]) -> list[Observation]:
    """The observations as records."""
    return [Observation.model_validate(row) for row in rows]
