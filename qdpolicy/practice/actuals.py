"""Actuals on their way: drafts, submitted, returned, corrected, brought back, withdrawn."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from indicators.actions import (
    Entry,
    approve,
    attach_evidence,
    bring_back,
    correct,
    enter,
    return_,
    save_doubt_rule,
    standing_in,
    submit,
    withdraw,
)
from indicators.models import Indicator, Observation, PlausibilityRule, Region
from qdpolicy.madeup import PRACTICE_CITY
from qdpolicy.practice.people import People

Origin = Observation.Origin
Vintage = Observation.Vintage
SOURCE = "示例市练习公报"


def act(cast: People) -> None:
    """A value in every state of review, entered on every way that people have."""
    _revised(cast)
    _on_their_way(cast)
    _brought_back(cast)
    _doubt_rules(cast)


def said(
    code: str, period: str, value: str | None, region: str = PRACTICE_CITY, **more: Any
) -> Entry:
    """A statement about a cell, in the indicator's own unit."""
    return Entry(
        indicator=Indicator.objects.select_related("unit").get(code=code),
        region=Region.objects.get(code=region),
        period=period,
        value=None if value is None else Decimal(value),
        entered_text=value or "",
        source_title=more.pop("source_title", SOURCE),
        **more,
    )


def approved(code: str, period: str, region: str = PRACTICE_CITY) -> Observation:
    """The value that counts in a cell."""
    rows = Observation.objects.approved().filter(
        indicator__code=code, region__code=region, reference_period=period
    )
    return rows.select_related("indicator", "region").get()


def _revised(cast: People) -> None:
    """快报 → 年报 → 核实: each a correction that another person approved."""
    for value, vintage in (("95", Vintage.ANNUAL), ("96", Vintage.VERIFIED)):
        row = correct(
            by=cast.analyst,
            observation=approved("TECH_CONTRACT", "2025-Q4"),
            entry=said("TECH_CONTRACT", "2025-Q4", value, vintage=vintage, note="按新批次修订"),
            reason=f"{vintage.label}数公布",
        )
        submit(by=cast.analyst, observation=row, version=row.version)
        approve(by=cast.reviewer, observation=row, version=row.version)


def _on_their_way(cast: People) -> None:
    """A draft with evidence, one in the grid, one submitted, one returned, one withdrawn."""
    draft = enter(by=cast.analyst, entry=said("INCUB_NEW", "2025", "3"), reason="漏报一个孵化载体")
    attach_evidence(
        by=cast.analyst, observation=draft, name="认定名单（练习）.txt",
        content="练习用佐证材料：三个孵化载体的名单，全部虚构。".encode(),
    )  # fmt: skip
    enter(by=cast.analyst, entry=said("SME", "2025", "1900", "999902", origin=Origin.GRID),
          reason="区里复核后更正")  # fmt: skip
    waiting = enter(by=cast.analyst, entry=said("AI_FIRMS", "2025", "20", "999902"))
    submit(by=cast.analyst, observation=waiting, version=waiting.version)
    late = enter(by=cast.analyst, entry=said("LAB_NEW", "2025", "2", "999903"))
    submit(by=cast.analyst, observation=late, version=late.version)
    return_(by=cast.reviewer, observation=late, version=late.version, reason="请附批复文件")
    wrong = enter(by=cast.analyst, entry=said("LAB_NEW", "2025", "20", "999904"))
    withdraw(by=cast.analyst, observation=wrong, version=wrong.version, reason="录错了区")
    missing = enter(
        by=cast.analyst,
        entry=said("POPSCI", "2025", None, "999905", obs_status="L", note="该区未开展统计"),
    )
    submit(by=cast.analyst, observation=missing, version=missing.version)
    # A colleague's draft, which an upload meets later.
    enter(by=cast.colleague, entry=said("AI_FIRMS", "2025", "14", "999903"))


def _brought_back(cast: People) -> None:
    """An earlier version stated once more."""
    old = Observation.objects.filter(
        indicator__code="TECH_CONTRACT", reference_period="2025-Q4", superseded_at__isnull=False,
        review_state="approved", region__code=PRACTICE_CITY, vintage=Vintage.ANNUAL,
    ).get()  # fmt: skip
    standing = standing_in(old.indicator_id, old.region_id, "2025-Q4")
    bring_back(by=cast.analyst, row=old, seen=standing.seen, reason="核实数有误，恢复年报数")


def _doubt_rules(cast: People) -> None:
    """A rule of each severity that the city has set for itself."""
    for code, severity, indicator in (
        ("jump", PlausibilityRule.Severity.WARNING, "RD_EXP"),
        ("negative", PlausibilityRule.Severity.ERROR, "HT_FIRMS"),
        ("parts_do_not_add_up", PlausibilityRule.Severity.HINT, "SME"),
    ):
        save_doubt_rule(
            by=cast.reviewer, code=code, indicator=Indicator.objects.get(code=indicator),
            severity=severity, parameters={}, is_active=True, note="练习用的单项规则",
            reason="练习：单独设定", version=None,
        )  # fmt: skip
