"""Notes on promises that are behind: why, and what comes next; a change is a new row."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from accounts.versions import Conflict, compare_and_set
from indicators.models import ReportingRound
from targets.errors import Refused
from targets.models import Target, TargetNote


def write_note(
    *,
    by: User,
    target: Target,
    round_: ReportingRound | None,
    why: str,
    next_step: str,
    version: int,
) -> TargetNote:
    """Keep a note on a target for a round; the one it replaces stays on record.

    `version` is that of the note the person saw, 0 for none: Conflict where another one stands.
    Refused where one of the two is empty.
    """
    with audit.transaction():
        if not why.strip() or not next_step.strip():
            raise Refused(_("原因和下一步都请填写。"))
        # One writer at a time for a target: the constraint does not see notes without a round.
        Target.objects.select_for_update().get(pk=target.pk)
        standing = TargetNote.objects.filter(
            target=target, round=round_, superseded_at=None
        ).first()
        now = timezone.now()
        if (standing.version if standing is not None else 0) != version:
            raise Conflict(standing, {"why": why, "next_step": next_step})
        if standing is not None:
            compare_and_set(TargetNote, standing.pk, standing.version, superseded_at=now)
        note = TargetNote.objects.create(
            target=target,
            round=round_,
            why=why.strip(),
            next_step=next_step.strip(),
            written_by=by,
            written_at=now,
            version=1 if standing is None else standing.version + 1,
        )
        audit.record(
            by=by,
            action="targets.write_note",
            target=note,
            label=f"{target.name} {round_.name if round_ is not None else ''}".strip(),
            before=None
            if standing is None
            else {"why": standing.why, "next_step": standing.next_step},
            after={"why": note.why, "next_step": note.next_step},
        )
    return note
