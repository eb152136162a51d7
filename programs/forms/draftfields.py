"""The fields of a draft as widgets: filled from its content, each with the sentences against it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programs.drafting.content import EDITION_FIELDS, Content, ItemContent
from programs.drafting.reading import read_day
from programs.forms.drafts import money_shown
from programs.models import SupportItem

Choice = tuple[str, str]
_UNNAMED = ("", gettext_lazy("文件未注明"))
_UNCHOSEN = ("", gettext_lazy("请选择"))


@dataclass(frozen=True, slots=True)
class Offered:
    """What the drop-down lists of a draft offer: keys with their words."""

    documents: Sequence[Choice] = ()
    clauses: Sequence[Choice] = ()
    departments: Sequence[Choice] = ()
    others: Mapping[str, str] = field(default_factory=dict)
    quotes: Mapping[str, str] = field(default_factory=dict)


def _text(label: Any, most: int, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, required=False, **options)


def _lines(label: Any, help_text: Any = "", rows: int = 3) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, required=False, help_text=help_text, widget=widget)


def _choice(label: Any, help_text: Any = "") -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, help_text=help_text)


def _checks(label: Any, help_text: Any = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        required=False,
        help_text=help_text,
        widget=forms.CheckboxSelectMultiple,
    )


class EditionFields(forms.Form):
    """What a draft says of the edition itself."""

    name = _text(gettext_lazy("版本名称"), 80)
    valid_from = forms.CharField(label=gettext_lazy("自"), required=False)
    valid_to = forms.CharField(
        label=gettext_lazy("至"), required=False, help_text=gettext_lazy("空着即没有写明终止日期。")
    )
    document = _choice(gettext_lazy("依据文件"))
    clause = _choice(gettext_lazy("条款"))
    objective = _lines(gettext_lazy("目的"))
    industries = _lines(gettext_lazy("目标产业"), gettext_lazy("每行一个。"))
    department = _choice(gettext_lazy("责任部门"))
    rhythm = _text(gettext_lazy("组织频次"), 60, help_text=gettext_lazy("如“每年组织实施”。"))
    contact_url = _text(
        gettext_lazy("联系页面"), 500, help_text=gettext_lazy("以 https:// 开头的网址。")
    )
    note = _lines(gettext_lazy("说明"))
    name_en = _text(gettext_lazy("英文名"), 160)
    objective_en = _lines(gettext_lazy("英文目的"))
    industries_en = _lines(gettext_lazy("英文目标产业"), gettext_lazy("每行一个，与中文逐行对应。"))
    rhythm_en = _text(gettext_lazy("英文组织频次"), 120)
    note_en = _lines(gettext_lazy("英文说明"))


class ItemFields(forms.Form):
    """What a draft says of one support item."""

    key = forms.CharField(required=False, widget=forms.HiddenInput)
    name = _text(gettext_lazy("名称"), 80)
    tier = _text(gettext_lazy("层级"), 40, help_text=gettext_lazy("同一层级的事项排在一起显示。"))
    kind = _choice(gettext_lazy("类型"))
    comparator = _choice(gettext_lazy("上限方式"))
    cap = _text(
        gettext_lazy("支持上限（万元）"),
        60,
        help_text=gettext_lazy(
            "只写数字按万元读；也可写 1500万、0.15亿、15000000元。不设上限时空着。"
        ),
    )
    per = _choice(gettext_lazy("计算单位"))
    per_stated = forms.BooleanField(label=gettext_lazy("文件写明计算单位"), required=False)
    payout = _choice(gettext_lazy("发放频次"), gettext_lazy("文件没有写明时，按年度核对上限。"))
    yearly_call = forms.BooleanField(label=gettext_lazy("每年组织"), required=False)
    rate = _text(gettext_lazy("比例上限（%）"), 20)
    rate_of = _text(gettext_lazy("按什么的比例"), 80, help_text=gettext_lazy("如“申报投入”。"))
    stage = _choice(gettext_lazy("环节"))
    bodies = _checks(gettext_lazy("适用主体"))
    beneficiary = _text(gettext_lazy("支持对象"), 120)
    condition = _text(gettext_lazy("条件"), 200)
    clause = _choice(gettext_lazy("条款"))
    also_in = _checks(gettext_lazy("另见"))
    also_in_more = _choice(gettext_lazy("再加一处"))
    not_with = _checks(gettext_lazy("不得同享"), gettext_lazy("同一主体不能再享受勾选的事项。"))
    # One list of suggestions serves all rows: a list of choices in each would grow with the square.
    not_with_more = forms.CharField(
        label=gettext_lazy("再加一项不得同享"),
        required=False,
        widget=forms.TextInput(attrs={"list": "other-items"}),
        help_text=gettext_lazy("输入几个字，从列出的事项中选。"),
    )
    not_with_for = _choice(gettext_lazy("不得同享的范围"))
    name_en = _text(gettext_lazy("英文名"), 160)
    tier_en = _text(gettext_lazy("英文层级"), 80)
    rate_of_en = _text(gettext_lazy("英文按什么的比例"), 160)
    beneficiary_en = _text(gettext_lazy("英文支持对象"), 240)
    condition_en = _text(gettext_lazy("英文条件"), 400)


def edition_fields(content: Content, offered: Offered, wrong: Iterable[str]) -> EditionFields:
    """The widgets of the edition, filled; `wrong` are the names of the fields with a problem."""
    initial = {name: _shown(getattr(content, name)) for name in EDITION_FIELDS}
    form = EditionFields(initial=initial, prefix=None)
    _offer(form, "document", [_UNCHOSEN, *offered.documents], content.document)
    _offer(form, "clause", [_UNCHOSEN, *offered.clauses], content.clause)
    _offer(form, "department", [_UNNAMED, *offered.departments], content.department)
    for name in ("valid_from", "valid_to"):
        text = getattr(content, name)
        if not text or read_day(text):  # an unreadable day must stay readable for its editor
            form.fields[name].widget = forms.DateInput(attrs={"type": "date"})
    _mark(form, wrong)
    return form


def item_fields(
    item: ItemContent, number: int | str, offered: Offered, wrong: Iterable[str]
) -> ItemFields:
    """The widgets of one item, filled, with names that begin with its row's number."""
    initial = {name: getattr(item, name) for name in ItemContent.__dataclass_fields__}
    initial["cap"] = money_shown(item.cap)
    form = ItemFields(initial=initial, prefix=f"item-{number}")
    for name, choices, empty in _CHOICES:
        _offer(form, name, [empty, *choices], getattr(item, name))
    _offer(form, "clause", [_UNCHOSEN, *offered.clauses], item.clause)
    more = [choice for choice in offered.clauses if choice[0] not in item.also_in]
    _offer(form, "also_in_more", [("", _("不加")), *more], "")
    words = dict(offered.clauses)
    _offer(form, "also_in", [(key, words.get(key, key)) for key in item.also_in], *item.also_in)
    _offer(form, "bodies", SupportItem.Body.choices, *item.bodies)
    others = offered.others
    _offer(form, "not_with", [(key, others.get(key, key)) for key in item.not_with])
    _mark(form, wrong)
    return form


_CHOICES: tuple[tuple[str, Sequence[Any], Any], ...] = (
    ("kind", SupportItem.Kind.choices, _UNCHOSEN),
    ("comparator", SupportItem.Comparator.choices, _UNCHOSEN),
    ("per", SupportItem.Per.choices, _UNNAMED),
    ("payout", SupportItem.Payout.choices, _UNNAMED),
    ("stage", SupportItem.Stage.choices, _UNNAMED),
    ("not_with_for", SupportItem.NotWith.choices, _UNCHOSEN),
)


def _offer(form: forms.Form, name: str, choices: Sequence[Any], *kept: str) -> None:
    """Give a field its options; a kept value that is none of them stays as one more."""
    known = {value for value, _words in choices}
    strange = [
        (value, _("%(value)s（不在所列之中）") % {"value": value})
        for value in kept
        if value and value not in known
    ]
    chosen = form.fields[name]
    assert isinstance(chosen, forms.ChoiceField)
    chosen.choices = [*choices, *strange]


def _mark(form: forms.Form, wrong: Iterable[str]) -> None:
    """Tell which fields have a problem, and where it stands in words."""
    for name in wrong:
        if name in form.fields:
            attrs, place = form.fields[name].widget.attrs, form[name].auto_id
            helped = f" {place}_helptext" if form.fields[name].help_text else ""
            attrs["aria-invalid"] = "true"
            attrs["aria-describedby"] = f"{place}-problems{helped}"


def _shown(value: Any) -> Any:
    return "\n".join(value) if isinstance(value, tuple) else value
