"""Looking ahead: the path, the chance of an outcome, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from targets.projection.method import HORIZON
from targets.projection.outlook import Outlook, outlook, rounded
from targets.projection.rolling import Bounds, Point

FREE = Bounds()
FIRMS = [538.0, 700.0, 964.0, 1348.0, 2039.0, 2700.0, 3829.0, 5554.0]


def points(figures: list[float], start: int = 2016) -> list[Point]:
    return [Point(start + index, figure) for index, figure in enumerate(figures)]


@pytest.fixture(scope="module")
def firms() -> Outlook:
    return outlook(points(FIRMS), Bounds(low=0.0))


def test_series_that_passes_has_a_path_to_the_year_asked_for(firms: Outlook) -> None:
    assert firms.refusal is None
    assert firms.last == 2023
    path = firms.path(2026)
    assert [row.year for row in path] == [2024, 2025, 2026]
    assert all(row.low < row.median < row.high for row in path)
    widths = [row.high - row.low for row in path]
    assert widths == sorted(widths)
    assert path == firms.path(2030)[:3]


def test_path_ends_where_the_test_ends(firms: Outlook) -> None:
    assert len(firms.path(2090)) == HORIZON
    assert firms.path(2023) == firms.path(1990) == ()


def test_path_and_chance_come_from_one_distribution(firms: Outlook) -> None:
    for row in firms.path(2028):
        assert firms.chance(row.year, float(row.median), None) == pytest.approx(0.5, abs=5e-3)
        inside = firms.chance(row.year, float(row.low), float(row.high))
        assert inside == pytest.approx(0.8, abs=5e-3)


@settings(max_examples=80, deadline=None)
@given(st.floats(-1e5, 1e5), st.floats(0, 1e4))
def test_chance_falls_as_the_goal_rises(goal: float, more: float) -> None:
    held = HELD
    lower, higher = held.chance(2025, goal, None), held.chance(2025, goal + more, None)
    assert 0 <= higher <= lower <= 1
    below = held.chance(2025, None, goal, beyond=True)
    assert below == pytest.approx(1 - lower, abs=1e-9)
    either = held.chance(2025, goal, goal + more)
    assert either == pytest.approx(lower - higher, abs=1e-9)


HELD = outlook(points(FIRMS), FREE)


@pytest.mark.parametrize("factor", [1e-4, 1e4, 1e8])
def test_chance_is_the_same_in_another_unit(factor: float) -> None:
    other = outlook(points([figure * factor for figure in FIRMS]), FREE)
    for goal in (4000.0, 8000.0, 12000.0):
        assert other.chance(2025, goal * factor, None) == pytest.approx(
            HELD.chance(2025, goal, None), abs=1e-5
        )
    here = HELD.chance_of_sum([2024, 2025], 14_000.0, None)
    assert other.chance_of_sum([2024, 2025], 14_000.0 * factor, None) == pytest.approx(
        here, abs=1e-5
    )


def test_goal_beyond_the_bounds_is_out_of_reach_and_one_at_the_bound_is_not() -> None:
    shares = points([60.0, 71.0, 80.0, 86.0, 90.0, 93.0, 95.0, 96.5, 97.5, 98.2], start=2014)
    held = outlook(shares, Bounds(0.0, 100.0))
    assert held.refusal is None
    assert held.chance(2024, 100.5, None) == 0
    assert 0 < held.chance(2025, 100.0, None) < 0.5
    assert held.chance(2025, 100.0, None, beyond=True) == 0
    assert held.chance(2024, 0.0, None) == held.chance(2024, -5.0, None) == 1
    assert held.chance(2024, None, 100.0) == 1
    assert max(row.high for row in held.path(2028)) == 100


def test_chance_of_a_sum_is_that_of_a_single_year_where_there_is_one() -> None:
    for goal in (6000.0, 7000.0, 8000.0):
        alone = HELD.chance_of_sum([2024], goal, None)
        assert alone == pytest.approx(HELD.chance(2024, goal, None), abs=0.02)


def test_chance_of_a_sum_falls_as_it_rises_and_stays_within_its_grid() -> None:
    goals = [5000.0 * step for step in range(1, 20)]
    chances = [HELD.chance_of_sum([2024, 2025, 2026], goal, None) for goal in goals]
    assert chances == sorted(chances, reverse=True)
    assert (chances[0], chances[-1]) == (pytest.approx(0.99), pytest.approx(0.01))
    capped = HELD.chance_of_sum([2024, 2025], None, 14_000.0)
    assert capped == pytest.approx(1 - HELD.chance_of_sum([2024, 2025], 14_000.0, None))


def test_year_outside_the_path_has_no_chance(firms: Outlook) -> None:
    for year in (2023, 2029):
        with pytest.raises(ValueError, match="not projected"):
            firms.chance(year, 1.0, None)


def test_refused_series_has_no_path_and_no_chance() -> None:
    flat = outlook(points([4.0] * 8), FREE)
    assert (flat.refusal, flat.path(2030)) == ("last_value_better", ())
    with pytest.raises(ValueError, match="no projection"):
        flat.chance(2024, 1.0, None)


def test_no_points_are_an_outlook_without_a_last_year() -> None:
    nothing = outlook([], FREE)
    assert (nothing.last, nothing.refusal, nothing.path(2030)) == (None, "too_short", ())


@pytest.mark.parametrize("wild", [1e16, -1e16, 1e-300, float("inf"), float("nan")])
def test_figures_beyond_arithmetic_are_refused(wild: float) -> None:
    assert outlook(points([*FIRMS, wild]), FREE).refusal == "beyond_figures"


series = st.lists(
    st.one_of(
        st.floats(-1e16, 1e16), st.integers(-5, 5).map(float), st.sampled_from([1e-12, 1e15])
    ),
    max_size=14,
)


@settings(max_examples=80, deadline=None)
@given(series)
def test_every_series_has_a_path_or_a_reason(figures: list[float]) -> None:
    found = outlook(points(figures), FREE)
    assert (found.refusal is None) == bool(found.path(2100))
    for row in found.path(2100):
        assert row.low.is_finite()
        assert row.low <= row.median <= row.high


def test_figures_of_a_model_have_four_digits_written_out() -> None:
    assert str(rounded(12345678.9)) == "12350000"
    assert str(rounded(0.000123456789)) == "0.0001235"
    assert str(rounded(-0.0)) == "0"
