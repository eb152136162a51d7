"""Sums of money as people type them: 500 means 500万元, as the label says; 5000000元 is as good."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.language import in_language
from indicators.quantities import Qualifier, QuantityError, convert, plain, read_number
from programs import money

WAN = 4
"""The power of ten of 万元, in which a bare number is read."""

_UNITS = ("", "元", "人民币", "元人民币")


def read_money(text: str) -> Decimal:
    """The sum in 元, exact to the 分: 500, 500万, 500万元 and 5000000元 are the same sum.

    Raises ValidationError in words for what is no sum: another unit, 约, a percentage, a negative
    or zero, a part of a 分, more digits than a database keeps.
    """
    try:
        number = read_number(text)
    except QuantityError as error:
        raise forms.ValidationError(in_language(error.zh, error.en)) from error
    if number.had_percent or number.unit_text not in _UNITS:
        said = {"unit": number.unit_text}
        raise forms.ValidationError(_("金额的单位只能是元或万元，读到的是“%(unit)s”。") % said)
    if number.qualifier is not Qualifier.EXACT:
        said = {"words": number.qualifier_text}
        raise forms.ValidationError(_("金额须是确切的数，请去掉“%(words)s”。") % said)
    bare = not number.unit_text and number.exponent == 0
    return _storable(convert(number.value, WAN, 0) if bare else number.value)


def _storable(yuan: Decimal) -> Decimal:
    """A sum in whole 分 that every database keeps, not negative; ValidationError in words else."""
    if yuan < 0:
        raise forms.ValidationError(_("金额不能是负数。"))
    fault = money.fault(yuan)
    if fault == "fen":
        said = {"yuan": plain(yuan)}
        raise forms.ValidationError(_("金额最小到分，%(yuan)s 元不是整数分。") % said)
    if fault is not None:
        raise forms.ValidationError(_("金额太大，不能超过十万亿元。"))
    return yuan


def as_typed(yuan: Decimal) -> str:
    """A stored sum as the field takes it: 5000000 元 is "500"."""
    return plain(convert(yuan, 0, WAN))


class MoneyField(forms.CharField):
    """A sum in 万元 or 元; `clean` gives Decimal 元, `zero` says whether nothing is a sum too."""

    def __init__(self, *, zero: bool = False, **kwargs: Any) -> None:
        self.zero = zero
        kwargs.setdefault("max_length", 60)
        kwargs.setdefault(
            "help_text", gettext_lazy("只写数字时按万元读；也可以写 3.5万元、35000元。")
        )
        super().__init__(widget=forms.TextInput(attrs={"inputmode": "decimal"}), **kwargs)

    def clean(self, value: Any) -> Decimal | None:
        """The sum in 元; None where the field is empty and may be."""
        text = super().clean(value)
        if not text:
            return None
        yuan = read_money(text)
        if yuan == 0 and not self.zero:
            raise forms.ValidationError(_("金额必须大于零。"))
        return yuan

    def prepare_value(self, value: Any) -> Any:
        """A stored sum in 万元; what was typed stays as it was typed."""
        return as_typed(value) if isinstance(value, Decimal) else value
