"""The numbers and days of a content, read from what was typed."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

_NUMBER = re.compile(r"-?\d{1,40}(?:\.\d{1,40})?", re.ASCII)
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
MOST_DIGITS = 15


def read_number(text: str) -> Decimal | None:
    """A plain decimal number such as 5000000.00; None where the text is none."""
    return Decimal(text.strip()) if _NUMBER.fullmatch(text.strip()) else None


def read_day(text: str) -> date | None:
    """A day such as 2026-01-01; None where the text is none."""
    found = _DAY.fullmatch(text.strip())
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def places_of(number: Decimal) -> int:
    """How many decimal places the number needs: 1.50 needs one."""
    return len(format(number, "f").partition(".")[2].rstrip("0"))


def too_many_digits(number: Decimal) -> bool:
    """Whether SQLite would round the number: more than 15 digits from the first to the last."""
    whole, _point, part = format(number.copy_abs(), "f").partition(".")
    whole, part = whole.lstrip("0"), part.rstrip("0")
    return len((whole + part).strip("0")) > MOST_DIGITS or len(whole) > MOST_DIGITS
