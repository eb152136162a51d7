"""The chance of a goal: which figure of which year it asks for, and every reason for none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from indicators.periods import ReferencePeriod
from targets.progress import Actual, Baseline, Goal
from targets.projection.chances import Chance, Held, chance_of, goal_year
from targets.projection.method import NO_CHANCES
from targets.projection.outlook import outlook
from targets.projection.points import points_of, rate_points
from targets.projection.rolling import Bounds

DAY = date(2024, 6, 1)
FIGURES = ["500", "560", "640", "700", "790", "880", "975", "1100", "1220", "1360"]
SERIES = {
    ReferencePeriod.of_year(2014 + index): Actual(value=Decimal(value))
    for index, value in enumerate(FIGURES)
}
# Growth that slows down: a series that the model foretells better than both yardsticks.
RATES = {
    ReferencePeriod.of_year(2010 + index): Actual(value=Decimal(str(value)))
    for index, value in enumerate(
        [12.1, 10.9, 10.1, 9.4, 8.5, 7.9, 7.4, 6.7, 6.3, 6.0, 5.4, 5.1, 4.9, 4.5]
    )
}


def held(series: dict[ReferencePeriod, Actual] = SERIES, **facts: Any) -> Held:
    points = points_of(series, DAY)
    rates = facts.pop("rates", {})
    return Held(
        series=series, rates=rates, levels=outlook(points, Bounds(low=0.0)),
        growth=outlook(rate_points((), points_of(rates, DAY)), Bounds()), as_of=DAY, **facts,
    )  # fmt: skip


ROWS = held()


def goal(value: str | None = "1700", end: str | None = "2025", **fields: Any) -> Goal:
    about: dict[str, Any] = {
        "measure": "level", "comparator": "at_least", "direction": "increase",
        "value": None if value is None else Decimal(value),
        "period_end": None if end is None else ReferencePeriod.parse(end),
    }  # fmt: skip
    return Goal(**(about | fields))


def chance(asked: Goal, rows: Held = ROWS) -> Decimal:
    found = chance_of(asked, rows)
    assert found.why is None
    assert found.value is not None
    return found.value


def why(asked: Goal, rows: Held = ROWS) -> str | None:
    found = chance_of(asked, rows)
    assert found.value is None
    return found.why


def from_base(year: str, value: str | None = None, provenance: str = "stated") -> Baseline:
    return Baseline(
        period=ReferencePeriod.parse(year),
        value=None if value is None else Decimal(value),
        provenance=provenance,  # type: ignore[arg-type]
    )


def test_series_of_the_tests_pass_their_back_tests() -> None:
    assert ROWS.levels.refusal is None
    assert held(rates=RATES).growth.refusal is None


def test_level_asks_for_the_figure_of_its_last_year() -> None:
    assert chance(goal()) == pytest.approx(
        Decimal(ROWS.levels.chance(2025, 1700.0, None)), abs=Decimal("0.0001")
    )
    assert Decimal("0.9") < chance(goal("1200")) <= 1
    assert chance(goal("2500")) < Decimal("0.1")


def test_comparators_divide_what_can_happen() -> None:
    least, most = chance(goal(comparator="at_least")), chance(goal(comparator="at_most"))
    assert least + most == pytest.approx(Decimal(1), abs=Decimal("0.0002"))
    assert chance(goal(comparator="more_than")) == least
    assert chance(goal(comparator="less_than")) == most
    between = goal("1600", comparator="between", upper=Decimal(1800), direction="maintain")
    assert 0 < chance(between) < chance(goal("1600"))
    assert chance(goal("1700", comparator="nearly")) == chance(goal("1530"))
    assert chance(goal("1700", comparator="about")) == chance(goal("1666"))


def test_multiple_and_change_ask_for_a_level_from_the_baseline() -> None:
    level = chance(goal("1700"))
    assert chance(goal("2", measure="multiple", baseline=from_base("2020", "850"))) == level
    rise = goal("100", measure="change", unit="%", baseline=from_base("2020", "850"))
    assert chance(rise) == level
    assert chance(goal("850", measure="change", baseline=from_base("2020", "850"))) == level
    own = goal("2", measure="multiple", baseline=from_base("2019", None, "observed"))
    assert chance(own) == chance(goal("1760"))


def test_added_to_a_stock_is_a_level_too() -> None:
    added = goal("340", measure="increment", accumulation="stock",
                 period_start=ReferencePeriod.parse("2024"))  # fmt: skip
    assert chance(added) == chance(goal("1700"))


def test_average_growth_asks_for_the_level_that_it_comes_to() -> None:
    asked = goal("10", measure="average_growth", baseline=from_base("2023"))
    assert chance(asked) == chance(goal("1645.6"))
    stated = goal("10", measure="average_growth", baseline=from_base("2023", "1360"))
    assert chance(stated) == chance(asked)


def test_growth_asks_the_series_of_rates() -> None:
    rows = held(rates=RATES)
    easy = chance(goal("1", "2024", measure="growth"), rows)
    hard = chance(goal("9", "2024", measure="growth"), rows)
    assert hard < Decimal("0.2") < Decimal("0.8") < easy


def flow(value: str, start: str = "2022", end: str = "2025", **fields: Any) -> Goal:
    return goal(value, end, accumulation="flow", period_start=ReferencePeriod.parse(start),
                **({"measure": "cumulative"} | fields))  # fmt: skip


def test_sum_of_a_flow_adds_what_is_there_to_what_may_come() -> None:
    there = 1220 + 1360
    expected = ROWS.levels.chance_of_sum([2024, 2025], 5750.0 - there, None)
    assert chance(flow("5750")) == pytest.approx(Decimal(expected), abs=Decimal("0.0001"))
    assert chance(flow("5750", measure="increment")) == chance(flow("5750"))
    assert chance(flow("5600")) > chance(flow("5750")) > chance(flow("5900"))
    by_base = replace(flow("5750"), period_start=None, baseline=from_base("2021", "0"))
    assert chance(by_base) == chance(flow("5750"))


def test_sum_that_is_all_to_come_starts_from_nothing() -> None:
    year = flow("1500", "2025", measure="increment")
    alone = replace(year, period_start=None)
    assert chance(year) == chance(alone)
    assert chance(year) == pytest.approx(chance(goal("1500")), abs=Decimal("0.02"))


def test_gap_in_what_was_to_be_summed_gives_no_chance() -> None:
    rows = {period: row for period, row in SERIES.items() if period.year != 2022}
    assert why(flow("5750"), held(rows)) == "gap_in_sum"
    assert chance(flow("5750", "2023"), held(rows)) > 0


@pytest.mark.parametrize(("asked", "code"), [
    (goal(None), "not_quantified"),
    (goal("NaN"), "not_quantified"),
    (goal(end=None), "no_deadline"),
    (goal(end="2025-S1"), "part_year_goal"),
    (goal(comparator="equals"), "single_value"),
    (goal(cadence="each_year"), "each_year"),
    (goal(end="2023"), "goal_past"),
    (goal(end="2019"), "goal_past"),
    (goal(end="2029"), "too_far"),
    (goal("2", measure="multiple"), "no_base"),
    (goal("2", measure="multiple", baseline=from_base("2010", "600", "implied")), "no_base"),
    (goal("2", measure="multiple", baseline=from_base("2010", None, "observed")), "no_base"),
    (goal("9", measure="average_growth"), "no_base"),
    (goal("9", measure="average_growth", baseline=from_base("2010")), "no_base"),
    (goal("9", measure="average_growth", baseline=from_base("2020", "0")), "no_base"),
    (goal("9", measure="growth"), "no_projection"),
    (flow("900", "2022-Q2"), "no_level"),
    (replace(flow("900"), period_start=None), "no_level"),
])  # fmt: skip
def test_reason_where_no_chance_can_be_given(asked: Goal, code: str) -> None:
    assert why(asked) == code


def test_every_reason_is_reached_by_a_test() -> None:
    marks = test_reason_where_no_chance_can_be_given.pytestmark  # type: ignore[attr-defined]
    reached = {code for _goal, code in marks[0].args[1]}
    assert reached | {"gap_in_sum"} == set(NO_CHANCES)


def test_furthest_year_that_is_tested_still_has_a_chance() -> None:
    assert chance(goal(end="2028")) > chance(goal(end="2026"))


def test_series_that_is_refused_gives_no_chance() -> None:
    short = {period: row for period, row in SERIES.items() if period.year > 2020}
    assert why(goal(), held(short)) == "no_projection"
    assert why(goal(end="2022"), held(short)) == "goal_past"
    assert why(goal(), held({})) == "no_projection"


def test_year_that_the_figures_passed_over_is_past() -> None:
    rows = {period: row for period, row in SERIES.items() if period.year != 2022}
    assert why(goal("9000", "2022"), held(rows)) == "goal_past"


def test_lower_bound_that_proves_the_goal_ends_it() -> None:
    rows = SERIES | {ReferencePeriod.of_year(2024): Actual(value=Decimal(1450), qualifier="above")}
    later = replace(held(rows), as_of=date(2025, 3, 1))
    assert why(goal("1400", "2024"), later) == "goal_past"
    assert chance(goal("1500", "2024"), later) > 0


def test_a_span_of_years_is_decided_by_its_last() -> None:
    assert goal_year(goal(end="2024/2026")) == 2026
    assert goal_year(goal(end="2024-S1")) is None
    assert goal_year(goal(end=None)) is None


def test_chance_has_four_decimals_at_most() -> None:
    found = chance_of(goal(), ROWS)
    assert isinstance(found, Chance)
    assert found.value == found.value.quantize(Decimal("0.0001"))  # type: ignore[union-attr]
