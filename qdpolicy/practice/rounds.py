"""Reporting rounds of the practice city: published, overdue, open for years, and not open yet."""

from __future__ import annotations

from datetime import date, datetime, time

from django.utils import timezone

from accounts.models import Department
from indicators.actions import (
    Owed,
    RoundFacts,
    assign_duties,
    change_supervision_rule,
    close_order,
    escalate,
    grant_exception,
    make_round,
    note_order,
    open_order,
    publish_round,
    remind,
    revoke_exception,
    rule_in_force,
)
from indicators.models import Indicator, Region, ReportingRound, SupervisionOrder
from qdpolicy.madeup import PRACTICE_CITY
from qdpolicy.practice.people import People

OPENED, TURNED_YELLOW, TURNED_RED = date(2026, 4, 2), date(2026, 4, 23), date(2026, 4, 30)
DUE_SOON, LONG = date(2026, 4, 19), date(2035, 12, 31)


def act(cast: People) -> None:
    """Four rounds; the daily job ran on four days."""
    _published(cast)
    overdue = _overdue(cast)
    _open(cast)
    _future(cast)
    for day in (OPENED, DUE_SOON, TURNED_YELLOW, TURNED_RED):
        escalate(now=at(day))
        remind(now=at(day))
    _supervised(cast, overdue)


def at(day: date) -> datetime:
    """Nine in the morning here."""
    return timezone.make_aware(datetime.combine(day, time(9)))


def _round(cast: People, name: str, period: str, opens: date, closes: date) -> ReportingRound:
    return make_round(
        by=cast.reviewer,
        facts=RoundFacts(
            name=name, period=period, opens_at=at(opens), closes_at=at(closes),
            note="练习用的填报轮次，日期固定。",
        ),
    )  # fmt: skip


def _owe(cast: People, round_: ReportingRound, cells: list[tuple[str, str]], period: str) -> None:
    """Duties of the responsible departments; the statisticians' are entered by a deputy."""
    owed = []
    for code, region in cells:
        indicator = Indicator.objects.select_related("department").get(code=code)
        strange = indicator.department.code != "sl-stb"
        owed.append(
            Owed(
                indicator=indicator,
                region=Region.objects.get(code=region),
                period=period,
                department=indicator.department,
                deputy=cast.analyst if strange else None,
            )
        )
    assign_duties(by=cast.reviewer, round_=round_, owed=owed)


def _published(cast: People) -> None:
    round_ = _round(
        cast, "2024年度实绩填报（已发布）", "2024", date(2025, 1, 10), date(2025, 3, 31)
    )
    cells = [("HT_FIRMS", PRACTICE_CITY), ("SME", PRACTICE_CITY), ("OUTPUT", PRACTICE_CITY)]
    _owe(cast, round_, cells, "2024")
    publish_round(by=cast.reviewer, round_=round_, version=round_.version)


def _overdue(cast: People) -> ReportingRound:
    round_ = _round(
        cast, "2026年一季度填报（已逾期）", "2026-Q1", date(2026, 4, 1), date(2026, 4, 20)
    )
    cells = [
        ("HT_FIRMS", PRACTICE_CITY), ("TECH_CONTRACT", PRACTICE_CITY),
        ("HT_FIRMS", "999901"), ("HT_FIRMS", "999902"), ("TECH_CONTRACT", "999901"),
    ]  # fmt: skip
    _owe(cast, round_, cells, "2026-Q1")
    return round_


def _open(cast: People) -> None:
    """Open for years, so that the pages of entering have something to do whenever one looks."""
    round_ = _round(cast, "2025年度实绩填报（长期开放）", "2025", date(2026, 1, 5), LONG)
    cells = [
        ("RD_EXP", PRACTICE_CITY), ("PATENT", PRACTICE_CITY), ("OUTPUT", PRACTICE_CITY),
        ("LAB_NEW", "999903"), ("AI_FIRMS", "999902"), ("VOUCHER", PRACTICE_CITY),
        ("ETHICS", PRACTICE_CITY),
    ]  # fmt: skip
    _owe(cast, round_, cells, "2025")
    duty = round_.duties.get(indicator__code="ETHICS")
    open_order(by=cast.reviewer, duty=duty, reason="首次统计，请提前准备")


def _future(cast: People) -> None:
    round_ = _round(
        cast, "2034年度实绩填报（尚未开放）", "2034", date(2035, 1, 5), date(2035, 3, 31)
    )
    _owe(cast, round_, [("HT_FIRMS", PRACTICE_CITY)], "2034")


def _supervised(cast: People, round_: ReportingRound) -> None:
    """Orders noted and closed, leave granted and taken back, another rule."""
    orders = SupervisionOrder.objects.filter(duty__round=round_).order_by("pk")
    noted, closed = orders[0], orders[1]
    note_order(by=cast.reviewer, order=noted, text="已电话催报，承诺三日内报送（练习）")
    close_order(by=cast.reviewer, order=closed, version=closed.version, reason="该区本季度免报")
    home = Department.objects.get(code="sl-stb")
    for taken_back in (False, True):
        leave = grant_exception(
            by=cast.reviewer, round_=round_, department=home, reason="数据源系统停机（练习）",
            ends_at=at(LONG),
        )  # fmt: skip
        if taken_back:
            revoke_exception(by=cast.reviewer, leave=leave, version=leave.version)
    rule = rule_in_force()
    change_supervision_rule(
        by=cast.reviewer, version=rule.version, remind_days=5, yellow_days=2, red_days=10,
        reason="练习：放宽提醒",
    )  # fmt: skip
