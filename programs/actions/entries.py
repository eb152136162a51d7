"""What a clerk states of an award, and what no award can be, whatever its item."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import CharField, Model
from django.utils import timezone
from django.utils.translation import gettext as _

from indicators.models import Region
from programs import errors, money
from programs.caps import Scope
from programs.models import Award, Program, Recipient, SupportItem

ItemName = tuple[int, str]
"""Program pk and item key: an item through all its editions."""


@dataclass(frozen=True, kw_only=True)
class AwardEntry:
    """What a clerk states of an award; money in 元.

    `item` (of any edition) or `program` with `item_key` says which item is meant; the edition in
    force on `decided_on` says which row of it binds. Without `project_code` the project is that of
    this award alone.
    """

    number: str
    project: str
    recipient: Recipient
    year: int
    decided_on: date
    amount: Decimal
    item: SupportItem | None = None
    program: Program | None = None
    item_key: str = ""
    project_code: str = ""
    investment: Decimal | None = None
    industry: str = ""
    region: Region | None = None
    note: str = ""

    @property
    def name(self) -> ItemName:
        """Which item is meant; raises Refused where nothing says it."""
        if self.item is not None:
            return self.item.edition.program_id, self.item.key
        if self.program is None:
            raise errors.needs_text(_("计划"))
        return self.program.pk, self.item_key

    @property
    def code(self) -> str:
        """The code of the project: its own, or the number of the award."""
        return self.project_code.strip() or self.number.strip()


def shared(entry: AwardEntry, scope: Scope) -> dict[str, Any] | None:
    """What awards of an item have in common that a cap adds up with the entry; None: it stands alone."""
    return {
        Scope.SINGLE: None,
        Scope.PROJECT: {"project_code": entry.code},
        Scope.PROJECT_YEAR: {"project_code": entry.code, "year": entry.year},
        Scope.RECIPIENT: {"recipient": entry.recipient.pk},
        Scope.RECIPIENT_YEAR: {"recipient": entry.recipient.pk, "year": entry.year},
        Scope.ITEM_YEAR: {"year": entry.year},
    }[scope]


def excluded(entry: AwardEntry, reach: str) -> dict[str, Any]:
    """What awards have in common with the entry beside which it may not be had.

    An item that is silent on how far its exclusion reaches excludes for the body, whenever: too
    strict is overridden with a reason, too lax is not noticed.
    """
    if reach == SupportItem.NotWith.PROJECT:
        return {"project_code": entry.code}
    if reach == SupportItem.NotWith.YEAR:
        return {"recipient": entry.recipient.pk, "year": entry.year}
    return {"recipient": entry.recipient.pk}


def require_sound(entry: AwardEntry) -> None:
    """Refuse what no award can be, whatever its item: sums, dates, empty and too long texts."""
    _require_texts(entry)
    require_money(_("立项金额"), entry.amount)
    if entry.investment is not None:
        require_money(_("申报投入"), entry.investment)
    require_past(_("立项日期"), entry.decided_on)
    require_year(entry.year)
    if abs(entry.year - entry.decided_on.year) > 1:
        raise errors.year_apart(entry.year, entry.decided_on)


def _require_texts(entry: AwardEntry) -> None:
    for name in ("number", "project", "project_code", "industry"):
        wanted = name in ("number", "project")
        require_text(Award, name, getattr(entry, name), wanted=wanted)


def require_text(model: type[Model], name: str, text: str, *, wanted: bool = True) -> None:
    """Refuse an empty text where one is wanted, and one that the column does not hold."""
    field = model._meta.get_field(name)
    if not isinstance(field, CharField):
        raise TypeError(name)
    if wanted and not text.strip():
        raise errors.needs_text(str(field.verbose_name))
    if field.max_length is not None and len(text.strip()) > field.max_length:
        raise errors.too_long(str(field.verbose_name), field.max_length)


def require_money(label: str, amount: Decimal, *, zero: bool = False) -> None:
    """Refuse a sum that is not above 0 (or not even 0), or that cannot be kept exactly."""
    fault = money.fault(amount)
    if fault is None and amount < 0:
        fault = "negative" if zero else "sign"
    if fault is None and amount == 0 and not zero:
        fault = "sign"
    if fault is not None:
        raise errors.bad_money(label, fault)


def require_past(label: str, day: date) -> None:
    """Refuse a day that has not come."""
    if day > timezone.localdate():
        raise errors.in_the_future(label)


def require_year(year: int) -> None:
    """Refuse a year that no row can be of."""
    if not 1949 <= year <= 2100:
        raise errors.bad_year(year)
