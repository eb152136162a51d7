"""What is known of a series by a day, and sums in which no day counts twice."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.periods import ReferencePeriod
from targets.progress import Actual
from targets.progress.known import Known, earlier, same_season, together

parse = ReferencePeriod.parse


def known(as_of: date | None = None, **figures: object) -> Known:
    """A series by keywords: y2024, y2024_S1; a value, or a whole actual."""
    series = {}
    for name, figure in figures.items():
        period = parse(name[1:].replace("__", "/").replace("_", "-"))
        series[period] = (
            figure if isinstance(figure, Actual) else Actual(value=Decimal(str(figure)))
        )
    return Known(series, as_of)


def total(of: Known, text: str) -> tuple[str, str, int] | None:
    period = parse(text)
    found = of.total(period.first_day, period.last_day)
    return None if found is None else (str(found.period), str(found.value), found.days_missing)


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        ({"y2024": 10}, ("2024", "10", 0)),
        ({"y2024": 10, "y2024_S1": 4, "y2024_Q1": 1}, ("2024", "10", 0)),
        ({"y2024_S1": 4, "y2024_Q1": 1, "y2024_Q3": 3}, ("2024-01/2024-09", "7", 0)),
        ({"y2024_01__2024_09": 7, "y2024_S1": 4, "y2024_S2": 5}, ("2024", "9", 0)),
        ({"y2024_01__2024_09": 7, "y2024_Q4": 5}, ("2024", "12", 0)),
        ({"y2024_Q1": 1, "y2024_Q2": 2, "y2024_Q3": 3, "y2024_Q4": 4}, ("2024", "10", 0)),
        ({"y2024_Q1": 1, "y2024_Q3": 3}, ("2024-01/2024-09", "4", 91)),
        ({"y2024_Q2": 2}, ("2024-Q2", "2", 91)),
        ({"y2024_06_07": 9}, None),
        ({"y2023": 10, "y2025": 10, "y2023_12__2024_02": 3}, None),
        ({}, None),
    ],
)
def test_total_takes_the_most_days_and_no_day_twice(figures, expected) -> None:
    assert total(known(**figures), "2024") == expected


def test_total_of_bounds_is_a_bound() -> None:
    above, below = (Actual(value=Decimal(1), qualifier=q) for q in ("above", "below"))
    exact = Decimal(1)
    span = (date(2024, 1, 1), date(2024, 12, 31))
    assert known(y2024_Q1=above, y2024_Q2=exact).total(*span).certainty == "above"
    assert known(y2024_Q1=above, y2024_Q2=below).total(*span).certainty == "either"


def test_total_carries_ids_and_what_may_be_revised() -> None:
    series = known(
        y2024_Q1=Actual(value=Decimal(1), id=7),
        y2024_Q2=Actual(value=Decimal(1), id=8, obs_status="P"),
        y2024_Q3=Actual(value=Decimal(1), obs_status="B"),
    )
    found = series.total(date(2024, 1, 1), date(2024, 12, 31))
    assert (found.ids, found.provisional, found.broken) == ((7, 8), True, True)


def test_flow_needs_the_whole_period() -> None:
    year = parse("2024")
    assert known(y2024_Q1=1, y2024_Q2=1, y2024_Q3=1).flow(year) is None
    assert known(y2024_S1=1, y2024_Q4=1).flow(year) is None
    assert known(y2024_S1=1, y2024_S2=2).flow(year).value == 3
    assert known(y2024_S1=1, y2024_S2=2, y2024=4).flow(year).value == 4


def test_stock_at_the_end_of_a_period_may_come_from_a_shorter_one() -> None:
    year = parse("2024")
    assert known(y2024_09=1).at_end_of(year) is None
    assert known(y2024_12=1, y2024_Q4=2).at_end_of(year).value == 2
    assert known(y2024_12=1, y2024=3).at_end_of(year).value == 3
    assert known(y2024_12_31=5).of(year, flow=False).value == 5
    assert known(y2024_12_31=5).of(year, flow=True) is None
    # A longer period that ends on the day is about more than this one.
    assert known(y2023__2024=9).at_end_of(year) is None


def test_periods_that_end_after_the_day_are_not_known() -> None:
    series = known(date(2024, 6, 30), y2024_S1=1, y2024=2, y2024_Q3=3)
    assert list(map(str, series.actuals)) == ["2024-S1"]
    assert series.last_day == date(2024, 6, 30)
    assert known(date(2024, 6, 29), y2024_S1=1).last_day is None


def test_four_kinds_of_no_number_are_kept_apart() -> None:
    series = known(
        y2020=0,
        y2021=Actual(value=None, obs_status="L"),
        y2022=Actual(value=None, obs_status="M"),
        y2023=Actual(value=Decimal(5), obs_status="Q"),
        y2024=Actual(value=None),
        y2025=Actual(value=Decimal("NaN")),
    )
    assert list(map(str, series.actuals)) == ["2020"]
    assert {str(p): status for p, status in series.withheld.items()} == {"2022": "M", "2023": "Q"}


def test_latest_prefers_the_goals_own_period_among_equals() -> None:
    series = known(y2024=1, y2024_Q4=2, y2024_12=3, y2023=4)

    def allowed(period: ReferencePeriod) -> bool:
        return True

    assert series.latest(allowed, parse("2024-Q4")).value == 2
    assert series.latest(allowed, parse("2028-12")).value == 3
    assert series.latest(allowed, None).value == 1
    assert series.latest(lambda p: p.year < 2024, None).value == 4
    assert series.latest(lambda p: p.year > 2024, None) is None


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        (set(), "exact"),
        ({"exact"}, "exact"),
        ({"exact", "about"}, "about"),
        ({"about", "above"}, "above"),
        ({"below"}, "below"),
        ({"above", "below"}, "either"),
        ({"either", "exact"}, "either"),
        ({"either", "above"}, "either"),
    ],
)
def test_together_is_as_certain_as_its_parts(parts, whole) -> None:
    assert together(parts) == whole


def test_earlier_stops_at_the_start_of_the_calendar() -> None:
    assert earlier(parse("1900")) is None
    assert str(earlier(parse("1901"))) == "1900"


def test_same_season_is_as_long_and_starts_in_the_same_month() -> None:
    assert same_season(parse("2024-S1"), parse("2020-S1"))
    assert not same_season(parse("2024-S1"), parse("2024-S2"))
    assert not same_season(parse("2024-Q1"), parse("2024-01"))


@settings(deadline=None, max_examples=60)
@given(
    st.dictionaries(
        st.sampled_from(
            [
                parse(f"2024{text}")
                for text in ("", "-S1", "-S2", "-Q1", "-Q2", "-Q3", "-Q4", "-01", "-12")
            ]
            + [parse("2024-01/2024-09"), parse("2024-02/2024-04")]
        ),
        st.just(Decimal(1)),
        max_size=8,
    )
)
def test_total_reaches_as_far_as_any_choice(figures) -> None:
    series = Known({p: Actual(value=v) for p, v in figures.items()}, None)
    found = series.total(date(2024, 1, 1), date(2024, 12, 31))
    best = 0
    periods = sorted(figures)
    for mask in range(1 << len(periods)):
        chosen = [p for i, p in enumerate(periods) if mask >> i & 1]
        if all(not a.overlaps(b) for a in chosen for b in chosen if a != b):
            best = max(best, sum((p.last_day - p.first_day).days + 1 for p in chosen))
    if found is None:
        assert best == 0
    else:
        assert (found.period.last_day - date(2024, 1, 1)).days + 1 - found.days_missing == best


def test_actual_without_an_id_leaves_none_behind() -> None:
    year = ReferencePeriod.of_year(2024)
    reading = Known({year: Actual(value=Decimal(1))}, None).at(year)
    assert reading is not None
    assert reading.ids == ()
