"""Every write to the actuals: keyword-only, one transaction, one audit event."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from accounts.versions import compare_and_set
from indicators import errors
from indicators.models import Indicator, Observation, ObservationQuerySet, Region
from indicators.periods import ReferencePeriod
from indicators.signals import observations_changed

State = Observation.ReviewState


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What a person states about one cell: a value, or why there is none.

    `value` is in the indicator's own unit; `period` is canonical (`2024-S1`), or None in a draft
    whose year nobody knows.
    """

    indicator: Indicator
    region: Region
    period: str | None
    value: Decimal | None
    qualifier: str = Observation.Qualifier.EXACT
    obs_status: str = Observation.Status.NORMAL
    vintage: str = Observation.Vintage.ANNUAL
    entered_text: str = ""
    source_title: str = ""
    source_url: str = ""
    source_date: str = ""
    reliability: str = ""
    note: str = ""
    key: str | None = None


def _facts(observation: Observation) -> dict[str, Any]:
    """The fields of an observation that the audit trail keeps."""
    return {
        "value": observation.value,
        "qualifier": observation.qualifier,
        "obs_status": observation.obs_status,
        "vintage": observation.vintage,
        "period": observation.reference_period,
        "state": observation.review_state,
        "source": observation.source_title,
        "note": observation.note,
    }


def _label(observation: Observation) -> str:
    """How the audit trail names a cell."""
    return f"{observation.indicator.name} {observation.region.name} {observation.reference_period or '?'}"


def _from_entry(entry: Entry, *, by: User) -> Observation:
    """An unsaved draft of what was stated; refuses an unreadable period (PeriodError)."""
    period = None if entry.period is None else str(ReferencePeriod.parse(entry.period))
    fields = {
        name: getattr(entry, name)
        for name in (
            "indicator", "region", "value", "qualifier", "obs_status", "vintage", "entered_text",
            "source_title", "source_url", "source_date", "reliability", "note", "key",
        )
    }  # fmt: skip
    return Observation(**fields, reference_period=period, entered_by=by, entered_at=timezone.now())


def _approved_in_cell(observation: Observation) -> Observation | None:
    """The approved value that this one would replace."""
    return (
        Observation.objects.approved()
        .filter(
            indicator=observation.indicator_id,
            region=observation.region_id,
            reference_period=observation.reference_period,
        )
        .first()
    )


def _open_in_cell(observation: Observation, but: int = 0) -> bool:
    """Whether a person's draft of the cell is on its way; loaded ones (with a key) may stand by."""
    rows = Observation.objects.in_progress().filter(
        key=None,
        indicator=observation.indicator_id,
        region=observation.region_id,
        reference_period=observation.reference_period,
    )
    return rows.exclude(pk=but).exists()


@contextmanager
def _one_of_a_cell(refusal: Callable[[], errors.Refused]) -> Iterator[None]:
    """Turn a clash with another writer's row of the cell, which the database refuses, into words."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "unique" not in str(error).lower():
            raise
        raise refusal() from error


def enter(*, by: User, entry: Entry, reason: str = "") -> Observation:
    """Keep a new draft; over an approved value it is a correction and wants a reason.

    Raises Refused where another draft of the cell is open or the reason is missing.
    """
    with audit.transaction():
        draft = _from_entry(entry, by=by)
        draft.reason = reason.strip()
        draft.supersedes = _approved_in_cell(draft) if draft.reference_period else None
        if draft.supersedes is not None and not reason.strip():
            raise errors.needs_reason()
        if draft.value is None and not (entry.note.strip() or reason.strip()):
            raise errors.needs_reason()
        if draft.reference_period and _open_in_cell(draft):
            raise errors.already_there()
        with _one_of_a_cell(errors.already_there):
            draft.save()
        audit.record(
            by=by,
            action="indicators.enter",
            target=draft,
            label=_label(draft),
            before=None if draft.supersedes is None else _facts(draft.supersedes),
            after=_facts(draft),
            reason=reason,
        )
    return draft


def amend(
    *, by: User, observation: Observation, version: int, entry: Entry, reason: str = ""
) -> Observation:
    """Change a draft or a returned value before it is submitted; Conflict where it moved on.

    Moved to another period, it corrects what is approved there: Refused without a reason, or
    where another draft of that cell is open.
    """
    with audit.transaction():
        _require_state(observation, State.DRAFT, State.RETURNED)
        changed = _from_entry(entry, by=by)
        changed.reason = reason.strip() or observation.reason
        if changed.value is None and not (entry.note.strip() or reason.strip()):
            raise errors.needs_reason()
        standing = _approved_in_cell(changed) if changed.reference_period else None
        changed.supersedes_id = standing.pk if standing else None
        if changed.reference_period != observation.reference_period:
            if standing is not None and not reason.strip():
                raise errors.needs_reason()
            if changed.reference_period and _open_in_cell(changed, but=observation.pk):
                raise errors.already_there()
        before = _facts(observation)
        changes = {
            name: getattr(changed, name)
            for name in (
                "reference_period", "value", "qualifier", "obs_status", "vintage", "entered_text",
                "source_title", "source_url", "source_date", "note", "reason", "supersedes_id",
            )
        }  # fmt: skip
        with _one_of_a_cell(errors.already_there):
            compare_and_set(
                _as_read(observation),
                observation.pk,
                version,
                **changes,
                review_state=State.DRAFT,
                entered_by=by,
                entered_at=timezone.now(),
            )
        observation.refresh_from_db()
        audit.record(
            by=by,
            action="indicators.amend",
            target=observation,
            label=_label(observation),
            before=before,
            after=_facts(observation),
            reason=reason,
        )
    return observation


def submit(*, by: User, observation: Observation, version: int) -> Observation:
    """Hand a draft to the reviewers; Refused without a period, Conflict where it moved on."""
    with audit.transaction():
        _require_state(observation, State.DRAFT, State.RETURNED)
        if observation.reference_period is None:
            raise errors.no_period()
        _move(
            by=by,
            observation=observation,
            version=version,
            action="indicators.submit",
            review_state=State.SUBMITTED,
            submitted_at=timezone.now(),
        )
    return observation


def return_(*, by: User, observation: Observation, version: int, reason: str) -> Observation:
    """Send a submitted value back with a reason that stays."""
    with audit.transaction():
        _require_state(observation, State.SUBMITTED)
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
        )
    return observation


def approve(*, by: User, observation: Observation, version: int) -> Observation:
    """Make a submitted value count: it replaces the approved one and asks for new verdicts.

    In one transaction: the value it corrects is superseded, the audit event is kept, and
    `observations_changed` is sent. Refused: own entry (unless SELF_APPROVAL), no period, or a
    value of the cell that somebody else approved since. Conflict where the row moved on.
    """
    with audit.transaction():
        _require_state(observation, State.SUBMITTED)
        own = observation.entered_by_id == by.pk
        if own and not settings.SELF_APPROVAL:
            raise errors.own_entry()
        now = timezone.now()
        standing = _approved_in_cell(observation)
        if (standing.pk if standing else None) != observation.supersedes_id:
            raise errors.overtaken()
        if standing is not None:
            compare_and_set(Observation, standing.pk, standing.version, superseded_at=now)
        with _one_of_a_cell(errors.overtaken):
            # Published with its approval; rounds that publish later set published_at themselves.
            _move(
                by=by,
                observation=observation,
                version=version,
                action="indicators.approve",
                review_state=State.APPROVED,
                approved_by=by,
                approved_at=now,
                published_at=now,
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
        _require_state(observation, State.APPROVED)
        if observation.superseded_at is not None:
            raise errors.overtaken()
        return enter(by=by, entry=entry, reason=reason)


def _require_state(observation: Observation, *wanted: State) -> None:
    """Refuse a step that starts elsewhere."""
    if observation.review_state not in wanted:
        raise errors.wrong_state(
            " / ".join(str(state.label) for state in wanted),
            observation.get_review_state_display(),
        )


def _as_read(observation: Observation) -> ObservationQuerySet:
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
    compare_and_set(_as_read(observation), observation.pk, version, **changes)
    observation.refresh_from_db()
    audit.record(
        by=by,
        action=action,
        target=observation,
        label=_label(observation),
        before=before,
        after=_facts(observation),
        reason=reason,
    )


def load_observations(*, by: User, verifier: User, entries: Iterable[tuple[Entry, bool]]) -> int:
    """Enter published figures by key, and approve those marked True; the number of new rows.

    A key that is already there is left as it is, whatever a person made of it since. A cell that
    already has an approved value keeps it: the newcomer stays a draft.
    """
    with audit.transaction():
        now = timezone.now()
        known = set(Observation.objects.exclude(key=None).values_list("key", flat=True))
        taken = set(
            Observation.objects.approved().values_list("indicator", "region", "reference_period")
        )
        rows = []
        for entry, approved in entries:
            if entry.key in known:
                continue
            row = _from_entry(entry, by=by)
            cell = (row.indicator_id, row.region_id, row.reference_period)
            if approved and row.reference_period and cell not in taken:
                row.review_state, row.approved_by, row.approved_at = State.APPROVED, verifier, now
                row.submitted_at = row.published_at = now
                taken.add(cell)
            rows.append(row)
        Observation.objects.bulk_create(rows, batch_size=500)
        if rows:
            counts = {
                "rows": len(rows),
                "approved": sum(row.review_state == State.APPROVED for row in rows),
                "verifier": verifier.username,
            }
            audit.record(
                by=by, action="indicators.load_observations", target=Observation, after=counts
            )
            pairs = frozenset(
                (row.indicator_id, row.region_id) for row in rows if row.approved_by_id is not None
            )
            observations_changed.send(sender=Observation, pairs=pairs)
    return len(rows)
