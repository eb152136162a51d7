"""Writes to measures: a person's judgement."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from accounts.versions import compare_and_set
from targets.errors import Refused
from targets.models import Measure


def judge_measure(*, by: User, measure: Measure, version: int, status: str, reason: str) -> Measure:
    """A person's judgement of a qualitative commitment, with the reason that is asked for."""
    with audit.transaction():
        if status not in Measure.Status.values or status == Measure.Status.UNJUDGED:
            raise Refused(_("请选择一种评定结果。"))
        if not reason.strip():
            raise Refused(_("请写明理由。"))
        before = {"status": measure.status, "reason": measure.reason}
        compare_and_set(
            Measure,
            measure.pk,
            version,
            status=status,
            reason=reason.strip(),
            judged_by=by,
            judged_at=timezone.now(),
        )
        measure.refresh_from_db()
        audit.record(
            by=by,
            action="targets.judge_measure",
            target=measure,
            label=measure.text,
            before=before,
            after={"status": measure.status, "reason": measure.reason},
            reason=measure.reason,
        )
    return measure
