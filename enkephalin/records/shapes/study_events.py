"""What goes otherwise than planned in a study: belief, missed doses, people who leave, events in between.

Needs    base, quantity
Gives    ``Blinding``, ``Expectancy``, ``MissedDoses``, ``Dropout``, ``Intercurrent``, ``Strategy``
Leaves   drawing them: see ``trial``
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from .base import Identifier, Sentence, Shape, complaint
from .quantity import Number, Plain, Quantity, Rate, Share, measured_in

Strategy = Literal["treatment_policy", "hypothetical", "while_on_treatment", "composite"]
Factor = Annotated[Quantity, measured_in("1", positive=True)]


class Blinding(Shape):
    """Whether people are told what they get and, when they are not, which share guesses it rightly (a half: chance)."""

    masked: bool = True
    guessed_right: Share | None = None

    @model_validator(mode="after")
    def _a_share_when_masked(self) -> Blinding:
        if self.masked != (self.guessed_right is not None):
            raise complaint(
                "blinding and guessing do not fit",
                found="masked without guessed_right" if self.masked else "guessed_right, though nobody is masked",
                expected="masked: true with guessed_right, or masked: false alone",
                try_="guessed_right: {value: 0.5, unit: share, status: assumed}",
            )
        return self


class Expectancy(Shape):
    """How much what people say moves when they believe that they are in one of these arms; it moves no body."""

    measure: Identifier
    arms: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    shift: Quantity  # in the unit of the measure, before its range and rounding
    from_time: str | None = None  # only answers from this time on (from zero)


class MissedDoses(Shape):
    """Doses of the arms that are not taken, each by the same chance, whatever came before.

    People share ``patterns`` ways of missing doses, so that those with the same way are computed together.
    """

    share: Share
    patterns: Annotated[int, Field(ge=1, le=1000)] = 12
    drugs: tuple[Identifier, ...] = ()  # only these; default: every drug of the arms


class Dropout(Shape):
    """People who leave: the hazard is multiplied by ``factor`` for each ``per`` of feeling above ``centre``."""

    hazard: Rate
    feels: str | None = None  # a watched value, as distress
    factor: Factor | None = None
    per: Plain | None = None
    centre: Plain | None = None

    @model_validator(mode="after")
    def _all_or_nothing(self) -> Dropout:
        given = [self.feels is not None, self.factor is not None, self.per is not None]
        if len(set(given)) > 1 or (self.centre is not None and not all(given)):
            raise complaint(
                "dropout by feeling is told by halves",
                found=", ".join(key for key in ("feels", "factor", "per", "centre") if getattr(self, key) is not None),
                expected="feels, factor and per together (centre if it is not 0), or none of them",
                try_="feels: distress, factor: {value: 1.5, unit: 1, status: assumed}, per: {value: 1, unit: z}",
            )
        return self


class Intercurrent(Shape):
    """An event after assignment that changes what a value means, and what the estimand does about it.

    It comes by a constant ``hazard``, by the body's own hazard of an ``event``, or ``when`` a watched value stands
    above or below a threshold ("distress above 2"); looked for at the times of ``looked_at``. Its lines' times
    count from it.

    treatment_policy: values count as they are. hypothetical: values after it are missing, as if it had not been.
    while_on_treatment: the last value before it counts. composite: from it on the value is ``counts_as``.
    """

    id: Identifier
    about: Sentence
    hazard: Rate | None = None
    event: Identifier | None = None
    when: str | None = None
    looked_at: Annotated[tuple[str, ...], Field(min_length=1)]
    arms: tuple[Identifier, ...] = ()  # only in these; default: in all
    happens: tuple[str, ...] = ()
    strategy: Strategy
    counts_as: Number | None = None
    measures: tuple[Identifier, ...] = ()  # whose values it concerns; default: all

    @model_validator(mode="after")
    def _comes_in_one_way(self) -> Intercurrent:
        ways = [key for key in ("hazard", "event", "when") if getattr(self, key) is not None]
        if len(ways) != 1:
            raise complaint(
                f"it is not clear when '{self.id}' happens",
                found=" and ".join(ways) or "neither hazard nor event nor when",
                expected="one of hazard, event, when",
                try_='when: "distress above 2"',
            )
        if (self.strategy == "composite") != (self.counts_as is not None):
            raise complaint(
                f"'{self.id}' and its strategy do not fit",
                found=f"strategy: {self.strategy}, counts_as: {self.counts_as}",
                expected="composite with counts_as, any other strategy without",
                try_="counts_as: the worst value of the measure",
                at=("strategy",),
            )
        return self
