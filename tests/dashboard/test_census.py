"""What the census says of grey lights and of how new the figures are."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from qdpolicy.dashboard.census import Cell, census
from qdpolicy.dashboard.promises import Scope
from tests.dashboard import builders as make

pytestmark = pytest.mark.django_db

LATE = {"flags": ["awaiting_actual", "stale_data"]}


def grey(key: str, end: str, status: str = "no_data", **fields: Any) -> None:
    """A grey promise that is due at the end of a period."""
    found = make.promise(key, meaning={"period_end": end})
    make.snapshot(found, status, "grey", **fields)


def counts(scope: Scope | None = None) -> tuple[int, int]:
    found = census().standing(scope or Scope())
    return found.overdue, found.not_due


def test_grey_promises_past_their_deadline_are_told_from_those_not_due() -> None:
    grey("late", "2024", **LATE)
    grey("later", "2024-S1", "not_assessable", **LATE)
    grey("soon", "2025")
    grey("far", "2028", "not_assessable", flags=["stale_data"])
    grey("open", "")
    assert counts() == (2, 2)
    assert counts(Scope(year="2024")) == (2, 0)
    assert counts(Scope(year="2028")) == (0, 1)


def test_a_promise_of_another_light_is_neither_late_nor_early_here() -> None:
    red = make.promise("red", meaning={"period_end": "2024"})
    make.snapshot(red, "off_track", "red", **LATE)
    make.promise("green", "on_track", meaning={"period_end": "2028"})
    make.promise("pending", meaning={"period_end": "2028"})
    assert counts() == (0, 0)


@pytest.mark.parametrize(
    ("end", "day", "number"),
    [
        ("2024", date(2024, 12, 31), 3),
        ("2024", date(2025, 1, 1), 0),
        ("2022/2024", date(2024, 6, 1), 3),
        ("soon", date(2024, 1, 1), 0),
        ("", date(2024, 1, 1), 0),
        ("2024", None, 0),
    ],
)
def test_a_deadline_is_to_come_up_to_its_last_day(end: str, day: date | None, number: int) -> None:
    cell = Cell(
        period_end=end, document=("d", "d"), region=("r", "r"), department=("b", "b"),
        status="no_data", light="grey", period="", number=3, figures=0, awaiting=0, as_of=day,
        rules=1,
    )  # fmt: skip
    assert (cell.overdue, cell.not_due) == (0, number)


def actual(key: str, period: str, value: int | None = 7) -> None:
    make.snapshot(make.promise(key), "on_track", "green", period=period, actual=value)


def test_the_newest_period_is_the_one_that_ends_last() -> None:
    for key, period in (("a", "2023"), ("b", "2022/2024"), ("c", "2024-S1"), ("d", "2024-Q3")):
        actual(key, period)
    assert census().standing(Scope()).newest == "2022/2024"


def test_a_period_without_a_figure_is_not_the_newest() -> None:
    actual("held", "2023")
    actual("withheld", "2024", None)
    assert census().standing(Scope()).newest == "2023"


def test_no_figure_has_no_newest_period() -> None:
    make.promise("blank", "no_data")
    assert census().standing(Scope()).newest == ""
    assert census().standing(Scope(year="1999")).newest == ""
