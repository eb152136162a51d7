"""Whether an account is locked after failed sign-ins, as django-axes counts them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Sum


def locked_usernames(usernames: Collection[str], now: datetime) -> frozenset[str]:
    """Those of the accounts that cannot sign in at `now`; one query."""
    counted = (
        AccessAttempt.objects.filter(
            username__in=usernames, attempt_time__gte=now - settings.AXES_COOLOFF_TIME
        )
        .values("username")
        .annotate(failures=Sum("failures_since_start"))
        .filter(failures__gte=settings.AXES_FAILURE_LIMIT)
        .order_by()
    )
    return frozenset(row["username"] for row in counted)
