"""Changes of what a target means: proposed with a reason, approved by another, in force from a day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from accounts.versions import compare_and_set
from targets.actions.meaning import require_sound
from targets.actions.queue import queue_targets
from targets.errors import Refused
from targets.models import Clause, Target, TargetVersion
from targets.models.versions import MEANING, TargetVersionQuerySet

State = TargetVersion.ReviewState
Change = TargetVersion.Change


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What a change states: its kind, the meaning (version fields), why, from when, by which text.

    `meaning` may name some of the fields of MEANING; the others stay as they are in force. That of
    a withdrawal is ignored: what is withdrawn keeps its meaning.
    """

    change: str
    reason: str
    meaning: Mapping[str, Any] = field(default_factory=dict)
    valid_from: date | None = None
    basis: Clause | None = None
    basis_note: str = ""


def propose_version(*, by: User, target: Target, proposal: Proposal) -> TargetVersion:
    """Keep a draft of a change of the version in force; nothing counts before another approves it.

    Raises Refused in words: no version in force, another change under way, no reason, no source
    of an adjustment or withdrawal, a meaning that differs in nothing or cannot be judged.
    """
    with audit.transaction():
        standing = _in_force(target)
        draft = TargetVersion(
            target=target,
            supersedes=standing,
            entered_by=by,
            entered_at=timezone.now(),
            **_fields(standing, proposal),
        )
        _check(draft, standing)
        with _refusing(_one_open):
            draft.save()
        audit.record(
            by=by,
            action="targets.propose_version",
            target=draft,
            label=_label(draft),
            before=_facts(standing),
            after=_facts(draft),
            reason=draft.reason,
        )
    return draft


def amend_version(
    *, by: User, draft: TargetVersion, version: int, proposal: Proposal
) -> TargetVersion:
    """Rewrite a draft or a returned change; Refused as a new one, Conflict where it moved on."""
    with audit.transaction():
        _require(draft, State.DRAFT, State.RETURNED)
        before = _facts(draft)
        standing = _in_force(draft.target)
        fields = _fields(standing, proposal)
        _check(TargetVersion(target=draft.target, **fields), standing)
        fields |= {
            "supersedes": standing,
            "review_state": State.DRAFT,
            "entered_by": by,
            "entered_at": timezone.now(),
        }
        compare_and_set(_as_read(draft), draft.pk, version, **fields)
        draft.refresh_from_db()
        audit.record(
            by=by,
            action="targets.amend_version",
            target=draft,
            label=_label(draft),
            before=before,
            after=_facts(draft),
            reason=draft.reason,
        )
    return draft


def submit_version(*, by: User, draft: TargetVersion, version: int) -> TargetVersion:
    """Hand a draft to the reviewers; Conflict where it moved on."""
    with audit.transaction():
        _require(draft, State.DRAFT, State.RETURNED)
        _move(
            by=by,
            draft=draft,
            version=version,
            action="targets.submit_version",
            review_state=State.SUBMITTED,
            submitted_at=timezone.now(),
        )
    return draft


def return_version(*, by: User, draft: TargetVersion, version: int, reason: str) -> TargetVersion:
    """Send a submitted change back with a reason that stays."""
    with audit.transaction():
        _require(draft, State.SUBMITTED)
        _move(
            by=by,
            draft=draft,
            version=version,
            action="targets.return_version",
            reason=_stated(reason),
            review_state=State.RETURNED,
            return_reason=_stated(reason),
        )
    return draft


def drop_version(*, by: User, draft: TargetVersion, version: int, reason: str) -> TargetVersion:
    """Give up a draft or a returned change with a reason; the row stays, nothing is lost."""
    with audit.transaction():
        _require(draft, State.DRAFT, State.RETURNED)
        _move(
            by=by,
            draft=draft,
            version=version,
            action="targets.drop_version",
            reason=_stated(reason),
            review_state=State.DROPPED,
            return_reason=_stated(reason),
        )
    return draft


def approve_version(*, by: User, draft: TargetVersion, version: int) -> TargetVersion:
    """Approve a submitted change: in force at once, or on the day from which it is valid.

    In one transaction: the version it replaces is superseded and new verdicts are asked for.
    Refused: own change (unless SELF_APPROVAL), a version in force that is not the one it was drawn
    against. Conflict where the row moved on.
    """
    with audit.transaction():
        _require(draft, State.SUBMITTED)
        own = draft.entered_by_id == by.pk
        if own and not settings.SELF_APPROVAL:
            raise Refused(_("不能核定自己提出的变更，请由另一位核定人处理。"))
        _hold({draft.target_id})
        standing = _in_force(draft.target)
        if standing.pk != draft.supersedes_id:
            raise _overtaken()
        _check(draft, standing)
        now = timezone.now()
        # Only a corrected reading was always so; a change begins on a day.
        valid_from = draft.valid_from
        if valid_from is None and draft.change != Change.CORRECTED:
            valid_from = timezone.localdate(now)
        at_once = valid_from is None or valid_from <= timezone.localdate(now)
        if at_once:
            compare_and_set(_as_read(standing), standing.pk, standing.version, superseded_at=now)
        with _refusing(_overtaken):
            _move(
                by=by,
                draft=draft,
                version=version,
                action="targets.approve_version",
                review_state=State.APPROVED,
                approved_by=by,
                approved_at=now,
                self_approved=own,
                valid_from=valid_from,
                effective_at=now if at_once else None,
            )
        if at_once:
            queue_targets([draft.target], cause="version")
    return draft


def bring_into_force(*, by: User | None, day: date) -> int:
    """Put the approved versions that are valid by a day into force; the number of them.

    Each supersedes the one it was drawn against and asks for new verdicts; one that was overtaken by
    another approval meanwhile goes back to its author, with the reason. The daily job calls it;
    running it twice changes nothing.
    """
    with audit.transaction():
        due = TargetVersion.objects.scheduled().filter(valid_from__lte=day)
        _hold(set(due.values_list("target", flat=True)))
        # Read again: while we waited, another job may have put some of them into force.
        rows = list(due.select_related("target").order_by("valid_from", "pk"))
        begun = [row for row in rows if _supersede(row)]
        if rows:
            queue_targets([row.target for row in begun], cause="version")
            audit.record(
                by=by,
                action="targets.bring_into_force",
                target=TargetVersion,
                after={
                    "day": day,
                    "versions": [row.pk for row in begun],
                    "returned": [row.pk for row in rows if row not in begun],
                },
            )
    return len(begun)


def _hold(targets: Set[int]) -> None:
    """Lock these targets: what is in force changes under one writer at a time."""
    rows = Target.objects.select_for_update(no_key=True).filter(pk__in=targets)
    list(rows.order_by("pk").values_list("pk", flat=True))


def _supersede(row: TargetVersion) -> bool:
    """A scheduled version takes the place of the one it was drawn against; False where it is gone.

    What was approved in between is not overwritten: the change is returned to be drawn up anew.
    """
    now = timezone.now()
    standing = row.target.versions.in_force().first()
    if standing is None or (standing.pk != row.supersedes_id and _later(standing, row)):
        compare_and_set(
            TargetVersion,
            row.pk,
            row.version,
            review_state=State.RETURNED,
            return_reason=_("核定之后、生效之前，该目标已另有变更生效；请按现行读法重新提出。"),
            approved_by=None,
            approved_at=None,
            self_approved=False,
        )
        return False
    compare_and_set(TargetVersion, standing.pk, standing.version, superseded_at=now)
    compare_and_set(TargetVersion, row.pk, row.version, effective_at=now, supersedes=standing)
    return True


def _later(standing: TargetVersion, row: TargetVersion) -> bool:
    """Whether the one in force came at once and after the approval of the scheduled one.

    Of two scheduled ones the later day takes over from the earlier, as both were approved.
    """
    at_once = standing.effective_at == standing.approved_at
    if standing.approved_at is None or row.approved_at is None:
        return at_once
    return at_once and standing.approved_at > row.approved_at


def _in_force(target: Target) -> TargetVersion:
    """The version that a change is drawn against."""
    standing = target.versions.in_force().select_related("unit").first()
    if standing is None:
        raise Refused(_("这个目标还没有核定的读法，不能提出变更。"))
    return standing


def _fields(standing: TargetVersion, proposal: Proposal) -> dict[str, Any]:
    """The columns of a change: the meaning in force with what the proposal states of it."""
    meaning = {name: getattr(standing, name) for name in MEANING}
    if proposal.change != Change.WITHDRAWN:
        meaning |= proposal.meaning
    return {
        **meaning,
        "change": proposal.change,
        "reason": _stated(proposal.reason),
        "valid_from": proposal.valid_from,
        "basis": proposal.basis,
        "basis_note": proposal.basis_note.strip(),
    }


def _check(draft: TargetVersion, standing: TargetVersion) -> None:
    """Refuse a change without a source, without a difference, or without a sound meaning."""
    if draft.change not in (Change.CORRECTED, Change.ADJUSTED, Change.WITHDRAWN):
        raise Refused(_("请选择变更类型：更正读法、中期调整或废止。"))
    sourced = draft.basis_id is not None or draft.basis_note
    if draft.change != Change.CORRECTED and not sourced:
        raise Refused(_("中期调整和废止须写明依据：哪份文件、哪一条。"))
    if draft.change == Change.WITHDRAWN:
        if standing.is_withdrawn:
            raise Refused(_("这个目标已经废止。"))
        _refuse_standing_parts(draft)
        return
    same = all(getattr(draft, name) == getattr(standing, name) for name in MEANING)
    if same and not standing.is_withdrawn:
        raise Refused(_("与现行读法没有差别，没有可以提交的变更。"))
    require_sound(draft.target, draft)


def _refuse_standing_parts(draft: TargetVersion) -> None:
    """A promise goes as a whole: its parts are withdrawn first, each with its own source."""
    gone = Q(change=Change.WITHDRAWN, superseded_at=None, review_state=State.APPROVED)
    gone &= Q(effective_at__isnull=False) | Q(valid_from__lte=draft.valid_from or date.min)
    withdrawn = TargetVersion.objects.filter(gone).values("target")
    if draft.target.parts.exclude(pk__in=withdrawn).exists():
        raise Refused(_("该目标还有现行的并列部分，请先分别废止各部分。"))


def _stated(reason: str) -> str:
    """A reason that says something."""
    if not reason.strip():
        raise Refused(_("请写明理由。"))
    return reason.strip()


def _require(draft: TargetVersion, *wanted: State) -> None:
    """Refuse a step that starts elsewhere."""
    if draft.review_state not in wanted:
        raise Refused(
            _("这一步只能对“%(wanted)s”的变更进行，该变更目前为“%(found)s”。")
            % {
                "wanted": " / ".join(str(state.label) for state in wanted),
                "found": draft.get_review_state_display(),
            }
        )


def _as_read(row: TargetVersion) -> TargetVersionQuerySet:
    """The row as the checks saw it: a version that came after them is no licence to step on."""
    return TargetVersion.objects.filter(version=row.version)


def _overtaken() -> Refused:
    return Refused(_("提出之后该目标的现行读法已经改变，请对照现行读法修改后重新提交。"))


def _one_open() -> Refused:
    return Refused(_("这个目标已有一份在办的变更，请先处理那一份。"))


@contextmanager
def _refusing(refusal: Any) -> Iterator[None]:
    """Turn a clash with another writer's row, which the database refuses, into words."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "unique" not in str(error).lower():
            raise
        raise refusal() from error


def _move(
    *, by: User, draft: TargetVersion, version: int, action: str, reason: str = "", **changes: Any
) -> None:
    """One step of the workflow: compare, set, record."""
    before = {"state": draft.review_state}
    compare_and_set(_as_read(draft), draft.pk, version, **changes)
    draft.refresh_from_db()
    audit.record(
        by=by,
        action=action,
        target=draft,
        label=_label(draft),
        before=before,
        after=_facts(draft),
        reason=reason,
    )


def _label(draft: TargetVersion) -> str:
    """How the audit trail names a change."""
    return f"{draft.target.name} {draft.get_change_display()}"


def _facts(row: TargetVersion) -> dict[str, Any]:
    """The fields of a version that the audit trail keeps."""
    meaning = {name: getattr(row, name) for name in MEANING if name != "unit"}
    return {
        **{name: value for name, value in meaning.items() if value not in ("", None, {}, [])},
        "unit": row.unit.symbol,
        "change": row.change,
        "valid_from": row.valid_from,
        "basis": row.basis_id,
        "basis_note": row.basis_note,
        "state": row.review_state,
    }
