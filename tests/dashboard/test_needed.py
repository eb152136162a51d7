"""How much it takes to attain a goal, held against the judgement itself."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.periods import ReferencePeriod
from qdpolicy.dashboard.needed import needed, smallest
from targets.progress import DEFAULT_RULES, Actual, Baseline, Goal, evaluate
from targets.progress.comparators import Bounds

D = Decimal
END = ReferencePeriod.of_year(2024)
BASE = ReferencePeriod.of_year(2020)


def goal(value: str | None = "9000", **fields: Any) -> Goal:
    about: dict[str, Any] = {
        "measure": "level", "comparator": "at_least", "direction": "increase",
        "value": None if value is None else D(value), "period_end": END,
        "baseline": Baseline(period=BASE),
    }  # fmt: skip
    return Goal(**(about | fields))


def known(**values: str) -> dict[ReferencePeriod, Actual]:
    return {
        ReferencePeriod.of_year(int(year[1:])): Actual(value=D(v)) for year, v in values.items()
    }


def bounds_of(asked: Goal, series: dict[ReferencePeriod, Actual] | None = None) -> Bounds | None:
    held = known(y2020="4000", y2022="5000") if series is None else series
    return needed(asked, evaluate(asked, held, None), DEFAULT_RULES)


@pytest.mark.parametrize(
    ("asked", "bounds"),
    [
        (goal(), Bounds(D(9000), None)),
        (goal(comparator="more_than"), Bounds(D(9000), None, open=True)),
        (goal(comparator="at_most"), Bounds(None, D(9000))),
        (goal(comparator="less_than"), Bounds(None, D(9000), open=True)),
        (goal(comparator="equals"), Bounds(D(9000), D(9000))),
        (goal("100", comparator="about"), Bounds(D(98), None)),
        (goal("100", comparator="nearly"), Bounds(D(90), None)),
        (goal("100", comparator="about", direction="maintain"), Bounds(D(98), D(102))),
        (goal("100", comparator="between", upper=D(120)), Bounds(D(100), None)),
        (goal("2", measure="multiple"), Bounds(D(8000), None)),
        (goal("500", measure="change"), Bounds(D(4500), None)),
        (goal("10", measure="change", unit="%"), Bounds(D(4400), None)),
        (goal("10", measure="change", unit="%", direction="decrease"), Bounds(None, D(3600))),
        (goal("11", measure="growth"), Bounds(D(11), None)),
        (goal("700", measure="increment", accumulation="flow"), Bounds(D(700), None)),
        (goal(measure="rank", comparator="at_most", value=D(3)), Bounds(None, D(3))),
        (goal("0"), Bounds(D(0), None)),
    ],
)
def test_bounds_of_the_end_period(asked: Goal, bounds: Bounds) -> None:
    assert bounds_of(asked) == bounds


@pytest.mark.parametrize(
    ("asked", "series"),
    [
        (goal(None), None),
        (goal("10", measure="average_growth"), None),
        (goal("10", measure="increment", cadence="each_year"), None),
        (goal("2", measure="multiple", baseline=None), None),
        (goal("2", measure="multiple"), known(y2021="4100", y2022="5000")),
        (
            goal("2", measure="multiple",
                 baseline=Baseline(period=BASE, value=D(4000), provenance="implied")),
            None,
        ),
        (goal("2", measure="multiple"), known(y2020="0", y2022="5000")),
    ],
)  # fmt: skip
def test_what_no_single_value_decides(
    asked: Goal, series: dict[ReferencePeriod, Actual] | None
) -> None:
    assert bounds_of(asked, series) is None


@pytest.mark.parametrize(
    ("bounds", "quantum", "value"),
    [
        (Bounds(D(9000), None), "1", "9000"),
        (Bounds(D(9000), None, open=True), "1", "9001"),
        (Bounds(D("8999.5"), None, open=True), "1", "9000"),
        (Bounds(D("1264.735"), None), "0.01", "1264.74"),
        (Bounds(D(700), None, open=True), "0.01", "700.01"),
        (Bounds(None, D("7.555")), "0.01", "7.55"),
        (Bounds(None, D(8), open=True), "1", "7"),
        (Bounds(D("3.3"), D("3.3")), "1", None),
        (Bounds(D(98), D(102)), "1", "98"),
        (Bounds(D("98.5"), D("98.7")), "1", None),
        (Bounds(None, None), "1", None),
        (Bounds(D(0), None), "1", "0"),
        (Bounds(D("-3.5"), None), "1", "-3"),
    ],
)
def test_smallest_step_that_meets_the_bounds(
    bounds: Bounds, quantum: str, value: str | None
) -> None:
    assert smallest(bounds, D(quantum)) == (None if value is None else D(value))


def test_a_bound_that_no_step_can_tell_apart_has_none() -> None:
    assert smallest(Bounds(D(10) ** 80, None, open=True), D(1)) is None


@given(
    st.decimals(1, 10**6, places=3),
    st.sampled_from(["at_least", "more_than", "at_most", "less_than", "about", "nearly"]),
    st.sampled_from(["level", "share", "multiple", "change"]),
    st.sampled_from(["0.01", "1"]),
)
def test_what_is_asked_for_attains_and_a_step_less_does_not(
    value: Decimal, comparator: str, measure: str, quantum: str
) -> None:
    asked = goal(str(value), measure=measure, comparator=comparator)
    bounds = bounds_of(asked)
    assert bounds is not None
    found = smallest(bounds, D(quantum))
    assert found is not None
    step = D(quantum) if bounds.low is not None else -D(quantum)

    def attained(actual: Decimal) -> bool | None:
        series = {**known(y2020="4000", y2022="5000"), END: Actual(value=actual)}
        return evaluate(asked, series, None).attained

    assert attained(found) is True
    assert attained(found - step) is False
