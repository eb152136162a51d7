"""Reference periods: which stretch of time a figure is about."""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, Self

Kind = Literal["year", "half", "quarter", "month", "day", "months", "years"]

FIRST_YEAR = 1900
LAST_YEAR = 2200

_SINGLE = re.compile(
    r"(?P<year>[0-9]{4})"
    r"(?:-(?:S(?P<half>[12])|Q(?P<quarter>[1-4])|(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2}))?))?"
)

_NUMERALS = dict(zip("一二三四五六七八九十", range(1, 11), strict=True))
_NUMERALS |= {"十一": 11, "十二": 12, "两": 2}
_MONTH_NAMES = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

_YEAR = r"([0-9]{4})"
_MONTH = r"(1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_DAY = r"([0-9]{1,2})"


class PeriodError(ValueError):
    """A text or a pair of days that is no reference period; says so in `zh` and `en`."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} {en}")
        self.zh = zh
        self.en = en


def _unreadable(text: object) -> PeriodError:
    shown = text[:40] if isinstance(text, str) else type(text).__name__
    return PeriodError(
        f"“{shown}”不是报告期，请写成 2024、2024-S1、2024-Q3、2024-09 或 2022-06-07。",
        f'"{shown}" is not a reference period; write 2024, 2024-S1, 2024-Q3, 2024-09'
        " or 2022-06-07.",
    )


@dataclass(frozen=True, order=True, slots=True)
class ReferencePeriod:
    """A day, or whole months from the first day of one to the last day of another.

    Ordered by the last day, then by the first. Two texts of one stretch of time
    ("2024-01/2024-06" and "2024-S1") are one period. Raises PeriodError.
    """

    last_day: date
    first_day: date
    kind: Kind = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", _kind(self.first_day, self.last_day))

    @classmethod
    def of_year(cls, year: int) -> Self:
        """The calendar year."""
        return cls.of_months(year, 1, year, 12)

    @classmethod
    def of_months(cls, year: int, month: int, last_year: int, last_month: int) -> Self:
        """Whole months, both ends included. Raises PeriodError."""
        try:
            last_day = date(last_year, last_month, monthrange(last_year, last_month)[1])
            return cls(last_day, date(year, month, 1))
        except PeriodError:
            raise
        except (ValueError, IndexError, OverflowError) as error:
            raise _unreadable(f"{year}-{month}/{last_year}-{last_month}") from error

    @classmethod
    def parse(cls, text: str) -> Self:
        """The period of a canonical text. Raises PeriodError."""
        if not isinstance(text, str):
            raise _unreadable(text)
        first, slash, last = text.partition("/")
        start = cls._single(first, text)
        if not slash:
            return start
        end = cls._single(last, text)
        if start.kind != end.kind or start.kind not in ("year", "month"):
            raise _unreadable(text)
        return cls(end.last_day, start.first_day)

    @classmethod
    def _single(cls, part: str, text: str) -> Self:
        match = _SINGLE.fullmatch(part)
        if match is None:
            raise _unreadable(text)
        year = int(match["year"])
        if match["half"]:
            last = 6 * int(match["half"])
            return cls.of_months(year, last - 5, year, last)
        if match["quarter"]:
            last = 3 * int(match["quarter"])
            return cls.of_months(year, last - 2, year, last)
        if match["day"]:
            try:
                day = date(year, int(match["month"]), int(match["day"]))
            except ValueError as error:
                raise _unreadable(text) from error
            return cls(day, day)
        if match["month"]:
            month = int(match["month"])
            if not 1 <= month <= 12:
                raise _unreadable(text)
            return cls.of_months(year, month, year, month)
        return cls.of_year(year)

    def __str__(self) -> str:
        """The canonical text; `parse` reads it back to an equal period."""
        first, last = self.first_day, self.last_day
        match self.kind:
            case "year":
                return f"{last.year:04}"
            case "half":
                return f"{last.year:04}-S{last.month // 6}"
            case "quarter":
                return f"{last.year:04}-Q{last.month // 3}"
            case "month":
                return f"{last:%Y-%m}"
            case "day":
                return last.isoformat()
            case "years":
                return f"{first.year:04}/{last.year:04}"
            case _:
                return f"{first:%Y-%m}/{last:%Y-%m}"

    @property
    def year(self) -> int:
        """The calendar year in which the period ends."""
        return self.last_day.year

    @property
    def months(self) -> int:
        """Length in whole months; 0 for a day."""
        return 0 if self.kind == "day" else self.end_month - self.start_month

    @property
    def start_month(self) -> int:
        """Months from year 0 to the first day; only differences mean anything."""
        return self.first_day.year * 12 + self.first_day.month - 1

    @property
    def end_month(self) -> int:
        """Months from year 0 that are over when the period ends: 5 into the year on 7 June."""
        last = self.last_day
        # Whole months are over by definition; a day may be the last of its month.
        over = self.kind != "day" or last.day == monthrange(last.year, last.month)[1]
        return last.year * 12 + last.month - (0 if over else 1)

    @property
    def label_zh(self) -> str:
        """The Chinese words, as 2024年上半年."""
        return _label_zh(self.kind, self.first_day, self.last_day)

    @property
    def label_en(self) -> str:
        """The English words, as "first half of 2024"."""
        return _label_en(self.kind, self.first_day, self.last_day)

    def covers(self, other: ReferencePeriod) -> bool:
        """Whether every day of the other lies in this period."""
        return self.first_day <= other.first_day and other.last_day <= self.last_day

    def overlaps(self, other: ReferencePeriod) -> bool:
        """Whether the two share a day."""
        return self.first_day <= other.last_day and other.first_day <= self.last_day

    def year_before(self) -> ReferencePeriod:
        """The same stretch one year earlier (29 February gives the 28th). Raises PeriodError."""
        first, last = self.first_day, self.last_day
        if self.kind == "day":
            length = monthrange(first.year - 1, first.month)[1]
            day = first.replace(year=first.year - 1, day=min(first.day, length))
            return ReferencePeriod(day, day)
        return ReferencePeriod.of_months(first.year - 1, first.month, last.year - 1, last.month)


def _kind(first: date, last: date) -> Kind:
    """Which of the seven kinds the days make. Raises PeriodError."""
    if first.year < FIRST_YEAR or last.year > LAST_YEAR:
        raise PeriodError(
            f"报告期的年份应在{FIRST_YEAR}年至{LAST_YEAR}年之间。",
            f"The year of a reference period must lie between {FIRST_YEAR} and {LAST_YEAR}.",
        )
    if first > last:
        raise PeriodError(
            "报告期的开始晚于结束，请对调。",
            "The reference period starts after its end; swap the two.",
        )
    if first == last:
        return "day"
    if first.day != 1 or last.day != monthrange(last.year, last.month)[1]:
        raise PeriodError(
            "报告期应为某一天，或从月初到月末的整月。",
            "A reference period is one day, or whole months.",
        )
    length = (last.year - first.year) * 12 + last.month - first.month + 1
    if length % 12 == 0 and first.month == 1:
        return "year" if length == 12 else "years"
    aligned = (first.month - 1) % length == 0
    if length == 6 and aligned:
        return "half"
    if length == 3 and aligned:
        return "quarter"
    return "month" if length == 1 else "months"


def _label_zh(kind: str, first: date, last: date) -> str:
    """Chinese words of a period."""
    year = f"{last.year}年"
    match kind:
        case "year":
            return year
        case "half":
            return year + ("上半年" if last.month == 6 else "下半年")
        case "quarter":
            return f"{year}{'一二三四'[last.month // 3 - 1]}季度"
        case "month":
            return f"{year}{last.month}月"
        case "day":
            return f"{year}{last.month}月{last.day}日"
        case "years":
            return f"{first.year}—{last.year}年"
    if first.year == last.year:
        return f"{year}{first.month}—{last.month}月"
    return f"{first.year}年{first.month}月—{last.year}年{last.month}月"


def _label_en(kind: str, first: date, last: date) -> str:
    """English words of a period."""
    month = _MONTH_NAMES[last.month - 1]
    match kind:
        case "year":
            return str(last.year)
        case "half":
            return f"{'first' if last.month == 6 else 'second'} half of {last.year}"
        case "quarter":
            return f"Q{last.month // 3} {last.year}"
        case "month":
            return f"{month} {last.year}"
        case "day":
            return f"{last.day} {month} {last.year}"
        case "years":
            return f"{first.year} to {last.year}"
    start = _MONTH_NAMES[first.month - 1]
    if first.year == last.year:
        return f"{start} to {month} {last.year}"
    return f"{start} {first.year} to {month} {last.year}"


def _number(word: str) -> int:
    return _NUMERALS[word] if word in _NUMERALS else int(word)


def _span(year: str, first: int, last: int, last_year: str = "") -> str:
    return f"{year}-{first:02}/{last_year or year}-{last:02}"


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (re.compile(_YEAR + r"(?:年?全年|年度?|年[末底])"), lambda m: m[1]),
    (
        re.compile(_YEAR + r"年?(上|下)半年"),
        lambda m: f"{m[1]}-S{1 if m[2] == '上' else 2}",
    ),
    (re.compile(_YEAR + r"-?[HS]([12])"), lambda m: f"{m[1]}-S{m[2]}"),
    (re.compile(_YEAR + r"-?Q([1-4])"), lambda m: f"{m[1]}-Q{m[2]}"),
    (
        re.compile(_YEAR + r"年?第?([一二三四1-4])季度?"),
        lambda m: f"{m[1]}-Q{_number(m[2])}",
    ),
    (
        re.compile(_YEAR + r"年?前([一二两三四1-4])个?季度"),
        lambda m: _span(m[1], 1, 3 * _number(m[2])),
    ),
    (re.compile(_YEAR + "年" + _MONTH + "月份?"), lambda m: f"{m[1]}-{_number(m[2]):02}"),
    (
        re.compile(_YEAR + "年前" + _MONTH + "个?月"),
        lambda m: _span(m[1], 1, _number(m[2])),
    ),
    (
        re.compile(_YEAR + "年" + _MONTH + "月?-" + _MONTH + "月份?"),
        lambda m: _span(m[1], _number(m[2]), _number(m[3])),
    ),
    (
        re.compile(_YEAR + "年" + _MONTH + "月-" + _YEAR + "年" + _MONTH + "月份?"),
        lambda m: _span(m[1], _number(m[2]), _number(m[4]), m[3]),
    ),
    (
        re.compile(_YEAR + "年" + _MONTH + "月" + _DAY + "[日号]"),
        lambda m: f"{m[1]}-{_number(m[2]):02}-{int(m[3]):02}",
    ),
    (re.compile(_YEAR + "[-/]" + _MONTH), lambda m: f"{m[1]}-{_number(m[2]):02}"),
    (
        re.compile(_YEAR + "([-/])" + _MONTH + r"\2" + _DAY),
        lambda m: f"{m[1]}-{_number(m[3]):02}-{int(m[4]):02}",
    ),
    (re.compile(_YEAR + "年?-" + _YEAR + "年?"), lambda m: f"{m[1]}/{m[2]}"),
)


def _spelled_out(text: str) -> str:
    """The canonical text of what a person wrote, or the tidied text where no form fits."""
    tidy = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).upper()
    tidy = re.sub(r"[—–―~至到−‐‑]+", "-", tidy)
    for form, canonical in _FORMS:
        match = form.fullmatch(tidy)
        if match is not None:
            return canonical(match)
    return tidy


def read_period(text: str) -> ReferencePeriod:
    """The period of a canonical text or of words (2024年上半年, 2024年1—9月). Raises PeriodError.

    Full-width digits, spaces, 2024H1, 2024/9/7 and Chinese numerals of months and
    quarters are understood too. Nothing is taken from today's date.
    """
    if not isinstance(text, str):
        raise _unreadable(text)
    try:
        return ReferencePeriod.parse(_spelled_out(text))
    except PeriodError as error:
        # The message shows what the person wrote, not what we made of it.
        raise _unreadable(text) if "不是报告期" in error.zh else error from None
