"""The filters of the list of awards: translation of an address into a queryset."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from indicators.models import Region
from programs.models import Award, AwardQuerySet, Program, SupportItem, YearTotal

EVERYTHING = ("", _("全部"))
SORTS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "": (_("立项日期，新的在前"), ("-decided_on", "-pk")),
    "oldest": (_("立项日期，早的在前"), ("decided_on", "pk")),
    "amount": (_("立项金额，多的在前"), ("-amount", "-pk")),
    "paid": (_("已拨付，多的在前"), ("-paid", "-pk")),
    "number": (_("立项编号"), ("number",)),
}


class AwardFilter(forms.Form):
    """Which awards; `chosen(rows)` narrows by what is valid, the rest is said on the form."""

    q = forms.CharField(label=_("查找"), required=False, max_length=80)
    program = forms.ChoiceField(label=_("计划"), required=False)
    item = forms.ChoiceField(label=_("支持事项"), required=False)
    year = forms.TypedChoiceField(label=_("年度"), required=False, coerce=int, empty_value=None)
    status = forms.ChoiceField(
        label=_("状态"), required=False, choices=[EVERYTHING, *Award.Status.choices]
    )
    region = forms.ChoiceField(label=_("实施区市"), required=False)
    industry = forms.CharField(label=_("产业"), required=False, max_length=40)
    over = forms.ChoiceField(
        label=_("上限"),
        required=False,
        choices=[EVERYTHING, ("yes", _("批准超出上限的")), ("no", _("没有超出上限的"))],
    )
    sort = forms.ChoiceField(
        label=_("排序"),
        required=False,
        choices=[(code, label) for code, (label, _order) in SORTS.items()],
    )

    def __init__(self, *args: Any, programs: list[Program], names: bool, **kwargs: Any) -> None:
        """`programs` are those the person sees; `names` is the right to look for recipients."""
        super().__init__(*args, **kwargs)
        self.programs, self.names = programs, names
        asked = self.data.get("program")
        self.asked_program = next((row for row in programs if row.key == asked), None)
        self._offer("program", [(row.key, str(row)) for row in programs])
        self._offer("item", self._items())
        totals = YearTotal.objects.filter(program__in=programs).values_list("year", flat=True)
        self._offer("year", [(year, str(year)) for year in sorted(set(totals), reverse=True)])
        places = Region.objects.filter(kind__in=(Region.Kind.DISTRICT, Region.Kind.ZONE))
        self._offer("region", [(row.code, str(row)) for row in places])
        self.industries = sorted({name for row in programs for name in row.industries})
        self.fields["industry"].widget.attrs["list"] = "award-industries"
        self.fields["q"].label = (
            _("立项编号、项目名称、受助单位或信用代码") if names else _("立项编号或项目名称")
        )

    def chosen(self, rows: AwardQuerySet) -> AwardQuerySet:
        """The rows that the valid filters leave, in no order yet."""
        self.is_valid()
        chosen = self.cleaned_data
        if chosen.get("program"):
            rows = rows.filter(program=self._program(chosen["program"]))
        if chosen.get("item"):
            rows = rows.filter(item_key=chosen["item"])
        for name in ("year", "status", "industry"):
            if chosen.get(name):
                rows = rows.filter(**{name: chosen[name]})
        if chosen.get("region"):
            rows = rows.filter(region__code=chosen["region"])
        if chosen.get("over"):
            rows = rows.filter(overridden_by__isnull=chosen["over"] == "no")
        return rows.filter(self._words(chosen["q"])) if chosen.get("q") else rows

    def order(self) -> tuple[str, ...]:
        """The columns to sort by."""
        self.is_valid()
        return SORTS[self.cleaned_data.get("sort", "")][1]

    def narrowed(self) -> bool:
        """Whether anything but the order was asked for."""
        self.is_valid()
        return any(value for name, value in self.cleaned_data.items() if name != "sort")

    def _offer(self, name: str, choices: list[tuple[Any, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [EVERYTHING, *choices]

    def _program(self, key: str) -> Program:
        return next(row for row in self.programs if row.key == key)

    def _items(self) -> list[tuple[str, str]]:
        """The items of the program asked for through all its editions, by their latest name."""
        if self.asked_program is None:
            return []
        items = SupportItem.objects.filter(edition__program=self.asked_program).order_by(
            "edition__valid_from", "pk"
        )
        return list({item.key: str(item) for item in items}.items())

    def _words(self, text: str) -> Q:
        """The text in the number or the project; in name and code only with the right to them."""
        found = Q(number__icontains=text) | Q(project__icontains=text)
        if self.names:
            found |= Q(recipient__name__icontains=text)
            found |= Q(recipient__credit_code=text.upper())
        return found
