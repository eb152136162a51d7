"""Leave to enter outside of a round's hours: granted with a reason and an end, and taken back."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from accounts import audit
from accounts.models import Department, User
from accounts.versions import compare_and_set
from indicators import errors
from indicators.models import Indicator, LockException, ReportingRound


def grant_exception(
    *,
    by: User,
    round_: ReportingRound,
    department: Department,
    reason: str,
    ends_at: datetime,
    indicator: Indicator | None = None,
) -> LockException:
    """Let a department enter although its round is shut, for all its duties or one indicator.

    Refused without a reason, with an end that is over, in a published round (where nothing is
    locked any more), or for a department that owes nothing there.
    """
    with audit.transaction():
        now = timezone.now()
        if not reason.strip():
            raise errors.needs_reason()
        if ends_at <= now:
            raise errors.ends_before_now()
        if round_.published_at is not None:
            raise errors.round_is_out()
        owed = round_.duties.filter(department=department)
        if not (owed if indicator is None else owed.filter(indicator=indicator)).exists():
            raise errors.owes_nothing()
        leave = LockException.objects.create(
            round=round_,
            department=department,
            indicator=indicator,
            reason=reason.strip(),
            ends_at=ends_at,
            granted_by=by,
            granted_at=now,
        )
        audit.record(
            by=by,
            action="indicators.grant_exception",
            target=leave,
            label=_label(leave),
            after={
                "department": department.name,
                "indicator": indicator.name if indicator is not None else None,
                "ends_at": ends_at,
            },
            reason=leave.reason,
        )
    return leave


def revoke_exception(*, by: User, leave: LockException, version: int) -> LockException:
    """End a leave at once; Refused where it has ended, Conflict where it moved on."""
    with audit.transaction():
        now = timezone.now()
        if leave.revoked_at is not None or leave.ends_at <= now:
            raise errors.leave_is_over()
        compare_and_set(LockException, leave.pk, version, revoked_at=now)
        leave.refresh_from_db()
        audit.record(
            by=by,
            action="indicators.revoke_exception",
            target=leave,
            label=_label(leave),
            before={"revoked_at": None},
            after={"revoked_at": now},
        )
    return leave


def _label(leave: LockException) -> str:
    about = f" {leave.indicator.name}" if leave.indicator is not None else ""
    return f"{leave.round.name} {leave.department.name}{about}"
