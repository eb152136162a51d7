"""What follows inside the same transaction: a leaver's work goes over, supervision ends."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from django.dispatch import receiver
from django.utils import timezone

from accounts.models import User
from accounts.signals import handing_over
from indicators.actions import close_delivered
from indicators.actions.observations import keep_copies
from indicators.models import Duty, Observation
from indicators.signals import observations_changed


@receiver(handing_over)
def move_open_entries(leaver: User, successor: User, **_kwargs: Any) -> dict[str, int]:
    """Drafts and returned values change hands; what is submitted or approved keeps its author."""
    unfinished = Observation.objects.current().filter(
        entered_by=leaver,
        review_state__in=[Observation.ReviewState.DRAFT, Observation.ReviewState.RETURNED],
    )
    rows = list(unfinished.order_by("pk").select_for_update(no_key=True))
    keep_copies(rows)  # what the leaver stated stays the leaver's
    # Whoever has one of them open works on another person's draft from now on: the version tells.
    moved = Observation.objects.filter(pk__in=[row.pk for row in rows]).update(
        entered_by=successor, entered_at=timezone.now(), version=F("version") + 1
    )
    return {"indicators.drafts": moved}


@receiver(handing_over)
def move_deputies(leaver: User, successor: User, **_kwargs: Any) -> dict[str, int]:
    """Where the leaver stood in for others in a round that is not out, the successor does."""
    duties = Duty.objects.unpublished().filter(deputy=leaver)
    return {"indicators.duties": duties.update(deputy=successor, version=F("version") + 1)}


@receiver(observations_changed)
def close_orders(pairs: frozenset[tuple[int, int]], **_kwargs: Any) -> None:
    """A value that is approved ends the supervision of its duty, in the same transaction."""
    close_delivered(pairs)
