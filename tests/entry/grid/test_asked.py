"""What the address of a grid asks for: periods by frequency, with their years, within bounds."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from django.http import Http404
from hypothesis import given
from hypothesis import strategies as st

from indicators.periods import ReferencePeriod
from qdpolicy.entry.grid.asked import MOST_COLUMNS, asked_of, parts_of

TODAY = date(2026, 11, 23)


def columns(**query: str) -> list[str]:
    names = {name.rstrip("_"): value for name, value in query.items()}
    return [str(period) for period in asked_of(names, TODAY).columns]


def test_usual_columns_are_nine_earlier_periods_and_the_current_one() -> None:
    assert columns() == [str(year) for year in range(2017, 2027)]
    assert columns(frequency="half")[-3:] == ["2026-S1", "2026-S2", "2026"]
    assert columns(frequency="month")[0] == "2026-02"
    assert columns(frequency="month")[-1] == "2026-11"
    assert columns(frequency="quarter") == [
        "2024-Q3", "2024-Q4", "2024", "2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4", "2025",
        "2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4", "2026",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ({"from_": "2024", "to": "2024"}, ["2024"]),
        ({"from_": "2024年", "to": "２０２５"}, ["2024", "2025"]),
        ({"from_": "2024-Q2", "to": "2024-09"}, ["2024"]),
        (
            {"from_": "2024", "to": "2024", "frequency": "half"},
            ["2024-S1", "2024-S2", "2024"],
        ),
        ({"from_": "2024-02", "to": "2024-02", "frequency": "quarter"}, ["2024-Q1"]),
        ({"from_": "2024年上半年", "to": "2024-05-17", "frequency": "half"}, ["2024-S1"]),
        ({"from_": "2022/2023", "to": "2023"}, ["2022", "2023"]),
        ({"from_": "2200", "to": "2200"}, ["2200"]),
        ({"from_": "1900", "to": "1900"}, ["1900"]),
    ],
)
def test_periods_are_read_as_people_write_them(query: dict[str, str], wanted: list[str]) -> None:
    assert columns(**query) == wanted


@pytest.mark.parametrize(
    "query",
    [
        {"from_": "2025", "to": "2024"},
        {"from_": "x"},
        {"to": "2024-13"},
        {"from_": "0001"},
        {"to": "9999"},
        {"frequency": "week"},
        {"from_": "1900", "to": "2200"},
        {"from_": "2010", "to": "2024", "frequency": "month"},
        {"from_": "2030"},
    ],
)
def test_what_no_grid_can_show_is_404_in_words(query: dict[str, str]) -> None:
    with pytest.raises(Http404) as refusal:
        columns(**query)
    assert str(refusal.value).endswith("。")


def test_ten_years_of_months_with_their_years_fit() -> None:
    found = columns(from_="2015", to="2024", frequency="month")
    assert len(found) == MOST_COLUMNS
    assert found[12] == "2015"


def test_question_keeps_what_filters_rows() -> None:
    asked = asked_of({"q": " 高企 ", "department": "kjj", "duties": "1", "indicator": "X"}, TODAY)
    assert (asked.name, asked.department, asked.duties, asked.indicator) == (
        "高企", "kjj", True, "",
    )  # fmt: skip
    assert asked_of({"by": "regions", "indicator": "X"}, TODAY).indicator == "X"
    assert not asked_of({"duties": "0"}, TODAY).duties


@given(
    st.sampled_from(["year", "half", "quarter", "month"]),
    st.integers(1900, 2200),
    st.integers(0, 7),
)
def test_columns_cover_the_span_once_in_order(frequency: str, year: int, more: int) -> None:
    last = min(year + more, 2200)
    query = {"frequency": frequency, "from": str(year), "to": str(last)}
    found = asked_of(query, TODAY).columns
    length = {"year": 12, "half": 6, "quarter": 3, "month": 1}[frequency]
    pieces = [period for period in found if period.months == length]
    assert len(pieces) == (last - year + 1) * 12 // length
    assert all(a.end_month == b.start_month for a, b in pairwise(pieces))
    assert pieces[0].start_month == year * 12
    assert found == sorted(found, key=lambda period: (period.last_day, -period.start_month))


def test_parts_of_a_year_are_its_halves_quarters_and_months() -> None:
    found = [str(part) for part in parts_of(ReferencePeriod.of_year(2024))]
    assert (len(found), found[0], found[2], found[-1]) == (18, "2024-S1", "2024-Q1", "2024-12")
