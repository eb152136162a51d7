"""Translation in: rounds, duties, leaves and rules of supervision as people write them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Department, User
from indicators.actions import Owed, RoundFacts, deputies
from indicators.models import (
    Indicator,
    Region,
    ReportingRound,
    SupervisionRule,
    in_language,
)
from indicators.periods import PeriodError, read_period

_CLOCK = "%Y-%m-%dT%H:%M"
FIRST_YEAR, LAST_YEAR = 2000, 2100
"""Of the hours of rounds and leaves."""


def _within_reach(moment: datetime) -> None:
    """Years that every clock can tell: at the ends of the calendar no zone can be applied."""
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise forms.ValidationError(
            _("年份请写在 %(first)s 至 %(last)s 之间。") % {"first": FIRST_YEAR, "last": LAST_YEAR}
        )


def _moment(label: Any, help_text: Any = "") -> forms.DateTimeField:
    """A moment on the clock here."""
    return forms.DateTimeField(
        label=label,
        help_text=help_text,
        input_formats=[_CLOCK, "%Y-%m-%d %H:%M", "%Y-%m-%d"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_CLOCK),
        validators=[_within_reach],
        error_messages={"invalid": gettext_lazy("时间请写成 2026-01-31 17:00。")},
    )


def _words(label: Any, *, required: bool = True, rows: int = 3, help_text: Any = "") -> Any:
    """Some sentences."""
    return forms.CharField(
        label=label,
        required=required,
        max_length=2000,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def _version() -> forms.IntegerField:
    return forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)


def _period(text: str) -> str:
    """The canonical text of a period; ValidationError in words for anything else."""
    try:
        return str(read_period(text))
    except PeriodError as error:
        raise forms.ValidationError(in_language(error.zh, error.en)) from error


class RoundForm(forms.Form):
    """A round; `facts()` after `is_valid()` is what the actions take."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=80)
    period = forms.CharField(
        label=gettext_lazy("报告期"),
        max_length=40,
        help_text=gettext_lazy("如 2025、2025年上半年、2025-Q3"),
    )
    opens_at = _moment(gettext_lazy("开放时间"), gettext_lazy("以服务器时间为准。"))
    closes_at = _moment(
        gettext_lazy("截止时间"), gettext_lazy("到这一刻起不能再录入，需要时批准例外许可。")
    )
    note = _words(gettext_lazy("填报说明"), required=False)
    reason = _words(
        gettext_lazy("理由"),
        required=False,
        rows=2,
        help_text=gettext_lazy("已开放的轮次改动时间时必须填写。"),
    )
    version = _version()

    def clean_period(self) -> str:
        """The canonical text of the period."""
        return _period(self.cleaned_data["period"])

    def facts(self) -> RoundFacts:
        """What was stated."""
        names = ("name", "period", "opens_at", "closes_at", "note")
        return RoundFacts(**{name: self.cleaned_data[name] for name in names})


def initial_of(round_: ReportingRound) -> dict[str, Any]:
    """The form's fields as a round states them."""
    return {
        "name": round_.name,
        "period": round_.reference_period,
        "opens_at": round_.opens_at,
        "closes_at": round_.closes_at,
        "note": round_.note,
        "version": round_.version,
    }


class DutyForm(forms.Form):
    """Who owes a value, and who stands in."""

    department = forms.ModelChoiceField(
        label=gettext_lazy("填报部门"), queryset=Department.objects.none(), empty_label=None
    )
    deputy = forms.ModelChoiceField(
        label=gettext_lazy("代填人"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("没有代填人"),
        help_text=gettext_lazy("任何在用的数据分析员都可以代填，不必属于填报部门。"),
    )
    version = _version()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = Department.objects.active()  # type: ignore[attr-defined]
        self.fields["deputy"].queryset = deputies()  # type: ignore[attr-defined]


class PickForm(forms.Form):
    """Cells that no promise names: indicators of the chosen departments in a region and period."""

    indicators = forms.ModelMultipleChoiceField(
        label=gettext_lazy("指标"),
        queryset=Indicator.objects.none(),
        to_field_name="code",
        widget=forms.CheckboxSelectMultiple,
    )
    region = forms.ModelChoiceField(
        label=gettext_lazy("地区"),
        queryset=Region.objects.all(),
        to_field_name="code",
        empty_label=None,
    )
    period = forms.CharField(label=gettext_lazy("报告期"), max_length=40)

    def __init__(self, *args: Any, among: QuerySet[Indicator], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["indicators"].queryset = among  # type: ignore[attr-defined]

    def clean_period(self) -> str:
        """The canonical text of the period."""
        return _period(self.cleaned_data["period"])

    def owed(self) -> list[Owed]:
        """What was picked, each for the department that is responsible for the indicator."""
        data = self.cleaned_data
        return [
            Owed(
                indicator=row,
                region=data["region"],
                period=data["period"],
                department=row.department,
            )
            for row in data["indicators"]
        ]


class LeaveForm(forms.Form):
    """Leave to enter although a round is shut."""

    department = forms.ModelChoiceField(
        label=gettext_lazy("填报部门"), queryset=Department.objects.none(), empty_label=None
    )
    indicator = forms.ModelChoiceField(
        label=gettext_lazy("指标"),
        queryset=Indicator.objects.none(),
        required=False,
        empty_label=gettext_lazy("该部门在这一轮的全部指标"),
    )
    reason = _words(
        gettext_lazy("理由"), help_text=gettext_lazy("为什么不能按时填报，会记入审计。")
    )
    ends_at = _moment(gettext_lazy("到期时间"), gettext_lazy("到这一刻许可自动失效。"))

    def __init__(self, *args: Any, round_: ReportingRound, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owing = Department.objects.filter(duties__round=round_).distinct()
        owed = Indicator.objects.filter(duties__round=round_).distinct()
        self.fields["department"].queryset = owing  # type: ignore[attr-defined]
        self.fields["indicator"].queryset = owed  # type: ignore[attr-defined]


class SupervisionRuleForm(forms.Form):
    """When people are reminded, and when a late duty turns yellow and red."""

    remind_days = forms.IntegerField(
        label=gettext_lazy("截止前几日提醒"), min_value=0, max_value=90
    )
    yellow_days = forms.IntegerField(
        label=gettext_lazy("逾期几日亮黄灯"), min_value=1, max_value=365
    )
    red_days = forms.IntegerField(label=gettext_lazy("逾期几日亮红灯"), min_value=2, max_value=365)
    reason = _words(gettext_lazy("理由"), rows=2)
    version = _version()


def initial_of_rule(rule: SupervisionRule) -> dict[str, Any]:
    """The form's fields as the rule in force has them."""
    names = ("remind_days", "yellow_days", "red_days", "version")
    return {name: getattr(rule, name) for name in names}


class NoteForm(forms.Form):
    """Why a promise is behind, and what comes next."""

    why = _words(gettext_lazy("原因"), help_text=gettext_lazy("为什么落后，一两句话。"))
    next_step = _words(
        gettext_lazy("下一步"), help_text=gettext_lazy("准备做什么、由谁、到什么时候。")
    )
    version = _version()
