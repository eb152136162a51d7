"""The columns give the verdicts of `evaluate`, wherever they give one."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from targets.progress import DEFAULT_RULES, Actual, Baseline, Goal, Rules, evaluate
from targets.progress.batch import MEASURES, QUALIFIERS, Series, evaluate_many, judge, tabulate
from targets.progress.goal import Comparator, MeasureKind, Path
from tests.targets.progress.agreement import (
    PROFILE,
    Case,
    broken_up,
    differences,
    qualifier,
    year,
    yearly_case,
)

FEW = settings(deadline=None, max_examples=20)
MANY = settings(deadline=None, max_examples=40)
SEEDS = st.integers(0, 2**32 - 1)
DAYS = st.one_of(
    st.sampled_from([date(2022, 12, 31), date(2024, 6, 1), date(2026, 1, 1), date(2031, 5, 5)]),
    st.dates(date(2014, 1, 1), date(2032, 1, 1)),
)
STRICT = Rules(
    version="7",
    on_track=Decimal("0.9"),
    lagging=Decimal("0.33333"),
    ahead=Decimal("1.2"),
    about_tolerance=Decimal("0.015"),
    nearly_share=Decimal("0.85"),
)


def agree(cases: list[Case], as_of: date, rules: Rules = DEFAULT_RULES) -> tuple[int, int]:
    """How many cases the columns decide, and how many there are; every decided one agrees."""
    verdicts = judge(*tabulate(cases), as_of, rules)
    assert len(verdicts) == len(cases)
    for row, (goal, series, rates) in enumerate(cases):
        if verdicts.decided[row]:
            wanted = evaluate(goal, series, as_of, rules, rates=rates)
            found = verdicts.verdict(row, rules)
            assert differences(found, wanted) == [], (goal, series, rates, found, wanted)
            stated = QUALIFIERS[verdicts.qualifier[row]]
            assert stated == qualifier(wanted, series, rates), (goal, series, rates)
    return int(verdicts.decided.sum()), len(cases)


@MANY
@given(SEEDS, DAYS)
def test_columns_agree_with_the_definition(seed, as_of) -> None:
    chance = random.Random(seed)
    agree([yearly_case(chance) for _ in range(60)], as_of)


@FEW
@given(SEEDS, DAYS)
def test_columns_agree_under_other_rules(seed, as_of) -> None:
    chance = random.Random(seed)
    agree([yearly_case(chance) for _ in range(40)], as_of, STRICT)


@pytest.mark.parametrize("measure", MEASURES)
def test_columns_decide_nearly_every_goal_of_a_measure(measure: MeasureKind) -> None:
    chance = random.Random(measure)
    for as_of in (date(2022, 12, 31), date(2024, 6, 1), date(2031, 5, 5)):
        decided, all_ = agree([yearly_case(chance, (measure,)) for _ in range(200)], as_of)
        assert decided >= 0.95 * all_


NUMBERS = st.one_of(
    st.integers(-5, 20).map(Decimal),
    st.decimals(-50, 50, places=2),
    st.integers(-(10**15) + 1, 10**15 - 1).map(lambda n: Decimal(n).scaleb(-6)),
)
YEARS = st.integers(2019, 2028).map(year)


def actuals(first: int) -> st.SearchStrategy[dict[Any, Actual]]:
    made = st.builds(
        Actual,
        value=NUMBERS,
        qualifier=st.sampled_from(["exact", "exact", "about", "above", "below"]),
        obs_status=st.sampled_from(["A", "A", "P", "B"]),
    )
    none = st.builds(Actual, value=st.none(), obs_status=st.sampled_from(["L", "M", "Q"]))
    either = st.dictionaries(YEARS, st.one_of(made, made, made, none), max_size=6)
    return either.map(
        lambda found: {
            p: Actual(value=a.value, qualifier=a.qualifier, obs_status=a.obs_status, id=first + i)
            for i, (p, a) in enumerate(found.items())
        }
    )


@st.composite
def small_cases(draw):
    value = draw(NUMBERS)
    start = draw(st.integers(2019, 2023))
    baseline = st.builds(
        Baseline,
        period=YEARS,
        value=st.one_of(st.none(), NUMBERS),
        provenance=st.sampled_from(["observed", "stated", "implied"]),
    )
    goal = Goal(
        measure=draw(st.sampled_from(MEASURES)),
        comparator=draw(st.sampled_from(get_args(Comparator))),
        value=value,
        upper=value + abs(draw(NUMBERS)),
        direction=draw(st.sampled_from(["increase", "decrease", "maintain"])),
        period_start=draw(st.sampled_from([None, year(start)])),
        period_end=draw(st.sampled_from([None, year(start + 4), year(start + 1)])),
        unit=draw(st.sampled_from(["", "percent"])),
        accumulation=draw(st.sampled_from([None, "stock", "flow"])),
        cadence=draw(st.sampled_from(["by_end", "by_end", "each_year"])),
        path=draw(st.sampled_from(get_args(Path))),
        milestones=tuple(draw(st.lists(st.tuples(YEARS, NUMBERS), max_size=2))),
        profile=PROFILE,
        baseline=draw(st.one_of(st.none(), baseline, baseline)),
    )
    return goal, draw(actuals(1)), draw(st.one_of(st.just({}), actuals(50)))


@settings(deadline=None, max_examples=60)
@given(st.lists(small_cases(), max_size=5), DAYS)
def test_columns_agree_on_small_cases(cases, as_of) -> None:
    agree(cases, as_of)


@FEW
@given(SEEDS, DAYS)
def test_evaluate_many_judges_mixed_cases(seed, as_of) -> None:
    chance = random.Random(seed)
    cases = [yearly_case(chance) for _ in range(40)]
    cases = [broken_up(chance, case) if chance.random() < 0.5 else case for case in cases]
    found = evaluate_many(cases, as_of)
    assert len(found) == len(cases)
    for verdict, (goal, series, rates) in zip(found, cases, strict=True):
        wanted = evaluate(goal, series, as_of, rates=rates)
        assert differences(verdict, wanted) == [], (goal, series, rates)


@FEW
@given(SEEDS, DAYS)
def test_a_goal_is_judged_alike_alone_and_among_others(seed, as_of) -> None:
    chance = random.Random(seed)
    cases = [yearly_case(chance) for _ in range(10)]
    together = judge(*tabulate(cases), as_of)
    chance.shuffle(order := list(range(len(cases))))
    shuffled = judge(*tabulate([cases[i] for i in order]), as_of)
    for place, row in enumerate(order):
        alone = judge(*tabulate([cases[row]]), as_of)
        assert together.decided[row] == shuffled.decided[place] == alone.decided[0]
        if alone.decided[0]:
            one = alone.verdict(0, DEFAULT_RULES)
            assert one == together.verdict(row, DEFAULT_RULES)
            assert one == shuffled.verdict(place, DEFAULT_RULES)


@settings(deadline=None, max_examples=3)
@given(SEEDS, DAYS)
def test_thousands_of_goals_are_judged_as_few_are(seed, as_of) -> None:
    chance = random.Random(seed)
    goals, levels, rates = tabulate([yearly_case(chance) for _ in range(60)])
    few, times = judge(goals, levels, rates, as_of), 100
    rows = np.tile(np.arange(60), times)
    many = judge(goals.take(rows), taken(levels, rows), taken(rates, rows), as_of)
    for name in type(few).__dataclass_fields__:
        if name not in ("reason_index", "reason_sets", "input_ids"):
            column = getattr(few, name)
            floats = column.dtype == np.float64
            assert np.array_equal(np.tile(column, times), getattr(many, name), equal_nan=floats)
    assert np.array_equal(np.tile(few.input_ids, times), many.input_ids)
    for row in chance.sample(range(6000), 60):
        again = few.reason_sets[few.reason_index[row % 60]]
        assert many.reason_sets[many.reason_index[row]] == again


def taken(series: Series, rows: Any) -> Series:
    return Series(
        first_year=series.first_year,
        values=series.values[rows],
        marks=series.marks[rows],
        ids=series.ids[rows],
        regular=series.regular[rows],
    )


@FEW
@given(SEEDS, DAYS)
def test_later_years_never_change_a_verdict(seed, as_of) -> None:
    chance = random.Random(seed)
    cases = [yearly_case(chance) for _ in range(30)]
    cut = [
        (
            goal,
            {p: a for p, a in series.items() if p.last_day <= as_of},
            {p: a for p, a in rates.items() if p.last_day <= as_of},
        )
        for goal, series, rates in cases
    ]
    whole, known = judge(*tabulate(cases), as_of), judge(*tabulate(cut), as_of)
    assert whole.decided.tolist() == known.decided.tolist()
    for row in whole.decided.nonzero()[0]:
        assert whole.verdict(row, DEFAULT_RULES) == known.verdict(row, DEFAULT_RULES)


@FEW
@given(SEEDS, DAYS)
def test_seasonal_path_between_ends_of_years_is_the_straight_one(seed, as_of) -> None:
    chance = random.Random(seed)
    for goal, series, rates in [yearly_case(chance) for _ in range(20)]:
        fields = {name: getattr(goal, name) for name in Goal.__dataclass_fields__}
        straight = Goal(**{**fields, "path": "linear"})
        seasonal = Goal(**{**fields, "path": "seasonal"})
        one = evaluate(straight, series, as_of, rates=rates)
        assert differences(evaluate(seasonal, series, as_of, rates=rates), one) == []
        judged = judge(*tabulate([(seasonal, series, rates)]), as_of)
        if judged.decided[0]:
            assert differences(judged.verdict(0, DEFAULT_RULES), one) == []
