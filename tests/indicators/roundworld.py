"""Rounds, duties and people for the tests of collecting; all words are our own."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Department, User
from indicators import actions
from indicators.models import Duty, Indicator, Observation, Region, ReportingRound
from tests.indicators import builders as b

DAY = timedelta(days=1)


def lead() -> User:
    """The reviewer who runs the rounds."""
    known = User.objects.filter(username="lead").first()
    return known or b.person("lead", "reviewer", at=b.department("office"))


def reporting_round(
    name: str = "2024年度填报",
    period: str = "2024",
    opens: timedelta = -DAY,
    closes: timedelta = 10 * DAY,
    now: datetime | None = None,
    **facts: Any,
) -> ReportingRound:
    """A round whose hours are given from now; open unless told otherwise."""
    now = now or timezone.now()
    return ReportingRound.objects.create(
        name=name, reference_period=period, opens_at=now + opens, closes_at=now + closes,
        made_by=lead(), made_at=now, **facts,
    )  # fmt: skip


def duty(
    of: ReportingRound,
    about: Indicator,
    at: Department | None = None,
    period: str | None = None,
    region: Region | None = None,
    deputy: User | None = None,
) -> Duty:
    return Duty.objects.create(
        round=of, indicator=about, region=region or b.region(),
        reference_period=period or of.reference_period,
        department=at or about.department, deputy=deputy,
    )  # fmt: skip


def entry(of: Indicator, value: str = "8000", period: str | None = "2024") -> actions.Entry:
    from decimal import Decimal

    return actions.Entry(indicator=of, region=b.region(), period=period, value=Decimal(value))


def delivered(of: Indicator, by: User, period: str = "2024", upto: str = "approved") -> Observation:
    """A value that went through the workflow up to a state."""
    row = actions.enter(by=by, entry=entry(of, period=period))
    if upto == "draft":
        return row
    actions.submit(by=by, observation=row, version=row.version)
    if upto == "approved":
        actions.approve(by=lead(), observation=row, version=row.version)
    elif upto == "returned":
        actions.return_(by=lead(), observation=row, version=row.version, reason="请补来源")
    return row
