"""The read model of actuals: one row a series, packed and told apart to the last mark."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from indicators import series
from indicators.models import Observation
from tests.indicators import builders as b

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def rows() -> dict[tuple[int, int], dict[int, float]]:
    """The values by their refs; NaN as text, so that it equals itself."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indicator_id, region_id, vals, refs FROM indicators_series")
        return {
            (indicator, region): {
                ref: "NaN" if value != value else value
                for ref, value in zip(refs, vals, strict=True)
            }
            for indicator, region, vals, refs in cursor.fetchall()
        }


def ref(row: Observation, year: int, marks: int = 0) -> int:
    return row.pk << series.KEY_SHIFT | (year - series.FIRST_YEAR) << series.YEAR_SHIFT | marks


def pair(row: Observation) -> tuple[int, int]:
    return row.indicator_id, row.region_id


STATUSES = [("A", 0), ("P", 4), ("E", 4), ("B", 8), ("Q", 16), ("M", 32), ("L", 0)]
QUALIFIERS = [("exact", 0), ("about", 1), ("above", 2), ("below", 3)]


@pytest.mark.parametrize(("status", "mark"), STATUSES)
@pytest.mark.parametrize(("qualifier", "certainty"), QUALIFIERS)
def test_marks_tell_how_certain_and_of_what_status_a_figure_is(
    status: str, mark: int, qualifier: str, certainty: int
) -> None:
    value = None if status in "QML" else "-12.5"
    row = b.actual(b.indicator(), value, "2024", obs_status=status, qualifier=qualifier)
    series.rebuild()
    wanted = mark if value is None else mark + certainty
    assert rows() == {pair(row): {ref(row, 2024, wanted): "NaN" if value is None else -12.5}}


@pytest.mark.parametrize(
    ("period", "year"),
    [("2024-S1", 2024), ("2023-Q4", 2023), ("2022-11", 2022), ("2021-06-07", 2021)],
)
def test_part_of_a_year_stands_without_its_value_under_its_year(period: str, year: int) -> None:
    row = b.actual(b.indicator(), "7", period, obs_status="P", qualifier="above")
    withheld = b.actual(b.indicator("SECRET"), None, period, obs_status="Q")
    series.rebuild()
    assert rows() == {
        pair(row): {ref(row, year, series.PART): "NaN"},
        pair(withheld): {ref(withheld, year, series.PART + 16): "NaN"},
    }


@pytest.mark.parametrize("period", ["2021/2023", "2023-11/2024-02", "2020-S2/2024-S1"])
def test_what_is_longer_is_only_known_to_be_there(period: str) -> None:
    row = b.actual(b.indicator(), "7", period)
    series.rebuild()
    assert rows() == {pair(row): {series.LONGER: "NaN"}}


@pytest.mark.parametrize("year", [1900, 1901, 2200])
def test_first_and_last_year_of_the_calendar_have_room(year: int) -> None:
    row = b.actual(b.indicator(), "1", str(year))
    series.rebuild()
    ((found, value),) = rows()[pair(row)].items()
    assert (found >> series.YEAR_SHIFT & series.YEAR_MASK) + series.FIRST_YEAR == year
    assert found >> series.KEY_SHIFT == row.pk
    assert value == 1


def test_only_what_is_approved_and_not_superseded_counts() -> None:
    firms = b.indicator()
    kept = b.actual(firms, "1", "2021")
    b.actual(firms, "2", "2021", superseded_at=kept.approved_at)
    b.actual(firms, "3", "2022", review_state="draft")
    b.actual(firms, "4", "2023", review_state="submitted")
    series.rebuild()
    assert rows() == {pair(kept): {ref(kept, 2021): 1.0}}
    assert Observation.objects.count() == 4


def changed_rows() -> dict[tuple[int, int], str]:
    """Where each row lies in the table: it moves when it is written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indicator_id, region_id, ctid::text FROM indicators_series")
        return {(i, r): place for i, r, place in cursor.fetchall()}


def test_refresh_writes_the_pairs_that_differ_and_no_others() -> None:
    firms, people = b.indicator(), b.indicator("PEOPLE")
    one, other = b.actual(firms, "1", "2021"), b.actual(people, "2", "2021")
    series.rebuild()
    before, places = rows(), changed_rows()
    series.refresh([pair(one), pair(other), pair(one)])
    assert changed_rows() == places
    later = b.actual(firms, "5", "2022")
    missed = b.actual(people, "6", "2022")
    series.refresh([pair(one)])
    assert rows() == {
        pair(one): {**before[pair(one)], ref(later, 2022): 5.0},
        pair(other): before[pair(other)],
    }
    assert changed_rows()[pair(other)] == places[pair(other)]
    series.refresh([pair(other)])
    assert ref(missed, 2022) in rows()[pair(other)]


def test_pair_without_figures_has_an_empty_row_and_a_lost_figure_goes() -> None:
    row = b.actual(b.indicator(), "1", "2021")
    series.rebuild()
    Observation.objects.filter(pk=row.pk).update(superseded_at=row.approved_at)
    series.refresh([pair(row)])
    assert rows() == {pair(row): {}}
    series.refresh([])
    series.rebuild()
    assert rows() == {}


def test_refreshed_rows_are_those_that_are_made_anew() -> None:
    places = [b.region(), b.region("370300", "外市")]
    made: list[Any] = []
    for number, place in enumerate(places * 3):
        made.append(b.actual(b.indicator(f"I{number % 3}"), str(number), "2020", region=place))
        made.append(
            b.actual(b.indicator(f"I{number % 3}"), None, "2021-S1", region=place, obs_status="M")
        )
    series.refresh(map(pair, made))
    refreshed = rows()
    series.rebuild()
    assert refreshed == rows()
    assert len(refreshed) == 6
