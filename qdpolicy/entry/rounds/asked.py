"""Which notes a round asks for: values that came, about promises that are behind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from indicators.delivery import Delivery, annotated
from indicators.models import DutyQuerySet, ReportingRound
from targets.models import Target, TargetNote

BEHIND = ("yellow", "red")
"""Lights of a verdict that want an explanation."""


@dataclass(frozen=True)
class Asked:
    """A promise that is behind, in a round; `note` is what was written, or None."""

    round: ReportingRound
    target: Target
    note: TargetNote | None


def asked_notes(duties: DutyQuerySet) -> list[Asked]:
    """The promises behind their goals whose values were handed in, with their notes; three queries.

    A promise is asked about once for a round, whatever the number of its periods.
    """
    came = (
        annotated(duties)
        .filter(delivery__in=[Delivery.SUBMITTED.value, Delivery.APPROVED.value])
        .order_by("round", "indicator", "region")
    )
    rounds: dict[tuple[int, int], dict[int, ReportingRound]] = {}
    for duty in came:
        pair = (duty.indicator_id, duty.region_id)
        rounds.setdefault(pair, {})[duty.round_id] = duty.round
    targets = [
        target for target in behind(rounds) if (target.indicator_id, target.region_id) in rounds
    ]
    notes = {
        (note.target_id, note.round_id): note
        for note in TargetNote.objects.filter(
            target__in=targets, round__isnull=False, superseded_at=None
        ).select_related("written_by")
    }
    return [
        Asked(round_, target, notes.get((target.pk, round_.pk)))
        for target in targets
        for round_ in rounds[target.indicator_id, target.region_id].values()
    ]


def behind(pairs: Iterable[tuple[int, int]]) -> list[Target]:
    """The promises near these pairs of indicator and region whose latest verdict is behind."""
    pairs = set(pairs)
    return list(
        Target.objects.filter(
            indicator__in={indicator for indicator, _region in pairs},
            region__in={region for _indicator, region in pairs},
            snapshot__light__in=BEHIND,
        )
        .select_related("document", "indicator", "region", "snapshot")
        .order_by("document", "pk")
    )
