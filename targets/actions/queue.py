"""Writes to the stale queue: verdicts asked for anew."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from targets.errors import Refused
from targets.models import StaleRequest, Target


def queue_targets(targets: Iterable[Target], *, cause: str) -> None:
    """Ask for new verdicts of these targets, as a part of the write that calls for them."""
    pairs = {(target.indicator_id, target.region_id) for target in targets}
    now = timezone.now()
    StaleRequest.objects.bulk_create(
        StaleRequest(indicator_id=indicator, region_id=region, cause=cause, queued_at=now)
        for indicator, region in sorted(pairs)
    )


def request_verdicts(*, by: User, targets: Sequence[Target], reason: str) -> int:
    """Ask for fresh verdicts by hand; the number of targets queued."""
    with audit.transaction():
        queue_targets(targets, cause="by hand")
        audit.record(
            by=by,
            action="targets.request_verdicts",
            target=Target,
            after={"targets": len(targets)},
            reason=reason,
        )
    return len(targets)


def retry_parked(*, by: User, request: StaleRequest) -> StaleRequest:
    """Put a parked row of the stale queue back to work."""
    with audit.transaction():
        before = {"attempts": request.attempts, "error": request.last_error}
        rows = StaleRequest.objects.parked().filter(pk=request.pk)
        if not rows.update(parked_at=None, attempts=0, next_try_at=None):
            raise Refused(_("这一行已不在停放之列。"))
        audit.record(by=by, action="targets.retry_parked", target=request, before=before)
    # Not read again: a sweep may have taken the row already, and it is gone.
    request.parked_at, request.attempts, request.next_try_at = None, 0, None
    return request
