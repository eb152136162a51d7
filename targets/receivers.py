"""What changed below becomes a row in the stale queue, inside the same transaction."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from indicators.models import Indicator
from indicators.signals import observations_changed
from targets.models import StaleRequest, Target


@receiver(observations_changed)
def queue_verdicts(pairs: frozenset[tuple[int, int]], **_kwargs: Any) -> None:
    """Queue each changed indicator and region that a target is about.

    A published growth rate belongs to the verdicts of the level it is the rate of.
    """
    indicators = {indicator for indicator, _region in pairs}
    level_of = dict(
        Indicator.objects.filter(pk__in=indicators, rate_of__isnull=False).values_list(
            "pk", "rate_of_id"
        )
    )
    touched = pairs | {
        (level_of[indicator], region) for indicator, region in pairs if indicator in level_of
    }
    judged = set(
        Target.objects.filter(indicator__in={indicator for indicator, _region in touched})
        .values_list("indicator_id", "region_id")
        .distinct()
    )
    now = timezone.now()
    StaleRequest.objects.bulk_create(
        StaleRequest(indicator_id=indicator, region_id=region, cause="observation", queued_at=now)
        for indicator, region in sorted(touched & judged)
    )
