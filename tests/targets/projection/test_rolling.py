"""The back-test: what each forecast knew, the yardsticks, and the rule for one series."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from targets.projection.method import (
    FIRST_ORIGIN,
    HORIZON,
    LEAST_FORECASTS,
    MIN_POINTS,
    REFUSALS,
)
from targets.projection.rolling import Backtest, Bounds, Point, backtest, roll

FREE = Bounds()


def points(*figures: float, start: int = 2010, step: int = 1) -> list[Point]:
    return [Point(start + step * index, figure) for index, figure in enumerate(figures)]


GROWING = points(100, 112, 121, 137, 150, 166, 181, 202)
GOOD = Backtest(
    points=9, origins=6, forecasts=20, inside=16, error=1.0, error_last=2.0, error_line=3.0
)


def test_every_origin_forecasts_the_next_years_and_no_more() -> None:
    made = roll(points(*[float(n * n) for n in range(1, 12)]), FREE)
    assert {forecast.origin for forecast in made} == set(range(2012, 2020))
    first = [forecast.year for forecast in made if forecast.origin == 2012]
    assert first == [2012 + ahead for ahead in range(1, HORIZON + 1)]
    assert FIRST_ORIGIN == 3
    assert [forecast.year for forecast in made if forecast.origin == 2019] == [2020]


def test_forecast_knows_nothing_of_what_came_after_its_origin() -> None:
    before = roll(GROWING, FREE)
    changed = [*GROWING[:5], *[replace(point, figure=9e6) for point in GROWING[5:]]]
    after = roll(changed, FREE)
    early = [(f.origin, f.year, f.low, f.median, f.high, f.last, f.line) for f in before]
    late = [(f.origin, f.year, f.low, f.median, f.high, f.last, f.line) for f in after]
    known = [row for row in early if row[0] <= 2014]
    assert known == [row for row in late if row[0] <= 2014]
    assert len(known) > 8
    assert early != late


def test_yardsticks_are_the_last_value_and_the_least_squares_line() -> None:
    made = roll(GROWING, FREE)
    for forecast in made:
        known = [point for point in GROWING if point.year <= forecast.origin]
        years = np.array([point.year for point in known], dtype=float)
        slope, level = np.polyfit(years - 2010, [point.figure for point in known], 1)
        assert forecast.last == known[-1].figure
        assert forecast.line == pytest.approx(level + slope * (forecast.year - 2010))


def test_errors_are_the_mean_distances() -> None:
    made, found = roll(GROWING, FREE), backtest(GROWING, FREE)
    assert found.forecasts == len(made) == 15
    assert found.origins == 5
    assert found.inside == sum(f.low <= f.figure <= f.high for f in made)
    assert found.error == pytest.approx(np.mean([abs(f.median - f.figure) for f in made]))
    assert found.error_last == pytest.approx(np.mean([abs(f.last - f.figure) for f in made]))
    assert found.error_line == pytest.approx(np.mean([abs(f.line - f.figure) for f in made]))


def test_forecasts_and_yardsticks_keep_within_the_bounds() -> None:
    share = points(88, 91, 93, 96, 97, 99, 98, 99)
    made = roll(share, Bounds(0.0, 100.0))
    assert max(f.high for f in made) == max(f.line for f in made) == 100
    assert max(f.high for f in roll(share, FREE)) > 100


def test_falling_counts_stop_at_nothing() -> None:
    made = roll(points(90, 71, 50, 33, 14, 5, 0, 0), Bounds(low=0.0))
    assert min(f.low for f in made) == min(f.line for f in made) == 0
    assert min(f.line for f in roll(points(90, 71, 50, 33, 14, 5, 0, 0), FREE)) < 0


def test_far_apart_years_are_beyond_the_test() -> None:
    assert roll(points(1, 2, 3, 4, 5, step=6), FREE) == []
    found = backtest(points(1, 2, 3, 4, 5, step=6), FREE)
    assert (found.tested, found.refusal) == (False, "no_test")


def test_series_that_never_moves_is_forecast_not_to_and_beats_nobody() -> None:
    made = roll(points(4, 4, 4, 4, 4, 4), FREE)
    assert {(f.low, f.median, f.high, f.inside) for f in made} == {(4, 4, 4, True)}
    assert backtest(points(4, 4, 4, 4, 4, 4), FREE).refusal == "last_value_better"


def test_exact_line_is_beaten_by_nobody() -> None:
    assert backtest(points(*range(20, 30)), FREE).refusal == "line_better"


@pytest.mark.parametrize("number", range(MIN_POINTS))
def test_series_below_four_points_is_too_short(number: int) -> None:
    found = backtest(points(*range(number)), FREE)
    assert (found.points, found.forecasts, found.refusal) == (number, 0, "too_short")


def test_four_points_make_one_forecast_which_is_no_test() -> None:
    found = backtest(points(1, 2, 4, 7), FREE)
    assert (found.origins, found.forecasts, found.refusal) == (1, 1, "no_test")
    assert backtest(points(1, 2, 4, 7, 11), FREE).forecasts == LEAST_FORECASTS


def test_rule_takes_the_first_that_fails() -> None:
    assert GOOD.refusal is None
    assert replace(GOOD, error=2.0).refusal == "last_value_better"
    assert replace(GOOD, error=2.0 * (1 - 1e-12)).refusal == "last_value_better"
    assert replace(GOOD, error=1.999).refusal is None
    assert replace(GOOD, error=1.5, error_line=1.5).refusal == "line_better"
    assert replace(GOOD, inside=14).refusal is None
    assert replace(GOOD, inside=13).refusal == "band_missed"
    assert replace(GOOD, inside=20).refusal is None
    assert replace(GOOD, forecasts=2, inside=2).refusal == "no_test"
    assert replace(GOOD, points=3).refusal == "too_short"


def test_every_refusal_of_the_back_test_is_in_the_list() -> None:
    named = {"too_short", "no_test", "last_value_better", "line_better", "band_missed"}
    assert set(REFUSALS) == named | {"beyond_figures"}


@pytest.mark.parametrize("factor", [1e-4, 1e4])
def test_result_is_the_same_in_another_unit(factor: float) -> None:
    here = backtest(GROWING, FREE)
    there = backtest([replace(p, figure=p.figure * factor) for p in GROWING], FREE)
    assert (there.inside, there.refusal) == (here.inside, here.refusal)
    assert there.error / factor == pytest.approx(here.error, rel=1e-5)
