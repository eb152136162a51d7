"""The days of editions: which have one in common, and how long each really applies."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.drafting.spans import (
    Span,
    amendment_clash,
    applying,
    correction_clash,
    first_clash,
)


def span(begins: str, ends: str = "", name: str = "") -> Span:
    """From the first of January of a year, or a month, to the day given."""
    first = date.fromisoformat(begins if len(begins) > 4 else f"{begins}-01-01")
    return Span(name or begins, first, date.fromisoformat(ends) if ends else None)


FIRST, PLAN = span("2022", "2022-12-31"), span("2024", "2028-12-31")
LATER = span("2026", "2028-12-31")


@pytest.mark.parametrize(
    ("one", "other", "common"),
    [
        (FIRST, PLAN, False),
        (PLAN, LATER, True),
        (span("2024"), LATER, True),
        (span("2024", "2025-12-31"), LATER, False),
        (span("2024", "2026-01-01"), LATER, True),
        (PLAN, PLAN, True),
    ],
)
def test_two_spans_meet_where_a_day_is_in_both(one: Span, other: Span, common: bool) -> None:
    assert (one.meets(other), other.meets(one)) == (common, common)


def test_edition_applies_until_the_day_before_the_next() -> None:
    assert applying([LATER, FIRST, PLAN]) == [FIRST, span("2024", "2025-12-31"), LATER]
    assert applying([span("2024"), LATER]) == [span("2024", "2025-12-31"), LATER]
    assert applying([]) == []


DAYS = st.integers(0, 30).map(lambda number: date.fromordinal(738000 + number))
SPANS = st.lists(
    st.builds(lambda a, b, open_: Span(str(a), a, None if open_ or b < a else b), DAYS, DAYS, st.booleans()),
    max_size=5,
    unique_by=lambda row: row.begins,
)  # fmt: skip


@given(SPANS, DAYS)
def test_applying_says_on_each_day_what_the_latest_begun_says(rows: list[Span], day: date) -> None:
    begun = [row for row in rows if row.begins <= day]
    latest = [row.name for row in begun if row.begins == max(one.begins for one in begun)]
    expected = [row.name for row in rows if row.name in latest and row.holds(day)]
    assert [row.name for row in applying(rows) if row.holds(day)] == expected


@pytest.mark.parametrize(
    ("new", "clash"),
    [
        (span("2023", "2023-12-31"), None),
        (span("2023", "2024-01-01"), "2024"),
        (span("2029"), None),
        (span("2021"), "2022"),
        (span("2027"), "2026"),
    ],
)
def test_new_edition_takes_no_day_of_another(new: Span, clash: str | None) -> None:
    found = first_clash(new, [FIRST, PLAN, LATER])
    assert (found.name if found else None) == clash


def test_new_edition_may_follow_an_adjustment_that_ended_early() -> None:
    early = span("2026", "2026-06-30")
    assert first_clash(span("2027"), [PLAN, early]) is None
    assert first_clash(span("2025", "2025-02-01"), [PLAN, early]) is not None


@pytest.mark.parametrize(
    ("new", "others", "clash"),
    [
        (span("2025", "2028-12-31"), [FIRST], None),
        (span("2024", "2028-12-31"), [FIRST], "2024"),
        (span("2023", "2028-12-31"), [FIRST], "2024"),
        (span("2025", "2028-12-31"), [LATER], "2026"),
        (span("2025", "2025-12-31"), [LATER], None),
        (span("2027", "2028-12-31"), [LATER], "2026"),
        (span("2026", "2028-12-31"), [LATER], "2026"),
    ],
)
def test_adjustment_begins_while_its_base_is_the_last_to_have_begun(
    new: Span, others: list[Span], clash: str | None
) -> None:
    found = amendment_clash(new, PLAN, others)
    assert (found.name if found else None) == clash


@pytest.mark.parametrize(
    ("new", "base", "others", "clash"),
    [
        (PLAN, PLAN, [FIRST, LATER], None),
        (span("2024", "2029-12-31"), PLAN, [FIRST, LATER], None),
        (span("2022-06-01", "2028-12-31"), PLAN, [FIRST], "2022"),
        (span("2026-02-01", "2028-12-31"), PLAN, [LATER], "2026"),
        (span("2025-07-01", "2028-12-31"), LATER, [PLAN], None),
        (span("2023-07-01", "2028-12-31"), LATER, [PLAN], "2024"),
        (span("2024", "2028-12-31"), LATER, [PLAN], "2024"),
        (span("2022", "2024-01-01"), FIRST, [PLAN], "2024"),
        (span("2022", ""), FIRST, [PLAN], "2024"),
        (span("2021", "2023-12-31"), FIRST, [PLAN], None),
    ],
)
def test_correction_keeps_the_order_and_takes_no_day_it_had_not(
    new: Span, base: Span, others: list[Span], clash: str | None
) -> None:
    found = correction_clash(new, base, others)
    assert (found.name if found else None) == clash
