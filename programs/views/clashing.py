"""Two people at one row: what each of them says, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from accounts.models import User
from accounts.versions import Clash, Conflict, clashes
from programs.models import Recipient
from programs.views.sight import named
from programs.views.trail import Value

# What the check or the saving itself writes: nobody typed it.
_WRITTEN = frozenset(
    {"ceiling", "overridden_by", "program", "item_key", "set_by", "set_at", "paid"}
)


@dataclass(frozen=True, slots=True)
class Both:
    """One field in which the stored row and what was typed differ."""

    label: str
    current: Value
    attempted: Value


def both_sides(conflict: Conflict, user: User) -> list[Both]:
    """The fields that differ, in the order of the form; a recipient as the person may know it."""
    return list(_told(clashes(conflict), conflict, user))


def _told(found: Iterable[Clash], conflict: Conflict, user: User) -> Iterable[Both]:
    for clash in found:
        if clash.field not in _WRITTEN:
            label = clash.label.partition("（")[0].partition(" (")[0]
            yield Both(
                label,
                _value(conflict, clash.field, clash.current, user),
                _value(conflict, clash.field, clash.attempted, user),
            )


def _value(conflict: Conflict, name: str, value: Any, user: User) -> Value:
    if isinstance(value, Decimal):
        return Value(money=value)
    if isinstance(value, Recipient):
        return Value(named(value, user).name)
    if value in (None, ""):
        return Value()
    field: Any = conflict.current._meta.get_field(name) if conflict.current else None
    return Value(str(dict(getattr(field, "flatchoices", ())).get(value, value)))
