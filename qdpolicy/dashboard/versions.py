"""Versions of a target in words: what differs from one to the next, and since when it counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.language import in_language
from qdpolicy.dashboard.amounts import PER_CENT, amount, percentage
from qdpolicy.dashboard.words import period_label
from targets.models import TargetVersion
from targets.models.versions import MEANING
from targets.recompute.reading import IN_INDICATOR_UNIT

_PERIODS = ("period_start", "period_end", "baseline_period")
_AMOUNTS = ("value", "upper", "tolerance", "baseline_value")
_RATES = ("growth", "average_growth")
NOTHING = "—"


@dataclass(frozen=True, slots=True)
class Difference:
    """One field in which two versions differ, in words: 目标值 9000家 → 8500家."""

    label: str
    before: str
    after: str

    def __str__(self) -> str:
        return _("%(label)s %(before)s → %(after)s") % {
            "label": self.label,
            "before": self.before,
            "after": self.after,
        }


@dataclass(frozen=True, slots=True)
class Entry:
    """A version in the history of a target, with what it changed of the one before."""

    version: TargetVersion
    differences: list[Difference]


def differences(before: TargetVersion, after: TargetVersion) -> list[Difference]:
    """The fields of the meaning in which two versions differ, in the order of the form."""
    found = []
    for name in MEANING:
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            label = str(TargetVersion._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
            found.append(Difference(label, shown(before, name), shown(after, name)))
    if after.is_withdrawn and not before.is_withdrawn:
        found.insert(0, Difference(_("效力"), _("现行"), _("废止")))
    elif before.is_withdrawn and not after.is_withdrawn:
        found.insert(0, Difference(_("效力"), _("废止"), _("恢复")))
    return found


def history(versions: Iterable[TargetVersion]) -> list[Entry]:
    """Approved versions in the order in which they came, each beside the one it took the place of."""
    rows = sorted(
        versions, key=lambda row: (row.effective_at is None, row.effective_at or row.entered_at)
    )
    found: list[Entry] = []
    for row in rows:
        before = next((e.version for e in found if e.version.pk == row.supersedes_id), None)
        before = before or (found[-1].version if found else None)
        found.append(Entry(row, [] if before is None else differences(before, row)))
    return found


def shown(version: TargetVersion, name: str) -> str:
    """A field of the meaning in words; — where nothing is stated. 0 is a value."""
    value = getattr(version, name)
    if value is None or value in ("", {}, []):
        return NOTHING
    if name in _PERIODS:
        return period_label(value)
    if name in _AMOUNTS:
        return _in_unit(version, value, baseline=name == "baseline_value")
    if name == "milestones":
        return _milestones(version, value)
    if name == "profile":
        return _("、").join(percentage(Decimal(str(share))) for share in value)
    if name == "unit":
        return in_language(version.unit.symbol, version.unit.name_en)
    chosen = getattr(version, f"get_{name}_display", None)
    return str(value if chosen is None else chosen())


def _in_unit(version: TargetVersion, value: Decimal, *, baseline: bool = False) -> str:
    """An amount in the unit of the text; a baseline of another measure is in the indicator's."""
    if version.measure in _RATES and not baseline:
        return amount(value, PER_CENT)
    if baseline and version.measure not in IN_INDICATOR_UNIT:
        return amount(value, version.target.indicator.unit)
    return amount(value, version.unit)


def _milestones(version: TargetVersion, stored: Mapping[str, Any]) -> str:
    """2023年 5000家；2024年 7000家."""
    return _("；").join(
        f"{period_label(period)} {_in_unit(version, Decimal(str(value)))}"
        for period, value in sorted(stored.items())
    )


def replaced_words(version: TargetVersion) -> str:
    """原目标 and the day on which it was replaced."""
    return _("原目标，%(day)s被取代") % {"day": _day(version.superseded_at)}


def withdrawn_words(version: TargetVersion) -> str:
    """已废止 and since when."""
    day = version.valid_from or version.effective_at
    return _("已废止，自%(day)s起") % {"day": _day(day)}


def _day(moment: date | datetime | None) -> str:
    """A day here as 2025-03-01."""
    if isinstance(moment, datetime):
        moment = timezone.localdate(moment)
    return "" if moment is None else moment.isoformat()
