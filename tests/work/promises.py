"""Values entered and approved through the actions, promises by the hundred, verdicts as rows."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone

from accounts.models import User
from indicators import actions
from indicators.models import Indicator, Observation, Region
from targets.models import ProgressSnapshot, StaleRequest, Target, TargetVersion
from targets.recompute import recompute, sweep

MEETING = "qd-sti-meeting-2024"


def people() -> tuple[User, User]:
    """One who enters and one who approves."""
    users = get_user_model().objects
    entering, _new = users.get_or_create(username="entering", defaults={"full_name": "录入人"})
    approving, _new = users.get_or_create(username="approving", defaults={"full_name": "核定人"})
    return entering, approving


def submitted(indicator: str, period: str, value: str, *, region: str = "370200") -> Observation:
    """A value of ours on its way to approval; a reason is given where it corrects another."""
    entering, _approving = people()
    entry = actions.Entry(
        indicator=Indicator.objects.get(code=indicator),
        region=Region.objects.get(code=region),
        period=period,
        value=Decimal(value),
        source_title="测试来源",
    )
    row = actions.enter(by=entering, entry=entry, reason="测试更正")
    return actions.submit(by=entering, observation=row, version=row.version)


def approve(row: Observation) -> Observation:
    """The save that the whole chain hangs on: value, trail and queue in one transaction."""
    return actions.approve(by=people()[1], observation=row, version=row.version)


def verdict(key: str, document: str = MEETING) -> ProgressSnapshot:
    return ProgressSnapshot.objects.get(target__key=key, target__document__key=document)


def settle() -> None:
    """Sweep here until nothing is due."""
    while sweep().done:
        pass


def verdicts(*without: str) -> dict[int, dict[str, Any]]:
    """Every snapshot by its target, without what may differ between two runs.

    Figures to nine digits: columns of float64 and Decimal agree that far.
    """
    left_out = {"id", "computed_at", *without}
    return {
        row["target_id"]: {
            name: f"{value:.9g}" if isinstance(value, Decimal) else value
            for name, value in row.items()
            if name not in left_out
        }
        for row in ProgressSnapshot.objects.values()
    }


def from_scratch() -> dict[int, dict[str, Any]]:
    """What a recompute of everything in an empty table gives; the table holds it afterwards."""
    ProgressSnapshot.objects.all().delete()
    targets = list(Target.objects.select_related("indicator__unit"))
    recompute(targets, as_of=timezone.localdate(), now=timezone.now())
    return verdicts()


def many_promises(*, regions: int = 20, each: int = 12) -> int:
    """Copies of the meeting's promises for other regions, all queued; the number of pairs."""
    heads = Target.objects.filter(document__key=MEETING, part_of=None, parts=None)
    versions = {row.target_id: row for row in TargetVersion.objects.filter(target__in=heads)}
    places = list(Region.objects.exclude(code="370200").order_by("code")[:regions])
    now = timezone.now()
    targets = [
        Target(
            document_id=head.document_id, key=f"{head.key}-{place.code}"[:40], name=head.name,
            name_en=head.name_en, indicator_id=head.indicator_id, region=place,
            department_id=head.department_id, clause_id=head.clause_id,
        )
        for head in list(heads)[:each]
        for place in places
    ]  # fmt: skip
    source = [versions[head.pk] for head in list(heads)[:each] for _place in places]
    Target.objects.bulk_create(targets)
    copies = []
    for target, version in zip(targets, source, strict=True):
        fields = {
            field.attname: getattr(version, field.attname)
            for field in TargetVersion._meta.concrete_fields
            if field.name not in ("id", "target")
        }
        copies.append(TargetVersion(target=target, **fields))
    TargetVersion.objects.bulk_create(copies)
    StaleRequest.objects.bulk_create(
        StaleRequest(
            indicator_id=target.indicator_id,
            region_id=target.region_id,
            cause="test",
            queued_at=now,
        )
        for target in targets
    )
    return len({(target.indicator_id, target.region_id) for target in targets})
