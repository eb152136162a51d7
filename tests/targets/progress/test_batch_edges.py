"""The columns at the edges: thresholds, 15 digits, nothing at all, and what they leave."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.periods import ReferencePeriod
from targets.progress import (
    DEFAULT_RULES,
    Actual,
    Baseline,
    Goal,
    Verdict,
    evaluate,
    evaluate_group,
)
from targets.progress.batch import (
    CONFIDENTIAL,
    STATUSES,
    Series,
    evaluate_many,
    judge,
    promise_status,
    tabulate,
)
from targets.progress.goal import Comparator, Qualifier
from targets.progress.verdict import FLAGS
from tests.targets.progress.agreement import Case, differences, year, yearly_case

DAY = date(2023, 6, 30)
QUALIFIERS = get_args(Qualifier)


def case(value: str, actual: str | None, base: str | None = "0", **fields: Any) -> Case:
    """From 2020 to 2024, with an actual of 2022."""
    goal = Goal(
        **{
            "measure": "level",
            "comparator": "at_least",
            "direction": "increase",
            "period_end": year(2024),
            "baseline": None if base is None else Baseline(period=year(2020), value=Decimal(base)),
            **fields,
        },
        value=Decimal(value),
    )
    series = {} if actual is None else {year(2022): Actual(value=Decimal(actual), id=7)}
    return goal, series, {}


def decided(*cases: Case, as_of: date = DAY) -> list[Verdict]:
    """The verdicts, every one of them from the columns and equal to `evaluate`'s."""
    verdicts = judge(*tabulate(cases), as_of, DEFAULT_RULES)
    assert verdicts.decided.all()
    found = [verdicts.verdict(row, DEFAULT_RULES) for row in range(len(cases))]
    for one, (goal, series, rates) in zip(found, cases, strict=True):
        assert differences(one, evaluate(goal, series, as_of, rates=rates)) == []
    return found


def undecided(*cases: Case, as_of: date = DAY) -> list[Verdict]:
    """The verdicts of cases that the columns leave to `evaluate`."""
    assert not judge(*tabulate(cases), as_of, DEFAULT_RULES).decided.any()
    found = evaluate_many(cases, as_of)
    assert found == [evaluate(g, s, as_of, rates=r) for g, s, r in cases]
    return found


@pytest.mark.parametrize(
    ("actual", "status", "flags"),
    [
        ("47.5", "on_track", ()),
        ("47.499999", "lagging", ()),
        ("30", "lagging", ()),
        ("29.9999", "off_track", ()),
        ("0", "off_track", ()),
        ("-0.0001", "regressing", ()),
        ("52.5", "on_track", ("ahead",)),
        ("52.4999", "on_track", ()),
    ],
)
def test_pace_exactly_at_a_threshold_reaches_it(actual, status, flags) -> None:
    (found,) = decided(case("100", actual))
    assert (found.status, found.flags) == (status, flags)


@pytest.mark.parametrize(
    ("actual", "status"),
    [
        ("47.499999975", "on_track"),  # 0.9499999995 is rounded to the even 0.95
        ("29.999999975", "lagging"),
        ("52.499999975", "on_track"),
        ("-0.000000025", "off_track"),
    ],
)
def test_pace_on_the_border_of_rounding_is_left_to_decimals(actual, status) -> None:
    (found,) = undecided(case("100", actual))
    assert found.status == status


@pytest.mark.parametrize(
    ("comparator", "met"),
    [("at_least", True), ("more_than", False), ("at_most", True), ("less_than", False)],
)
def test_number_exactly_at_the_goal_counts_where_the_words_include_it(comparator, met) -> None:
    falls = comparator in ("at_most", "less_than")
    base = "40.3" if falls else "10.1"
    way: Any = "decrease" if falls else "increase"
    (found,) = decided(case("30.3", "30.3", base, comparator=comparator, direction=way))
    assert found.attained is met
    assert found.gap == 0


def test_goal_of_zero_is_attained_at_zero_and_has_no_completion() -> None:
    one, other = decided(
        case("0", "0", "40", comparator="at_most", direction="decrease"),
        case("0", "12", "40", comparator="at_most", direction="decrease"),
    )
    assert (one.status, one.completion) == ("attained", None)
    assert (other.status, other.completion, other.gap) == ("on_track", None, Decimal(12))
    assert "goal_is_zero" in [reason.code for reason in other.reasons]


def test_numbers_of_fifteen_digits_are_told_apart() -> None:
    low, high = "12345678901.2344", "12345678901.2345"
    short, met = decided(case(high, low), case(high, high))
    assert short.attained is False
    assert short.gap == Decimal("-0.0001")
    assert met.attained is True
    assert met.gap == 0


@given(st.integers(1, 10**15 - 1), st.integers(-(10**15) + 1, 10**15 - 1), st.integers(0, 12))
@settings(deadline=None, max_examples=50)
def test_gap_of_given_numbers_is_their_exact_difference(aim, actual, places) -> None:
    value, now = Decimal(aim).scaleb(-places), Decimal(actual).scaleb(-places)
    verdicts = judge(*tabulate([case(str(value), str(now), None)]), DAY)
    found = verdicts.verdict(0, DEFAULT_RULES)
    if abs(aim - actual) < 10**15:
        assert found.gap == now - value
    assert found.attained is (now >= value)


@pytest.mark.parametrize("scale", [-40, -12, 12, 40])
def test_huge_and_tiny_numbers_come_out(scale) -> None:
    def at(text: str) -> str:
        return str(Decimal(text).scaleb(scale))

    found = decided(
        case(at("100"), at("41.5"), at("7")),
        case(at("100"), at("41.5"), at("17"), path="compound"),
        case(at("0.5"), at("0.9"), at("3"), comparator="at_most", direction="decrease"),
    )
    assert [verdict.status for verdict in found] == ["lagging", "on_track", "on_track"]


def test_number_beyond_the_range_of_floats_is_left_to_decimals() -> None:
    (found,) = undecided(case("1E+300", "5E+299"))
    assert found.status == "on_track"
    undecided(case("1E+400", "5E+399"), case("1E-400", "2E-401"))


def test_no_goals_have_no_verdicts() -> None:
    verdicts = judge(*tabulate([]), DAY)
    assert len(verdicts) == 0
    assert verdicts.input_ids.size == 0
    assert evaluate_many([], DAY) == []


def test_goals_without_a_single_actual_have_no_data() -> None:
    (found,) = decided(case("100", None))
    assert (found.status, found.inputs) == ("no_data", ())
    (early,) = decided(case("100", "41.5"), as_of=date(2001, 1, 1))
    assert early.status == "no_data"


def test_goal_that_has_not_begun_is_not_due() -> None:
    (found,) = decided(case("100", "41.5", period_start=year(2024)))
    assert found.status == "not_due"
    assert [(r.code, r.params) for r in found.reasons] == [("not_due", (("period", "2024"),))]


def test_year_counts_from_its_last_day() -> None:
    before, after = date(2022, 12, 30), date(2022, 12, 31)
    (one,) = decided(case("100", "41.5"), as_of=before)
    (other,) = decided(case("100", "41.5"), as_of=after)
    assert (one.status, other.status) == ("no_data", "lagging")


def test_sum_of_several_years_keeps_its_period_and_its_decimals() -> None:
    goal = Goal(
        measure="cumulative",
        comparator="at_least",
        value=Decimal("0.6"),
        direction="increase",
        period_start=year(2020),
        period_end=year(2023),
    )
    series = {year(y): Actual(value=Decimal(f"0.{y - 2019}"), id=y) for y in range(2020, 2023)}
    (found,) = decided((goal, series, {}))
    assert found.value == Decimal("0.6")
    assert found.attained is True
    assert found.period == ReferencePeriod.parse("2020/2022")
    assert found.inputs == (2020, 2021, 2022)


def test_incomplete_sum_names_the_days_it_lacks() -> None:
    goal = Goal(
        measure="cumulative",
        comparator="at_least",
        value=Decimal(60),
        direction="increase",
        period_start=year(2020),
        period_end=year(2023),
    )
    series = {year(y): Actual(value=Decimal(20), id=y) for y in (2021, 2022)}
    (found,) = decided((goal, series, {}))
    assert [r.params for r in found.reasons if r.code == "sum_incomplete"] == [(("days", "366"),)]


def test_computed_rate_exactly_at_the_goal_is_left_to_decimals() -> None:
    goal = Goal(
        measure="growth",
        comparator="at_least",
        value=Decimal(10),
        direction="increase",
        period_end=year(2022),
    )
    series = {year(2021): Actual(value=Decimal("70")), year(2022): Actual(value=Decimal("77"))}
    (found,) = undecided((goal, series, {}))
    assert found.status == "attained"
    (published,) = decided((goal, series, {year(2022): Actual(value=Decimal(10))}))
    assert published.status == "attained"


def test_multiple_of_a_baseline_is_exact() -> None:
    found = decided(
        case("2", "0.6", "0.3", measure="multiple"),
        case("2", "0.5999999", "0.3", measure="multiple"),
        case("13.5", "86.5", "100", measure="change", unit="%", direction="decrease"),
        case("13.5", "86.51", "100", measure="change", unit="%", direction="decrease"),
    )
    assert [verdict.attained for verdict in found] == [True, False, True, False]
    assert [verdict.goal for verdict in found] == [
        Decimal("0.6"), Decimal("0.6"), Decimal("86.5"), Decimal("86.5"),
    ]  # fmt: skip


@pytest.mark.parametrize("comparator", get_args(Comparator))
@pytest.mark.parametrize("stated", QUALIFIERS)
def test_bounds_prove_in_columns_what_they_prove_alone(comparator, stated) -> None:
    cases = []
    for direction in ("increase", "decrease", "maintain"):
        for number in ("89", "90", "98", "100", "102", "110", "112.2", "113"):
            goal, _, rates = case(
                "100", None, "50", comparator=comparator, direction=direction, upper=Decimal(110)
            )
            actual = Actual(value=Decimal(number), qualifier=stated, id=3)
            cases.append((goal, {year(2022): actual}, rates))
            cases.append((goal, {year(2024): actual}, rates))
    decided(*cases, as_of=date(2025, 2, 1))


def test_small_base_is_a_tenth_exactly() -> None:
    found = decided(
        case("3", "0.7", "0.3", path="compound"), case("3", "0.7", "0.29", path="compound")
    )
    assert [verdict.flags for verdict in found] == [(), ("path_forced_linear",)]


def test_milestone_at_the_baseline_asks_for_nothing_yet() -> None:
    flat = ((year(2022), Decimal(10)),)
    at, below = decided(
        case("100", "10", "10", path="milestones", milestones=flat),
        case("100", "9.99", "10", path="milestones", milestones=flat),
    )
    assert [(v.status, v.pace, v.expected_now) for v in (at, below)] == [
        ("on_track", None, Decimal(10)),
        ("regressing", None, Decimal(10)),
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"period_end": ReferencePeriod.parse("2024-S1")},
        {"period_start": ReferencePeriod.parse("2021-Q1")},
        {"period_end": ReferencePeriod.parse("2021/2024")},
        {"baseline": Baseline(period=ReferencePeriod.parse("2020-06"), value=Decimal(1))},
        {"path": "milestones", "milestones": ((ReferencePeriod.parse("2023-S1"), Decimal(4)),)},
        {"upper": Decimal("0.1234567890123456")},
        {"tolerance": Decimal(-1)},
        {"path": "seasonal"},
    ],
)
def test_goal_that_columns_cannot_hold_is_left_to_evaluate(change) -> None:
    undecided(case("100", "41.5", **change))


@pytest.mark.parametrize(
    "series",
    [
        {ReferencePeriod.parse("2022-S1"): Actual(value=Decimal(4))},
        {year(2022): Actual(value=Decimal("1.000000000000001"))},
        {year(2022): Actual(value=Decimal(4), id="a")},
        {year(2021): Actual(value=Decimal(3), id=5), year(2022): Actual(value=Decimal(4), id=5)},
    ],
)
def test_series_that_columns_cannot_hold_is_left_to_evaluate(series) -> None:
    goal, _, _ = case("100", None)
    undecided((goal, series, {}), (goal, {}, series))


def test_irregular_goal_does_not_disturb_its_neighbours() -> None:
    sound = case("100", "41.5")
    odd = case("100", "41.5", period_end=ReferencePeriod.parse("2024-S1"))
    verdicts = judge(*tabulate([odd, sound, odd]), DAY)
    assert verdicts.decided.tolist() == [False, True, False]
    goal, series, _ = sound
    assert differences(verdicts.verdict(1, DEFAULT_RULES), evaluate(goal, series, DAY)) == []


def test_levels_and_rates_may_begin_in_different_years() -> None:
    goal = Goal(
        measure="average_growth",
        comparator="at_least",
        value=Decimal(5),
        direction="increase",
        period_end=year(2024),
        baseline=Baseline(period=year(2019)),
    )
    rates = {year(y): Actual(value=Decimal(y - 2015), id=y) for y in range(2020, 2024)}
    (found,) = decided((goal, {year(2010): Actual(value=Decimal(3), id=1)}, rates), as_of=DAY)
    assert found.inputs == (2020, 2021, 2022)


def test_withheld_mark_is_a_reason_and_no_number() -> None:
    goals, series, rates = tabulate([case("100", "41.5")])
    marked = Series(
        first_year=series.first_year,
        values=np.full_like(series.values, np.nan),
        marks=np.full_like(series.marks, CONFIDENTIAL),
        ids=series.ids,
        regular=series.regular,
    )
    verdicts = judge(goals, marked, rates, DAY)
    found = verdicts.verdict(0, DEFAULT_RULES)
    assert found.status == "not_assessable"
    assert [(r.code, r.params) for r in found.reasons] == [("confidential", (("period", "2022"),))]


def test_reasons_without_numbers_are_written_once() -> None:
    cases = [case(str(100 + n), str(41 + n)) for n in range(50)]
    verdicts = judge(*tabulate(cases), DAY)
    assert len(set(verdicts.reason_index.tolist())) == 1
    assert len(verdicts.reason_sets) < 5


def test_flags_are_bits_in_the_order_of_the_flags() -> None:
    verdicts = judge(*tabulate([case("100", "90")]), DAY)
    assert verdicts.flags.tolist() == [1 << FLAGS.index("ahead")]


def test_status_of_a_promise_is_that_of_its_group() -> None:
    chance = random.Random(5)
    status = np.array([chance.randrange(len(STATUSES)) for _ in range(400)], dtype=np.int8)
    head = np.array([chance.choice([i, i - i % 4]) for i in range(400)], dtype=np.int64) + 1000
    is_head = head == np.arange(400) + 1000
    found = promise_status(status, head, is_head)
    assert not is_head.all()
    for row in range(400):
        members = np.flatnonzero(head == head[row]) if is_head[row] else [row]
        parts = [Verdict(status=STATUSES[status[i]]) for i in members]
        assert STATUSES[found[row]] == evaluate_group(parts).status


def test_part_without_its_head_at_hand_keeps_its_own_status() -> None:
    status = np.array([3, 4], dtype=np.int8)
    none = promise_status(status, np.array([9, 9]), np.array([False, False]))
    assert none.tolist() == [3, 4]
    apart = promise_status(status, np.array([9, 8]), np.array([False, True]))
    assert apart.tolist() == [3, 4]
    assert promise_status(status[:0], np.array([], dtype=np.int64), np.array([], bool)).size == 0


def test_columns_do_not_change_what_they_are_given() -> None:
    chance = random.Random(11)
    columns = tabulate([yearly_case(chance) for _ in range(60)])
    before = [
        {name: np.copy(getattr(part, name)) for name in type(part).__dataclass_fields__}
        for part in columns
    ]
    judge(*columns, DAY)
    for part, kept in zip(columns, before, strict=True):
        for name, column in kept.items():
            assert np.array_equal(
                getattr(part, name), column, equal_nan=column.dtype == np.float64
            ), name
