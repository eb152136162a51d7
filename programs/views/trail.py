"""The history of an award or a recipient out of the audit trail, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from accounts.models import AuditEvent, User
from accounts.wording import action_name
from indicators.models import Region
from programs.models import Award, Program, Recipient, SupportItem
from programs.views.sight import OPEN_NAMES, named

_MONEY = frozenset({"amount", "paid", "ceiling", "investment", "payment"})
# What another name of the same event says already.
_SAID_TWICE = frozenset({"item_key"})


@dataclass(frozen=True, slots=True)
class Value:
    """A value in words, or a sum in 元 that the page writes as money; both empty: there was none."""

    text: str = ""
    money: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One field that an event changed; `before` is None where the event tells of no earlier one."""

    label: str
    before: Value | None
    after: Value | None


@dataclass(frozen=True, slots=True)
class Moment:
    """One event: when, what, who, what changed, why."""

    at: datetime
    action: str
    who: str
    changes: tuple[Change, ...]
    reason: str


def history_of(row: Model, user: User) -> list[Moment]:
    """What the trail tells of a row, the latest first; a fixed number of queries.

    Without the right to names a recipient is masked here as well.
    """
    events = list(
        AuditEvent.objects.filter(
            object_type=row._meta.label_lower, object_id=str(row.pk)
        ).order_by("-pk")
    )
    words = _Words(events, user)
    return [
        Moment(
            event.at,
            action_name(event.action),
            event.actor_name,
            tuple(words.changes(event)),
            event.reason,
        )
        for event in events
    ]


class _Words:
    """The values of some events in words; the rows that they name are read at once."""

    def __init__(self, events: Iterable[AuditEvent], user: User) -> None:
        self.open = user.has_perm(OPEN_NAMES)
        named_in = [facts for event in events for facts in (event.before, event.after) if facts]
        programs = Program.objects.filter(key__in=_said(named_in, "program"))
        self.names: dict[str, Mapping[str, str]] = {
            "item": _by_pk(SupportItem.objects.filter(pk__in=_said(named_in, "item"))),
            "region": _by_pk(Region.objects.filter(pk__in=_said(named_in, "region"))),
            "program": {program.key: str(program) for program in programs},
            "recipient": {
                str(found.pk): named(found, user).name
                for found in Recipient.objects.filter(pk__in=_said(named_in, "recipient"))
            },
        }

    def changes(self, event: AuditEvent) -> Iterable[Change]:
        """What the event changed, in the order of its names; what it kept is left out."""
        before, after = event.before or {}, event.after or {}
        for name in dict.fromkeys([*before, *after]):
            if name in _SAID_TWICE or (before.get(name) or "") == (after.get(name) or ""):
                continue
            yield Change(
                _label(event.object_type, name),
                self._value(event, name, before[name]) if name in before else None,
                self._value(event, name, after[name]) if name in after else None,
            )

    def _value(self, event: AuditEvent, name: str, stored: Any) -> Value:
        if stored in (None, ""):
            return Value()
        if name in _MONEY:
            return Value(money=_sum(stored))
        if name in self.names:
            return Value(self.names[name].get(str(stored), str(stored)))
        field = _field(event.object_type, name)
        choices = dict(field.flatchoices) if field is not None else {}
        return Value(str(choices.get(stored, stored)))


def _said(facts: Iterable[Mapping[str, Any]], name: str) -> set[Any]:
    return {found[name] for found in facts if found.get(name) not in (None, "")}


def _by_pk(rows: Iterable[Model]) -> dict[str, str]:
    return {str(row.pk): str(row) for row in rows}


def _sum(stored: Any) -> Decimal | None:
    try:
        return Decimal(str(stored))
    except InvalidOperation:
        return None


def _field(object_type: str, name: str) -> Any:
    """The column of that name in the table that the event tells of, if there is one."""
    model = {row._meta.label_lower: row for row in (Award, Recipient)}.get(object_type)
    fields = {} if model is None else {field.name: field for field in model._meta.concrete_fields}
    return fields.get(name)


def _label(object_type: str, name: str) -> str:
    """The name of the column without its unit, since the sum says it."""
    own = {"payment": _("本次拨付"), "paid_on": _("拨付日期"), "paid": _("已拨付")}
    if name in own:
        return own[name]
    field = _field(object_type, name)
    label = name if field is None else str(field.verbose_name)
    return label.partition("（")[0].partition(" (")[0]
