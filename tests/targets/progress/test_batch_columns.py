"""What the columns hold, what is known of them by a day, and how tests are put to them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, localcontext
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.periods import ReferencePeriod
from targets.progress import DEFAULT_RULES, Actual, Baseline, Goal
from targets.progress.arithmetic import CONTEXT, yearly_rate
from targets.progress.batch import (
    ABOUT,
    ABOVE,
    BELOW,
    BROKEN,
    CADENCES,
    COMPARATORS,
    CONFIDENTIAL,
    DIRECTIONS,
    EXACT,
    FLOW,
    MEASURES,
    NOT_APPLICABLE,
    PATHS,
    PROVENANCES,
    PROVISIONAL,
    STATUSES,
    STOCK,
    Goals,
    Series,
    tabulate,
)
from targets.progress.batch.criteria import bounds_of, criteria_of, rate_criteria
from targets.progress.batch.figures import Figures
from targets.progress.batch.figures import given as given_numbers
from targets.progress.batch.known import ALWAYS, Known
from targets.progress.batch.paces import growth
from targets.progress.comparators import Certainty, criterion_of
from targets.progress.goal import (
    Accumulation,
    Cadence,
    Comparator,
    Direction,
    MeasureKind,
    Path,
    Provenance,
    Qualifier,
)
from targets.progress.levels import against_baseline
from targets.progress.rates import rate_criterion
from targets.progress.verdict import Status
from tests.targets.progress.agreement import year

FEW = settings(deadline=None, max_examples=40)
NUMBERS = st.one_of(
    st.sampled_from([0, 90, 98, 100, 102, 110]).map(Decimal),
    st.decimals(-200, 200, places=2),
)
CERTAINTIES: tuple[Certainty, ...] = ("exact", "about", "above", "below", "either")


def plain_goal(**fields) -> Goal:
    defaults = {
        "measure": "level",
        "comparator": "at_least",
        "value": Decimal(100),
        "direction": "increase",
        "period_end": year(2025),
    }
    return Goal(**{**defaults, **fields})


def columns_of(*goals: Goal) -> Goals:
    return tabulate([(goal, {}, {}) for goal in goals])[0]


def test_codes_are_the_places_of_the_words() -> None:
    assert get_args(MeasureKind) == MEASURES
    assert get_args(Comparator) == COMPARATORS
    assert get_args(Direction) == DIRECTIONS
    assert get_args(Cadence) == CADENCES
    assert get_args(Path) == PATHS
    assert get_args(Provenance) == PROVENANCES
    assert get_args(Status) == STATUSES
    assert get_args(Accumulation) == ("stock", "flow")
    assert (STOCK, FLOW) == (1, 2)


def test_goal_becomes_a_row_of_numbers() -> None:
    goals = columns_of(
        plain_goal(
            measure="change",
            comparator="between",
            value=Decimal("12.50"),
            upper=Decimal(20),
            tolerance=Decimal("0.5"),
            direction="decrease",
            unit="percent",
            accumulation="flow",
            cadence="each_year",
            path="milestones",
            period_start=year(2021),
            milestones=((year(2022), Decimal(3)), (year(2024), Decimal(7))),
            baseline=Baseline(period=year(2020), value=Decimal(9), provenance="implied"),
        ),
        plain_goal(),
    )
    assert len(goals) == 2
    assert goals.regular.tolist() == [True, True]
    assert [MEASURES[code] for code in goals.measure] == ["change", "level"]
    assert [COMPARATORS[code] for code in goals.comparator] == ["between", "at_least"]
    assert [DIRECTIONS[code] for code in goals.direction] == ["decrease", "increase"]
    assert [CADENCES[code] for code in goals.cadence] == ["each_year", "by_end"]
    assert [PATHS[code] for code in goals.path] == ["milestones", "linear"]
    assert goals.accumulation.tolist() == [FLOW, 0]
    assert goals.in_per_cent.tolist() == [True, False]
    assert goals.value.tolist() == [12.5, 100]
    assert goals.upper[0] == 20
    assert goals.tolerance[0] == 0.5
    assert np.isnan([goals.upper[1], goals.tolerance[1], goals.base_value[1]]).all()
    assert goals.start.tolist() == [2021, 0]
    assert goals.end.tolist() == [2025, 2025]
    assert goals.base.tolist() == [2020, 0]
    assert goals.base_value[0] == 9
    assert goals.provenance.tolist() == [PROVENANCES.index("implied"), 0]
    assert goals.milestone_years.tolist() == [[2022, 2024], [0, 0]]
    assert goals.milestone_values[0].tolist() == [3, 7]


def test_of_two_milestones_of_a_year_the_later_counts() -> None:
    goals = columns_of(plain_goal(milestones=((year(2022), Decimal(3)), (year(2022), Decimal(7)))))
    assert goals.milestone_years[0, 0] == 2022
    assert goals.milestone_values[0, 0] == 7


def test_rows_of_goals_can_be_taken() -> None:
    goals = columns_of(*[plain_goal(value=Decimal(n)) for n in range(5)])
    assert goals.take(np.array([4, 0, 4])).value.tolist() == [4, 0, 4]


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("accumulation", [None, "stock", "flow"])
def test_flows_and_measures_against_a_baseline_are_told_as_by_the_goal(
    measure, accumulation
) -> None:
    goal = plain_goal(measure=measure, accumulation=accumulation)
    columns = columns_of(goal)
    assert columns.is_flow.tolist() == [goal.is_flow]
    assert columns.against_baseline.tolist() == [against_baseline(goal)]


def series_of(actuals: dict[int, Actual]) -> Series:
    return tabulate([(plain_goal(), {year(y): a for y, a in actuals.items()}, {})])[1]


@pytest.mark.parametrize(
    ("actual", "mark"),
    [
        (Actual(value=Decimal(1)), EXACT),
        (Actual(value=Decimal(1), qualifier="about"), ABOUT),
        (Actual(value=Decimal(1), qualifier="above"), ABOVE),
        (Actual(value=Decimal(1), qualifier="below"), BELOW),
        (Actual(value=Decimal(1), obs_status="P"), PROVISIONAL),
        (Actual(value=Decimal(1), obs_status="E", qualifier="about"), PROVISIONAL | ABOUT),
        (Actual(value=Decimal(1), obs_status="B"), BROKEN),
        (Actual(value=None, obs_status="Q", qualifier="above"), CONFIDENTIAL),
        (Actual(value=None, obs_status="M"), NOT_APPLICABLE),
        (Actual(value=None, obs_status="L"), 0),
        (Actual(value=None), 0),
        (Actual(value=Decimal("NaN")), 0),
    ],
)
def test_actual_becomes_a_number_and_a_mark(actual, mark) -> None:
    series = series_of({2021: actual})
    assert series.first_year == 2021
    assert series.marks.tolist() == [[mark]]
    assert np.isnan(series.values[0, 0]) == (actual.usable is None)


def test_series_stand_in_one_table_from_the_first_year_to_the_last() -> None:
    one = {year(2015): Actual(value=Decimal(5), id=3)}
    other = {year(2018): Actual(value=Decimal(8), id=4), year(2016): Actual(value=Decimal(6))}
    odd = {ReferencePeriod.parse("1990-S1"): Actual(value=Decimal(1))}
    goal = plain_goal()
    _, series, rates = tabulate([(goal, one, {}), (goal, other, {}), (goal, odd, {})])
    assert series.first_year == 2015
    assert series.values.shape == (3, 4)
    assert series.values[1, 1:].tolist()[::2] == [6, 8]
    assert series.ids.tolist() == [[3, 0, 0, 0], [0, 0, 0, 4], [0, 0, 0, 0]]
    assert series.regular.tolist() == [True, True, False]
    assert np.isnan(series.values[2]).all()
    assert rates.values.shape == (3, 0)
    assert rates.regular.tolist() == [True, True, True]


ACTUALS = {
    2016: Actual(value=Decimal(6), id=16),
    2018: Actual(value=Decimal(8), id=18, qualifier="above"),
    2019: Actual(value=None, obs_status="Q", id=19),
    2021: Actual(value=Decimal(11), id=21),
}


def known(as_of: date, rows: int = 1) -> Known:
    return Known.of(series_of(ACTUALS), as_of).take(np.zeros(rows, dtype=np.int64))


def years(*numbers: int) -> np.ndarray:
    return np.array(numbers, dtype=np.int64)


def test_known_gives_the_actual_of_a_year() -> None:
    asked = years(0, 2015, 2016, 2017, 2018, 2021, 2030)
    table = known(date(2024, 1, 1), len(asked))
    assert np.nan_to_num(table.value(asked), nan=-1).tolist() == [-1, -1, 6, -1, 8, 11, -1]
    assert table.id(asked).tolist() == [0, 0, 16, 0, 18, 21, 0]
    assert table.mark(asked).tolist() == [0, 0, 0, 0, ABOVE, 0, 0]
    assert table.column(2018).tolist() == [8] * 7
    assert np.isnan(table.column(2014)).all()


def test_known_gives_the_last_actual_up_to_a_year() -> None:
    asked = years(0, 2015, 2016, 2017, 2020, 2021, ALWAYS)
    table = known(date(2024, 1, 1), len(asked))
    assert table.latest(asked).tolist() == [0, 0, 2016, 2016, 2018, 2021, 2021]


def test_known_gives_the_first_actual_between_two_years() -> None:
    table = known(date(2024, 1, 1), 4)
    after, before = years(2015, 2016, 2018, 2018), years(2020, 2020, 2021, 2022)
    assert table.first_between(after, before).tolist() == [2016, 2018, 0, 2021]


def test_known_gives_the_last_withheld_year() -> None:
    table = known(date(2024, 1, 1), 3)
    low, high = years(2015, 2019, 2020), years(2022, 2019, 2022)
    assert table.last_withheld(low, high).tolist() == [2019, 2019, 0]
    assert table.is_withheld(years(2019, 2018, 2030)).tolist() == [True, False, False]


@pytest.mark.parametrize(
    ("day", "last"),
    [
        (date(2021, 12, 31), 2021),
        (date(2021, 12, 30), 2018),
        (date(2018, 12, 31), 2018),
        (date(2018, 12, 30), 2016),
        (date(2016, 6, 30), 0),
        (date(1900, 1, 1), 0),
    ],
)
def test_nothing_is_known_of_a_year_before_its_last_day(day, last) -> None:
    table = known(day)
    assert table.latest(years(ALWAYS)).tolist() == [last]
    assert np.isnan(table.value(years(2021))[0]) == (last < 2021)


@pytest.mark.parametrize("comparator", COMPARATORS)
@FEW
@given(
    st.lists(st.tuples(NUMBERS, NUMBERS, st.sampled_from(CERTAINTIES)), min_size=1),
    st.sampled_from(DIRECTIONS),
    st.one_of(st.none(), st.sampled_from([Decimal(0), Decimal("2.5")])),
)
def test_comparators_hold_in_columns_as_they_do_alone(
    comparator, rows, direction, tolerance
) -> None:
    goals = [
        plain_goal(
            comparator=comparator,
            value=value,
            upper=value + 10,
            direction=direction,
            tolerance=tolerance,
        )
        for value, _, _ in rows
    ]
    bounds = bounds_of(criteria := criteria_of(columns_of(*goals), DEFAULT_RULES))
    actual = given_numbers(np.array([float(number) for _, number, _ in rows]))
    certainty = np.array([CERTAINTIES.index(name) for _, _, name in rows])
    holds, doubt = bounds.holds(actual, certainty)
    inside, _ = bounds.contain(actual)
    position, unsure = bounds.position(actual, certainty)
    assert not (doubt | unsure).any()
    with localcontext(CONTEXT):
        for row, (goal, (value, number, name)) in enumerate(zip(goals, rows, strict=True)):
            alone = criterion_of(goal, value, DEFAULT_RULES)
            assert {1: True, -1: False, 0: None}[holds[row]] is alone.holds(number, name)
            assert bool(inside[row]) is alone.bounds.contain(number)
            places = (None, "below", "inside", "above")
            assert places[position[row]] == alone.position(number, name)
            assert criteria.aim.values[row] == float(alone.aim)


@pytest.mark.parametrize("comparator", COMPARATORS)
@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("value", ["3", "-3", "0"])
def test_rates_are_tested_in_columns_as_they_are_alone(comparator, direction, value) -> None:
    goal = plain_goal(
        measure="growth",
        comparator=comparator,
        direction=direction,
        value=Decimal(value),
        upper=Decimal(value) + 2,
    )
    columns = rate_criteria(columns_of(goal), DEFAULT_RULES)
    alone = rate_criterion(goal, Decimal(value), DEFAULT_RULES)
    assert COMPARATORS[columns.comparator[0]] == alone.comparator
    assert DIRECTIONS[columns.direction[0]] == alone.direction
    found = (columns.value.values[0], columns.upper.values[0], columns.tolerance.values[0])
    assert found == (float(alone.value), float(alone.upper), float(alone.tolerance))


@FEW
@given(NUMBERS, NUMBERS, st.integers(0, 9))
def test_growth_per_year_is_that_of_the_definition(start, end, span) -> None:
    one, other = (given_numbers(np.array([float(number)])) for number in (start, end))
    with np.errstate(all="ignore"):
        distance = (other - one).values
        found = growth(one.values, other.values, distance, np.array([span]))[0]
    with localcontext(CONTEXT):
        wanted = yearly_rate(start, end, Decimal(span))
    if wanted is None or end < 0:
        assert np.isnan(found)
    else:
        assert found == pytest.approx(float(wanted), rel=1e-12, abs=1e-300)


def test_criteria_of_no_goals_are_empty() -> None:
    none = criteria_of(columns_of(), DEFAULT_RULES)
    bounds = bounds_of(none)
    holds, doubt = bounds.holds(
        Figures(np.zeros(0), np.zeros(0, dtype=np.int16)), np.zeros(0, dtype=np.int64)
    )
    assert len(holds) == len(doubt) == len(none.aim) == 0


def test_every_certainty_has_a_code() -> None:
    assert [EXACT, ABOUT, ABOVE, BELOW] == [0, 1, 2, 3]
    assert set(get_args(Qualifier)) == set(CERTAINTIES) - {"either"}
