"""Faults of a planned analysis: it names what is not there, or does not fit the design.

Needs    shapes
Gives    ``plan_faults(study)``
"""

from __future__ import annotations

from collections.abc import Iterator

from ...errors import EnkephalinError, RecordError, nearest
from ..catalog import get
from ..shapes import ResolvedMeasure, ResolvedStudy
from ..shapes.analysis import Analysis

Where = tuple[str | int, ...]
Fault = tuple[Where, EnkephalinError]
BETWEEN = ("t_test", "ancova", "cox", "kaplan_meier", "equivalence", "mediation")
WITHIN = ("paired", "repeated_measures")
FEWEST_TIMES = {"recovery": 7, "cox": 2, "kaplan_meier": 2}
ALWAYS = ("sex", "age", "weight", "height")
SAME = 1e-6  # h


def plan_faults(study: ResolvedStudy) -> Iterator[Fault]:
    """What is wrong with each analysis."""
    for number, plan in enumerate(study.analysis):
        here: Where = ("analysis", number)
        for error in _faults(study, plan):
            yield here, error


def _faults(study: ResolvedStudy, plan: Analysis) -> Iterator[EnkephalinError]:
    arms, measures = [arm.id for arm in study.arms], {row.id: row for row in study.measures}
    for name in plan.contrast:
        if name not in arms:
            yield _stranger("arm", name, arms)
            return
    for name in filter(None, (plan.measure, plan.through)):
        if name not in measures:
            yield _stranger("measure", name, measures)
            return
    first = measures[plan.measure].baseline is not None
    columns = [
        *ALWAYS,
        *(["baseline"] if first else []),
        *(["period"] if len(study.orders[0]) > 1 else []),
        *_traits(study),
        *(row.id for row in study.covariates),
        *_factors(study),
    ]
    for name in (*plan.covariates, *([plan.by] if plan.by else [])):
        if name not in columns and not (name == plan.by and name in measures):
            yield _stranger("covariate", name, [*columns, *(measures if name == plan.by else ())])
            return
    yield from _times(plan, measures[plan.measure])
    if plan.by in measures:
        yield from _is_measured(measures[plan.by], "by_at" if plan.by_at else "at", plan.by_at or plan.at, plan.by_at_h)
    elif plan.by_at is not None:
        yield RecordError(
            f"'{plan.by}' has no times",
            found=f"by_at: {plan.by_at}",
            expected="a measure under 'by'",
            try_="leave it out",
        )
    if plan.through is not None:
        key = "through_at" if plan.through_at else "at"
        yield from _is_measured(measures[plan.through], key, plan.through_at or plan.at, plan.through_at_h)
    yield from _design(study, plan)


def _is_measured(measure: ResolvedMeasure, key: str, said: str | None, at: float | None) -> Iterator[EnkephalinError]:
    if at is not None and not any(abs(at - time) < SAME for time in measure.at):
        yield RecordError(
            f"'{measure.id}' is not measured at {said}",
            found=f"{key}: {said}",
            expected="one of its times: " + ", ".join(f"{time:g} h" for time in measure.at[:8]),
            try_="name the time under the measure's 'at'",
        )


def _times(plan: Analysis, measure: ResolvedMeasure) -> Iterator[EnkephalinError]:
    yield from _is_measured(measure, "at", plan.at, plan.at_h)
    if plan.of == "change" and measure.baseline is None:
        yield RecordError(
            f"'{measure.id}' has no baseline to change from",
            found="of: change",
            expected="baseline: one of the measure's times",
            try_=f"baseline: {measure.at[0]:g} h, under measures",
        )
    fewest = FEWEST_TIMES.get(plan.kind, 1)
    if len(measure.at) < fewest:
        yield RecordError(
            f"'{measure.id}' is measured too seldom for a {plan.kind} analysis",
            found=f"{len(measure.at)} times",
            expected=f"at least {fewest}",
            try_="every 1 d from 0 d to 30 d",
        )


def _design(study: ResolvedStudy, plan: Analysis) -> Iterator[EnkephalinError]:
    """Whether the arms of the contrast lie between people or within them, as the analysis needs it."""
    pairs = [(one, other) for one in plan.contrast for other in plan.contrast if one < other]
    within = [pair for pair in pairs if any(set(pair) <= set(order) for order in study.orders)]
    if plan.kind in BETWEEN and within:
        yield RecordError(
            f"a {plan.kind} analysis does not fit a design in which the same people have both arms",
            found=f"{plan.kind} of {' and '.join(plan.contrast)}",
            expected="a kind that knows people: paired, mixed_model",
            try_="kind: paired",
        )
    if plan.kind in WITHIN and len(pairs) > len(within):
        yield RecordError(
            f"a {plan.kind} analysis does not fit arms of different people",
            found=f"{plan.kind} of {' and '.join(plan.contrast)}",
            expected="arms that stand in one order",
            try_="kind: t_test, or ancova with the baseline",
        )
    if plan.kind in WITHIN and len(plan.contrast) == 1:
        measure = next(row for row in study.measures if row.id == plan.measure)
        if measure.baseline is None:
            yield RecordError(
                "a paired analysis of one arm compares with a baseline, and there is none",
                found=f"measure: {plan.measure}",
                expected="baseline: one of the measure's times",
                try_=f"baseline: {measure.at[0]:g} h, under measures",
            )
    if plan.kind == "interaction" and study.design != "factorial" and not study.arms[0].levels:
        yield RecordError(
            "an interaction analysis does not fit arms without levels",
            found=f"design: {study.design}",
            expected="four arms with levels of two factors",
            try_="design: factorial",
        )


def _traits(study: ResolvedStudy) -> list[str]:
    from ..populations import whole

    return [trait.id for trait in whole(get("population", study.people.population)).traits]


def _factors(study: ResolvedStudy) -> list[str]:
    return list(study.arms[0].levels)


def _stranger(kind: str, name: str, known: object) -> RecordError:
    names = list(known)  # type: ignore[call-overload]
    return RecordError(
        f"the analysis names {'an' if kind == 'arm' else 'a'} {kind} '{name}' that the study does not have",
        found=name,
        expected="one of " + ", ".join(names),
        try_=nearest(name, names) or f"a {kind} of the study",
    )
