"""Which actuals are points of a series."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from indicators.periods import ReferencePeriod
from targets.progress import Actual
from targets.projection.points import bounds_of, points_of, rate_points
from targets.projection.rolling import Bounds, Point

DAY = date(2025, 6, 1)


def series(**figures: object) -> dict[ReferencePeriod, Actual]:
    """`y2020="5"`, or an Actual for more."""
    return {
        ReferencePeriod.parse(name[1:].replace("_", "-")): (
            value if isinstance(value, Actual) else Actual(value=Decimal(str(value)))
        )
        for name, value in figures.items()
    }


def years(found: tuple[Point, ...]) -> list[int]:
    return [point.year for point in found]


def test_yearly_figures_in_order_whatever_the_order_of_the_rows() -> None:
    rows = series(y2023=3, y2021=1, y2022=2)
    assert points_of(rows, DAY) == (Point(2021, 1.0), Point(2022, 2.0), Point(2023, 3.0))


def test_parts_of_a_year_and_years_that_are_not_over_are_no_points() -> None:
    rows = series(y2023=3, y2024_S1=2, y2024_Q3=9, y2024_05=1, y2025=8)
    assert years(points_of(rows, DAY)) == [2023]
    assert years(points_of(rows, date(2025, 12, 31))) == [2023, 2025]


@pytest.mark.parametrize("qualifier", ["above", "below"])
def test_bounds_are_no_points(qualifier: str) -> None:
    bound = Actual(value=Decimal(395), qualifier=qualifier)  # type: ignore[arg-type]
    assert years(points_of(series(y2021=320, y2022=bound, y2023=500), DAY)) == [2021, 2023]


def test_approximate_and_provisional_figures_are_points() -> None:
    about = Actual(value=Decimal(4), qualifier="about")
    early = Actual(value=Decimal(5), obs_status="P")
    assert years(points_of(series(y2021=about, y2022=early), DAY)) == [2021, 2022]


@pytest.mark.parametrize("status", ["L", "M", "Q"])
def test_missing_figures_are_no_points_and_zero_is_one(status: str) -> None:
    gone = Actual(value=None, obs_status=status)  # type: ignore[arg-type]
    assert points_of(series(y2021=0, y2022=gone), DAY) == (Point(2021, 0.0),)


def test_break_starts_anew_with_its_own_figure() -> None:
    broken = Actual(value=Decimal(53), obs_status="B")
    rows = series(y2016=39, y2017=42, y2019=broken, y2021=60)
    assert years(points_of(rows, DAY)) == [2019, 2021]


def test_bound_that_breaks_starts_anew_without_a_figure() -> None:
    broken = Actual(value=Decimal(53), obs_status="B", qualifier="above")
    assert years(points_of(series(y2017=42, y2019=broken, y2021=60), DAY)) == [2021]


def test_changed_definition_starts_anew() -> None:
    rows = series(y2016=39, y2017=42, y2018=43)
    assert years(points_of(rows, DAY, [2017])) == [2017, 2018]
    assert years(points_of(rows, DAY, [2017, 2018])) == [2018]
    assert years(points_of(rows, DAY, [2020])) == []
    assert years(points_of(rows, DAY, [2030])) == [2016, 2017, 2018]


def test_rates_are_the_published_ones_else_from_years_that_follow_each_other() -> None:
    levels = [Point(2020, 100.0), Point(2021, 110.0), Point(2022, 99.0), Point(2024, 120.0)]
    found = rate_points(levels, [Point(2021, 9.9), Point(2019, 4.0)])
    assert [(p.year, pytest.approx(p.figure)) for p in found] == [
        (2019, 4.0), (2021, 9.9), (2022, -10.0),
    ]  # fmt: skip


def test_no_rate_comes_from_a_base_of_zero_or_less() -> None:
    assert rate_points([Point(2020, 0.0), Point(2021, 5.0)], []) == ()
    assert rate_points([Point(2020, -2.0), Point(2021, 5.0)], []) == ()


def test_bounds_come_from_the_kind_of_the_indicator() -> None:
    assert bounds_of("count", in_per_cent=False) == Bounds(low=0.0)
    assert bounds_of("amount", in_per_cent=False) == Bounds(low=0.0)
    assert bounds_of("ratio", in_per_cent=True) == Bounds(low=0.0, high=100.0)
    assert bounds_of("ratio", in_per_cent=False) == bounds_of("rate", in_per_cent=True) == Bounds()
