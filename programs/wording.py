"""Programs in words: the days of an edition, its caps, what differs and what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.language import in_language
from accounts.models import Department
from programs.drafting.content import Content, ItemContent
from programs.drafting.differences import Difference, Value, differences
from programs.drafting.problems import Problem
from programs.drafting.reading import read_day, read_number
from programs.errors import money_words
from programs.models import EditionDraft, ProgramEdition, SupportItem
from targets.models import Clause, PolicyDocument

LONGEST_QUOTED = 60


def span_of(edition: ProgramEdition) -> str:
    """2024—2028 where whole years are meant, else the days; an open end is 今."""
    return days_words(edition.valid_from, edition.valid_to)


def dated(edition: ProgramEdition) -> str:
    """An edition with its days behind it, as a list of editions names it."""
    name, days = str(edition), span_of(edition)
    return in_language(f"{name}（{days}）", f"{name} ({days})")


def days_words(begins: date, ends: date | None) -> str:
    """The same of two days that may not be an edition's yet."""
    whole = (begins.month, begins.day) == (1, 1) and (
        ends is None or (ends.month, ends.day) == (12, 31)
    )
    if whole:
        first, last = f"{begins.year}", "" if ends is None else f"{ends.year}"
    else:
        first, last = begins.isoformat(), "" if ends is None else ends.isoformat()
    return first if first == last else f"{first}—{last or in_language('今', 'present')}"


_CAPS: Mapping[str, str | Promise] = {
    "at_most": gettext_lazy("最高%(sum)s"),
    "fixed": gettext_lazy("定额%(sum)s"),
    "at_least": gettext_lazy("最低%(sum)s"),
    "uncapped": gettext_lazy("不设上限"),
}


def cap_words(item: ItemContent) -> str:
    """The cap of an item: 最高500万元, 定额50万元, 不设上限, with the share that binds beside it."""
    words = str(_CAPS.get(item.comparator, "%(sum)s")) % {"sum": _sum(item.cap)}
    if not item.rate:
        return words
    of = in_language(item.rate_of, item.rate_of_en) or _("投入")
    share = _("不超过%(of)s的%(rate)s%%") % {"of": of, "rate": item.rate}
    return _("%(cap)s，%(share)s") % {"cap": words, "share": share}


def sentences(told: Iterable[str]) -> str:
    """Sentences one after the other; English wants a blank between them."""
    return in_language("", " ").join(told)


def item_words(item: ItemContent, content: Content) -> str:
    """How a sentence names an item: by its tier where that alone tells it, else by its name."""
    same = [one for one in content.items if one.tier == item.tier]
    if item.tier and item.tier in item.name and len(same) == 1:
        return in_language(item.tier, item.tier_en)
    return in_language(item.name, item.name_en) or item.key or _("未命名的事项")


def changes_in_words(old: Content, new: Content, change: str) -> list[str]:
    """Every difference as a sentence; an adjustment says from which day, which is then not repeated.

    "示范工程上限 1000万元 → 1500万元，自 2026-01-01 起".
    """
    found = differences(old, new)
    since = None
    if change == EditionDraft.Change.AMENDED:
        since = read_day(new.valid_from)
        rest = [one for one in found if (one.item_key, one.field) != (None, "valid_from")]
        found = rest if since is not None and rest else found
    merged = {one.item_key for one in found if one.field == "comparator"}
    return [
        difference_words(one, old, new, since=since)
        for one in found
        if not (one.field in ("cap", "rate") and one.item_key in merged)
    ]


def difference_words(
    difference: Difference, old: Content, new: Content, *, since: date | None = None
) -> str:
    """One difference as a sentence; that of the comparator tells the whole cap on both sides."""
    words = _difference(difference, old, new)
    if since is None:
        return words
    return _("%(words)s，自 %(day)s 起") % {"words": words, "day": since.isoformat()}


def _difference(difference: Difference, old: Content, new: Content) -> str:
    key, name = difference.item_key, difference.field
    if difference.code == "moved":
        return _("支持事项的先后次序有变")
    if key is None:
        facts = {
            "field": _label(ProgramEdition, name),
            "old": value_words(name, difference.old, old),
            "new": value_words(name, difference.new, new),
        }
        return _("%(field)s：%(old)s → %(new)s") % facts
    before, after = old.item(key), new.item(key)
    if before is None or after is None:
        return _added_or_gone(before, after, old, new)
    facts = {"item": item_words(after, new), "field": _label(SupportItem, name)}
    if name == "comparator":
        facts |= {"old": cap_words(before), "new": cap_words(after)}
        return _("%(item)s上限 %(old)s → %(new)s") % facts
    facts |= {
        "old": value_words(name, difference.old, old),
        "new": value_words(name, difference.new, new),
    }
    if name == "cap":
        return _("%(item)s上限 %(old)s → %(new)s") % facts
    if name == "rate":
        return _("%(item)s比例上限 %(old)s → %(new)s") % facts
    return _("%(item)s的%(field)s：%(old)s → %(new)s") % facts


def _added_or_gone(
    before: ItemContent | None, after: ItemContent | None, old: Content, new: Content
) -> str:
    if after is not None:
        facts = {"item": item_words(after, new), "cap": cap_words(after)}
        return _("新增%(item)s，%(cap)s") % facts
    if before is not None:
        facts = {"item": item_words(before, old), "cap": cap_words(before)}
        return _("取消%(item)s（原为%(cap)s）") % facts
    return ""


_FIELDS: Mapping[str, str | Promise] = {
    "cap": gettext_lazy("上限"),
    "rate": gettext_lazy("比例上限"),
    "valid_from": gettext_lazy("开始日期"),
    "valid_to": gettext_lazy("结束日期"),
}


def _label(model: type[models.Model], name: str) -> str:
    """What a field is called; the unit stands with the value."""
    if name in _FIELDS:
        return str(_FIELDS[name])
    return str(getattr(model._meta.get_field(name), "verbose_name", name))


def value_words(name: str, value: Value, content: Content) -> str:
    """A value of a field for reading: labels of choices, names of rows, sums with their unit."""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if value is None or not value:
        return _("（空）")
    if isinstance(value, tuple):
        return in_language("、", ", ").join(_one(name, text, content) for text in value)
    return _one(name, value, content)


def _one(name: str, text: str, content: Content) -> str:
    if name == "cap":
        return _sum(text)
    if name == "rate":
        return f"{text}%"
    if name == "bodies":
        return _choice(SupportItem.Body.choices, text)
    if name in ("document", "department", "clause", "also_in"):
        return _row(name, text, content)
    if name in ("kind", "comparator", "per", "payout", "stage", "not_with_for"):
        return _choice(getattr(SupportItem._meta.get_field(name), "choices", ()), text)
    return text if len(text) <= LONGEST_QUOTED else f"{text[:LONGEST_QUOTED]}…"


def _choice(choices: Any, text: str) -> str:
    return str(dict(choices).get(text, text))


def _sum(text: str) -> str:
    number = read_number(text)
    return text if number is None else money_words(number)


def _row(name: str, text: str, content: Content) -> str:
    """The name of the row that a key names, or the key where there is none."""
    row: models.Model | None
    if name == "document":
        row = PolicyDocument.objects.filter(key=text).first()
    elif name == "department":
        row = Department.objects.filter(code=text).first()
    else:
        document, slash, key = text.partition("/")
        place = {"document__key": document if slash else content.document}
        row = Clause.objects.filter(**place, key=key if slash else text).first()
        return text if row is None else _clause(row)
    return text if row is None else str(row)


def _clause(clause: Clause) -> str:
    """A clause by its place and the words quoted there."""
    place = in_language(clause.locator, clause.locator_en)
    return f"{place}“{clause.quote}”" if clause.quote else place


_PROBLEMS: Mapping[str, str | Promise] = {
    "missing": gettext_lazy("请填写%(field)s。"),
    "too_long": gettext_lazy("%(field)s最多%(most)s个字。"),
    "no_day": gettext_lazy("%(field)s“%(text)s”读不出日期，请写成 2026-01-01。"),
    "ends_before_start": gettext_lazy("结束日期 %(ends)s 早于开始日期 %(begins)s。"),
    "no_address": gettext_lazy("联系页面请写成以 http:// 或 https:// 开头的网址。"),
    "empty_line": gettext_lazy("%(field)s中有空行。"),
    "industries_en": gettext_lazy("英文目标产业须与目标产业逐项对应，或整个留空。"),
    "no_key": gettext_lazy("事项键“%(text)s”只能用字母、数字和 - _ 。"),
    "key_twice": gettext_lazy("事项键“%(text)s”重复。"),
    "no_choice": gettext_lazy("%(field)s的“%(text)s”不在可选值之内。"),
    "cap_of_uncapped": gettext_lazy("不设上限的事项不写数额。"),
    "no_number": gettext_lazy("%(field)s“%(text)s”不是数字。"),
    "not_positive": gettext_lazy("上限须为正数；没有上限请选“不设上限”。"),
    "part_of_fen": gettext_lazy("上限“%(text)s”元有不足一分的部分，请写到分为止。"),
    "too_large": gettext_lazy("上限“%(text)s”元超出可保存的范围（最多15位有效数字）。"),
    "rate_out_of_range": gettext_lazy("比例须大于0、不超过100%%。"),
    "rate_places": gettext_lazy("比例最多四位小数。"),
    "rate_comparator": gettext_lazy("只有“最高”和“不设上限”的事项可以写比例。"),
    "no_item": gettext_lazy("不得同享请写成“计划键/事项键”，“%(text)s”不是。"),
    "with_itself": gettext_lazy("事项不能与自己不得同享。"),
    "twice": gettext_lazy("不得同享中有重复的事项。"),
    "no_document": gettext_lazy("没有键为“%(text)s”的文件。"),
    "no_department": gettext_lazy("没有代码为“%(text)s”的部门。"),
    "no_clause": gettext_lazy("没有键为“%(text)s”的条款。"),
    "unknown_item": gettext_lazy("没有“%(text)s”这个支持事项，不能写作不得同享。"),
}
PROBLEM_CODES = frozenset(_PROBLEMS)


def problem_words(problem: Problem, content: Content) -> str:
    """A fault as a sentence, which begins with the item where it is one's."""
    model = ProgramEdition if problem.place is None else SupportItem
    facts = {**problem.facts, "field": _label(model, problem.field)}
    if problem.code == "missing" and problem.field == "clause":
        sentence = _("请选择条款：版本和支持事项都要有出处。")
    else:
        sentence = str(_PROBLEMS[problem.code]) % facts
    if problem.place is None:
        return sentence
    item = content.items[problem.place]
    named = item_words(item, content)
    return _("%(item)s：%(sentence)s") % {"item": named, "sentence": sentence}
