"""A number that somebody stated, in the unit of its indicator."""

from __future__ import annotations

from decimal import Decimal

from indicators.quantities import Number, convert, plain

SIGNIFICANT_DIGITS = 15
INTEGER_DIGITS, DECIMALS = 15, 10
"""What a column NUMERIC(25, 10) keeps; SQLite keeps no more than fifteen digits of it."""

_SAME_UNIT = {"百分点": "个百分点", "％": "%"}


class UnitError(ValueError):
    """A number that cannot be kept in this unit; `zh` and `en` say why."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} {en}")
        self.zh = zh
        self.en = en


def in_unit_of(number: Number, *, base: str, exponent: int, symbol: str) -> Decimal:
    """The number in the unit (`base` with a power of ten), exact; a bare one is in it already.

    Raises UnitError for a unit of another kind or more digits than are kept, QuantityError for
    more decimals than can be stored.
    """
    typed = same_unit(number.unit_text)
    if typed and typed != base:
        raise UnitError(
            f"单位“{number.unit_text}”与指标的计量单位“{symbol}”不同，请换算后再填。",
            f'The unit "{number.unit_text}" is not that of the indicator, "{symbol}"; convert it.',
        )
    bare = not typed and number.exponent == 0
    return within_digits(number.value if bare else convert(number.value, 0, exponent))


def same_unit(text: str) -> str:
    """One spelling of a unit that is written in several ways."""
    return _SAME_UNIT.get(text, text)


def within_digits(value: Decimal) -> Decimal:
    """The value, where the column keeps all its digits; raises UnitError."""
    digits, _point, decimals = plain(value.copy_abs()).partition(".")
    if len((digits + decimals).strip("0")) > SIGNIFICANT_DIGITS:
        raise UnitError(
            "有效数字超过15位，请检查是否多写了位数。",
            "More than 15 significant digits; check them.",
        )
    if len(digits) > INTEGER_DIGITS or len(decimals) > DECIMALS:
        raise UnitError(
            "数值超出可保存的范围（整数15位，小数10位）。",
            "Over 15 integer digits or 10 decimals; the number cannot be kept.",
        )
    return value
