"""Check that the numbers of a row do not contradict each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from synthesist.review import Result, Review
from synthesist.store.faults import Faults

#: Columns that belong to one arm and mean nothing in a comparison of two.
OF_ONE_ARM = (
    "events",
    "sd",
    "median",
    "q1",
    "q3",
    "min",
    "max",
    "mean_change",
    "sd_change",
    "r",
    "person_time",
    "surv_percent",
)

#: Columns that compare two arms.
OF_TWO_ARMS = ("hr", "o_minus_e", "v")

EXCHANGED = "correct one of them; they may be exchanged"


@dataclass(frozen=True, slots=True)
class Order:
    """Two columns of which the first must not exceed the second."""

    low: str
    high: str
    remedy: str = EXCHANGED


@dataclass(frozen=True, slots=True)
class Contradiction:
    """What is wrong with a row: the column, and the others it contradicts."""

    column: str
    message: str
    remedy: str
    others: tuple[str, ...] = ()


RESULT_ORDERS = (
    Order("events", "n", "count people with the event, not episodes; correct one"),
    Order("ci_low", "ci_high"),
    Order("q1", "q3"),
    Order("min", "max"),
    Order("q1", "median"),
    Order("median", "q3"),
    Order("min", "q1"),
    Order("q3", "max"),
    Order("min", "median"),
    Order("median", "max"),
    Order("min", "mean"),
    Order("mean", "max"),
)

REPORTED_ORDERS = (Order("low", "high"),)


def check_numbers(review: Review, faults: Faults) -> None:
    """Report numbers of one row that cannot all be true."""
    for row in review.reported:
        _check("reported.csv", row, _ordered(row, REPORTED_ORDERS), faults)
    for result in review.results:
        for check in (_orders, _hazard, _arms):
            _check("results.csv", result, check(result), faults)


def _check(file: str, row: Any, found: Iterable[Contradiction], faults: Faults) -> None:
    """Report contradictions, one for each slip: a wrong cell often breaks several rules."""
    seen: set[str] = set()
    for contradiction in found:
        columns = {contradiction.column, *contradiction.others}
        if not columns & seen:
            faults.cell(
                file,
                row.row,
                contradiction.column,
                contradiction.message,
                contradiction.remedy,
                others=contradiction.others,
            )
        seen |= columns


def _ordered(row: Any, orders: Iterable[Order]) -> Iterator[Contradiction]:
    """Yield pairs of columns that stand in the wrong order."""
    for order in orders:
        low, high = getattr(row, order.low), getattr(row, order.high)
        if low is not None and high is not None and low > high:
            message = f"{order.low} is {low:g}, above {order.high}, which is {high:g}"
            yield Contradiction(order.low, message, order.remedy, (order.high,))


def _orders(result: Result) -> Iterator[Contradiction]:
    """Yield numbers of a result that stand in the wrong order."""
    yield from _ordered(result, RESULT_ORDERS)


def _hazard(result: Result) -> Iterator[Contradiction]:
    """Yield limits of a hazard ratio that are not above zero, or do not hold it."""
    hr, low, high = result.hr, result.ci_low, result.ci_high
    if hr is None:
        return
    for name, limit in (("ci_low", low), ("ci_high", high)):
        if limit is not None and limit <= 0:
            yield Contradiction(
                name,
                f"{name} is {limit:g}, and a hazard ratio is above 0",
                "write the limits of the ratio, not of its logarithm",
                ("hr",),
            )
    if low is not None and high is not None and low > high:
        return
    if low is not None and hr < low:
        yield _outside("below", "ci_low", hr, low)
    if high is not None and hr > high:
        yield _outside("above", "ci_high", hr, high)


def _outside(side: str, name: str, hr: float, limit: float) -> Contradiction:
    """Return what is wrong with a ratio outside its interval."""
    return Contradiction(
        "hr",
        f"hr is {hr:g}, {side} {name}, which is {limit:g}",
        "a ratio lies inside its interval; correct one of them",
        (name,),
    )


def _arms(result: Result) -> Iterator[Contradiction]:
    """Yield the first column that does not fit a row of one arm, or of two."""
    if result.comparator and result.comparator == result.arm:
        yield Contradiction(
            "comparator", "The arm is compared with itself", "name the other arm"
        )
        return
    check: Callable[[str], Contradiction] = (
        _misplaced_arm if result.comparator else _misplaced_contrast
    )
    for name in OF_ONE_ARM if result.comparator else OF_TWO_ARMS:
        if getattr(result, name) is not None:
            # The other columns of the row are wrong for the same reason.
            yield check(name)
            return


def _misplaced_arm(name: str) -> Contradiction:
    """Return what is wrong with a number of one arm in a row of two."""
    return Contradiction(
        name,
        f"{name} belongs to one arm, but the row compares two",
        "move it to a row of that arm, without comparator",
    )


def _misplaced_contrast(name: str) -> Contradiction:
    """Return what is wrong with a comparison in a row of one arm."""
    return Contradiction(
        name,
        f"{name} compares two arms, but the row names one",
        "name the other arm in comparator",
    )
