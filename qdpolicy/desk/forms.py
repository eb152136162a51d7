"""Translation in: a change of a target, and a set of rules, as a person writes them."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from indicators.models import Indicator, Unit, in_language
from indicators.periods import PeriodError, read_period
from indicators.quantities import QuantityError, convert, plain, read_number
from targets.actions import Proposal
from targets.models import Clause, Target, TargetVersion
from targets.models.versions import MEANING
from targets.recompute.reading import IN_INDICATOR_UNIT

Change = TargetVersion.Change
_AMOUNTS = ("value", "upper", "tolerance", "baseline_value")
_PERIODS = ("period_start", "period_end", "baseline_period")
_SAME_UNIT = {"百分点": "个百分点", "％": "%"}
_OFFERED = 300
"""Clauses offered as the source of a change; another is named in words."""


class ClauseChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # no subscript at run time
    """Clauses, each shown with its document and place."""

    def label_from_instance(self, obj: Any) -> str:
        """Which document, and where in it."""
        return f"{obj.document} · {in_language(obj.locator, obj.locator_en)}"


class ChangeForm(forms.Form):
    """A change of a target; `proposal()` after `is_valid()` is what the actions take.

    Amounts are read in the chosen unit: 9000, 9000家 and 0.9万家 are the same in 家.
    """

    change = forms.ChoiceField(
        label=gettext_lazy("变更类型"),
        choices=[choice for choice in Change.choices if choice[0] != Change.FIRST],
        widget=forms.RadioSelect,
        help_text=gettext_lazy("废止只写理由与依据，目标的内容保持不变。"),
    )
    reason = forms.CharField(
        label=gettext_lazy("理由"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("请写明理由。")},
    )
    basis = ClauseChoice(
        label=pgettext_lazy("change", "依据条款"),
        queryset=Clause.objects.none(),
        required=False,
        empty_label=gettext_lazy("不在所列文件中"),
        help_text=gettext_lazy("作出这项变更的文件和条款；不在所列时写在下一栏。"),
    )
    basis_note = forms.CharField(label=gettext_lazy("依据"), max_length=300, required=False)
    valid_from = forms.DateField(
        label=gettext_lazy("生效日期"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("空着即核定时生效；以后的日期到那一天才生效。"),
        error_messages={"invalid": gettext_lazy("日期请写成 2026-01-31。")},
    )
    measure = forms.ChoiceField(
        label=gettext_lazy("计量方式"), choices=TargetVersion.Measure.choices
    )
    comparator = forms.ChoiceField(
        label=gettext_lazy("比较"), choices=TargetVersion.Comparator.choices
    )
    value = forms.CharField(
        label=gettext_lazy("目标值"),
        max_length=60,
        help_text=gettext_lazy("只写数字时按下面的计量单位读；也可写万、亿。"),
    )
    upper = forms.CharField(
        label=pgettext_lazy("range", "上限"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("只用于区间目标。"),
    )
    tolerance = forms.CharField(label=gettext_lazy("允差"), max_length=60, required=False)
    unit = forms.ModelChoiceField(
        label=gettext_lazy("计量单位"), queryset=Unit.objects.all(), empty_label=None
    )
    direction = forms.ChoiceField(label=gettext_lazy("方向"), choices=Indicator.Direction.choices)
    commitment = forms.ChoiceField(
        label=gettext_lazy("承诺程度"), choices=TargetVersion.Commitment.choices
    )
    binding = forms.ChoiceField(label=gettext_lazy("约束性"), choices=TargetVersion.Binding.choices)
    period_start = forms.CharField(label=gettext_lazy("起始期"), max_length=40, required=False)
    period_end = forms.CharField(
        label=gettext_lazy("期限"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("如 2026、2026年上半年、2022/2024"),
    )
    cadence = forms.ChoiceField(label=gettext_lazy("节奏"), choices=TargetVersion.Cadence.choices)
    path = forms.ChoiceField(label=gettext_lazy("路径"), choices=TargetVersion.Path.choices)
    milestones = forms.CharField(
        label=gettext_lazy("节点值"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("每行一个节点：报告期、空格、数值，如“2025 8000”。"),
    )
    profile = forms.CharField(
        label=gettext_lazy("分季份额"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("四个季度的份额，合计为 1，以空格隔开，如“0.1 0.2 0.3 0.4”。"),
    )
    baseline_period = forms.CharField(label=gettext_lazy("基期"), max_length=40, required=False)
    baseline_value = forms.CharField(label=gettext_lazy("基期值"), max_length=60, required=False)
    baseline_provenance = forms.ChoiceField(
        label=gettext_lazy("基期来源"),
        required=False,
        choices=[("", gettext_lazy("没有基期")), *TargetVersion.Provenance.choices],
    )
    baseline_note = forms.CharField(
        label=gettext_lazy("基期说明"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    baseline_note_en = forms.CharField(
        label=gettext_lazy("英文基期说明"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, target: Target, standing: TargetVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.standing = standing
        self.indicator_unit = target.indicator.unit
        clauses = self.fields["basis"]
        assert isinstance(clauses, forms.ModelChoiceField)
        near = Clause.objects.filter(document__region__in=_places(target))
        newest = near.order_by("-document__issued", "document__key", "pk")[:_OFFERED]
        clauses.queryset = (
            Clause.objects.filter(pk__in=list(newest.values_list("pk", flat=True)))
            .select_related("document")
            .order_by("-document__issued", "document__key", "pk")
        )

    def clean(self) -> dict[str, Any]:
        """Periods canonical and amounts in the chosen unit; of a withdrawal only what it needs."""
        data = self.cleaned_data
        if data.get("change") == Change.WITHDRAWN:
            for name in MEANING:
                self.errors.pop(name, None)
            return data
        for name in _PERIODS:
            data[name] = self._read(name, _period)
        unit = data.get("unit")
        if unit is not None:
            own = data.get("measure") in ("multiple", "rank", "growth", "average_growth")
            # Where the number is a rate, times or points, what it starts from is a level still.
            level = unit if data.get("measure") in IN_INDICATOR_UNIT else self.indicator_unit
            for name in _AMOUNTS:
                scale, bare = (level, False) if name == "baseline_value" else (unit, own)
                data[name] = self._read(name, partial(_amount, unit=scale, bare=bare))
            data["milestones"] = self._read("milestones", partial(_milestones, unit=level)) or {}
        data["profile"] = self._read("profile", _profile) or []
        return data

    def _read(self, name: str, read: Any) -> Any:
        """What a text says, or the fault on its field; nothing is None, or "" for a period."""
        text = str(self.cleaned_data.get(name) or "").strip()
        if not text:
            return "" if name in _PERIODS else None
        try:
            return read(text)
        except (PeriodError, QuantityError) as error:
            self.add_error(name, in_language(error.zh, error.en))
        except forms.ValidationError as error:
            self.add_error(name, error)
        return None

    def proposal(self) -> Proposal:
        """What was stated, for the actions; after `is_valid()`."""
        data = self.cleaned_data
        withdrawn = data["change"] == Change.WITHDRAWN
        return Proposal(
            change=data["change"],
            reason=data["reason"],
            meaning={} if withdrawn else {name: data[name] for name in MEANING},
            valid_from=data["valid_from"],
            basis=data["basis"],
            basis_note=data["basis_note"],
        )


def _places(target: Target) -> list[int]:
    """The region of a target and those above it: whose documents may change it."""
    found, place = [target.region_id], target.region.parent
    while place is not None and place.pk not in found:
        found.append(place.pk)
        place = place.parent
    return found


def _period(text: str) -> str:
    return str(read_period(text))


def _amount(text: str, unit: Unit, *, bare: bool = False) -> Decimal:
    """A typed amount in the unit; where `bare`, the number as it stands (times, per cent, ranks)."""
    number = read_number(text)
    typed = _SAME_UNIT.get(number.unit_text, number.unit_text)
    if (
        typed
        and typed not in (unit.base, unit.symbol)
        and not (bare and typed in ("%", "倍", "位"))
    ):
        raise forms.ValidationError(
            _("单位“%(typed)s”与所选的计量单位“%(unit)s”不同，请换算后再填。")
            % {"typed": number.unit_text, "unit": unit.symbol}
        )
    if bare or (not typed and number.exponent == 0):
        return number.value
    return convert(number.value, 0, unit.exponent)


def _milestones(text: str, unit: Unit) -> dict[str, str]:
    """Lines of a period and a value, as the column keeps them: texts of exact figures."""
    found = {}
    for line in text.splitlines():
        if line.strip():
            period, _space, value = line.strip().partition(" ")
            if not value.strip():
                raise forms.ValidationError(
                    _("“%(line)s”不是“报告期 数值”。") % {"line": line.strip()[:40]}
                )
            found[_period(period)] = plain(_amount(value, unit))
    return found


def _profile(text: str) -> list[str]:
    """Four shares as texts of exact figures, read by our own grammar."""
    try:
        shares = [read_number(part) for part in text.replace("，", " ").replace(",", " ").split()]
    except QuantityError as error:
        raise forms.ValidationError(_("分季份额须是四个数，如“0.1 0.2 0.3 0.4”。")) from error
    if len(shares) != 4 or any(
        share.unit_text or share.exponent or not 0 <= share.value <= 1 for share in shares
    ):
        raise forms.ValidationError(_("分季份额须是四个数，如“0.1 0.2 0.3 0.4”。"))
    return [plain(share.value) for share in shares]


def initial_of(version: TargetVersion) -> dict[str, Any]:
    """The form's fields as a version states them: one in force, or a draft with its own story."""
    stated = {name: getattr(version, name) for name in MEANING}
    for name in _AMOUNTS:
        stated[name] = "" if stated[name] is None else plain(stated[name])
    stated["unit"] = version.unit_id
    stated["milestones"] = "\n".join(
        f"{period} {value}" for period, value in sorted(version.milestones.items())
    )
    stated["profile"] = " ".join(str(share) for share in version.profile)
    return stated


def story_of(draft: TargetVersion) -> dict[str, Any]:
    """The fields of a draft beside its meaning."""
    names = ("change", "reason", "basis_note", "valid_from", "version")
    return {**{name: getattr(draft, name) for name in names}, "basis": draft.basis_id}
