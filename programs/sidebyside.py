"""Two editions side by side: every field of every item that either of them states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.language import in_language
from indicators.quantities import plain
from programs.contents import content_of
from programs.drafting.content import Content, ItemContent
from programs.exporting import Column, Table
from programs.models import EditionDraft, ProgramEdition, SupportItem
from programs.reading import industries_of
from programs.wording import cap_words, changes_in_words, dated, span_of
from targets.models import Clause


@dataclass(frozen=True, slots=True)
class Line:
    """One field on both sides; an empty text is not stated."""

    label: str
    old: str
    new: str

    @property
    def differs(self) -> bool:
        """Whether the two sides say different things."""
        return self.old != self.new


@dataclass(frozen=True, slots=True)
class Part:
    """The edition itself, or one of its items, on both sides; a side may not have it."""

    name: str
    lines: Sequence[Line]
    in_old: bool = True
    in_new: bool = True

    @property
    def differs(self) -> bool:
        """Whether anything in it does."""
        return self.in_old != self.in_new or any(line.differs for line in self.lines)


def side_by_side(old: ProgramEdition, new: ProgramEdition) -> list[Part]:
    """The edition first, then the items in the newer order, then those that are gone.

    The items come with their clauses and documents prefetched; no query then.
    """
    before = {item.key: item for item in old.items.all()}
    after = {item.key: item for item in new.items.all()}
    parts = [Part(pgettext("edition", "版本"), _lines(_edition_facts(old), _edition_facts(new)))]
    for key in [*after, *(key for key in before if key not in after)]:
        left, right = before.get(key), after.get(key)
        lines = _lines(_item_facts(left), _item_facts(right))
        named = right or left
        parts.append(Part(str(named), lines, left is not None, right is not None))
    return parts


def changes_between(old: ProgramEdition, new: ProgramEdition) -> list[str]:
    """What differs in words; where it is written stands side by side and is left out here."""
    return changes_in_words(
        _without_places(content_of(old)),
        _without_places(content_of(new)),
        EditionDraft.Change.FIRST,
    )


def comparison_table(old: ProgramEdition, new: ProgramEdition) -> Table:
    """One line a field, with both texts and whether they differ."""
    told = {"old": old.name, "new": new.name}
    rows = [
        [part.name, line.label, line.old, line.new, _("有变化") if line.differs else ""]
        for part in side_by_side(old, new)
        for line in part.lines
    ]
    columns = (
        Column(_("事项")),
        Column(_("内容")),
        Column(dated(old)),
        Column(dated(new)),
        Column(_("是否变化")),
    )
    title = _("版本对比：%(old)s 与 %(new)s") % told
    return Table(_("版本对比-%(key)s") % {"key": new.program.key}, title, columns, rows)


def _lines(old: dict[str, str], new: dict[str, str]) -> list[Line]:
    labels = dict.fromkeys([*old, *new])
    lines = (Line(label, old.get(label, ""), new.get(label, "")) for label in labels)
    return [line for line in lines if line.old or line.new]


def _edition_facts(edition: ProgramEdition) -> dict[str, str]:
    clause = edition.clause
    return {
        _("版本名称"): str(edition),
        _("适用期间"): span_of(edition),
        _("依据文件"): str(edition.document),
        _("条款"): "" if clause is None else _place(clause),
        _("目的"): in_language(edition.objective, edition.objective_en),
        _("目标产业"): _("、").join(industries_of(edition)),
        _("组织频次"): in_language(edition.rhythm, edition.rhythm_en),
    }


def _item_facts(item: SupportItem | None) -> dict[str, str]:
    if item is None:
        return {}
    per = item.get_per_display()
    return {
        _("层级"): in_language(item.tier, item.tier_en),
        _("类型"): item.get_kind_display(),
        _("上限"): cap_of(item),
        _("计算单位"): per
        if item.per_stated or not per
        else _("%(per)s（文件未注明）") % {"per": per},
        _("发放频次"): item.get_payout_display(),
        _("环节"): item.get_stage_display(),
        _("适用主体"): _("、").join(str(SupportItem.Body(code).label) for code in item.bodies),
        _("支持对象"): in_language(item.beneficiary, item.beneficiary_en),
        _("条件"): in_language(item.condition, item.condition_en),
        _("不得同享"): _("、").join(item.not_with),
        _("原话"): item.clause.quote,
        _("出处"): f"{item.clause.document} {_place(item.clause)}",
    }


def cap_of(item: SupportItem) -> str:
    """The cap of an item in words: 最高500万元，不超过申报投入的30%; no query."""
    return cap_words(
        ItemContent(
            comparator=item.comparator,
            cap="" if item.cap is None else plain(item.cap),
            rate="" if item.rate is None else plain(item.rate),
            rate_of=item.rate_of,
            rate_of_en=item.rate_of_en,
        )
    )


def _place(clause: Clause) -> str:
    return in_language(clause.locator, clause.locator_en)


def _without_places(content: Content) -> Content:
    items = tuple(replace(item, clause="", also_in=()) for item in content.items)
    return replace(content, clause="", items=items)
