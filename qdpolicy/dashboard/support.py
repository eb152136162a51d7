"""Support items as a table to take along: each cap with its terms and the words that say it."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from accounts.language import in_language
from programs.exporting import Column, Kind, Table, Value
from programs.models import ProgramEdition
from programs.reading import Card, EditionCards
from programs.wording import span_of


def columns() -> tuple[Column, ...]:
    """What is told of an item, in the order of `cells`."""
    return (
        Column(_("计划")),
        Column(_("计划版本")),
        Column(_("适用时间")),
        Column(_("层级")),
        Column(_("支持事项")),
        Column(_("类型")),
        Column(_("上限方式")),
        Column(_("支持上限"), Kind.MONEY),
        Column(_("比例上限（%）")),
        Column(_("按什么的比例")),
        Column(_("计算单位")),
        Column(_("发放频次")),
        Column(_("环节")),
        Column(_("适用主体")),
        Column(_("支持对象")),
        Column(_("条件")),
        Column(_("不得同享")),
        Column(_("联系页面")),
        Column(_("文件")),
        Column(_("出处")),
        Column(_("原文")),
    )


def cells(edition: ProgramEdition, card: Card) -> list[Value]:
    """The cells of an item; 不设上限 has no sum, and its column before says so."""
    item = card.item
    between = _("、")
    return [
        str(edition.program),
        str(edition),
        span_of(edition),
        in_language(item.tier, item.tier_en),
        str(item),
        item.get_kind_display(),
        card.kind,
        item.cap,
        item.rate,
        in_language(item.rate_of, item.rate_of_en),
        item.get_per_display() if item.per else "",
        item.get_payout_display() if item.payout else "",
        item.get_stage_display() if item.stage else "",
        between.join(card.bodies),
        in_language(item.beneficiary, item.beneficiary_en),
        in_language(item.condition, item.condition_en),
        between.join(card.excluded),
        edition.contact_url,
        str(item.clause.document),
        in_language(item.clause.locator, item.clause.locator_en),
        item.clause.quote,
    ]


def support_table(
    name: str, title: str, editions: Iterable[EditionCards], notes: tuple[str, ...]
) -> Table:
    """Every item of these editions, in their order."""
    rows = [cells(row.edition, card) for row in editions for card in row.cards]
    return Table(name, title, columns(), rows, notes)
