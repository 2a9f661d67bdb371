"""Analysis: what a study will compute from its data, written down before there are any.

Needs    base, quantity, units
Gives    ``Analysis``, ``ANALYSIS_KINDS``
Leaves   the computing: see ``trial.analysis``
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from ...errors import EnkephalinError
from ..units import quantity, same_kind
from .base import Identifier, Sentence, Shape, complaint, complaint_of
from .quantity import Number

AnalysisKind = Literal[
    "t_test",
    "paired",
    "ancova",
    "mixed_model",
    "repeated_measures",
    "correlation",
    "cox",
    "kaplan_meier",
    "recovery",
    "mediation",
    "moderation",
    "interaction",
    "equivalence",
]

# How many arms a kind contrasts: the fewest and the most.
ANALYSIS_KINDS: dict[str, tuple[int, int]] = {
    "t_test": (2, 2),
    "paired": (1, 2),
    "ancova": (2, 2),
    "mixed_model": (2, 2),
    "repeated_measures": (2, 12),
    "correlation": (0, 1),
    "cox": (2, 2),
    "kaplan_meier": (2, 2),
    "recovery": (1, 2),
    "mediation": (2, 2),
    "moderation": (2, 2),
    "interaction": (4, 4),
    "equivalence": (2, 2),
}
_NEEDS_BY = ("correlation", "moderation")
_TIME_TO_EVENT = ("cox", "kaplan_meier")
_EVERY_OCCASION = ("mixed_model", "recovery")
_MEANS = {
    "by": "by: a covariate or a measure",
    "through": "through: the measure that mediates",
    "margin": "margin: the largest difference that does not matter",
}
_WITH_COVARIATES = ("paired", "ancova", "mixed_model", "cox", "mediation", "moderation", "interaction")


class Analysis(Shape):
    """One planned analysis. The effect is always the first arm of ``contrast`` minus the second.

    ``at`` is the time of the occasion, as "6 h" from zero; without it the last occasion counts. ``summary`` makes one
    number of all occasions instead; ``of: change`` subtracts the baseline. ``interaction`` names four arms: both,
    first alone, second alone, neither.
    """

    kind: AnalysisKind
    measure: Identifier
    contrast: tuple[Identifier, ...] = ()
    about: Sentence | None = None
    at: str | None = None
    of: Literal["value", "change"] = "value"
    summary: Literal["at", "mean", "peak", "lowest", "area"] = "at"
    covariates: tuple[Identifier, ...] = ()
    by: Identifier | None = None  # the moderator, or what the measure is correlated with: a covariate or a measure
    by_at: str | None = None  # when that measure is read, if at another time
    through: Identifier | None = None  # the measure that mediates
    through_at: str | None = None
    threshold: Number = 1.0  # of time to event: the value that counts as the event
    side: Literal["above", "below"] = "above"  # the event is a value at or above, or at or below, the threshold
    margin: Annotated[Number, Field(gt=0)] | None = None  # of equivalence, in the unit of the measure
    confidence: Annotated[Number, Field(gt=0.5, lt=1)] = 0.95

    @property
    def at_h(self) -> float | None:
        """The time of the occasion in h from zero, or None for the last."""
        return None if self.at is None else quantity(self.at).inner()

    @property
    def by_at_h(self) -> float | None:
        """The time at which the measure of ``by`` is read, in h from zero; that of the measure unless it is given."""
        return self.at_h if self.by_at is None else quantity(self.by_at).inner()

    @property
    def through_at_h(self) -> float | None:
        """The time at which the mediator is read, in h from zero; that of the measure unless it is given."""
        return self.at_h if self.through_at is None else quantity(self.through_at).inner()

    @property
    def alpha(self) -> float:
        """The two-sided error that the interval leaves."""
        return round(1 - self.confidence, 12)

    @property
    def contrast_text(self) -> str:
        """The contrast in words: "naltrexone - placebo"."""
        if self.kind == "interaction":
            both, first, second, neither = self.contrast
            return f"({both} - {second}) - ({first} - {neither})"
        return " - ".join(self.contrast) if self.contrast else "everybody"

    @property
    def when(self) -> str:
        """What of the measure counts: "at 6 min", "change at 28 d", "mean"; nothing of the last occasion."""
        what = f"at {self.at}" if self.at is not None else self.summary if self.summary != "at" else ""
        return f"change {what}".strip() if self.of == "change" else what

    @model_validator(mode="after")
    def _times_are_times(self) -> Analysis:
        for key in ("at", "by_at", "through_at"):
            text = getattr(self, key)
            if text is None:
                continue
            try:
                fits = same_kind(quantity(text).unit, "h")
            except EnkephalinError as error:
                raise complaint_of(error) from error
            if not fits:
                raise complaint("this is no time", found=text, expected="a time from zero", try_="6 h", at=(key,))
        return self

    @model_validator(mode="after")
    def _arms_fit_the_kind(self) -> Analysis:
        few, many = ANALYSIS_KINDS[self.kind]
        named = len(self.contrast)
        if not few <= named <= many or len(set(self.contrast)) < named:
            wanted = f"{few}" if few == many else f"{few} to {many}"
            raise complaint(
                "the contrast does not fit the analysis",
                found=f"{self.kind} of {', '.join(self.contrast) or 'no arm'}",
                expected=f"{wanted} different arms",
                try_="contrast: [both, first, second, neither]"
                if self.kind == "interaction"
                else "contrast: [drug, placebo]",
                at=("contrast",),
            )
        return self

    @model_validator(mode="after")
    def _has_what_the_kind_needs(self) -> Analysis:
        wanted = {
            "by": self.kind in _NEEDS_BY,
            "through": self.kind == "mediation",
            "margin": self.kind == "equivalence",
        }
        for key, needed in wanted.items():
            if needed == (getattr(self, key) is not None):
                continue
            if needed:
                raise complaint(
                    f"a {self.kind} analysis lacks '{key}'",
                    found=f"kind: {self.kind}",
                    expected=_MEANS[key],
                    try_=f"{key}: ..., or another kind",
                )
            raise self._idle(key, "another kind")
        if self.covariates and self.kind not in _WITH_COVARIATES:
            raise complaint(
                f"a {self.kind} analysis takes no covariates",
                found=", ".join(self.covariates),
                expected="covariates with " + ", ".join(_WITH_COVARIATES),
                try_="kind: ancova",
                at=("covariates",),
            )
        if self.kind in _TIME_TO_EVENT and (self.of == "change" or self.summary != "at" or self.at):
            raise complaint(
                "time to an event uses every occasion",
                found=f"{self.kind} with at, of or summary",
                expected="measure, contrast, threshold, side",
                try_="leave at, of and summary out",
                at=("kind",),
            )
        idle = [key for key in ("threshold", "side") if key in self.model_fields_set]
        if self.kind not in _TIME_TO_EVENT and idle:
            raise self._idle(idle[0], "kind: cox")
        if self.summary != "at" and (self.at is not None or self.kind in _EVERY_OCCASION):
            raise complaint(
                "a summary of all occasions has no place here",
                found=f"summary: {self.summary}" + (f", at: {self.at}" if self.at else f", kind: {self.kind}"),
                expected="a summary, or one time; and a kind that takes one number of each person",
                try_="leave summary out",
                at=("summary",),
            )
        if self.by_at is not None and self.kind != "correlation":
            raise self._idle("by_at", "kind: correlation")
        if self.through_at is not None and self.through is None:
            raise complaint(
                "through_at without through",
                found=self.through_at,
                expected="through: a measure",
                try_="leave it out",
                at=("through_at",),
            )
        return self

    def _idle(self, key: str, instead: str) -> Exception:
        """The complaint about a key that this kind of analysis does not read."""
        return complaint(
            f"a {self.kind} analysis makes no use of '{key}'",
            found=f"{key}: {getattr(self, key)}",
            expected=f"no {key}",
            try_=f"{instead}, or leave it out",
            at=(key,),
        )
