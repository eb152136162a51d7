"""The entry form: what a person types about one cell becomes an Entry, or comes back in words."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from indicators.actions import Entry, Seen
from indicators.measuring import UnitError, in_unit_of
from indicators.models import Duty, Indicator, IndicatorQuerySet, Observation, Region, in_language
from indicators.periods import PeriodError, ReferencePeriod, read_period
from indicators.plausibility import Issue, Severity
from indicators.quantities import Number, QuantityError, plain, read_number


class IndicatorChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # no subscript at run time
    """Indicators by code, each shown with its unit."""

    def label_from_instance(self, obj: Any) -> str:
        """The name and the unit that a bare number is read in."""
        return f"{obj}（{obj.unit}）"


class EntryForm(forms.Form):
    """One value of one cell; `entry()` after `is_valid()` is what the actions take.

    `fixed` names the fields that may not move (a correction stays in its cell).
    """

    indicator = IndicatorChoice(
        label=gettext_lazy("指标"), queryset=Indicator.objects.none(), to_field_name="code"
    )
    region = forms.ModelChoiceField(
        label=gettext_lazy("地区"),
        queryset=Region.objects.all(),
        to_field_name="code",
        empty_label=None,
    )
    period = forms.CharField(
        label=gettext_lazy("报告期"),
        max_length=40,
        help_text=gettext_lazy("如 2025、2025年上半年、2025-S1、2025年9月"),
    )
    value = forms.CharField(
        label=gettext_lazy("数值"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("可写万、亿和单位；只写数字时按指标的计量单位读。"),
    )
    qualifier = forms.ChoiceField(
        label=gettext_lazy("限定"),
        required=False,
        choices=[("", gettext_lazy("按录入的文字判断")), *Observation.Qualifier.choices],
    )
    obs_status = forms.ChoiceField(
        label=gettext_lazy("数据状态"),
        choices=Observation.Status.choices,
        initial=Observation.Status.NORMAL,
        help_text=gettext_lazy("没有数值时选择未统计、不适用或保密，并写明原因。"),
    )
    vintage = forms.ChoiceField(
        label=gettext_lazy("数据批次"),
        choices=Observation.Vintage.choices,
        initial=Observation.Vintage.ANNUAL,
    )
    source_title = forms.CharField(label=gettext_lazy("来源"), required=False, max_length=200)
    source_url = forms.RegexField(
        label=gettext_lazy("来源链接"),
        regex=r"^https?://\S+$",
        required=False,
        max_length=500,
        error_messages={"invalid": gettext_lazy("链接须以 http:// 或 https:// 开头。")},
    )
    source_date = forms.CharField(
        label=gettext_lazy("来源日期"),
        required=False,
        max_length=10,
        help_text=gettext_lazy("年、年-月或年-月-日"),
    )
    note = forms.CharField(
        label=gettext_lazy("说明"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    explanation = forms.CharField(
        label=gettext_lazy("对提示的说明"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("数值为何与提示不同；随数值一起保存，核定人看得到。"),
    )
    reason = forms.CharField(
        label=gettext_lazy("更正理由"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("更正已核定的数值时必须填写。"),
    )
    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    seen = forms.CharField(required=False, max_length=120, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, fixed: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["indicator"]
        assert isinstance(choice, IndicatorChoice)
        choice.queryset = enterable_indicators(user).select_related("unit")
        self._user = user
        for name in fixed:
            self.fields[name].disabled = True
        self.number: Number | None = None

    def clean_period(self) -> str:
        """The canonical text of the period."""
        try:
            return str(read_period(self.cleaned_data["period"]))
        except PeriodError as error:
            raise forms.ValidationError(in_language(error.zh, error.en)) from error

    def clean_source_date(self) -> str:
        """A year, a month or a day in its canonical text."""
        text: str = self.cleaned_data["source_date"].strip()
        if not text:
            return ""
        try:
            period = ReferencePeriod.parse(text)
        except PeriodError as error:
            raise forms.ValidationError(in_language(error.zh, error.en)) from error
        if period.kind not in ("year", "month", "day"):
            raise forms.ValidationError(_("来源日期请写成 2025、2025-03 或 2025-03-01。"))
        return text

    def clean(self) -> dict[str, Any]:
        """A value, or a reason why there is none: never both, never neither; in a cell of mine."""
        data = self.cleaned_data
        self._require_scope()
        text = data.get("value", "")
        if self.has_error("value") or self.has_error("obs_status"):
            return data
        missing = data["obs_status"] in Observation.MISSING
        if missing and text:
            self.add_error("value", _("数据状态选择了没有数值，请清空数值，或改选其他状态。"))
        elif not missing and not text:
            self.add_error("value", _("没有填写数值；没有数据时请选择未统计、不适用或保密。"))
        elif missing and not (data.get("note") or data.get("reason")):
            self.add_error("note", _("没有数值时请在说明中写明原因。"))
        elif not missing and data.get("indicator"):
            self._read(text, data["indicator"])
        elif missing:
            data["number"] = None
        return data

    def _require_scope(self) -> None:
        """An indicator that is only owed is open in the cells that are owed, and in no other."""
        data = self.cleaned_data
        if not {"indicator", "region", "period"} <= data.keys():
            return
        if Indicator.objects.enterable_by(self._user).filter(pk=data["indicator"].pk).exists():
            return
        owed = Duty.objects.unpublished().owed_by(self._user)
        if not owed.filter(
            indicator=data["indicator"], region=data["region"], reference_period=data["period"]
        ).exists():
            self.add_error("period", _("这个指标的这个地区和报告期不由您填报。"))

    def _read(self, text: str, indicator: Indicator) -> None:
        """Read the typed value into the indicator's unit, and take the hint of its words."""
        try:
            self.number = read_number(text)
            self.cleaned_data["number"] = in_unit(self.number, indicator)
        except QuantityError as error:
            self.add_error("value", in_language(error.zh, error.en))
            return
        except forms.ValidationError as error:
            self.add_error("value", error)
            return
        if not self.cleaned_data.get("qualifier"):
            self.cleaned_data["qualifier"] = self.number.qualifier.value

    @property
    def value_read(self) -> Decimal | None:
        """The number in the indicator's unit; None for a declared missing value."""
        number: Decimal | None = self.cleaned_data.get("number")
        return number

    def entry(self, issues: Sequence[Issue] = ()) -> Entry:
        """What was stated beside these doubts, for the actions; after `is_valid()`."""
        data = self.cleaned_data
        return Entry(
            indicator=data["indicator"],
            region=data["region"],
            period=data["period"],
            value=self.value_read,
            qualifier=data["qualifier"] or Observation.Qualifier.EXACT,
            obs_status=data["obs_status"],
            vintage=data["vintage"],
            entered_text=data["value"],
            source_title=data["source_title"],
            source_url=data["source_url"],
            source_date=data["source_date"],
            note=data["note"],
            doubts=tuple(dict.fromkeys(issue.code for issue in issues)),
            explanation=data["explanation"],
        )

    def seen_here(self) -> Seen | None:
        """What the person saw in the cell, by the token sent back; None without one of this cell."""
        place, _colon, token = str(self["seen"].value() or "").rpartition(":")
        data = self.cleaned_data
        here = "|".join((data["indicator"].code, data["region"].code, data["period"]))
        try:
            return Seen.parse(token) if place == here else None
        except ValueError:
            return None

    def accepts(self, issues: Sequence[Issue]) -> bool:
        """Whether nothing stops the value: no error, and every warning ticked and explained.

        Says on the form what is wanted. The tick names the doubts and the value, so that one
        given for another value does not count.
        """
        errors = [issue for issue in issues if issue.severity is Severity.ERROR]
        for issue in errors:
            self.add_error("value", in_language(issue.zh, issue.en))
        if errors or not issues:
            return not errors
        if self.data.get("confirmed") != self.token(issues):
            self.add_error(None, _("请核对下面的提示；确认无误时勾选“我已核对”，再次保存。"))
        if any(issue.needs_reason for issue in issues) and not self.cleaned_data["explanation"]:
            self.add_error("explanation", _("请写明数值为何与提示不同。"))
        return self.is_valid()

    def token(self, issues: Sequence[Issue]) -> str:
        """What the tick of these doubts about this value says when it is sent back."""
        value = "" if self.value_read is None else plain(self.value_read)
        return "|".join([value, *(issue.code for issue in issues)])


def enterable_indicators(user: User) -> IndicatorQuerySet:
    """The indicators of which a person may enter at least one cell: own ones, and owed ones."""
    owed = Duty.objects.unpublished().owed_by(user)
    mine = Indicator.objects.enterable_by(user)
    return Indicator.objects.filter(Q(pk__in=mine) | Q(pk__in=owed.values("indicator")))


def in_unit(number: Number, indicator: Indicator) -> Decimal:
    """The number in the indicator's unit, exact; a bare number is in that unit already.

    Raises ValidationError for a unit of another kind or more digits than are kept, QuantityError
    for more decimals than can be stored.
    """
    unit = indicator.unit
    try:
        return in_unit_of(number, base=unit.base, exponent=unit.exponent, symbol=unit.symbol)
    except UnitError as error:
        raise forms.ValidationError(in_language(error.zh, error.en)) from error


def _typed(observation: Observation, value: Decimal) -> str:
    """The value as it was typed, where that text alone still says it; else in the own unit.

    In a file a heading may have stated the unit of a bare number, or the text was cut.
    """
    text = observation.entered_text
    try:
        same = in_unit(read_number(text), observation.indicator) == value
    except (QuantityError, forms.ValidationError):
        same = False
    return text if same else plain(value)


def initial_of(observation: Observation) -> dict[str, Any]:
    """The form's fields as an observation states them; a value comes back as it was typed."""
    value = observation.value
    return {
        "indicator": observation.indicator.code,
        "region": observation.region.code,
        "period": observation.reference_period or "",
        "value": "" if value is None else _typed(observation, value),
        "qualifier": observation.qualifier,
        "version": observation.version,
        **{
            name: getattr(observation, name)
            for name in (
                "obs_status",
                "vintage",
                "source_title",
                "source_url",
                "source_date",
                "note",
                "explanation",
            )
        },
    }
