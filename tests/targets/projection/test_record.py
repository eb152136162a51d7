"""The back-test over all series: the bar that the method has to clear, and what the page prints."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from targets.projection.method import COVERAGE, LEAST_FORECASTS, MIN_POINTS, PUBLISHED
from targets.projection.rolling import Backtest, Bounds, backtest
from tests.targets.projection.published import of_fixtures, published, record


@pytest.fixture(scope="module")
def ours() -> dict[str, Backtest]:
    """Of the fixtures; every indicator there is a count, an amount or a share."""
    return {name: backtest(points, Bounds(low=0.0)) for name, points in of_fixtures().items()}


@pytest.fixture(scope="module")
def theirs() -> dict[str, Backtest]:
    """Of the published series; nothing is known of their bounds."""
    return {name: backtest(points, Bounds()) for name, points in published().items()}


def test_fixtures_are_back_tested_one_by_one(ours: dict[str, Backtest]) -> None:
    long = {name: test for name, test in ours.items() if test.points >= MIN_POINTS}
    assert {name: (test.points, test.forecasts, test.refusal) for name, test in long.items()} == {
        "GDP 370200": (9, 14, "line_better"),
        "GDP 370211": (8, 12, "line_better"),
        "GDP_G 370200": (5, 2, "no_test"),
        "GDP_G 370211": (4, 1, "no_test"),
        "HNTE 370200": (7, 8, None),
        "RD_INTENSITY 350200": (4, 1, "no_test"),
        "TECH_CONTRACT 370200": (5, 2, "no_test"),
    }


def test_fixtures_that_pass_are_below_both_yardsticks(ours: dict[str, Backtest]) -> None:
    firms = ours["HNTE 370200"]
    assert firms.error < 0.52 * firms.error_last
    assert firms.error < 0.66 * firms.error_line
    assert (firms.inside, firms.forecasts) == (7, 8)


@pytest.mark.shared
def test_published_series_give_the_record_that_the_page_prints(
    theirs: dict[str, Backtest],
) -> None:
    assert record(list(theirs.values())) == PUBLISHED


@pytest.mark.shared
def test_band_of_all_series_together_holds_between_70_and_90_per_cent(
    ours: dict[str, Backtest], theirs: dict[str, Backtest]
) -> None:
    both = record([*ours.values(), *theirs.values()])
    assert COVERAGE[0] <= both.covered <= COVERAGE[1]
    assert both.covered == Decimal("0.816")
    halves = [list(theirs.values())[start::2] for start in (0, 1)]
    assert all(Decimal("0.79") < record(half).covered < Decimal("0.85") for half in halves)


@pytest.mark.shared
def test_error_of_all_series_together_is_lower_than_both_yardsticks(
    ours: dict[str, Backtest], theirs: dict[str, Backtest]
) -> None:
    both = record([*ours.values(), *theirs.values()])
    assert (both.to_last, both.to_line) == (Decimal("0.499"), Decimal("0.600"))
    for half in (list(theirs.values())[start::2] for start in (0, 1)):
        assert record(half).to_last < Decimal("0.6")
        assert record(half).to_line < Decimal("0.7")


@pytest.mark.shared
def test_at_least_half_of_the_series_long_enough_to_test_show_one(
    ours: dict[str, Backtest], theirs: dict[str, Backtest]
) -> None:
    tests = [*ours.values(), *theirs.values()]
    tested = [test for test in tests if test.tested]
    shown = [test for test in tested if test.refusal is None]
    assert (len(tests), len(tested), len(shown)) == (322, 151, 79)
    assert 2 * len(shown) >= len(tested)


@pytest.mark.shared
def test_every_shown_series_passed_and_every_other_says_why(theirs: dict[str, Backtest]) -> None:
    for test in theirs.values():
        lower = test.error < test.error_last and test.error < test.error_line
        held = test.inside >= 0.7 * test.forecasts
        enough = test.points >= MIN_POINTS and test.forecasts >= LEAST_FORECASTS
        assert (test.refusal is None) == (lower and held and enough)
    assert Counter(test.refusal for test in theirs.values()) == {
        None: 78, "last_value_better": 43, "no_test": 21, "too_short": 19, "line_better": 17,
        "band_missed": 10,
    }  # fmt: skip
