"""Awards of the practice city that a person decided on: over the cap, amended, a payment taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from indicators.models import Region
from programs.actions import (
    AwardEntry,
    amend_award,
    close_award,
    enter_award,
    entry_of,
    pay,
    set_budget,
    void_payment,
)
from programs.models import Award, Budget, Program, Recipient
from qdpolicy.practice.people import People

Status = Award.Status


def act(cast: People) -> None:
    """Two awards over their cap with a reason, and the corrections that happen in every office."""
    _over_the_cap(cast)
    _corrected(cast)
    budget = Budget.objects.select_related("program").get(program__key="pingtai", year=2025)
    set_budget(
        by=cast.editor, program=budget.program, year=2025, amount=budget.amount + 1_000_000,
        source_title=budget.source_title, clause=budget.clause, note="年中追加100万元（练习）",
        version=budget.version, reason="年中追加",
    )  # fmt: skip


def entry(
    number: str, program: str, item: str, recipient: str, amount: str, day: date
) -> AwardEntry:
    """An award as a clerk states it, in 元, to the recipient of that name."""
    return AwardEntry(
        number=number,
        project=f"练习项目{number}",
        recipient=Recipient.objects.get(name=recipient),
        program=Program.objects.get(key=program),
        item_key=item,
        year=day.year,
        decided_on=day,
        amount=Decimal(amount),
        industry="智能装备",
        region=Region.objects.get(code="999901"),
    )


def _over_the_cap(cast: People) -> None:
    award = enter_award(
        by=cast.reviewer,
        entry=entry("YL-2024-901", "yulin", "grow-loan", "练习企业50号有限公司", "400000",
                    date(2024, 9, 2)),
        override_reason="灾后恢复生产，经市政府专题会议同意（练习）",
    )  # fmt: skip
    pay(by=cast.editor, award=award, version=award.version, amount=Decimal(200000),
        paid_on=date(2024, 10, 8), note="首期")  # fmt: skip
    enter_award(
        by=cast.reviewer,
        entry=replace(
            entry("SL-2025-901", "shilian", "chain-project", "练习企业51号有限公司", "6500000",
                  date(2025, 9, 16)),
            investment=Decimal(13_000_000),
        ),
        override_reason="国家配套任务，超出部分由区级承担（练习）",
    )  # fmt: skip


def _corrected(cast: People) -> None:
    """An amount lowered, an instalment taken back, an award withdrawn and brought back."""
    award = enter_award(
        by=cast.editor,
        entry=entry("HX-2025-901", "haixin", "sea-landing", "练习企业52号有限公司", "3000000",
                    date(2025, 5, 12)),
    )  # fmt: skip
    award = amend_award(
        by=cast.editor, award=award, version=award.version,
        entry=replace(entry_of(award), amount=Decimal(2_800_000)), reason="按评审意见核减（练习）",
    )  # fmt: skip
    payment = pay(by=cast.editor, award=award, version=award.version, amount=Decimal(500_000),
                  paid_on=date(2025, 6, 3), note="首期")  # fmt: skip
    void_payment(by=cast.editor, payment=payment, reason="账号有误，银行退回（练习）")
    award.refresh_from_db()
    award = close_award(by=cast.editor, award=award, version=award.version,
                        status=Status.WITHDRAWN, reason="申报单位一度放弃（练习）")  # fmt: skip
    close_award(by=cast.editor, award=award, version=award.version, status=Status.APPROVED,
                reason="单位恢复申报（练习）")  # fmt: skip
