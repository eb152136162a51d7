"""The cells of a row of awards: texts, sums, days, years, read exactly or refused in words."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from indicators.importing.matching import as_text, unquoted
from indicators.importing.reading import exact
from indicators.quantities import QuantityError, convert, plain, read_number

Words = tuple[str, str]
MOST_DIGITS = 15
"""What a spreadsheet keeps of a number; a longer code loses its end."""

_DAY = re.compile(
    r"(\d{4})\s*(?:[-/.]|年)\s*(\d{1,2})\s*(?:[-/.]|月)\s*(\d{1,2})\s*日?(?:[T\s]+0?0:00(?::00)?)?"
)
_DAY_IN_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")
_YEAR = re.compile(r"(\d{4})\s*(?:年度?)?")
_FULL = str.maketrans("０１２３４５６７８９／－．", "0123456789/-.")


class Fault(Exception):  # noqa: N818 - an answer to a person, not a fault of ours
    """A cell that cannot be taken; `words` say why in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.words: Words = (zh, en)


def text_of(raw: Any) -> str:
    """A cell as a person would type it."""
    if isinstance(raw, bool):
        return "TRUE" if raw else "FALSE"
    if isinstance(raw, datetime):
        midnight = raw.time() == time()
        return raw.date().isoformat() if midnight else raw.isoformat(" ", "minutes")
    if isinstance(raw, date | time):
        return raw.isoformat()
    if isinstance(raw, int | float):
        return plain(exact(raw)) if raw - raw == 0 else str(raw)
    return as_text(raw)


def code_of(raw: Any, heading: str) -> str:
    """A code or number of a document; raises Fault where the cell is a number that lost digits."""
    if isinstance(raw, bool | datetime | date | time | timedelta):
        raise Fault(
            f"“{heading}”的单元格不是文本，请设为文本格式后重新填写。",
            f"The cell of “{heading}” is no text; change its format and type it again.",
        )
    if isinstance(raw, int | float):
        text = text_of(raw)
        if len(text.lstrip("-")) > MOST_DIGITS or not text.isdigit():
            raise Fault(
                f"“{heading}”的单元格是数字格式，超过 15 位的末几位已经丢失；请把这一列设为文本格式，"
                "再重新填写。",
                f"The cell of “{heading}” is a number, of which the digits behind the fifteenth are"
                " lost; change the column's format to text and type it again.",
            )
        return text
    return as_text(raw)


def money_of(raw: Any, heading: str, exponent: int) -> Decimal:
    """A sum in 元 of a cell in a unit of 10^exponent 元; raises Fault.

    A number of its own unit ("500万元") is taken at its word.
    """
    value = _sum(raw, heading, exponent)
    if value < 0:
        raise Fault(
            f"“{heading}”是负数（{plain(value)}元）。",
            f"“{heading}” is negative ({plain(value)} yuan).",
        )
    if value == 0:
        raise Fault(f"“{heading}”必须大于 0。", f"“{heading}” must be above 0.")
    if value % Decimal("0.01"):
        raise Fault(
            f"“{heading}”换算后是 {plain(value)} 元，不足一分的零头不能登记。",
            f"“{heading}” comes to {plain(value)} yuan; parts of a cent cannot be kept.",
        )
    return value


def _sum(raw: Any, heading: str, exponent: int) -> Decimal:
    if isinstance(raw, bool | datetime | date | time | timedelta):
        raise Fault(
            f"“{heading}”的“{text_of(raw)}”不是数，请改为数字格式后重新填写。",
            f"“{text_of(raw)}” of “{heading}” is no number; change its format and type it again.",
        )
    if isinstance(raw, int | float):
        if raw - raw != 0:
            raise Fault(f"“{heading}”必须是有限的数。", f"“{heading}” must be a finite number.")
        return convert(exact(raw), exponent, 0)
    try:
        number = read_number(unquoted(raw).strip())
    except QuantityError as error:
        raise Fault(f"“{heading}”：{error.zh}", f"“{heading}”: {error.en}") from error
    if number.unit_text not in ("", "元") or number.qualifier_text:
        raise Fault(
            f"“{heading}”的“{text_of(raw)[:40]}”不是确切的金额，请只写数字。",
            f"“{text_of(raw)[:40]}” of “{heading}” is no exact sum; write the number alone.",
        )
    if number.unit_text or number.exponent:
        return number.value
    return convert(number.value, exponent, 0)


def day_of(raw: Any, heading: str) -> date:
    """A day of a date cell or of a text such as 2024-03-05, 2024年3月5日, 20240305; raises Fault."""
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    text = text_of(raw).translate(_FULL)
    found = _DAY.fullmatch(text) or _DAY_IN_DIGITS.fullmatch(text)
    if found is None and isinstance(raw, int | float):
        raise Fault(
            f"“{heading}”的“{text[:20]}”是一个数字，可能是以数字保存的日期；请设为日期格式，"
            "或写成 2024-03-05。",
            f"“{text[:20]}” of “{heading}” is a number, perhaps a date kept as one; write 2024-03-05.",
        )
    try:
        if found is not None:
            return date(*(int(part) for part in found.groups()))
    except ValueError:
        pass  # the thirtieth of February
    raise Fault(
        f"“{heading}”的“{text[:20]}”不是日期，请写成 2024-03-05。",
        f"“{text[:20]}” of “{heading}” is no date; write 2024-03-05.",
    )


def year_of(raw: Any, heading: str) -> int:
    """A year; raises Fault."""
    if isinstance(raw, datetime | date):
        raise Fault(
            f"“{heading}”的“{text_of(raw)}”是日期，请只写年份，如 2024。",
            f"“{text_of(raw)}” of “{heading}” is a date; write the year alone, such as 2024.",
        )
    text = text_of(raw).translate(_FULL)
    found = _YEAR.fullmatch(text)
    if found is None:
        raise Fault(
            f"“{heading}”的“{text[:20]}”不是年份，请写成 2024。",
            f"“{text[:20]}” of “{heading}” is no year; write 2024.",
        )
    return int(found[1])
