"""Refusals of the actions on programs and money, in words for the person at the screen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts.language import in_language
from indicators import errors as statistics
from programs.caps import NotFixed, Over, Scope, Under
from programs.models import Award, Payment, Program, Recipient, SupportItem
from programs.money import in_english, in_wan
from programs.shapes import Body


class Refused(statistics.Refused):
    """An action that the rules do not allow; the message is a sentence for people.

    `facts` are the figures behind the sentence, `row` the place of a bulk action that was refused.
    """

    def __init__(
        self, sentence: str, *, code: str = "", row: int | None = None, **facts: Any
    ) -> None:
        super().__init__(sentence)
        self.code = code
        self.row = row
        self.facts: Mapping[str, Any] = facts


def money_words(yuan: Decimal) -> str:
    """A sum without loss in the reader's language."""
    return in_language(in_wan(yuan), in_english(yuan))


def at_row(refusal: Refused, row: int) -> Refused:
    """The same refusal, of a row of a bulk action (counted from 0)."""
    return Refused(str(refusal), code=refusal.code, row=row, **refusal.facts)


def needs_reason() -> Refused:
    """A change that must say why."""
    return Refused(_("请写明理由。"), code="reason")


def needs_text(label: str) -> Refused:
    """An empty field that a row cannot do without."""
    return Refused(_("请填写%(label)s。") % {"label": label}, code="empty")


def too_long(label: str, most: int) -> Refused:
    """A text that its column does not hold."""
    return Refused(_("%(label)s最多 %(most)s 个字。") % {"label": label, "most": most}, code="long")


def bad_money(label: str, fault: str) -> Refused:
    """A sum that cannot be kept: "number", "large", "fen", or "sign" where it must be above 0."""
    sentences = {
        "number": _("%(label)s不是一个数。"),
        "large": _("%(label)s超过 9,999,999,999,999.99 元，无法精确保存。"),
        "fen": _("%(label)s精确到分，不能有不足一分的零头。"),
        "sign": _("%(label)s必须大于 0。"),
        "negative": _("%(label)s不能是负数。"),
    }
    return Refused(sentences[fault] % {"label": label}, code=fault)


def in_the_future(label: str) -> Refused:
    """A date that has not come."""
    return Refused(_("%(label)s不能晚于今天。") % {"label": label}, code="future")


def year_apart(year: int, day: date) -> Refused:
    """An award that counts for a year far from its decision."""
    return Refused(
        _("年度 %(year)s 与立项日期 %(day)s 不符：只能是立项当年或相邻的一年。")
        % {"year": year, "day": day.isoformat()},
        code="year",
    )


def bad_year(year: int) -> Refused:
    """A year that no row can be of."""
    return Refused(_("年度 %(year)s 不在 1949 至 2100 之间。") % {"year": year}, code="year")


def no_edition(program: Program, day: date) -> Refused:
    """A day on which no edition of the program applied."""
    return Refused(
        _("%(day)s 没有适用的“%(program)s”版本，不能立项。")
        % {"day": day.isoformat(), "program": program},
        code="edition",
    )


def no_item(program: Program, item_key: str, day: date) -> Refused:
    """An edition in force that has no such item."""
    return Refused(
        _("%(day)s 适用的“%(program)s”版本中没有支持事项 %(item)s。")
        % {"day": day.isoformat(), "program": program, "item": item_key or "—"},
        code="item",
    )


def number_taken(number: str) -> Refused:
    """A second award of one number."""
    return Refused(_("立项编号 %(number)s 已被使用。") % {"number": number}, code="number_taken")


def needs_investment(item: SupportItem) -> Refused:
    """A share of the investment without the investment."""
    return Refused(
        _("“%(item)s”按投入的 %(rate)s%% 计算，请填写申报投入。")
        % {"item": item, "rate": format(item.rate.normalize(), "f") if item.rate else ""},
        code="investment",
    )


_SCOPES = {
    Scope.SINGLE: lambda: _("单笔"),
    Scope.PROJECT: lambda: _("同一项目累计"),
    Scope.PROJECT_YEAR: lambda: _("同一项目当年累计"),
    Scope.RECIPIENT: lambda: _("同一单位累计"),
    Scope.RECIPIENT_YEAR: lambda: _("同一单位当年累计"),
    Scope.ITEM_YEAR: lambda: _("该事项当年累计"),
}


def scope_words(scope: Scope) -> str:
    """Over what a cap adds up, in words."""
    return _SCOPES[scope]()


def words_of(item: SupportItem) -> str:
    """Document, place and quoted words of an item: 《…》（第二条）“最高500万元”."""
    clause = item.clause
    place = in_language(clause.locator, clause.locator_en)
    title = in_language(clause.document.title, clause.document.title_en)
    if not clause.quote:
        return _("《%(title)s》（%(place)s）") % {"title": title, "place": place}
    return _("《%(title)s》（%(place)s）“%(quote)s”") % {
        "title": title, "place": place, "quote": clause.quote,
    }  # fmt: skip


def over_cap(item: SupportItem, amount: Decimal, found: Over, scope: Scope) -> Refused:
    """More than is left under a cap, with the clause and the figures."""
    return Refused(
        _(
            "超出“%(item)s”的支持上限。依据：%(words)s。上限 %(limit)s（%(scope)s），已立项 %(granted)s，"
            "还可立项 %(headroom)s，本次 %(amount)s，超出 %(over)s。"
        )
        % {
            "item": item, "words": words_of(item), "limit": money_words(found.limit),
            "scope": scope_words(scope), "granted": money_words(found.granted),
            "headroom": money_words(found.headroom), "amount": money_words(amount),
            "over": money_words(found.over_by),
        },
        code="over", limit=found.limit, granted=found.granted, headroom=found.headroom,
        over_by=found.over_by, amount=amount, item=item.pk,
    )  # fmt: skip


def under_least(item: SupportItem, amount: Decimal, found: Under) -> Refused:
    """Less than an award of the item must be."""
    return Refused(
        _(
            "低于“%(item)s”的最低额。依据：%(words)s。最低 %(limit)s，本次 %(amount)s，还差 %(short)s。"
        )
        % {
            "item": item, "words": words_of(item), "limit": money_words(found.limit),
            "amount": money_words(amount), "short": money_words(found.short_by),
        },
        code="under", limit=found.limit, amount=amount, item=item.pk,
    )  # fmt: skip


def not_fixed(item: SupportItem, amount: Decimal, found: NotFixed) -> Refused:
    """Another sum than the fixed one."""
    return Refused(
        _("“%(item)s”是定额。依据：%(words)s。定额 %(limit)s，本次 %(amount)s。")
        % {
            "item": item, "words": words_of(item), "limit": money_words(found.limit),
            "amount": money_words(amount),
        },
        code="not_fixed", limit=found.limit, amount=amount, item=item.pk,
    )  # fmt: skip


def stacked(item: SupportItem, others: list[Award]) -> Refused:
    """Support that may not be had beside what was granted already."""
    first = others[0]
    return Refused(
        _(
            "“%(item)s”不得与“%(other)s”同享。依据：%(words)s。已有立项 %(number)s（%(year)s 年），"
            "共 %(count)s 笔。"
        )
        % {
            "item": item, "other": first.item, "words": words_of(item), "number": first.number,
            "year": first.year, "count": len(others),
        },
        code="stacked", awards=[award.pk for award in others], item=item.pk,
    )  # fmt: skip


def not_for(item: SupportItem, recipient: Recipient) -> Refused:
    """A recipient of another kind than the item is for; says the kind and never the name."""
    bodies = _("、").join(str(Body(code).label) for code in item.bodies)
    return Refused(
        _("“%(item)s”只支持%(bodies)s，受助单位是%(kind)s。依据：%(words)s。")
        % {
            "item": item, "bodies": bodies, "kind": recipient.get_kind_display(),
            "words": words_of(item),
        },
        code="body", item=item.pk,
    )  # fmt: skip


def may_not_override() -> Refused:
    """A reason for going over a cap by somebody who may not."""
    return Refused(_("您没有批准超出上限的权限，请由审核员写明理由后批准。"), code="override")


def nothing_to_override() -> Refused:
    """A reason for going over where nothing is over."""
    return Refused(_("没有超出任何上限，不需要超限理由；请删去理由后保存。"), code="override_idle")


def below_paid(paid: Decimal) -> Refused:
    """An award cut below what was paid of it."""
    return Refused(
        _("已拨付 %(paid)s，立项金额不能低于已拨付的金额。") % {"paid": money_words(paid)},
        code="below_paid", paid=paid,
    )  # fmt: skip


def stands_already(status: str) -> Refused:
    """A step to the status that the award has."""
    return Refused(_("这笔立项的状态已经是“%(status)s”。") % {"status": status}, code="status")


def withdrawn_with_payments(paid: Decimal) -> Refused:
    """Undoing an award of which money was paid."""
    return Refused(
        _("已拨付 %(paid)s，不能撤销立项；请改为终止，或先撤回各笔拨付。") % {"paid": money_words(paid)},
        code="paid", paid=paid,
    )  # fmt: skip


def award_is_closed(award: Award) -> Refused:
    """A change of an award that was terminated or withdrawn."""
    return Refused(
        _("这笔立项目前为“%(status)s”，不能再改动或拨付；请先恢复为“已立项”。")
        % {"status": award.get_status_display()},
        code="closed",
    )


def overpaid(award: Award, amount: Decimal) -> Refused:
    """More paid than was granted."""
    left = award.amount - award.paid
    return Refused(
        _("立项 %(granted)s，已拨付 %(paid)s，还可拨付 %(left)s，本次 %(amount)s 超出。")
        % {
            "granted": money_words(award.amount), "paid": money_words(award.paid), "left": money_words(left),
            "amount": money_words(amount),
        },
        code="overpaid", left=left,
    )  # fmt: skip


def paid_too_early(day: date) -> Refused:
    """A payment before the decision."""
    return Refused(_("拨付日期不能早于立项日期 %(day)s。") % {"day": day.isoformat()}, code="early")


def decided_after_payment(day: date) -> Refused:
    """A decision moved behind a payment."""
    return Refused(
        _("已有 %(day)s 的拨付，立项日期不能晚于它。") % {"day": day.isoformat()}, code="early"
    )


def void_already(payment: Payment) -> Refused:
    """A payment taken back twice."""
    return Refused(
        _("%(day)s 的这笔拨付已经撤回。") % {"day": payment.paid_on.isoformat()}, code="void"
    )


def bad_code(fault: str) -> Refused:
    """A credit code that cannot be one: "empty", "length", "alphabet", "check", "person"."""
    sentences = {
        "empty": _("请填写统一社会信用代码。"),
        "length": _("统一社会信用代码应为 18 位。"),
        "alphabet": _(
            "统一社会信用代码只含数字和大写字母，不含 I、O、S、V、Z，请核对是否看错了字符。"
        ),
        "check": _("统一社会信用代码的校验位不符，请逐位核对。"),
        "person": _("个人不登记统一社会信用代码，也不登记其他号码；请留空。"),
    }
    return Refused(sentences[fault], code=f"code_{fault}")


def code_of_another(stored: Recipient, *, named: bool) -> Refused:
    """A code that is stored with another name; the name only for who may see recipients."""
    if not named:
        return Refused(
            _("这个统一社会信用代码已以另一名称或类别登记，请核对代码与名称。"), code="name"
        )
    return Refused(
        _("这个统一社会信用代码已登记为“%(name)s”（%(kind)s），请核对代码与名称。")
        % {"name": stored.name, "kind": stored.get_kind_display()},
        code="name",
    )


def code_taken() -> Refused:
    """A code given to a second recipient."""
    return Refused(_("这个统一社会信用代码已用于另一单位。"), code="code_taken")
