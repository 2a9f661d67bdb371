"""Disputes: findings that seem to contradict each other, and arguments with their premises and counter-case.

Needs    base, observation
Gives    ``Contradiction``, ``Side``, ``Moderator``; ``Argument``, ``Premise``, ``Inference``, ``CounterCase``
Leaves   testing a moderator and propagating strength: see ``evidence``
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from .base import Identifier, Record, Sentence, Shape, complaint


class Side(Shape):
    """One side of a contradiction and the observations behind it."""

    says: Sentence
    observations: Annotated[tuple[Identifier, ...], Field(min_length=1)]


class Moderator(Shape):
    """What might explain why two sides see different things: a field in which their observations differ."""

    field: Literal["species", "design", "drug", "population", "observable", "time", "receptor"]
    says: Sentence
    values: dict[Identifier, str] = Field(default_factory=dict)


class Contradiction(Record):
    """Findings that seem to contradict each other, both sides' observations, and what might explain it."""

    about: Sentence
    number: int | None = None
    claims: tuple[Identifier, ...] = ()
    sides: Annotated[tuple[Side, ...], Field(min_length=2)]
    moderators: Annotated[tuple[Moderator, ...], Field(min_length=1)]
    resolution: Sentence
    settled_by: Sentence

    @model_validator(mode="after")
    def _sides_differ(self) -> Contradiction:
        named = [name for side in self.sides for name in side.observations]
        for name in named:
            if named.count(name) > 1:
                raise complaint(
                    f"'{name}' stands on two sides",
                    found=name,
                    expected="each observation on one side",
                    try_="leave it out, where it says both",
                )
        return self


class Premise(Shape):
    """A premise: a claim of the catalog, or a sentence that the argument leaves unsaid."""

    claim: Identifier | None = None
    unsaid: Sentence | None = None
    strength: Literal["contradicted", "unsupported", "cannot_tell", "partly", "supported"] | None = None
    because: Sentence | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Premise:
        if (self.claim is None) == (self.unsaid is None):
            raise complaint(
                "a premise is a claim or an unsaid sentence",
                found="both" if self.claim else "neither",
                expected="one of the two",
                try_="two premises",
            )
        if (self.unsaid is None) != (self.strength is None and self.because is None):
            raise complaint(
                "an unsaid premise has a strength and a reason; a claim has its own",
                found=f"strength: {self.strength or 'nothing'}, because: {self.because or 'nothing'}",
                expected="strength and because beside unsaid, and only there",
                try_="strength: unsupported, where nobody has shown it",
            )
        return self


class Inference(Shape):
    """The step from premises to conclusion: its kind, how far it carries if every premise holds, and why."""

    kind: Literal["deduction", "generalisation", "analogy", "best_explanation", "reverse_inference", "extrapolation"]
    says: Sentence
    strength: Literal["none", "weak", "moderate", "strong"]
    because: Sentence


class CounterCase(Shape):
    """The strongest case against a conclusion, built of claims and observations."""

    says: Sentence
    claims: tuple[Identifier, ...] = ()
    observations: tuple[Identifier, ...] = ()
    survives: Sentence


class Argument(Record):
    """An argument: premises, the step, the conclusion; and beside it the strongest counter-case."""

    about: Sentence
    number: int | None = None
    premises: Annotated[tuple[Premise, ...], Field(min_length=1)]
    inference: Inference
    conclusion: Sentence
    concludes: Identifier | None = None
    cites: tuple[Identifier, ...] = ()
    counter: CounterCase
