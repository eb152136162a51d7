"""A leaver's unfinished entries go to the successor, in the transaction of the hand-over."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from django.dispatch import receiver

from accounts.models import User
from accounts.signals import handing_over
from indicators.models import Observation


@receiver(handing_over)
def move_open_entries(leaver: User, successor: User, **_kwargs: Any) -> dict[str, int]:
    """Drafts and returned values change hands; what is submitted or approved keeps its author."""
    unfinished = Observation.objects.current().filter(
        entered_by=leaver,
        review_state__in=[Observation.ReviewState.DRAFT, Observation.ReviewState.RETURNED],
    )
    # Whoever has one of them open works on another person's draft from now on: the version tells.
    moved = unfinished.update(entered_by=successor, version=F("version") + 1)
    return {"indicators.drafts": moved}
