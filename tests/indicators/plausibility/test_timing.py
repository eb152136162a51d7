"""The period has begun and is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from indicators.plausibility import (
    Candidate,
    Severity,
    check,
)
from tests.indicators.plausibility.cases import (
    COUNT,
    TODAY,
    codes,
    only,
    year,
)


def test_a_period_that_has_not_begun_is_an_error() -> None:
    issue = only(year("5", of=2026), COUNT)

    assert (issue.code, issue.severity) == ("period_in_future", Severity.ERROR)
    assert issue.zh == "报告期从2026-01-01开始，还没有到，不能填报实绩。请改正报告期。"
    assert issue.evidence == {"period_end": "2026-12-31", "today": "2025-03-01"}
    assert codes(year("5", of=2026, forecast=True), COUNT) == ["period_in_future"]


def test_a_running_period_is_a_warning_unless_declared_a_forecast() -> None:
    issue = only(year("5", of=2025), COUNT)

    assert (issue.code, issue.severity) == ("period_not_over", Severity.WARNING)
    assert (
        issue.zh
        == "报告期到2025-12-31才结束，请确认不是预计数。如为预计数，请把数据批次改为“预计”。"
    )
    assert codes(year("5", of=2025, forecast=True), COUNT) == []


def test_the_days_at_the_edge_of_a_period() -> None:
    one_day = Candidate(Decimal(5), TODAY, TODAY)

    assert check(one_day, COUNT) == []
    assert codes(one_day, replace(COUNT, today=date(2025, 2, 28))) == ["period_in_future"]


def test_a_missing_value_is_only_asked_for_its_period() -> None:
    context = replace(COUNT, last=Decimal(5), stored=Decimal(5), later_periods=True)

    assert check(year(None), context) == []
    assert codes(year(None, of=2026), context) == ["period_in_future"]
