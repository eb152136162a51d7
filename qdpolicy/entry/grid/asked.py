"""What the address of a grid asks for: which rows, which periods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.http import Http404
from django.utils.translation import gettext as _

from indicators.models import Indicator, in_language
from indicators.periods import FIRST_YEAR, LAST_YEAR, PeriodError, ReferencePeriod, read_period

MOST_COLUMNS = 130
"""Ten years of months, with their years."""

EARLIER = 9
"""Periods before the current one that a grid shows unless told otherwise."""

_MONTHS = {"year": 12, "half": 6, "quarter": 3, "month": 1}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The question of an address; empty texts where it says nothing."""

    region: str = ""
    frequency: str = "year"
    first: ReferencePeriod
    last: ReferencePeriod
    name: str = ""
    department: str = ""
    duties: bool = False
    indicator: str = ""
    """The code of the indicator whose regions are the rows; empty for a grid of indicators."""

    @property
    def columns(self) -> list[ReferencePeriod]:
        """The periods between first and last; a year stands behind its last part."""
        length = _MONTHS[self.frequency]
        found: list[ReferencePeriod] = []
        start = self.first.start_month
        while start + length <= self.last.end_month:
            end = start + length - 1
            found.append(_months(start, end))
            if length < 12 and end % 12 == 11:
                found.append(ReferencePeriod.of_year(end // 12))
            start += length
        return found


def asked_of(query: Mapping[str, str], today: date) -> Asked:
    """Read an address; raises Http404 in words for what no grid can show."""
    frequency = query.get("frequency") or "year"
    if frequency not in Indicator.Frequency.values:
        raise Http404(_("没有这种频度。"))
    length = _MONTHS[frequency]
    current = (today.year * 12 + today.month - 1) // length * length
    first = _period(query.get("from"), current - EARLIER * length, length)
    last = _period(query.get("to"), current, length)
    # A period of another length is the stretch of whole periods that it touches.
    start = first.start_month // length * length
    end = -(-max(last.end_month, last.start_month + 1) // length) * length
    if start >= end:
        raise Http404(_("起始报告期晚于结束报告期。"))
    if (end - start) // length > MOST_COLUMNS * 12 // 13:
        raise Http404(_("一次最多显示120个报告期，请缩小范围。"))
    by_regions = query.get("by") == "regions"
    return Asked(
        region=query.get("region", ""),
        frequency=frequency,
        first=_months(start, start + length - 1),
        last=_months(end - length, end - 1),
        name=query.get("q", "").strip().replace("\0", ""),
        department=query.get("department", ""),
        duties=query.get("duties") == "1",
        indicator=query.get("indicator", "") if by_regions else "",
    )


def _period(text: str | None, month: int, length: int) -> ReferencePeriod:
    """A period as it was typed, else the one that begins in this month."""
    if not text:
        return _months(month, month + length - 1)
    try:
        return read_period(text)
    except PeriodError as error:
        raise Http404(in_language(error.zh, error.en)) from error


def _months(start: int, end: int) -> ReferencePeriod:
    """The period of these months, counted from year 0; kept within the calendar."""
    low, high = FIRST_YEAR * 12, LAST_YEAR * 12 + 11
    start, end = max(start, low), min(end, high)
    try:
        return ReferencePeriod.of_months(start // 12, start % 12 + 1, end // 12, end % 12 + 1)
    except PeriodError as error:
        raise Http404(in_language(error.zh, error.en)) from error


def parts_of(year: ReferencePeriod) -> list[ReferencePeriod]:
    """The half-years, quarters and months of a year."""
    start = year.start_month
    return [
        _months(start + step, start + step + length - 1)
        for length in (6, 3, 1)
        for step in range(0, 12, length)
    ]
