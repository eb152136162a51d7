"""Instalments paid and taken back; together they never exceed what was granted."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from accounts.versions import compare_and_set
from programs import errors
from programs.actions.entries import require_money, require_past, require_text
from programs.actions.recounting import recount
from programs.models import Award, Payment
from programs.sums import in_fen, yuan


def pay(
    *, by: User, award: Award, version: int, amount: Decimal, paid_on: date, note: str = ""
) -> Payment:
    """Keep an instalment, in 元; raises Refused, and Conflict where the award moved on.

    The row of the award is locked: two clerks who each pay the rest would pay it twice.
    """
    with audit.transaction():
        require_money(_("拨付金额"), amount)
        require_past(_("拨付日期"), paid_on)
        require_text(Payment, "note", note, wanted=False)
        held = Award.objects.select_for_update(no_key=True).get(pk=award.pk)
        if held.status in (Award.Status.TERMINATED, Award.Status.WITHDRAWN):
            raise errors.award_is_closed(held)
        if paid_on < held.decided_on:
            raise errors.paid_too_early(held.decided_on)
        if held.paid + amount > held.amount:
            raise errors.overpaid(held, amount)
        payment = Payment.objects.create(
            award=held, amount=amount, paid_on=paid_on, note=note.strip(), entered_by=by,
            entered_at=timezone.now(),
        )  # fmt: skip
        compare_and_set(Award, held.pk, version, paid=_paid(held))
        recount([(held.program_id, held.year)])
        audit.record(
            by=by, action="programs.pay", target=held,
            before={"paid": held.paid},
            after={"paid": held.paid + amount, "payment": amount, "paid_on": paid_on,
                   "note": payment.note},
        )  # fmt: skip
    return payment


def void_payment(*, by: User, payment: Payment, reason: str) -> Payment:
    """Take an instalment back; its row stays, with who, when and why. Raises Refused."""
    if not reason.strip():
        raise errors.needs_reason()
    with audit.transaction():
        award = Award.objects.select_for_update(no_key=True).get(pk=payment.award_id)
        held = Payment.objects.get(pk=payment.pk)
        if held.voided_at is not None:
            raise errors.void_already(held)
        held.voided_by, held.voided_at, held.void_reason = by, timezone.now(), reason.strip()
        held.save(update_fields=["voided_by", "voided_at", "void_reason"])
        compare_and_set(Award, award.pk, award.version, paid=_paid(award))
        recount([(award.program_id, award.year)])
        audit.record(
            by=by, action="programs.void_payment", target=award,
            before={"paid": award.paid, "payment": held.amount, "paid_on": held.paid_on},
            after={"paid": award.paid - held.amount}, reason=reason.strip(),
        )  # fmt: skip
    return held


def _paid(award: Award) -> Decimal:
    """What stands as paid, added up from the rows."""
    standing = award.payments.filter(voided_at=None).order_by()
    return yuan(standing.aggregate(fen=in_fen("amount"))["fen"])
