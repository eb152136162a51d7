"""The family of trends: against a slow twin, and what must not depend on unit or order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from targets.projection.spread import Floats
from targets.projection.trends import FAMILY, FLOOR, Trends, follow

BAND = np.array([0.1, 0.5, 0.9])
YEARS = [2012, 2013, 2015, 2016, 2017, 2019, 2021, 2023]
FIRMS = [538.0, 700.0, 964.0, 1348.0, 2039.0, 3829.0, 5554.0, 7920.0]


def band(figures: list[float], years: list[int] | None = None, ahead: int = 5) -> Floats:
    held = years or list(range(2000, 2000 + len(figures)))
    return follow(held, figures).ahead(ahead).quantiles(BAND)


def joint(years: list[int], figures: list[float], row: int) -> tuple[float, float]:
    """Squares and log-determinant of one member by one large covariance matrix: the slow twin."""
    error, level_shock, slope_shock, fading, slope = FAMILY[row]
    span = years[-1] - years[0]
    # Everything random: first error, first slope, then a level and a slope shock each year.
    sources = np.array([error, slope] + [level_shock, slope_shock] * span)
    level = np.zeros(len(sources))
    level[0] = 1
    tilt = np.zeros(len(sources))
    tilt[1] = 1
    rows = []
    for year in range(1, span + 1):
        level, tilt = level + tilt, fading * tilt
        level[2 * year] += 1
        tilt[2 * year + 1] += 1
        if years[0] + year in years:
            rows.append(level.copy())
    design = np.array(rows)
    covariance = (design * sources) @ design.T + error * np.eye(len(rows))
    rest = np.array(figures[1:]) - figures[0]
    return float(rest @ np.linalg.solve(covariance, rest)), float(np.linalg.slogdet(covariance)[1])


@pytest.mark.parametrize("row", range(len(FAMILY)))
def test_filter_agrees_with_one_large_matrix(row: int) -> None:
    trends = follow(YEARS, FIRMS)
    squares, logs = joint(YEARS, FIRMS, row)
    assert trends.squares[row] == pytest.approx(squares, rel=1e-6)
    assert trends.logs[row] == pytest.approx(logs, abs=1e-6)
    logarithms = [float(np.log(figure)) for figure in FIRMS]
    squares, logs = joint(YEARS, logarithms, row)
    assert trends.squares[row + len(FAMILY)] == pytest.approx(squares, rel=1e-6)


def test_steady_growth_goes_on_and_a_line_goes_on() -> None:
    grown = band([100 * 1.1**year for year in range(8)])
    assert grown[1, 2] == pytest.approx(100 * 1.1**10, rel=0.02)
    line = band([50.0 + 3 * year for year in range(8)])
    assert line[1, 2] == pytest.approx(80.0, rel=0.02)


def test_noise_around_a_mean_stays_near_it() -> None:
    middle = band([10.0, 12.0, 9.0, 11.0, 10.0, 8.0, 12.0, 9.0, 11.0, 10.0])[1]
    assert middle == pytest.approx(np.full(5, 10.2), abs=0.8)


figures = st.lists(
    st.decimals(-10_000, 10_000, places=2, allow_nan=False).map(float), min_size=4, max_size=12
).filter(lambda rows: len(set(rows)) > 1)


@settings(max_examples=60, deadline=None)
@given(figures)
def test_band_is_ordered_and_widens_with_every_year(rows: list[float]) -> None:
    low, middle, high = band(rows)
    assert (low <= middle).all()
    assert (middle <= high).all()
    assert np.isfinite([low, middle, high]).all()
    width = high - low
    assert (np.diff(width) >= -1e-6 * abs(width[1:])).all() or min(rows) > 0


@settings(max_examples=60, deadline=None)
@given(figures, st.sampled_from([1e4, 1e-4, 1e8]))
def test_band_is_the_same_in_another_unit(rows: list[float], factor: float) -> None:
    here, there = band(rows), band([figure * factor for figure in rows])
    size = np.abs(here).max() + np.ptp(rows)
    assert np.allclose(there / factor, here, rtol=1e-5, atol=1e-5 * size)


@pytest.mark.parametrize("rows", [
    [0.0, 5.0, 3.0, 8.0], [5.0, 3.0, 0.0, 8.0], [-4.0, -3.0, -6.0, -5.0], [4.0, -3.0, 6.0, 5.0],
])  # fmt: skip
def test_zeros_and_negatives_are_followed_without_logarithms(rows: list[float]) -> None:
    trends = follow(list(range(2000, 2004)), rows)
    assert not trends.logged.any()
    assert len(trends.level) == len(FAMILY)
    assert np.isfinite(trends.ahead(5).quantiles(BAND)).all()


def test_positive_figures_are_followed_both_ways() -> None:
    trends = follow([2000, 2001, 2002], [1.0, 2.0, 3.0])
    assert trends.logged.sum() == len(FAMILY) == len(trends.level) / 2


def test_series_that_never_moved_has_no_spread() -> None:
    with pytest.raises(ValueError, match="never moved"):
        follow([2000, 2001, 2002], [4.0, 4.0, 4.0]).ahead(1)


def test_gap_is_so_many_years_without_a_figure() -> None:
    close = band([100.0, 110.0, 118.0, 131.0], [2000, 2001, 2002, 2003])
    apart = band([100.0, 110.0, 118.0, 131.0], [2000, 2003, 2006, 2009])
    assert apart[1, 0] - 131 < close[1, 0] - 131
    assert band([1.0, 2.0, 4.0, 5.0], [2000, 2001, 2003, 2004])[1, 0] == pytest.approx(6.0, abs=0.3)


def test_exact_line_keeps_a_band_since_figures_are_rounded() -> None:
    low, middle, high = band([20.0 + year for year in range(9)])
    assert (high - low > FLOOR).all()
    assert np.allclose(middle, [29, 30, 31, 32, 33], atol=0.1)


def test_equal_figures_give_equal_answers() -> None:
    assert (band(FIRMS, YEARS) == band(FIRMS, YEARS)).all()


def test_first_figure_alone_is_a_start() -> None:
    assert Trends.of(5.0).number == 0
    assert Trends.of(-5.0).logged.any() == np.False_
