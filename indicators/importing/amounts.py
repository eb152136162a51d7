"""The value of one cell of a file, in the unit of its indicator, or a sentence that says why not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

from indicators.importing.matching import About, Catalogue, Unknown, folded, unquoted
from indicators.measuring import DECIMALS, UnitError, in_unit_of, within_digits
from indicators.quantities import QuantityError, convert, plain, read_number

PLAIN = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]*[1-9])?")
"""A number as a machine writes it; of at most twelve characters nothing needs to be checked."""
SHORT = 12

_ROUNDING = Context(prec=60, rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True, slots=True)
class Amount:
    """What a cell states: a value, or a status that says why there is none, or an error in words.

    `hint` is a remark in both languages that stops nothing.
    """

    text: str
    value: Decimal | None = None
    qualifier: str = ""
    status: str = ""
    error: tuple[str, str] | None = None
    hint: tuple[str, str] | None = None


def read_amount(
    raw: Any, about: About, unit: str, names: Catalogue, missing: dict[str, str]
) -> Amount:
    """The amount of a non-empty cell; `unit` is what the file says beside it ("" for nothing).

    `missing` gives the codes of the words 未统计, 不适用, 保密 and of their English names.
    """
    if isinstance(raw, bool):
        return _wrong(
            str(raw), "单元格是逻辑值，不是数值。", "The cell is a logical value, no number."
        )
    if isinstance(raw, datetime | date | time | timedelta):
        return _wrong(
            str(raw),
            f"“{raw}”是日期格式的单元格，不是数值，请改为数字格式后重新填写。",
            f"“{raw}” is a date cell and no number; change its format and type the number.",
        )
    shift = names.shift(unit, about) if unit else 0
    if isinstance(shift, Unknown):
        return _wrong(str(raw), shift.zh, shift.en)
    if isinstance(raw, int | float):
        return _of_number(raw, shift)
    text = unquoted(raw).strip()
    if status := missing.get(folded(text)):
        return Amount(text[:60], status=status)
    try:
        number = read_number(text)
        if shift and not number.unit_text and number.exponent == 0:
            value = within_digits(convert(number.value, shift, 0))
        else:
            value = in_unit_of(
                number, base=about.base, exponent=about.exponent, symbol=about.symbol
            )
    except (QuantityError, UnitError) as error:
        return _wrong(text, error.zh, error.en)
    return Amount(text[:60], value, number.qualifier.value if number.qualifier_text else "")


def _of_number(raw: float, shift: int) -> Amount:
    """A number of a workbook: fifteen significant digits, as Excel shows it."""
    text = f"{raw:.15g}"
    if raw - raw != 0:
        return _wrong(text, "数值必须是有限的数。", "The value must be a finite number.")
    value, hint = Decimal(text), None
    try:
        if shift:
            value = convert(value, shift, 0)
        exponent = value.as_tuple().exponent
        if isinstance(exponent, int) and exponent < -DECIMALS:
            rounded = value.quantize(Decimal(1).scaleb(-DECIMALS), context=_ROUNDING)
            hint = (
                f"原数{plain(value)}的小数超过10位，按{plain(rounded)}保存。",
                f"{plain(value)} has over 10 decimals and is kept as {plain(rounded)}.",
            )
            value = rounded
        value = within_digits(value)
    except (QuantityError, UnitError) as error:
        return _wrong(text, error.zh, error.en)
    return Amount(plain(Decimal(text))[:60], Decimal(plain(value)), hint=hint)


def _wrong(text: str, zh: str, en: str) -> Amount:
    return Amount(text[:60], error=(zh, en))
