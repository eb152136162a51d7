"""The form of a rule's setting; every parameter has a field and is read in the rule's own words."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indicators.actions import checked_parameters
from indicators.errors import Refused
from indicators.forms.entry import in_unit
from indicators.models import Indicator, PlausibilityRule, Region, in_language
from indicators.periods import PeriodError, read_period
from indicators.plausibility import ParameterError, Rule, Setting, Takes
from indicators.quantities import QuantityError, read_number

PREFIX = "parameter_"
REASON_LENGTH = 2000


@dataclass(frozen=True)
class Trial:
    """A value that is tried on a rule."""

    indicator: Indicator
    region: Region
    period: str
    value: Decimal


class RuleForm(forms.Form):
    """How a rule is set, why, and perhaps a value to try on it; valid before it is saved."""

    severity = forms.ChoiceField(
        label=gettext_lazy("严重程度"), choices=PlausibilityRule.Severity.choices
    )
    is_active = forms.BooleanField(label=gettext_lazy("启用"), required=False)
    note = forms.CharField(
        label=gettext_lazy("说明"),
        required=False,
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    reason = forms.CharField(
        label=gettext_lazy("修改理由"),
        required=False,
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("保存或恢复时必须填写，记入审计。"),
    )
    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, rule: Rule, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rule = rule
        for parameter in rule.parameters:
            pairs = parameter.takes is Takes.PAIRS
            self.fields[PREFIX + parameter.name] = forms.CharField(
                label=in_language(parameter.zh, parameter.en),
                required=False,
                max_length=20_000 if pairs else 40,
                widget=forms.Textarea(attrs={"rows": 8}) if pairs else forms.TextInput(),
            )

    def clean(self) -> dict[str, Any]:
        """Read every parameter; what cannot be is said at its field."""
        data: dict[str, Any] = super().clean() or {}
        for parameter in self.rule.parameters:
            try:
                parameter.read(data.get(PREFIX + parameter.name, ""))
            except ParameterError as error:
                self.add_error(PREFIX + parameter.name, in_language(error.zh, error.en))
        if not self.errors:
            try:
                data["parameters"] = checked_parameters(self.rule.code, self._raw(data))
            except Refused as refusal:
                self.add_error(None, str(refusal))
        return data

    def _raw(self, data: dict[str, Any]) -> dict[str, str]:
        return {parameter.name: data[PREFIX + parameter.name] for parameter in self.rule.parameters}

    def setting(self) -> Setting:
        """The setting as edited; after `is_valid()`."""
        data = self.cleaned_data
        return self.rule.setting(
            data["parameters"], severity=data["severity"], active=data["is_active"]
        )

    @property
    def own_fields(self) -> list[forms.BoundField]:
        """The fields of every rule, before its parameters."""
        return [self["severity"], self["is_active"], self["note"]]

    @property
    def parameter_fields(self) -> list[forms.BoundField]:
        """The fields of this rule's parameters."""
        return [self[PREFIX + parameter.name] for parameter in self.rule.parameters]


class TrialForm(forms.Form):
    """A value of some cell, to see what would be said of it; nothing of it is kept."""

    indicator = forms.ModelChoiceField(
        label=gettext_lazy("指标"),
        queryset=Indicator.objects.select_related("unit"),
        to_field_name="code",
    )
    region = forms.ModelChoiceField(
        label=gettext_lazy("地区"), queryset=Region.objects.all(), to_field_name="code"
    )
    period = forms.CharField(label=gettext_lazy("报告期"), max_length=40)
    value = forms.CharField(label=gettext_lazy("数值"), max_length=60)

    def clean(self) -> dict[str, Any]:
        """Read the period and the number as the form of entry reads them."""
        data: dict[str, Any] = super().clean() or {}
        try:
            data["period"] = str(read_period(data.get("period", "")))
        except PeriodError as error:
            self.add_error("period", in_language(error.zh, error.en))
        if data.get("indicator") is not None and data.get("value"):
            try:
                data["number"] = in_unit(read_number(data["value"]), data["indicator"])
            except QuantityError as error:
                self.add_error("value", in_language(error.zh, error.en))
            except forms.ValidationError as error:
                self.add_error("value", error)
        return data

    def trial(self) -> Trial:
        """The value to try; after `is_valid()`."""
        data = self.cleaned_data
        return Trial(data["indicator"], data["region"], data["period"], data["number"])


def initial_of(rule: Rule, row: PlausibilityRule | None) -> dict[str, Any]:
    """The form's fields as a stored setting, or the default, has them."""
    raw = {} if row is None else row.parameters
    try:
        setting = rule.setting(raw)
    except ParameterError:
        setting = rule.setting()
    shown = {
        PREFIX + parameter.name: parameter.text(setting.parameters[parameter.name])
        for parameter in rule.parameters
    }
    if row is None:
        return {"severity": rule.severity.value, "is_active": True, **shown}
    return {"severity": row.severity, "is_active": row.is_active, "note": row.note, **shown}


def conflict_words(current: PlausibilityRule | None) -> str:
    """What somebody else has set meanwhile, for the person who meant to save."""
    if current is None:
        return _("这项设定刚刚被他人恢复为默认。请核对后重新保存。")
    return _("这项设定刚刚被他人修改，未覆盖对方的设定；再次保存即以您的为准。")
