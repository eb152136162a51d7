"""Instalments: never more than was granted, and what was taken back stays on record."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import AuditEvent
from accounts.versions import Conflict
from programs import actions, errors
from programs.models import Award, Payment, YearTotal
from tests.programs import builders as p

pytestmark = pytest.mark.django_db


def refused(award: Award, amount: Decimal, **facts: Any) -> errors.Refused:
    """Pay what must be refused; nothing is left of it."""
    before = Payment.objects.count(), AuditEvent.objects.count()
    with pytest.raises(errors.Refused) as caught:
        p.payment(award, amount, **facts)
    assert (Payment.objects.count(), AuditEvent.objects.count()) == before
    return caught.value


def test_instalments_add_up_to_the_award_and_no_fen_more() -> None:
    award = p.award(amount=p.yuan(100))
    first = p.payment(award, Decimal("333333.33"), note=" 首期 ")
    assert (first.amount, first.note, first.entered_by) == (
        Decimal("333333.33"),
        "首期",
        p.editor(),
    )
    found = refused(award, Decimal("666666.68"))
    assert str(found) == (
        "立项 100万元，已拨付 33.333333万元，还可拨付 66.666667万元，本次 66.666668万元 超出。"
    )
    p.payment(award, Decimal("666666.67"))
    award.refresh_from_db()
    assert (award.paid, award.version) == (p.yuan(100), 3)
    assert refused(award, Decimal("0.01")).facts["left"] == 0
    event = AuditEvent.objects.filter(action="programs.pay").order_by("pk")[0]
    assert (event.before, event.after["paid"], event.after["paid_on"]) == (
        {"paid": "0.00"}, "333333.33", "2025-03-11",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("amount", "code"),
    [("0", "sign"), ("-1", "sign"), ("0.001", "fen"), ("NaN", "number"), ("1E+16", "large")],
)
def test_a_sum_that_is_none_is_refused(amount: str, code: str) -> None:
    assert refused(p.award(), Decimal(amount)).code == code


def test_the_day_lies_between_the_decision_and_today() -> None:
    award = p.award()
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert str(refused(award, p.yuan(1), paid_on=tomorrow)) == "拨付日期不能晚于今天。"
    early = refused(award, p.yuan(1), paid_on=date(2025, 3, 9))
    assert str(early) == "拨付日期不能早于立项日期 2025-03-10。"
    assert p.payment(award, p.yuan(1), paid_on=date(2025, 3, 10)).paid_on == date(2025, 3, 10)


def test_a_note_fits_its_column() -> None:
    assert str(refused(p.award(), p.yuan(1), note="长" * 201)) == "备注最多 200 个字。"


@pytest.mark.parametrize(("status", "may"), [("completed", True), ("terminated", False)])
def test_a_closed_award_is_paid_no_more(status: str, may: bool) -> None:
    award = p.closed(p.award(), status)
    if may:
        assert p.payment(award).amount == p.yuan(50)
        return
    assert refused(award, p.yuan(1)).code == "closed"


def test_a_payment_on_an_old_page_is_told() -> None:
    award = p.award()
    p.payment(award, p.yuan(1))
    with pytest.raises(Conflict):
        actions.pay(
            by=p.editor(), award=award, version=1, amount=p.yuan(1), paid_on=date(2025, 4, 1)
        )
    assert Payment.objects.count() == 1


def test_a_payment_taken_back_stays_with_who_when_and_why() -> None:
    award = p.award(amount=p.yuan(100))
    kept, gone = p.payment(award, p.yuan(30)), p.payment(award, p.yuan(70))
    actions.void_payment(by=p.reviewer(), payment=gone, reason=" 账号有误 ")
    gone.refresh_from_db()
    award.refresh_from_db()
    assert (gone.voided_by, gone.void_reason) == (p.reviewer(), "账号有误")
    assert gone.voided_at is not None
    assert (award.paid, award.version) == (kept.amount, 4)
    assert YearTotal.objects.get().paid == kept.amount
    event = AuditEvent.objects.get(action="programs.void_payment")
    assert (event.before["paid"], event.after, event.reason) == (
        "1000000.00", {"paid": "300000.00"}, "账号有误",
    )  # fmt: skip
    with pytest.raises(errors.Refused, match="2025-03-11 的这笔拨付已经撤回"):
        actions.void_payment(by=p.reviewer(), payment=gone, reason="再撤")
    p.payment(award, p.yuan(70))


def test_taking_back_wants_a_reason() -> None:
    payment = p.payment(p.award())
    with pytest.raises(errors.Refused, match="请写明理由"):
        actions.void_payment(by=p.editor(), payment=payment, reason="  ")
    payment.refresh_from_db()
    assert payment.voided_at is None


def test_what_is_paid_of_a_terminated_award_binds_and_taking_it_back_frees_it() -> None:
    award = p.award(amount=p.yuan(100))
    payment = p.payment(award, p.yuan(40))
    p.closed(award, "terminated")
    assert YearTotal.objects.get().committed == p.yuan(40)
    actions.void_payment(by=p.editor(), payment=payment, reason="追回")
    assert YearTotal.objects.get().committed == 0
