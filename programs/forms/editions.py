"""Choosing a day, and naming a new program."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Department, User
from indicators.models import in_language, subtree_of
from indicators.periods import FIRST_YEAR

LAST_YEAR = 2199
KEPT_KEYS = ("new", "on")
"""Words that are addresses below /programs/ and therefore no keys of programs."""


class DayField(forms.DateField):
    """A day written 2026-01-31, from 1900 to 2199."""

    default_error_messages = {  # noqa: RUF012 - Django's own attribute
        "invalid": gettext_lazy("日期请写成 2026-01-31。"),
        "required": gettext_lazy("请选择日期。"),
    }

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(widget=widget, input_formats=["%Y-%m-%d"], **kwargs)

    def clean(self, value: Any) -> date | None:
        """The day; ValidationError in words for a text that is none."""
        day: date | None = super().clean(value)
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            years = {"first": FIRST_YEAR, "last": LAST_YEAR}
            raise forms.ValidationError(_("年份应在 %(first)s 至 %(last)s 之间。") % years)
        return day


class DayForm(forms.Form):
    """The day on which editions are to have applied, and the day whose knowledge answers."""

    day = DayField(label=gettext_lazy("哪一天适用"))
    known_on = DayField(
        label=gettext_lazy("按哪一天所知"),
        required=False,
        help_text=gettext_lazy("空着即按现在所知；更正之前的内容要按当时的日期查看。"),
    )


class DepartmentChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # no subscript at run time
    """Departments by name alone."""

    def label_from_instance(self, obj: Any) -> str:
        """The name in the reader's language."""
        return in_language(obj.name, obj.name_en)


class ProgramForm(forms.Form):
    """A new program: its key in addresses, its names, what it is for, who answers for it."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=80)
    name_en = forms.CharField(label=gettext_lazy("英文名"), max_length=160)
    key = forms.CharField(
        label=gettext_lazy("键"),
        max_length=30,
        help_text=gettext_lazy(
            "用在网址里，只能用小写字母、数字和连字符，如 qianglian；以后不能改。"
        ),
        validators=[
            RegexValidator(
                r"\A[a-z0-9]+(?:-[a-z0-9]+)*\Z",
                gettext_lazy("键只能用小写字母、数字和连字符，如 qianglian。"),
            )
        ],
    )
    objective = forms.CharField(
        label=gettext_lazy("目的"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    department = DepartmentChoice(
        label=gettext_lazy("责任部门"),
        queryset=Department.objects.none(),
        required=False,
        empty_label=gettext_lazy("未注明"),
        help_text=gettext_lazy("未注明的计划，所有计划管理员都可以编辑。"),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["department"]
        assert isinstance(choice, forms.ModelChoiceField)
        choice.queryset = departments_of(user)

    def clean_key(self) -> str:
        """The key; refused where it is an address of the site itself."""
        key: str = self.cleaned_data["key"]
        if key in KEPT_KEYS:
            raise forms.ValidationError(
                _("“%(key)s”是网站自己的网址，请另取一个键。") % {"key": key}
            )
        return key


def departments_of(user: User) -> QuerySet[Department]:
    """The departments for which a person may set up a program: the own one and those below."""
    return Department.objects.filter(pk__in=subtree_of(user)).order_by("code")
