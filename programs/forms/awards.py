"""Translation in: an award as a person types it, its instalments, and its steps."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indicators.models import Region
from programs import creditcode
from programs.errors import bad_code
from programs.forms.money import MoneyField
from programs.models import Award, Program, Recipient, SupportItem

FIRST_YEAR, LAST_YEAR = 2000, 2100


def day_field(label: Any, help_text: Any = "") -> forms.DateField:
    """A day, never one to come."""
    return forms.DateField(
        label=label,
        help_text=help_text,
        input_formats=["%Y-%m-%d", "%Y/%m/%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        validators=[_past],
        error_messages={"invalid": gettext_lazy("日期请写成 2026-01-31。")},
    )


def words_field(label: Any, *, required: bool, help_text: Any = "") -> forms.CharField:
    """Some sentences."""
    return forms.CharField(
        label=label,
        required=required,
        max_length=2000,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def version_field() -> forms.IntegerField:
    """The version of the row that the page showed."""
    return forms.IntegerField(min_value=1, max_value=2_000_000_000, widget=forms.HiddenInput)


def code_sentence(code: str) -> str | None:
    """Why a normalised code is none, in words; None for a sound one."""
    fault = creditcode.problem(code)
    return None if fault is None else str(bad_code(fault))


def _past(day: date) -> None:
    if day.year < FIRST_YEAR:
        raise forms.ValidationError(_("日期不能早于 %(year)s 年。") % {"year": FIRST_YEAR})
    if day > timezone.localdate():
        raise forms.ValidationError(_("这一天还没有到，请填写今天或更早的日期。"))


class ChooseForm(forms.Form):
    """Under which program and on which day: this tells which items were in force."""

    program = forms.ChoiceField(
        label=gettext_lazy("计划"),
        error_messages={"invalid_choice": gettext_lazy("没有这个计划，或它不由您的部门负责。")},
    )
    decided_on = day_field(gettext_lazy("立项日期"))

    def __init__(self, *args: Any, programs: list[Program], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["program"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("请选择")), *((row.key, str(row)) for row in programs)]
        self.programs = {row.key: row for row in programs}

    def chosen(self) -> tuple[Program, date]:
        """The program and the day, after `is_valid()`."""
        return self.programs[self.cleaned_data["program"]], self.cleaned_data["decided_on"]


class AwardForm(forms.Form):
    """An award under items that were in force; `recipient` is who holds the code already."""

    item = forms.ChoiceField(
        label=gettext_lazy("支持事项"),
        error_messages={
            "required": gettext_lazy("请选择支持事项。"),
            "invalid_choice": gettext_lazy("这一天有效的版本里没有这个支持事项。"),
        },
    )
    number = forms.CharField(label=gettext_lazy("立项编号"), max_length=40)
    project = forms.CharField(label=gettext_lazy("项目名称"), max_length=160)
    project_code = forms.CharField(
        label=gettext_lazy("项目编号"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("同一项目的几笔立项写同一个编号；只有一笔时留空。"),
    )
    year = forms.IntegerField(label=gettext_lazy("年度"), min_value=FIRST_YEAR, max_value=LAST_YEAR)
    amount = MoneyField(label=gettext_lazy("立项金额（万元）"))
    investment = MoneyField(label=gettext_lazy("申报投入（万元）"), required=False)
    credit_code = forms.CharField(
        label=gettext_lazy("统一社会信用代码"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("18 位；已登记的单位只写代码即可。个人没有代码，请留空。"),
    )
    recipient_name = forms.CharField(
        label=gettext_lazy("受助单位名称"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("代码还没有登记时填写。"),
    )
    recipient_kind = forms.ChoiceField(
        label=gettext_lazy("受助单位类别"),
        required=False,
        choices=[("", gettext_lazy("已登记的单位不用选")), *Recipient.Kind.choices],
    )
    recipient_region = forms.ModelChoiceField(
        label=gettext_lazy("受助单位所在区市"),
        required=False,
        queryset=Region.objects.none(),
        empty_label=gettext_lazy("不填"),
    )
    industry = forms.CharField(
        label=gettext_lazy("产业"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"list": "edition-industries"}),
    )
    region = forms.ModelChoiceField(
        label=gettext_lazy("实施区市"),
        required=False,
        queryset=Region.objects.none(),
        empty_label=gettext_lazy("不填"),
    )
    note = words_field(gettext_lazy("备注"), required=False)
    override_reason = words_field(
        gettext_lazy("超出上限的理由"),
        required=False,
        help_text=gettext_lazy("超出上限时写明理由才能立项；理由和批准人会一直显示在这笔立项上。"),
    )
    reason = words_field(gettext_lazy("修改理由"), required=True)
    version = version_field()

    def __init__(
        self,
        *args: Any,
        items: list[SupportItem],
        override: bool,
        award: Award | None,
        **kwargs: Any,
    ) -> None:
        """`override` is the right to grant over a cap; `award` is the one that is changed."""
        super().__init__(*args, **kwargs)
        self.items = {item.key: item for item in items}
        self.award = award
        self.recipient: Recipient | None = None
        choice = self.fields["item"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [(item.key, str(item)) for item in items]
        for name in ("region", "recipient_region"):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = Region.objects.filter(
                kind__in=(Region.Kind.CITY, Region.Kind.DISTRICT, Region.Kind.ZONE)
            )
        if not override:
            del self.fields["override_reason"]
        if award is None:
            del self.fields["reason"], self.fields["version"]

    def clean_credit_code(self) -> str:
        """The code as it is stored; ValidationError in words for one that cannot be."""
        code = creditcode.normalise(self.cleaned_data["credit_code"])
        sentence = code_sentence(code) if code else None
        if sentence is not None:
            raise forms.ValidationError(sentence)
        self.recipient = Recipient.objects.filter(credit_code=code).first() if code else None
        return code

    def clean(self) -> dict[str, Any]:
        """What belongs together: a new recipient says who it is, a rate wants the investment."""
        data = super().clean() or self.cleaned_data
        self._check_recipient(data)
        item = self.chosen_item()
        wants = item is not None and item.rate is not None
        if wants and data.get("investment") is None and "investment" not in self.errors:
            self.add_error("investment", _("这个事项按投入的比例核定，请填写申报投入。"))
        return data

    def chosen_item(self) -> SupportItem | None:
        """The item that was chosen, if any."""
        return self.items.get(self.cleaned_data.get("item", ""))

    def _check_recipient(self, data: dict[str, Any]) -> None:
        """Without a stored code name and kind are needed; only a person has no code at all.

        An amendment that says nothing of the recipient keeps it.
        """
        if self.recipient is not None or "credit_code" in self.errors:
            self._check_stored(data)
            return
        if self.award is not None and self._says_the_same(self.award.recipient, data):
            self.recipient = self.award.recipient
            return
        person = data.get("recipient_kind") == Recipient.Kind.PERSON
        if not data.get("credit_code") and not person:
            self.add_error("credit_code", _("请填写统一社会信用代码；个人请在类别中选“个人”。"))
            return
        if data.get("credit_code") and person:
            self.add_error("recipient_kind", _("个人没有统一社会信用代码，请核对类别。"))
        if not data.get("recipient_name"):
            self.add_error("recipient_name", _("这是新登记的受助单位，请填写名称。"))
        if not data.get("recipient_kind"):
            self.add_error("recipient_kind", _("这是新登记的受助单位，请选择类别。"))

    def _check_stored(self, data: dict[str, Any]) -> None:
        """A stored body may be named again, but not otherwise than it is stored."""
        found, name = self.recipient, data.get("recipient_name")
        if found is None or not name or name == found.name:
            return
        sentence = _("这个代码已经登记在另一个名称下；请核对代码，或清空名称沿用已登记的名称。")
        self.add_error("recipient_name", sentence)

    def _says_the_same(self, stored: Recipient, data: dict[str, Any]) -> bool:
        """Whether the fields name the recipient of the award that is changed, or nobody."""
        if data.get("credit_code"):
            return False
        person = stored.kind == Recipient.Kind.PERSON
        said = data.get("recipient_name"), data.get("recipient_kind")
        return said == ("", "") or (person and said == (stored.name, stored.kind))


def initial_of(award: Award, *, names: bool) -> dict[str, Any]:
    """The fields as an award states them; those of the recipient only with the right to them."""
    who: dict[str, Any] = {}
    if names:
        who = {
            "credit_code": award.recipient.credit_code or "",
            "recipient_name": award.recipient.name,
            "recipient_kind": award.recipient.kind,
            "recipient_region": award.recipient.region_id,
        }
    return who | {
        "item": award.item_key,
        "number": award.number,
        "project": award.project,
        "project_code": "" if award.project_code == award.number else award.project_code,
        "year": award.year,
        "amount": award.amount,
        "investment": award.investment,
        "industry": award.industry,
        "region": award.region_id,
        "note": award.note,
        "override_reason": award.override_reason,
        "version": award.version,
    }


class PayForm(forms.Form):
    """One instalment."""

    amount = MoneyField(label=gettext_lazy("拨付金额（万元）"))
    paid_on = day_field(gettext_lazy("拨付日期"))
    note = forms.CharField(label=gettext_lazy("备注"), max_length=200, required=False)
    version = version_field()


class VoidForm(forms.Form):
    """Why an instalment is taken back."""

    reason = words_field(gettext_lazy("撤回原因"), required=True)


class StatusForm(forms.Form):
    """The next step of an award, and why."""

    status = forms.ChoiceField(label=gettext_lazy("改为"), widget=forms.RadioSelect)
    reason = words_field(
        gettext_lazy("原因"), required=False, help_text=gettext_lazy("终止、撤销或恢复时必须写明。")
    )
    override_reason = words_field(
        gettext_lazy("超出上限的理由"),
        required=False,
        help_text=gettext_lazy("恢复的立项重新核对上限；超出时写明理由才能恢复。"),
    )
    version = version_field()

    def __init__(self, *args: Any, award: Award, override: bool, **kwargs: Any) -> None:
        """`override` is the right to bring an award back over a cap."""
        super().__init__(*args, **kwargs)
        field = self.fields["status"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [choice for choice in Award.Status.choices if choice[0] != award.status]
        closed = award.status in (Award.Status.TERMINATED, Award.Status.WITHDRAWN)
        if not (override and closed):
            del self.fields["override_reason"]
