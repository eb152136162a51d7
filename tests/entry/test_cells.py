"""What stands beside a cell: neighbours, promises and doubts, in the same few queries for many."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from indicators.actions import Entry
from indicators.models import Indicator, Observation
from qdpolicy.entry.cells import Cell, Surroundings, doubts, surroundings
from tests.indicators import builders as b

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


def around(of: Indicator, period: str = "2024") -> Surroundings:
    return surroundings([Cell(of, b.region(), period)])[0]


def entry(of: Indicator, value: str, period: str = "2024", **facts: str) -> Entry:
    return Entry(indicator=of, region=b.region(), period=period, value=Decimal(value), **facts)


def codes(beside: Surroundings, told: Entry | Observation) -> list[str]:
    return [issue.code for issue in doubts(beside, told, today=TODAY)]


def test_neighbours_are_approved_numbers_of_periods_of_one_length() -> None:
    of = b.indicator()
    first, before = b.actual(of, "10", "2020"), b.actual(of, "12", "2023")
    b.actual(of, None, "2022")
    b.actual(of, "7", "2023-S1")
    b.actual(of, "99", "2024", review_state="draft")
    beside = around(of)

    assert (beside.last, beside.last_year, beside.approved) == (before, before, None)
    assert around(of, "2023").last == first
    assert around(of, "2023").approved == before
    assert around(of, "2020").last is None
    assert around(of, "1900").last_year is None


def test_cells_come_in_their_order_with_their_own_series_and_promises() -> None:
    one, other = b.indicator("A"), b.indicator("B")
    b.actual(one, "1", "2023")
    b.actual(other, "2", "2023")
    b.promise(other)
    cells = [Cell(of, b.region(), period) for of in (other, one) for period in ("2024", "2023")]
    found = surroundings(cells)

    assert [beside.cell for beside in found] == cells
    assert [beside.last.value if beside.last else None for beside in found] == [2, None, 1, None]
    assert [len(beside.promises) for beside in found] == [1, 1, 0, 0]
    assert surroundings([]) == []


def test_an_entry_and_the_row_it_became_are_doubted_alike() -> None:
    of = b.indicator()
    b.actual(of, "100", "2023")
    row = b.actual(of, "250", "2024", review_state="submitted")

    assert codes(around(of), entry(of, "250")) == codes(around(of), row) == ["jump"]


def test_a_forecast_of_a_running_period_is_no_doubt() -> None:
    of = b.indicator()
    beside = around(of, "2026")

    assert codes(beside, entry(of, "5", "2026")) == ["period_not_over"]
    assert codes(beside, entry(of, "5", "2026", vintage="forecast")) == []


def test_the_source_of_an_entry_is_held_against_that_of_the_approved_value() -> None:
    of = b.indicator()
    b.actual(of, "100", source_title="公报", source_date="2025", vintage="annual")
    beside = around(of)

    same = entry(of, "110", source_title="公报", source_date="2025")
    other = entry(of, "110", source_title="年鉴", source_date="2025")
    assert codes(beside, same) == ["same_source_differs"]
    assert codes(beside, other) == []


def test_many_cells_cost_the_same_queries_as_one() -> None:
    counts = []
    for size in (1, 3):
        cells = []
        for place in range(size):
            of = b.indicator(f"I{size}-{place}", aggregation="sum")
            b.promise(of)
            b.actual(of, "10", "2023")
            cells += [Cell(of, b.region(), period) for period in ("2024", "2025")]
        told = [entry(cell.indicator, "25", cell.period) for cell in cells]
        with CaptureQueriesContext(connection) as queries:
            for beside, stated in zip(surroundings(cells), told, strict=True):
                doubts(beside, stated, today=TODAY)
        counts.append(len(queries))
    # Promises, the rows to show, and five for the doubts.
    assert counts == [7, 7]
