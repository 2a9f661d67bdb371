"""Faults of a design: arms, orders, shares, blocks and washout that do not make the design that is named.

Needs    shapes
Gives    ``design_faults(study)``
"""

from __future__ import annotations

from collections.abc import Iterator

from ...errors import EnkephalinError, RecordError, nearest
from ..shapes import ResolvedStudy

Where = tuple[str | int, ...]
Fault = tuple[Where, EnkephalinError]
DAY = 24.0
SAME = 1e-6  # h


def design_faults(study: ResolvedStudy) -> Iterator[Fault]:
    """What is wrong with the design."""
    yield from _orders(study)
    yield from _kind(study)
    yield from _numbers(study)
    yield from _periods(study)


def _orders(study: ResolvedStudy) -> Iterator[Fault]:
    known = [arm.id for arm in study.arms]
    here: Where = ("assignment", "orders")
    for name in dict.fromkeys(name for order in study.orders for name in order):
        if name not in known:
            yield (
                here,
                RecordError(
                    f"an order names an arm '{name}' that the study does not have",
                    found=name,
                    expected="one of " + ", ".join(known),
                    try_=nearest(name, known) or "an arm of the study",
                ),
            )
    idle = [name for name in known if not any(name in order for order in study.orders)]
    if idle:
        yield here, RecordError("an arm stands in no order", found=", ".join(idle), expected="each arm in some order",
                                try_="add an order, or leave the arm out")  # fmt: skip
    if len({len(order) for order in study.orders}) > 1 or any(not order for order in study.orders):
        yield here, RecordError("the orders are of different lengths", expected="as many periods in each order",
                                found=", ".join(str(len(order)) for order in study.orders),
                                try_="orders: [[a, b], [b, a]]")  # fmt: skip
    if len(set(study.orders)) < len(study.orders):
        yield here, RecordError("an order is given twice", found="the same arms twice", expected="each order once",
                                try_="shares: [2, 1], to give one order to more people")  # fmt: skip


def _kind(study: ResolvedStudy) -> Iterator[Fault]:
    """Whether arms and orders make the design that is named."""
    periods, arms = len(study.orders[0]), len(study.arms)
    if study.design == "parallel" and (periods > 1 or arms < 2):
        yield ("design",), _not_the_design(study, "two arms or more, and one period")
    if study.design == "longitudinal" and (arms != 1 or len(study.orders) > 1):
        yield ("design",), _not_the_design(study, "one arm, followed over time")
    if study.design == "crossover" and periods < 2:
        yield ("design",), _not_the_design(study, "two arms or more, one after the other in each person")
    factors = [tuple(sorted(arm.levels)) for arm in study.arms]
    if study.design == "factorial":
        cells = {tuple(sorted(arm.levels.items())) for arm in study.arms}
        sizes = [len({arm.levels.get(factor) for arm in study.arms}) for factor in factors[0]]
        full = len(factors[0]) == 2 and sizes == [2, 2] and len(cells) == 4
        if len(set(factors)) > 1 or not full or arms != 4:
            yield (
                ("arms",),
                RecordError(
                    "the arms do not make a 2 x 2 design",
                    found="; ".join(f"{arm.id}: {dict(arm.levels) or 'no levels'}" for arm in study.arms)[:128],
                    expected="four arms, each with levels of the same two factors, no two alike",
                    try_="levels: {drug: naltrexone, task: exclusion}",
                ),
            )
    elif len(set(factors)) > 1:
        yield ("arms",), RecordError("some arms have levels and others have not", found=", ".join(map(str, factors)),
                                     expected="the same factors in each arm", try_="leave levels out")  # fmt: skip


def _not_the_design(study: ResolvedStudy, expected: str) -> RecordError:
    orders = f"{_many(len(study.orders), 'order')} of {_many(len(study.orders[0]), 'period')}"
    return RecordError(
        f"this is no {study.design} design",
        found=f"{_many(len(study.arms), 'arm')}, {orders}",
        expected=expected,
        try_="another design, or other orders",
    )


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _numbers(study: ResolvedStudy) -> Iterator[Fault]:
    """Shares of the orders, and blocks that can hold them."""
    if len(study.shares) != len(study.orders):
        yield (
            ("assignment", "shares"),
            RecordError(
                "the shares do not fit the orders",
                found=f"{len(study.shares)} shares of {len(study.orders)} orders",
                expected="one whole number for each order",
                try_="leave shares out, for equal ones",
            ),
        )
    elif study.block % sum(study.shares):
        yield (
            ("assignment", "block"),
            RecordError(
                "a block cannot hold the shares",
                found=f"block: {study.block}",
                expected=f"a multiple of {sum(study.shares)}, so that each block has all orders in their shares",
                try_=f"block: {2 * sum(study.shares)}",
            ),
        )
    if study.people.n < sum(study.shares):
        yield (
            ("people", "n"),
            RecordError(
                "fewer people than one round of the orders takes",
                found=f"n: {study.people.n}",
                expected=f"at least {sum(study.shares)}",
                try_="more people, or fewer orders",
            ),
        )


def _periods(study: ResolvedStudy) -> Iterator[Fault]:
    """Washout and time of day of the periods."""
    here: Where = ("assignment", "washout")
    several = len(study.orders[0]) > 1
    if study.washout and not several:
        yield here, RecordError("a washout without a second period", found=f"{study.washout:g} h",
                                expected="washout with a crossover", try_="leave it out")  # fmt: skip
    rest = study.step % DAY
    if several and min(rest, DAY - rest) > SAME:
        yield (
            here,
            RecordError(
                "the periods would begin at different times of day",
                found=f"{study.end:g} h and {study.washout:g} h of washout, {study.step:g} h in all",
                expected="whole days from the start of one period to that of the next",
                try_=f"washout: {study.washout + DAY - rest:g} h",
            ),
        )
