"""Many values entered or amended as one, each as if it came alone, for a few statements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from accounts import audit
from accounts.models import User
from accounts.versions import compare_and_set
from indicators import errors, locks
from indicators.actions.entries import Entry, facts_of, from_entry, one_of_a_cell
from indicators.actions.observations import (
    as_read,
    changes_of,
    correcting,
    keep_copies,
    place_of,
    require_state,
    tell_amended,
    tell_entered,
)
from indicators.models import Observation

State = Observation.ReviewState


def enter_all(
    *, by: User, stated: Sequence[tuple[Entry, Observation | None, str]]
) -> list[Observation]:
    """Keep new drafts of (entry, the approved value there, reason), all or none.

    Raises Refused as `enter` does; the trail has an event of each.
    """
    with audit.transaction():
        drafts = []
        for entry, approved, reason in stated:
            draft = from_entry(entry, by=by)
            correcting(approved, draft, reason)
            drafts.append(draft)
        _require_open(by, drafts)
        with one_of_a_cell(errors.already_there):
            Observation.objects.bulk_create(drafts, batch_size=500)
        for draft in drafts:
            tell_entered(by, draft)
    return drafts


def amend_all(
    *, by: User, stated: Sequence[tuple[Observation, Entry, Observation | None, str]]
) -> list[Observation]:
    """Change drafts to (draft as read, entry of its cell, the approved value there, reason).

    All or none: Refused as `amend` does, Conflict where a draft moved on since it was read. What
    the drafts said is kept as rows of the past; the trail has an event of each.
    """
    with audit.transaction():
        drafts = [draft for draft, *_rest in stated]
        for draft in drafts:
            require_state(draft, State.DRAFT, State.RETURNED)
        _require_open(by, drafts)
        keep_copies(drafts)
        for draft, entry, approved, reason in stated:
            before = facts_of(draft)
            changes = changes_of(draft, from_entry(entry, by=by), over=approved, reason=reason)
            draft.version = compare_and_set(as_read(draft), draft.pk, draft.version, **changes)
            for name, value in changes.items():
                setattr(draft, name, value)
            tell_amended(by, draft, before, reason)
    return drafts


def _require_open(by: User, rows: Iterable[Observation]) -> None:
    """Raise Refused for the first cell that is locked; four queries."""
    places = {
        (indicator, region, period or "") for indicator, region, period in map(place_of, rows)
    }
    for lock in locks.locked(places, by=by).values():
        raise errors.Refused(str(lock))
