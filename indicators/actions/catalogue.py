"""Every write to the catalogue: keyword-only, one transaction, one audit event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models

from accounts import audit
from accounts.models import User
from accounts.versions import compare_and_set
from indicators.models import Indicator, Observation, Region, Unit
from indicators.signals import observations_changed


def save_catalogue_entry(
    *,
    by: User,
    entry: models.Model,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    reason: str,
    version: int | None = None,
) -> None:
    """Save a unit, region or indicator that the stock admin edited, with both sides in the trail.

    `version` is the one the editor saw; raises Conflict where the row has moved on since.
    """
    with audit.transaction():
        if version is not None:
            seen = compare_and_set(type(entry), entry.pk, version)
            setattr(entry, "version", seen)  # noqa: B010 - only versioned models come with one
        entry.save()
        audit.record(
            by=by,
            action="indicators.save_catalogue_entry",
            target=entry,
            before=dict(before),
            after=dict(after),
            reason=reason,
        )
        if isinstance(entry, Indicator):
            regions = entry.observations.values_list("region_id", flat=True).distinct()
            observations_changed.send(
                sender=Observation, pairs=frozenset((entry.pk, region) for region in regions)
            )


def load_catalogue(
    *,
    by: User,
    units: Sequence[Mapping[str, Any]],
    regions: Sequence[Mapping[str, Any]],
    indicators: Sequence[Mapping[str, Any]],
) -> int:
    """Create or update units, regions and indicators by code; the number of rows that changed.

    Rows are field values by name; a department is given as an object, and `parent`, `overlaps`,
    `unit` and `rate_of` as codes of the same load. Idempotent; an indicator that a person edited
    (its version moved past 1) is left as it is.
    """
    with audit.transaction():
        changed = sum(_upsert(Unit, row) for row in units)
        changed += sum(_upsert(Region, _without(row, "parent", "overlaps")) for row in regions)
        known = {region.code: region for region in Region.objects.all()}
        for row in regions:
            region, parent = known[row["code"]], known.get(row["parent"] or "")
            if region.parent_id != (parent.pk if parent else None):
                region.parent = parent
                region.save(update_fields=["parent"])
                changed += 1
            region.overlaps.set(known[code] for code in row["overlaps"])
        unit_of = {unit.code: unit for unit in Unit.objects.all()}
        changed += sum(
            _upsert(Indicator, {**_without(row, "rate_of"), "unit": unit_of[row["unit"]]})
            for row in indicators
        )
        by_code = {indicator.code: indicator for indicator in Indicator.objects.all()}
        for row in indicators:
            rate, level = by_code[row["code"]], by_code.get(row["rate_of"] or "")
            if rate.version == 1 and rate.rate_of_id != (level.pk if level else None):
                rate.rate_of = level
                rate.save(update_fields=["rate_of"])
                changed += 1
        if changed:
            audit.record(
                by=by, action="indicators.load_catalogue", target=Indicator, after={"rows": changed}
            )
    return changed


def _without(row: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


def _upsert(model: type[Unit] | type[Region] | type[Indicator], row: Mapping[str, Any]) -> int:
    """1 where the row was new or differed."""
    standing = model._default_manager.filter(code=row["code"]).first()
    if standing is None:
        model._default_manager.create(**row)
        return 1
    if getattr(standing, "version", 1) > 1:
        return 0
    differing = [name for name, value in row.items() if getattr(standing, name) != value]
    for name in differing:
        setattr(standing, name, row[name])
    if differing:
        standing.save(update_fields=differing)
    return int(bool(differing))
