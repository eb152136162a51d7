"""The steps of one actual: keyword-only, one transaction, one audit event."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts import audit
from accounts.models import User
from accounts.versions import compare_and_set
from indicators import errors, locks
from indicators.actions.entries import (
    Entry,
    approved_in_cell,
    facts_of,
    from_entry,
    label_of,
    one_of_a_cell,
    open_in_cell,
    stated_by,
)
from indicators.models import Observation, ObservationQuerySet
from indicators.signals import observations_changed

State = Observation.ReviewState


def enter(*, by: User, entry: Entry, reason: str = "") -> Observation:
    """Keep a new draft; over an approved value it is a correction and wants a reason.

    Raises Refused where another draft of the cell is open or the reason is missing.
    """
    with audit.transaction():
        draft = from_entry(entry, by=by)
        correcting(approved_in_cell(draft) if draft.reference_period else None, draft, reason)
        if draft.reference_period and open_in_cell(draft):
            raise errors.already_there()
        locks.require_open(by=by, place=place_of(draft))
        with one_of_a_cell(errors.already_there):
            draft.save()
        tell_entered(by, draft)
    return draft


def correcting(approved: Observation | None, draft: Observation, reason: str) -> None:
    """Set what a draft would correct; Refused where that, or a missing value, lacks its reason."""
    draft.supersedes, draft.reason = approved, reason.strip()
    if approved is not None and not draft.reason:
        raise errors.needs_reason()
    if draft.value is None and not (draft.note.strip() or draft.reason):
        raise errors.needs_reason()


def tell_entered(by: User, draft: Observation) -> None:
    """The audit event of a new draft."""
    audit.record(
        by=by,
        action="indicators.enter",
        target=draft,
        label=label_of(draft),
        before=None if draft.supersedes is None else facts_of(draft.supersedes),
        after=facts_of(draft),
        reason=draft.reason,
    )


def amend(
    *, by: User, observation: Observation, version: int, entry: Entry, reason: str = ""
) -> Observation:
    """Change a draft or a returned value before it is submitted; Conflict where it moved on.

    The row stays the same; what it said before is kept as a row of its own (`copy_of`).
    Moved to another period, it corrects what is approved there: Refused without a reason, or
    where another draft of that cell is open.
    """
    with audit.transaction():
        require_state(observation, State.DRAFT, State.RETURNED)
        changed = from_entry(entry, by=by)
        for place in {place_of(observation), place_of(changed)}:
            locks.require_open(by=by, place=place)
        standing = approved_in_cell(changed) if changed.reference_period else None
        changes = changes_of(observation, changed, over=standing, reason=reason)
        moved = changed.reference_period != observation.reference_period
        if moved and changed.reference_period and open_in_cell(changed, but=observation.pk):
            raise errors.already_there()
        before = facts_of(observation)
        keep_copies([Observation.objects.get(pk=observation.pk)])
        with one_of_a_cell(errors.already_there):
            compare_and_set(
                as_read(observation),
                observation.pk,
                version,
                **changes,
            )
        observation.refresh_from_db()
        tell_amended(by, observation, before, reason)
    return observation


def tell_amended(by: User, draft: Observation, before: dict[str, Any], reason: str) -> None:
    """The audit event of a draft that says something else now."""
    audit.record(
        by=by,
        action="indicators.amend",
        target=draft,
        label=label_of(draft),
        before=before,
        after=facts_of(draft),
        reason=reason,
    )


def changes_of(
    observation: Observation, changed: Observation, *, over: Observation | None, reason: str
) -> dict[str, Any]:
    """What a draft becomes when it says this instead; Refused where that lacks its reason."""
    changed.reason = reason.strip() or observation.reason
    if changed.value is None and not (changed.note.strip() or reason.strip()):
        raise errors.needs_reason()
    changed.supersedes_id = over.pk if over else None
    # What it would correct now is another value than before: the author knows, and says why.
    if over is not None and over.pk != observation.supersedes_id and not reason.strip():
        raise errors.needs_reason()
    changed.review_state = State.DRAFT
    return {
        name: getattr(changed, name)
        for name in (
            "reference_period", "value", "qualifier", "obs_status", "vintage", "entered_text",
            "source_title", "source_url", "source_date", "note", "reason", "supersedes_id",
            "doubts", "explanation", "origin", "origin_place", "upload_id", "review_state",
            "entered_by", "entered_at",
        )
    }  # fmt: skip


def _as_past(row: Observation) -> Observation:
    """An unsaved row of the past that says what this row says."""
    kept = copy(row)
    kept._state = copy(row._state)
    kept.pk, kept.key, kept.copy_of_id = None, None, row.pk
    kept.superseded_at = timezone.now()
    kept._state.adding = True
    return kept


def keep_copies(rows: Sequence[Observation]) -> None:
    """What drafts say now, as rows of the past; all that points to a draft stays with it."""
    Observation.objects.bulk_create([_as_past(row) for row in rows], batch_size=500)


def keep_returned(rows: Sequence[Observation]) -> None:
    """Keep when and why unchanged values were returned, before they are submitted once more."""
    keep_copies([row for row in rows if row.review_state == State.RETURNED])


def withdraw(*, by: User, observation: Observation, version: int, reason: str) -> Observation:
    """Take a draft or a returned value out of the way; it stays on record, with the reason."""
    with audit.transaction():
        require_state(observation, State.DRAFT, State.RETURNED)
        if not reason.strip():
            raise errors.needs_reason()
        locks.require_open(by=by, place=place_of(observation))
        _move(
            by=by,
            observation=observation,
            version=version,
            action="indicators.withdraw",
            reason=reason.strip(),
            superseded_at=timezone.now(),
            withdrawn_by=by,
            withdraw_reason=reason.strip(),
        )
    return observation


def submit(*, by: User, observation: Observation, version: int) -> Observation:
    """Hand a draft to the reviewers; Refused without a period, Conflict where it moved on."""
    with audit.transaction():
        require_state(observation, State.DRAFT, State.RETURNED)
        if observation.reference_period is None:
            raise errors.no_period()
        locks.require_open(by=by, place=place_of(observation))
        keep_returned([observation])
        _move(
            by=by,
            observation=observation,
            version=version,
            action="indicators.submit",
            review_state=State.SUBMITTED,
            submitted_at=timezone.now(),
            submitted_by=by,
        )
    return observation


def return_(*, by: User, observation: Observation, version: int, reason: str) -> Observation:
    """Send a submitted value back with a reason that stays."""
    with audit.transaction():
        require_state(observation, State.SUBMITTED)
        if not reason.strip():
            raise errors.needs_reason()
        _move(
            by=by,
            observation=observation,
            version=version,
            action="indicators.return",
            reason=reason.strip(),
            review_state=State.RETURNED,
            return_reason=reason.strip(),
            returned_at=timezone.now(),
            returned_by=by,
        )
    return observation


def approve(*, by: User, observation: Observation, version: int) -> Observation:
    """Make a submitted value count: it replaces the approved one and asks for new verdicts.

    In one transaction: the value it corrects is superseded, the audit event is kept, and
    `observations_changed` is sent. Refused: a number of one's own (unless SELF_APPROVAL), no period, or a
    value of the cell that somebody else approved since. Conflict where the row moved on.
    """
    with audit.transaction():
        require_state(observation, State.SUBMITTED)
        if observation.reference_period is None:
            raise errors.no_period()
        own = bool(stated_by(by, [observation]))
        if own and not settings.SELF_APPROVAL:
            raise errors.own_entry()
        now = timezone.now()
        standing = approved_in_cell(observation)
        if (standing.pk if standing else None) != observation.supersedes_id:
            raise errors.overtaken()
        # A round that asked for the value publishes it with all others; else it is out at once.
        # Rounds are held before rows: publishing goes the same way.
        waits = bool(locks.awaiting_publication([place_of(observation)]))
        if standing is not None:
            _hold(standing.pk, observation.pk)
            compare_and_set(Observation, standing.pk, standing.version, superseded_at=now)
        with one_of_a_cell(errors.overtaken):
            _move(
                by=by,
                observation=observation,
                version=version,
                action="indicators.approve",
                review_state=State.APPROVED,
                approved_by=by,
                approved_at=now,
                published_at=None if waits else now,
                self_approved=own,
            )
        observations_changed.send(
            sender=Observation,
            pairs=frozenset({(observation.indicator_id, observation.region_id)}),
        )
    return observation


def correct(*, by: User, observation: Observation, entry: Entry, reason: str) -> Observation:
    """A correction of an approved value: a new draft beside it; the old one counts until approval."""
    with audit.transaction():
        require_state(observation, State.APPROVED)
        if observation.superseded_at is not None:
            raise errors.overtaken()
        return enter(by=by, entry=entry, reason=reason)


def refusal_of_state(observation: Observation, *wanted: State) -> errors.Refused | None:
    """Why a step that starts in these states cannot start here; a row of the past takes none."""
    if observation.superseded_at is not None:
        return errors.overtaken()
    if observation.review_state not in wanted:
        return errors.wrong_state(
            " / ".join(str(state.label) for state in wanted),
            observation.get_review_state_display(),
        )
    return None


def require_state(observation: Observation, *wanted: State) -> None:
    """Refuse a step that starts elsewhere."""
    if refusal := refusal_of_state(observation, *wanted):
        raise refusal


def place_of(observation: Observation) -> tuple[int, int, str | None]:
    """The cell of a row; a draft may have no period yet."""
    return (observation.indicator_id, observation.region_id, observation.reference_period)


def _hold(*rows: int) -> None:
    """Lock rows in the order of their keys, as the bulk steps do: steps that meet never deadlock."""
    held = Observation.objects.filter(pk__in=rows).order_by("pk").select_for_update(no_key=True)
    list(held.values_list("pk", flat=True))


def as_read(observation: Observation) -> ObservationQuerySet:
    """The row as the checks saw it: a version that came after them is no licence to step on."""
    return Observation.objects.filter(version=observation.version)


def _move(
    *,
    by: User,
    observation: Observation,
    version: int,
    action: str,
    reason: str = "",
    **changes: Any,
) -> None:
    """One step of the workflow: compare, set, record."""
    before = {"state": observation.review_state}
    compare_and_set(as_read(observation), observation.pk, version, **changes)
    observation.refresh_from_db()
    audit.record(
        by=by,
        action=action,
        target=observation,
        label=label_of(observation),
        before=before,
        after=facts_of(observation),
        reason=reason,
    )
