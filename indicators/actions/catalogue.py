"""Every write to the catalogue: keyword-only, one transaction, one audit event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import models

from accounts import audit
from accounts.models import User
from accounts.versions import save_seen
from indicators import errors
from indicators.models import Indicator, Observation, Region, Unit
from indicators.signals import definitions_changed


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

    `version` is the one the editor saw; raises Conflict where the row has moved on since, and
    Refused for a change of unit that would give stored actuals another meaning, or for a made-up
    region among real ones.
    """
    with audit.transaction():
        _refuse_rescaling(entry)
        if isinstance(entry, Region):
            _refuse_mixing(entry.pk, entry.made_up)
        # The level that a rate belonged to before loses it, so it is judged anew as well.
        levels = Indicator.objects.filter(pk=entry.pk).values_list("rate_of_id", flat=True)
        touched: set[int | None] = set(levels) if isinstance(entry, Indicator) else set()
        save_seen(entry, version)
        audit.record(
            by=by,
            action="indicators.save_catalogue_entry",
            target=entry,
            before=dict(before),
            after=dict(after),
            reason=reason,
        )
        if isinstance(entry, Indicator):
            touched |= {entry.pk, entry.rate_of_id}
            _tell(indicators=touched)
        elif isinstance(entry, Unit):
            _tell(units={entry.pk})


def _refuse_mixing(pk: int | None, made_up: bool) -> None:
    """A database holds the made-up regions of the practice city or real ones, never both."""
    others = Region.objects.exclude(made_up=made_up)
    if pk is not None:
        others = others.exclude(pk=pk)
    if others.exists():
        raise errors.mixes_made_up()


def _refuse_rescaling(entry: models.Model) -> None:
    """Stored actuals are numbers in a unit: neither the unit nor its multiplier may change."""
    stored = type(entry)._default_manager.filter(pk=entry.pk).first()
    if isinstance(entry, Indicator) and isinstance(stored, Indicator):
        if entry.unit_id != stored.unit_id and entry.observations.exists():
            raise errors.unit_in_use()
    elif isinstance(entry, Unit) and isinstance(stored, Unit):
        changed = (entry.base, entry.exponent) != (stored.base, stored.exponent)
        if changed and Observation.objects.filter(indicator__unit=stored).exists():
            raise errors.unit_in_use()


def load_catalogue(
    *,
    by: User,
    units: Sequence[Mapping[str, Any]],
    regions: Sequence[Mapping[str, Any]],
    indicators: Sequence[Mapping[str, Any]],
) -> int:
    """Create or update units, regions and indicators by code; the number of rows that changed.

    Rows are field values by name; a department is given as an object, and `parent`, `overlaps`,
    `unit` and `rate_of` as codes of the same load. Idempotent; a row that a person edited (its
    version moved past 1) is left as it is. Refused where made-up regions and real ones would meet.
    """
    with audit.transaction():
        for kind in {bool(row.get("made_up")) for row in regions}:
            _refuse_mixing(None, kind)
        changed_units = _upsert_all(Unit, units)
        changed = len(changed_units)
        changed += len(
            _upsert_all(Region, [_without(row, "parent", "overlaps") for row in regions])
        )
        known = {region.code: region for region in Region.objects.all()}
        for row in regions:
            region, parent = known[row["code"]], known.get(row["parent"] or "")
            if region.version > 1:
                continue
            if region.parent_id != (parent.pk if parent else None):
                region.parent = parent
                region.save(update_fields=["parent"])
                changed += 1
            region.overlaps.set(known[code] for code in row["overlaps"])
        unit_of = {unit.code: unit for unit in Unit.objects.all()}
        changed_indicators = _upsert_all(
            Indicator,
            [{**_without(row, "rate_of"), "unit": unit_of[row["unit"]]} for row in indicators],
        )
        changed += len(changed_indicators)
        by_code = {indicator.code: indicator for indicator in Indicator.objects.all()}
        for row in indicators:
            rate, level = by_code[row["code"]], by_code.get(row["rate_of"] or "")
            if rate.version == 1 and rate.rate_of_id != (level.pk if level else None):
                changed_indicators |= {rate.rate_of_id, level.pk if level else None}
                rate.rate_of = level
                rate.save(update_fields=["rate_of"])
                changed += 1
        if changed:
            audit.record(
                by=by, action="indicators.load_catalogue", target=Indicator, after={"rows": changed}
            )
            _tell(indicators=changed_indicators, units=changed_units)
    return changed


def _tell(*, indicators: Iterable[int | None] = (), units: Iterable[int | None] = ()) -> None:
    """Send the news of changed definitions, inside the transaction that changes them."""
    definitions_changed.send(
        sender=Indicator,
        indicators=frozenset(indicators) - {None},
        units=frozenset(units) - {None},
    )


def _without(row: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


def _upsert_all(
    model: type[Unit] | type[Region] | type[Indicator], rows: Iterable[Mapping[str, Any]]
) -> set[int | None]:
    """Create or update the rows by code; the ids of those that were new or differed."""
    return {pk for row in rows if (pk := _upsert(model, row)) is not None}


def _upsert(
    model: type[Unit] | type[Region] | type[Indicator], row: Mapping[str, Any]
) -> int | None:
    """The id where the row was new or differed; None where it stays as it is."""
    standing = model._default_manager.filter(code=row["code"]).first()
    if standing is None:
        return model._default_manager.create(**row).pk
    differing = [name for name, value in row.items() if getattr(standing, name) != value]
    if standing.version > 1 or not differing:
        return None
    for name in differing:
        setattr(standing, name, row[name])
    standing.save(update_fields=differing)
    return standing.pk
