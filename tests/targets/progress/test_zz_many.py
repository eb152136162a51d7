"""The engine and the second judge agree on random promises of every measure, path and cadence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from indicators.periods import ReferencePeriod
from targets.progress import Actual, Baseline, Goal, Verdict, evaluate, evaluate_group
from targets.progress.reasons import FIGURES
from tests.targets.progress import second
from tests.targets.progress.effort import effort

COMPARATORS = (
    "at_least", "more_than", "at_most", "less_than", "equals", "about", "nearly", "between",
)  # fmt: skip
DIRECTIONS = st.sampled_from(["increase", "increase", "decrease", "maintain"])
NUMBERS = st.one_of(
    st.decimals(-60, 300, places=1),
    st.sampled_from([Decimal(n) for n in (0, 10, 50, 90, 95, 98, 100, 102, 105, 110, 200)]),
)
AMOUNTS = st.one_of(st.decimals(0, 120, places=1), st.integers(0, 12).map(lambda n: Decimal(5 * n)))
BASES = st.one_of(NUMBERS, st.sampled_from([Decimal(n) for n in (5, 20, 40, 50, 100)]))
PROFILE = (Decimal("0.1"), Decimal("0.11"), Decimal("0.19"), Decimal("0.6"))
QUALIFIERS = st.sampled_from(["exact"] * 6 + ["above", "below", "about"])
STATUSES = st.sampled_from(["A"] * 7 + ["P", "B", "L", "M", "Q"])


def year(number: int) -> ReferencePeriod:
    return ReferencePeriod.of_year(number)


def actuals(values: st.SearchStrategy[Decimal]) -> st.SearchStrategy[Actual]:
    return st.builds(Actual, value=values, qualifier=QUALIFIERS, obs_status=STATUSES)


# No two of these end on one day, so that it is plain which one is the latest.
STOCK_PERIODS = st.one_of(
    st.integers(2017, 2028).map(year),
    st.integers(2017, 2028).map(year),
    st.integers(2019, 2027).flatmap(
        lambda y: st.sampled_from([f"{y}-S1", f"{y}-Q1", f"{y}-Q3"]).map(ReferencePeriod.parse)
    ),
)
FLOW_PERIODS = st.integers(2018, 2027).flatmap(
    lambda y: st.sampled_from(
        [f"{y}"] * 3 + [f"{y}-S1", f"{y}-S2"] + [f"{y}-Q{q}" for q in (1, 2, 3, 4)] + [f"{y}-07"]
    ).map(ReferencePeriod.parse)
)
DAYS = st.one_of(
    st.none(),
    st.integers(2018, 2030).map(lambda y: date(y, 12, 31)),
    st.dates(date(2018, 1, 1), date(2030, 1, 1)),
)


@st.composite
def promises(draw: Any, measures: tuple[str, ...], paths: tuple[str, ...], **fields: Any) -> Goal:
    """A sound promise from 2018 to 2022 on, to 2028 at most."""
    first = draw(st.integers(2019, 2023))
    last = draw(st.integers(first, 2027))
    comparator = draw(st.sampled_from(COMPARATORS))
    value = draw(fields.get("values", NUMBERS))
    baseline = Baseline(
        period=year(first - 1),
        value=draw(st.one_of(st.none(), BASES)),
        provenance=draw(st.sampled_from(["observed", "stated", "implied"])),
    )
    path = draw(st.sampled_from(paths))
    points = st.tuples(st.integers(first, last).map(year), NUMBERS)
    ends = [year(last), year(last), ReferencePeriod.parse(f"{last}-S1"), *fields.get("ends", [])]
    return Goal(
        measure=draw(st.sampled_from(measures)),
        comparator=comparator,
        value=value,
        upper=value + draw(AMOUNTS) if comparator == "between" else None,
        direction=draw(DIRECTIONS),
        tolerance=draw(st.sampled_from([None, None, Decimal(3)])),
        unit=draw(st.sampled_from(["", "percent", "个"])),
        accumulation=draw(st.sampled_from(fields.get("accumulations", ("stock",)))),
        period_start=draw(st.sampled_from([*fields.get("starts", [None]), year(first)])),
        period_end=draw(st.sampled_from(ends)),
        path=path,
        profile=PROFILE if path == "seasonal" else (),
        milestones=tuple({p: (p, v) for p, v in draw(st.lists(points, max_size=2))}.values()),
        baseline=draw(st.sampled_from([baseline, baseline, baseline, None])),
    )


def agree(verdict: Verdict, answer: second.Answer) -> None:
    assert (verdict.status, verdict.attained) == (answer.status, answer.attained)
    assert verdict.position == answer.position
    assert set(verdict.flags) == answer.flags
    for name in FIGURES:
        ours, theirs = getattr(verdict, name), getattr(answer, name)
        assert (ours is None) == (theirs is None), name
        if isinstance(theirs, Fraction):
            assert abs(Fraction(ours) - theirs) <= abs(theirs) / 10**40, name
        elif theirs is not None:
            assert abs(float(ours) - theirs) <= 1e-9 * max(1.0, abs(theirs)), name


def compared(goal: Goal, series: Any, as_of: date | None, rates: Any = None) -> None:
    agree(evaluate(goal, series, as_of, rates=rates), second.judge(goal, series, as_of, rates))


@effort(1500)
@given(
    promises(("level", "share", "rank"), ("linear", "milestones", "seasonal"), ends=[None]),
    st.dictionaries(STOCK_PERIODS, actuals(NUMBERS), max_size=6),
    DAYS,
)
def test_levels_on_straight_and_broken_lines(goal, series, as_of) -> None:
    compared(goal, series, as_of)


@effort(1500)
@given(
    promises(("level", "share"), ("compound",), ends=[None]),
    st.dictionaries(STOCK_PERIODS, actuals(NUMBERS), max_size=6),
    DAYS,
)
def test_levels_on_compound_paths(goal, series, as_of) -> None:
    compared(goal, series, as_of)


@effort(1500)
@given(
    promises(
        ("change", "multiple", "increment", "cumulative"),
        ("linear", "compound", "milestones", "seasonal"),
        values=st.one_of(AMOUNTS, st.sampled_from([Decimal(2), Decimal(4), Decimal("13.5")])),
    ),
    st.dictionaries(STOCK_PERIODS, actuals(NUMBERS), max_size=6),
    DAYS,
)
def test_what_is_measured_from_the_baseline(goal, series, as_of) -> None:
    compared(goal, series, as_of)


@effort(1500)
@given(
    promises(
        ("increment", "cumulative"), ("linear", "compound", "milestones", "seasonal"),
        accumulations=(None, "flow"), starts=[None],
    ),
    st.dictionaries(FLOW_PERIODS, actuals(AMOUNTS), max_size=9),
    DAYS,
)  # fmt: skip
def test_what_is_summed_since_the_start(goal, series, as_of) -> None:
    compared(goal, series, as_of)


@effort(1500)
@given(
    promises(
        ("level", "change", "multiple"), ("linear", "seasonal", "compound"), accumulations=("flow",)
    ),
    st.dictionaries(FLOW_PERIODS, actuals(AMOUNTS), max_size=9),
    DAYS,
)
def test_flows_of_one_year(goal, series, as_of) -> None:
    compared(goal, series, as_of)


GROWTHS = st.one_of(
    st.decimals(-30, 30, places=1), st.integers(-3, 4).map(lambda n: Decimal(5 * n))
)
YEARLY = st.integers(2017, 2028).map(year)
QUARTERLY = st.integers(2018, 2022).flatmap(
    lambda y: st.sampled_from([f"{y}"] * 3 + [f"{y}-Q{q}" for q in (1, 2, 3, 4)])
).map(ReferencePeriod.parse)  # fmt: skip


@st.composite
def rate_promises(draw: Any, measure: str, **fields: Any) -> Goal:
    goal = draw(promises((measure,), ("linear", "compound"), values=GROWTHS, **fields))
    last = year(goal.period_end.year)
    if goal.period_start is None or last < goal.period_start:
        return replace(goal, period_end=last, unit="")
    return replace(goal, period_end=last)


@effort(1500)
@given(
    rate_promises("growth", accumulations=("stock", "flow")),
    st.dictionaries(YEARLY, actuals(AMOUNTS), max_size=6),
    DAYS.filter(bool),
    st.dictionaries(YEARLY, actuals(GROWTHS), max_size=3),
)
def test_growth_over_the_year_before(goal, series, as_of, rates) -> None:
    compared(goal, series, as_of, rates)


@effort(1500)
@given(
    rate_promises("average_growth", accumulations=("stock", "flow")),
    st.dictionaries(YEARLY, st.builds(Actual, value=AMOUNTS, obs_status=STATUSES), max_size=6),
    DAYS.filter(bool),
    st.dictionaries(YEARLY, st.builds(Actual, value=GROWTHS, obs_status=STATUSES), max_size=4),
)
def test_average_growth_since_the_base(goal, series, as_of, rates) -> None:
    compared(goal, series, as_of, rates)


@effort(1500)
@given(
    st.sampled_from(["level", "share", "increment", "growth"]).flatmap(
        lambda measure: rate_promises(measure, accumulations=("stock", "flow"))
    ),
    st.dictionaries(QUARTERLY, actuals(AMOUNTS), max_size=9),
    DAYS,
    st.dictionaries(YEARLY, actuals(GROWTHS), max_size=4),
)
def test_promises_for_each_year(goal, series, as_of, rates) -> None:
    goal = replace(goal, cadence="each_year")
    if goal.measure == "increment":
        goal = replace(goal, accumulation="flow")
    compared(goal, series, as_of, rates)


PARTS = st.tuples(
    promises(("level", "share"), ("linear",)),
    st.dictionaries(STOCK_PERIODS, actuals(NUMBERS), max_size=4),
)


@effort(1500)
@given(st.lists(PARTS, min_size=1, max_size=4), DAYS)
def test_promises_of_several_parts(parts, as_of) -> None:
    group = evaluate_group([evaluate(goal, series, as_of) for goal, series in parts])
    answers = [second.judge(goal, series, as_of) for goal, series in parts]
    assert (group.status, group.attained) == second.judge_group(answers)


@effort(60)
@given(
    promises(("level",), ("linear",)),
    st.dictionaries(STOCK_PERIODS, actuals(NUMBERS), max_size=4),
    st.integers(0, 400),
)
def test_a_promise_that_has_not_begun_is_not_due(goal, series, days) -> None:
    goal = replace(goal, period_start=year(goal.period_end.year), period_end=year(2030))
    day = goal.period_start.first_day - timedelta(days=days)
    compared(goal, series, day)
    assert (evaluate(goal, series, day).status == "not_due") is (days > 0)
