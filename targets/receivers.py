"""What changed below becomes a row in the stale queue, inside the same transaction."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.dispatch import receiver
from django.utils import timezone

from indicators.models import Indicator
from indicators.signals import definitions_changed, observations_changed
from targets.models import StaleRequest, Target


@receiver(observations_changed)
def queue_verdicts(pairs: frozenset[tuple[int, int]], **_kwargs: Any) -> None:
    """Queue each changed indicator and region; the sweep finds what was promised about them.

    A published growth rate belongs to the verdicts of the level it is the rate of. What is
    promised is not asked here: a document that another is loading cannot be seen yet.
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
    now = timezone.now()
    StaleRequest.objects.bulk_create(
        StaleRequest(indicator_id=indicator, region_id=region, cause="observation", queued_at=now)
        for indicator, region in sorted(touched)
    )


@receiver(definitions_changed)
def queue_redefined(indicators: frozenset[int], units: frozenset[int], **_kwargs: Any) -> None:
    """Queue every pair whose promises read one of these definitions, with actuals or without."""
    pairs = (
        Target.objects.filter(
            Q(indicator__in=indicators) | Q(indicator__unit__in=units) | Q(versions__unit__in=units)
        )
        .values_list("indicator_id", "region_id")
        .distinct()
        .order_by("indicator_id", "region_id")
    )
    now = timezone.now()
    StaleRequest.objects.bulk_create(
        StaleRequest(indicator_id=indicator, region_id=region, cause="catalogue", queued_at=now)
        for indicator, region in pairs
    )
