"""Fields that read amounts and periods as people write them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from indicators.forms.entry import in_unit
from indicators.models import Indicator, Unit, in_language
from indicators.periods import PeriodError, ReferencePeriod, read_period
from indicators.quantities import QuantityError, plain, read_number


@dataclass(frozen=True, slots=True)
class Typed:
    """A number as it was typed, in the unit of its field."""

    value: Decimal
    qualifier: str


class AmountField(forms.CharField):
    """Words to a Typed number, a blank to None; 万, 亿 and the unit may be written."""

    def __init__(self, *, unit: Unit, **options: Any) -> None:
        """`unit` is that of a bare number."""
        super().__init__(max_length=60, **options)
        self.unit = unit

    def clean(self, value: Any) -> Typed | None:
        """Raises ValidationError in words."""
        text = super().clean(value)
        if not text:
            return None
        try:
            number = read_number(text)
            return Typed(in_unit(number, Indicator(unit=self.unit)), str(number.qualifier))
        except QuantityError as error:
            raise forms.ValidationError(in_language(error.zh, error.en)) from error


class PeriodField(forms.CharField):
    """Words to a period, a blank to None."""

    def clean(self, value: Any) -> ReferencePeriod | None:
        """Raises ValidationError in words."""
        text = super().clean(value)
        try:
            return read_period(text) if text else None
        except PeriodError as error:
            raise forms.ValidationError(in_language(error.zh, error.en)) from error


class MilestonesField(forms.CharField):
    """ "2025：800；2026：900" to {"2025": "800", "2026": "900"}; each number as an AmountField."""

    def __init__(self, *, unit: Unit, **options: Any) -> None:
        """`unit` is that of a bare number."""
        super().__init__(max_length=400, **options)
        self.amount = AmountField(unit=unit)

    def clean(self, value: Any) -> dict[str, str]:
        """Raises ValidationError in words."""
        text: str = super().clean(value)
        parts = text.replace("；", ";").split(";")
        return dict(self._point(part) for part in parts if part.strip())

    def _point(self, part: str) -> tuple[str, str]:
        written, colon, number = part.replace("：", ":").partition(":")
        if not colon:
            raise forms.ValidationError(_("每个节点请写成“2025：800”的样子。"))
        period, typed = PeriodField().clean(written.strip()), self.amount.clean(number)
        assert period is not None  # both are required, so a blank one was refused
        assert typed is not None
        return str(period), plain(typed.value)
