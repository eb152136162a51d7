"""Editions as tables to take along: what applied on a day, and two editions side by side."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.language import in_language
from programs.exporting import Column, Kind, Table, Value
from programs.models import ProgramEdition, SupportItem
from programs.wording import span_of
from targets.models import Clause


def applied_table(editions: Iterable[ProgramEdition], *, day: date, known_on: date | None) -> Table:
    """One line an item in force; an edition that names no sum has a line of its own."""
    told = {"day": day.isoformat()}
    rows: list[list[Value]] = []
    for edition in editions:
        head = _head(edition)
        items = list(edition.items.all())
        rows += [[*head, *_terms(item)] for item in items]
        if not items:
            rows.append([*head, *([None] * len(_item_columns()))])
    notes = () if known_on is None else (_("按 %(day)s 所知") % {"day": known_on.isoformat()},)
    return Table(
        _("适用的计划-%(day)s") % told,
        _("%(day)s 适用的计划和支持事项") % told,
        (*_edition_columns(), *_item_columns()),
        rows,
        notes,
    )


def _edition_columns() -> tuple[Column, ...]:
    labels = (_("计划"), pgettext("edition", "版本"), _("适用期间"), _("依据文件"), _("条款"))
    return tuple(Column(label) for label in labels)


def _item_columns() -> tuple[Column, ...]:
    return (
        Column(_("层级")),
        Column(_("支持事项")),
        Column(_("类型")),
        Column(_("上限方式")),
        Column(_("支持上限"), Kind.MONEY),
        Column(_("比例上限（%）")),
        Column(_("按什么的比例")),
        Column(_("计算单位")),
        Column(_("发放频次")),
        Column(_("支持对象")),
        Column(_("条件")),
        Column(_("原话")),
        Column(_("出处")),
    )


def _head(edition: ProgramEdition) -> list[Value]:
    clause = edition.clause
    place = "" if clause is None else _place(clause)
    return [str(edition.program), str(edition), span_of(edition), str(edition.document), place]


def _terms(item: SupportItem) -> list[Value]:
    return [
        in_language(item.tier, item.tier_en),
        str(item),
        item.get_kind_display(),
        item.get_comparator_display(),
        item.cap,
        item.rate,
        in_language(item.rate_of, item.rate_of_en),
        item.get_per_display(),
        item.get_payout_display(),
        in_language(item.beneficiary, item.beneficiary_en),
        in_language(item.condition, item.condition_en),
        item.clause.quote,
        f"{item.clause.document} {_place(item.clause)}",
    ]


def _place(clause: Clause) -> str:
    return in_language(clause.locator, clause.locator_en)
