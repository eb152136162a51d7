"""What was promised beside a cell, in words."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from indicators.periods import ReferencePeriod
from qdpolicy.dashboard.words import goal_words, period_label
from targets.models import TargetVersion


@dataclass(frozen=True, kw_only=True)
class Promise:
    """A promise about an indicator in a region; `goal` is words, `end` a period or empty."""

    indicator: int
    region: int
    region_code: str
    region_name: str
    goal: str
    end: str
    stated_in: str
    url: str

    @property
    def yearly(self) -> bool:
        """Whether whole years decide it; a promise without an end is read by the year too."""
        return self.end == "" or ReferencePeriod.parse(self.end).kind in ("year", "years")


def promises_about(indicators: frozenset[int]) -> list[Promise]:
    """Every promise in force about these indicators (primary keys), by deadline; one query."""
    if not indicators:
        return []
    versions = (
        TargetVersion.objects.judgeable()
        .filter(target__indicator__in=indicators)
        .select_related("target__document", "target__region", "target__indicator__unit", "unit")
    )
    return [
        Promise(
            indicator=version.target.indicator_id,
            region=version.target.region_id,
            region_code=version.target.region.code,
            region_name=str(version.target.region),
            goal=" ".join(filter(None, (period_label(version.period_end), goal_words(version)))),
            end=version.period_end,
            stated_in=str(version.target.document),
            url=reverse("target", args=(version.target.document.key, version.target.key)),
        )
        for version in versions.order_by("period_end", "target_id")
    ]
