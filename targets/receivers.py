"""What changed below becomes a row in the stale queue, inside the same transaction."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone

from indicators.models import Indicator, in_language
from indicators.periods import ReferencePeriod
from indicators.quantities import grouped
from indicators.signals import Promise, observations_changed, promises_asked
from targets.models import StaleRequest, Target, TargetVersion


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


@receiver(promises_asked)
def tell_promises(indicators: frozenset[int], **_kwargs: Any) -> list[Promise]:
    """The targets in force about these indicators; one query."""
    versions = TargetVersion.objects.filter(
        target__indicator__in=indicators,
        review_state=TargetVersion.ReviewState.APPROVED,
        superseded_at=None,
    ).select_related("target__document", "target__region", "unit")
    return [
        Promise(
            indicator=version.target.indicator_id,
            region=version.target.region_id,
            region_code=version.target.region.code,
            region_name=str(version.target.region),
            goal=_goal(version),
            end=version.period_end,
            stated_in=str(version.target.document),
            url=reverse("target", args=(version.target.document.key, version.target.key)),
        )
        for version in versions.order_by("period_end", "target_id")
    ]


def _goal(version: TargetVersion) -> str:
    """What a version promises, in the reader's language as far as the labels go."""
    value = grouped(version.value)
    if version.upper is not None:
        value = f"{value}–{grouped(version.upper)}"
    end = ReferencePeriod.parse(version.period_end) if version.period_end else None
    label = "" if end is None else in_language(end.label_zh, end.label_en)
    # The labels name two words each (不低于、达到); one is enough beside a number.
    comparator = version.get_comparator_display().partition("、")[0]
    measure = "" if version.measure == version.Measure.LEVEL else version.get_measure_display()
    return " ".join([*filter(None, (label, measure, comparator)), f"{value} {version.unit}"])
