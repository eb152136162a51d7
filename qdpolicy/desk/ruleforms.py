"""Translation in: a set of rules as a person writes it, thresholds in per cent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from indicators.quantities import plain
from qdpolicy.dashboard.words import LIGHT_LABELS, STATUSES, status_label
from targets.actions import Terms
from targets.models import RuleSet
from targets.progress.rules import DEFAULT_LIGHTS

SHARES = ("on_track", "lagging", "ahead", "about_tolerance", "nearly_share")
HUNDRED = Decimal(100)


def _share(label: Any, help_text: Any = "") -> forms.DecimalField:
    """A share typed in per cent: 95 is 0.95."""
    return forms.DecimalField(
        label=label,
        help_text=help_text,
        min_value=0,
        max_value=1000,
        max_digits=6,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"step": "any"}),
    )


class RulesForm(forms.Form):
    """A new set of rules; `terms()` after `is_valid()` is what the actions take."""

    on_track = _share(gettext_lazy("符合预期（%）"), gettext_lazy("进度不低于此为符合预期。"))
    lagging = _share(
        gettext_lazy("略有滞后（%）"),
        gettext_lazy("进度不低于此为略有滞后，低于此为明显滞后。"),
    )
    ahead = _share(gettext_lazy("快于预期（%）"), gettext_lazy("进度不低于此为快于预期。"))
    about_tolerance = _share(gettext_lazy("“左右”允差（%）"), gettext_lazy("占目标值的百分比。"))
    nearly_share = _share(
        gettext_lazy("“近”下限（%）"), gettext_lazy("达到目标值的百分之几即算“近”。")
    )
    in_force_from = forms.DateField(
        label=gettext_lazy("启用日期"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("日期请写成 2026-01-31。")},
    )
    reason = forms.CharField(
        label=gettext_lazy("理由"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("请写明理由。")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lights = [(light, str(label)) for light, label in LIGHT_LABELS.items()]
        for status in (status for status in STATUSES if status in DEFAULT_LIGHTS):
            self.fields[f"light_{status}"] = forms.ChoiceField(
                label=status_label(status), choices=lights
            )

    @property
    def light_fields(self) -> list[forms.BoundField]:
        """The field of each status."""
        return [self[name] for name in self.fields if name.startswith("light_")]

    @property
    def own_fields(self) -> list[forms.BoundField]:
        """The fields beside the lights."""
        return [self[name] for name in self.fields if not name.startswith("light_")]

    def terms(self) -> Terms:
        """What was stated, for the actions; after `is_valid()`."""
        data = self.cleaned_data
        return Terms(
            **{name: data[name] / HUNDRED for name in SHARES},
            lights={status: data[f"light_{status}"] for status in DEFAULT_LIGHTS},
            in_force_from=data["in_force_from"],
        )


def initial_of(rules: RuleSet) -> dict[str, Any]:
    """The form's fields as a set of rules states them; a new one begins on a day of its own."""
    shares = {name: plain(getattr(rules, name) * HUNDRED) for name in SHARES}
    return shares | {f"light_{status}": light for status, light in rules.lights.items()}
