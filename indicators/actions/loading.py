"""Loading published figures that carry keys, such as the fixtures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from django.utils import timezone

from accounts import audit
from accounts.models import User
from indicators.actions.entries import Entry, from_entry
from indicators.models import Observation
from indicators.signals import observations_changed

State = Observation.ReviewState


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
            row = from_entry(replace(entry, origin=Observation.Origin.COMMAND), by=by)
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
