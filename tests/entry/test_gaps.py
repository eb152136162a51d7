"""What is missing: a yearly promise asks for the year, however often parts of it come out."""

from __future__ import annotations

from datetime import date

import pytest

from indicators.models import Indicator
from qdpolicy.entry.cells import gaps
from targets.models import TargetVersion
from tests.indicators import builders as b

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


def asked(code: str) -> list[str]:
    return [str(gap.period) for gap in gaps(Indicator.objects.filter(code=code), TODAY)]


@pytest.mark.parametrize("frequency", ["year", "half", "quarter", "month"])
@pytest.mark.parametrize("end", ["2028", "2026/2028", ""])
def test_yearly_promise_asks_for_the_last_full_year(frequency: str, end: str) -> None:
    b.promise(b.indicator("RD", unit=b.money(), frequency=frequency), "10", end)
    assert asked("RD") == ["2025"]


def test_promise_for_a_quarter_asks_for_the_last_full_quarter() -> None:
    target = b.promise(b.indicator("RD", unit=b.money(), frequency="quarter"), "10", "2026-Q4")
    assert asked("RD") == ["2026-Q3"]
    b.actual(target.indicator, "7", "2026-Q3")
    assert asked("RD") == []


def test_promise_that_was_due_before_asks_for_nothing() -> None:
    target = b.promise(b.indicator("RD", unit=b.money()), "10", "2024")
    assert asked("RD") == []
    TargetVersion.objects.filter(target=target).update(period_end="2025")
    assert asked("RD") == ["2025"]
