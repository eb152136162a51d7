"""The form of the what-if page: a goal and its actuals as texts, read back into both."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from indicators.models import Observation, Unit
from indicators.periods import PeriodError, ReferencePeriod, read_period
from indicators.quantities import Qualifier, plain
from qdpolicy.dashboard.amounts import PER_CENT
from qdpolicy.dashboard.whatif_fields import AmountField, MilestonesField, PeriodField, Typed
from qdpolicy.dashboard.words import language, period_label
from targets.models import Target, TargetVersion
from targets.progress import Actual, Reason
from targets.progress.goal import faults
from targets.progress.wording import sentence
from targets.recompute import goal_of
from targets.recompute.reading import IN_INDICATOR_UNIT, Series

ROWS = 24
"""Of so many periods, the latest, the actuals are offered to be changed; the others stay."""
BLANK_ROWS = 2
GOAL_FIELDS = (
    "comparator", "value", "upper", "tolerance", "period_end", "path", "milestones",
    "baseline_period", "baseline_value", "baseline_provenance", "as_of",
)  # fmt: skip
# Where the page shows a fault of the goal: the field that can mend it.
_SHOWN_AT = {"profile": "path", "period_start": "period_end", "baseline": "baseline_value"}


class WhatIfForm(forms.Form):
    """A goal and its series, each field filled from what is stored unless the address says else.

    After `is_valid()`: `version()` is the reading asked about (never saved), `series` and `rates`
    its actuals. A blank actual is taken out.
    """

    comparator = forms.ChoiceField(
        label=gettext_lazy("比较"), choices=TargetVersion.Comparator.choices
    )
    path = forms.ChoiceField(label=gettext_lazy("路径"), choices=TargetVersion.Path.choices)
    period_end = PeriodField(
        label=gettext_lazy("期限"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("如 2025、2025年上半年；留空为没有期限"),
    )
    baseline_period = PeriodField(label=gettext_lazy("基期"), required=False, max_length=40)
    baseline_provenance = forms.ChoiceField(
        label=gettext_lazy("基期来源"), choices=TargetVersion.Provenance.choices
    )
    as_of = forms.DateField(
        label=gettext_lazy("以哪一天为准"),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": gettext_lazy("请写成 2025-06-30 这样的日期。")},
        help_text=gettext_lazy("如 2025-06-30；这一天之后结束的报告期不算在内"),
    )

    def __init__(
        self,
        target: Target,
        version: TargetVersion,
        observed: tuple[Series, Series],
        as_of: date,
        query: Mapping[str, str],
    ) -> None:
        """`observed`: the stored series and published growth rates; `as_of`: the day of now."""
        self.target, self.stored = target, version
        self.series, self.rates = dict(observed[0]), dict(observed[1])
        stated = initial_of(version, as_of)
        self.periods = _offered(self.series, version.period_end, query.get("period_end", ""))
        self.rate_periods = sorted(self.rates)[-ROWS:] if _by_rates(version) else []
        for period in self.periods:
            stated |= _row_of("actual", period, self.series.get(period))
        for period in self.rate_periods:
            stated |= _row_of("rate", period, self.rates[period])
        # A field that the address leaves out is as stored, so any part of it is a permalink.
        given = {name: query.get(name, text) for name, text in _with_new(stated).items()}
        super().__init__(given, label_suffix="")
        self._add_fields(version.unit, target.indicator.unit)

    def _add_fields(self, unit: Unit, own: Unit) -> None:
        """The fields whose unit, or whose number, hangs on the target."""
        level = unit if self.stored.measure in IN_INDICATOR_UNIT else own
        for name, label, scale in (
            ("value", _("目标值"), unit), ("upper", pgettext("range", "上限"), unit),
            ("tolerance", _("允差"), unit), ("baseline_value", _("基期值"), level),
        ):  # fmt: skip
            shown = _("%(name)s（%(unit)s）") % {"name": label, "unit": scale}
            self.fields[name] = AmountField(unit=scale, label=shown, required=name == "value")
        self.fields["milestones"] = MilestonesField(
            unit=level,
            label=_("%(name)s（%(unit)s）") % {"name": _("节点值"), "unit": level},
            required=False,
            help_text=_("如 2025：800；2026：900"),
        )
        for period in self.periods:
            self._add_row(f"actual-{period}", period_label(str(period)), own)
        for period in self.rate_periods:
            self._add_row(f"rate-{period}", period_label(str(period)), PER_CENT)
        for number in range(1, BLANK_ROWS + 1):
            self.fields[f"new{number}-period"] = PeriodField(
                label=_("报告期"), required=False, max_length=40
            )
            self._add_row(f"new{number}", _("数值"), own)

    def _add_row(self, name: str, label: str, unit: Unit) -> None:
        self.fields[name] = AmountField(unit=unit, label=label, required=False)
        self.fields[f"{name}-qualifier"] = forms.ChoiceField(
            label=_("限定"), choices=Observation.Qualifier.choices
        )

    def clean(self) -> dict[str, Any]:
        """Read the actuals, and refuse a goal that cannot be judged; each fault at its field."""
        super().clean()
        for period in self.periods:
            self._read(self.series, f"actual-{period}", period)
        for period in self.rate_periods:
            self._read(self.rates, f"rate-{period}", period)
        for number in range(1, BLANK_ROWS + 1):
            self._read_new(f"new{number}")
        given = self.cleaned_data
        based = given.get("baseline_period") is not None
        implied = given.get("baseline_provenance") != TargetVersion.Provenance.OBSERVED
        if based and implied and "baseline_value" in given and given["baseline_value"] is None:
            self.add_error("baseline_value", _("这样的基期要写出基期值。"))
        if not self.errors:
            for fault in faults(goal_of(self.target, self.version())):
                name = _SHOWN_AT.get(fault, fault)
                words = sentence(Reason("goal_malformed", (("field", fault),)), language())
                self.add_error(name if name in self.fields else None, words)
        return given

    def version(self) -> TargetVersion:
        """The reading that is asked about, without a key; it is never saved."""
        given, asked = self.cleaned_data, copy.copy(self.stored)
        asked.pk = None
        for name in ("comparator", "path", "milestones"):
            setattr(asked, name, given[name])
        for name in ("value", "tolerance"):
            setattr(asked, name, None if given[name] is None else given[name].value)
        between = given["comparator"] == TargetVersion.Comparator.BETWEEN
        asked.upper = given["upper"].value if between and given["upper"] is not None else None
        asked.period_end = "" if given["period_end"] is None else str(given["period_end"])
        period, value = given["baseline_period"], given["baseline_value"]
        asked.baseline_period = "" if period is None else str(period)
        asked.baseline_value = None if period is None or value is None else value.value
        asked.baseline_provenance = "" if period is None else given["baseline_provenance"]
        return asked

    def goal_fields(self) -> list[forms.BoundField]:
        """The fields of the goal itself, in the order of the page."""
        return [self[name] for name in GOAL_FIELDS]

    def faulty(self) -> list[forms.BoundField]:
        """The fields with a fault, in the order of the form."""
        return [self[name] for name in self.fields if name in self.errors]

    def rows(self) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        """Period, number and qualifier of each stored actual, the latest first."""
        return self._rows("actual", self.periods)

    def rate_rows(self) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        """The same of the published growth rates."""
        return self._rows("rate", self.rate_periods)

    def new_rows(self) -> list[tuple[forms.BoundField, forms.BoundField, forms.BoundField]]:
        """Period, number and qualifier of figures that are not there yet."""
        names = [f"new{number}" for number in range(1, BLANK_ROWS + 1)]
        return [(self[f"{n}-period"], self[n], self[f"{n}-qualifier"]) for n in names]

    def _rows(
        self, kind: str, periods: list[ReferencePeriod]
    ) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        names = [f"{kind}-{period}" for period in reversed(periods)]
        return [(str(self.fields[n].label), self[n], self[f"{n}-qualifier"]) for n in names]

    def _read(self, held: Series, name: str, period: ReferencePeriod) -> None:
        """Put the figure of a row into its series; one that was not touched stays as stored."""
        if name not in self.cleaned_data or f"{name}-qualifier" not in self.cleaned_data:
            return
        typed: Typed | None = self.cleaned_data[name]
        standing = held.get(period)
        if typed is None:
            if standing is not None and standing.usable is not None:
                del held[period]
            return
        qualifier = _said(typed, self.cleaned_data[f"{name}-qualifier"])
        if standing is None or (standing.value, standing.qualifier) != (typed.value, qualifier):
            held[period] = Actual(value=typed.value, qualifier=qualifier)  # type: ignore[arg-type]

    def _read_new(self, name: str) -> None:
        """A further figure: its period and its number come together."""
        given = self.cleaned_data
        if f"{name}-period" not in given or name not in given:
            return
        period, typed = given[f"{name}-period"], given[name]
        if period is None and typed is not None:
            self.add_error(f"{name}-period", _("请写明是哪一期的数。"))
        elif period is not None and typed is None:
            self.add_error(name, _("请填写这一期的数值。"))
        elif period is not None and period in self.series:
            self.add_error(f"{name}-period", _("这一期已经有数，请直接在上面改。"))
        elif period is not None:
            self._read(self.series, name, period)


def initial_of(version: TargetVersion, as_of: date) -> dict[str, str]:
    """A stored reading as the texts of its fields."""

    def text(value: Decimal | None) -> str:
        return "" if value is None else plain(value)

    return {
        "comparator": version.comparator,
        "value": text(version.value),
        "upper": text(version.upper),
        "tolerance": text(version.tolerance),
        "path": version.path,
        "period_end": version.period_end,
        "milestones": "；".join(
            f"{period}：{plain(Decimal(str(value)))}"
            for period, value in sorted(version.milestones.items())
        ),
        "baseline_period": version.baseline_period,
        "baseline_value": text(version.baseline_value),
        "baseline_provenance": version.baseline_provenance or TargetVersion.Provenance.OBSERVED,
        "as_of": as_of.isoformat(),
    }


def _offered(series: Series, *ends: str) -> list[ReferencePeriod]:
    """The periods whose actuals can be changed: the latest, and those a goal is due in."""
    found = set(sorted(series)[-ROWS:])
    for text in ends:
        try:
            found.add(read_period(text))
        except PeriodError:
            continue
    return sorted(found)


def _by_rates(version: TargetVersion) -> bool:
    """Whether published growth rates have a say."""
    return version.measure in (TargetVersion.Measure.GROWTH, TargetVersion.Measure.AVERAGE_GROWTH)


def _row_of(kind: str, period: ReferencePeriod, actual: Actual | None) -> dict[str, str]:
    """The texts of one actual."""
    value = None if actual is None else actual.usable
    return {
        f"{kind}-{period}": "" if value is None else plain(value),
        f"{kind}-{period}-qualifier": "exact" if actual is None else actual.qualifier,
    }


def _with_new(stated: Mapping[str, str]) -> dict[str, str]:
    """The texts with those of the blank rows."""
    blank: dict[str, str] = {}
    for number in range(1, BLANK_ROWS + 1):
        blank |= {f"new{number}-period": "", f"new{number}": "", f"new{number}-qualifier": "exact"}
    return {**stated, **blank}


def _said(typed: Typed, chosen: str) -> str:
    """What is said of a number: the choice, else the words that were typed around it."""
    return chosen if chosen != Qualifier.EXACT else typed.qualifier
