"""Is a candidate value plausible beside what is already known? Issues in words, with evidence.

An error stops the value; a warning asks for a reason, unless it says that none is needed.
All values of one check are in the same unit; comparisons are exact, only evidence is rounded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Context as Arithmetic
from decimal import Decimal
from enum import StrEnum

from indicators.quantities import convert, display, grouped, plain, storable

_EXACT = Arithmetic(prec=200)
_HALF, _TWO = Decimal("0.5"), Decimal(2)
SLIPS = {4: "一万", 8: "一亿"}


class Severity(StrEnum):
    """An error stops the value, a warning may be kept with a reason."""

    ERROR = "error"
    WARNING = "warning"


class Kind(StrEnum):
    """What the unit measures; the first three are levels, where ratios mean something."""

    COUNT = "count"
    MONEY = "money"
    PHYSICAL = "physical"
    SHARE = "share"
    RATE = "rate"


LEVELS = frozenset({Kind.COUNT, Kind.MONEY, Kind.PHYSICAL})


@dataclass(frozen=True)
class Candidate:
    """A value someone wants to save; None is a declared missing value, never a zero."""

    value: Decimal | None
    period_start: date
    period_end: date
    forecast: bool = False


@dataclass(frozen=True)
class Part:
    """The value of one district; None where there is none yet."""

    name: str
    value: Decimal | None


@dataclass(frozen=True)
class Context:
    """What is known about the indicator and its series.

    `exponent` is the power of ten of the unit (万家 4), `last` the value of the latest earlier
    period, `last_year` that of the same period a year before, `stored` the approved value that
    the candidate would replace, `later_periods` whether later periods are approved already.
    `parts` are the districts of `total`; without a total the candidate itself is the total.
    """

    today: date
    kind: Kind
    unit: str = ""
    exponent: int = 0
    stock: bool = True
    bounded: bool = False
    sums_over_regions: bool = False
    last: Decimal | None = None
    last_year: Decimal | None = None
    stored: Decimal | None = None
    later_periods: bool = False
    total: Decimal | None = None
    parts: tuple[Part, ...] = ()
    parts_tolerance: Decimal = Decimal(0)


@dataclass(frozen=True)
class Issue:
    """One doubt: a code, how grave it is, a sentence in both languages, and the figures behind."""

    code: str
    severity: Severity
    zh: str
    en: str
    evidence: Mapping[str, str] = field(default_factory=dict)
    needs_reason: bool = True


def check(candidate: Candidate, context: Context) -> list[Issue]:
    """All issues of a candidate, errors first, each cause named once.

    Raises QuantityError where the candidate is NaN, infinite or too long to be stored.
    """
    issues = _period(candidate, context)
    value = candidate.value
    if value is not None:
        storable(value)
        issues += [
            *_sign(value, context),
            *_bounds(value, context),
            *_whole(value, context),
            *_against_last(value, context),
            *_revision(value, context),
            *_same_as_last_year(value, context),
        ]
        if context.sums_over_regions and context.parts:
            total = value if context.total is None else context.total
            issues += _sum_of_parts(total, context)
    return sorted(issues, key=lambda issue: issue.severity is not Severity.ERROR)


def _period(candidate: Candidate, context: Context) -> list[Issue]:
    evidence = {"period_end": f"{candidate.period_end}", "today": f"{context.today}"}
    # A missing value may be declared early no more than a figure may.
    if candidate.period_start > context.today:
        return [
            Issue(
                "period_in_future",
                Severity.ERROR,
                f"报告期从{candidate.period_start}开始，还没有到，不能填报实绩。",
                f"The period starts on {candidate.period_start}, which is in the future.",
                evidence,
            )
        ]
    if candidate.period_end > context.today and not candidate.forecast:
        return [
            Issue(
                "period_not_over",
                Severity.WARNING,
                f"报告期到{candidate.period_end}才结束，请确认不是预计数。",
                f"The period ends only on {candidate.period_end}; is this a forecast?",
                evidence,
            )
        ]
    return []


def _sign(value: Decimal, context: Context) -> list[Issue]:
    never_negative = (
        context.kind is Kind.COUNT
        or (context.kind is Kind.MONEY and context.stock)
        or (context.kind is Kind.SHARE and context.bounded)
    )
    if value >= 0 or not never_negative:
        return []
    return [
        Issue(
            "negative",
            Severity.ERROR,
            f"{_shown(value, context)}是负数，这个指标不能为负。",
            f"{_shown(value, context)} is negative, which this indicator cannot be.",
            {"value": plain(value)},
        )
    ]


def _bounds(value: Decimal, context: Context) -> list[Issue]:
    if context.kind is not Kind.SHARE or not context.bounded or value <= 100:
        return []
    return [
        Issue(
            "share_over_100",
            Severity.ERROR,
            f"占比{grouped(value)}%超过了100%。",
            f"A share of {grouped(value)} % is more than 100 %.",
            {"value": plain(value), "limit": "100"},
        )
    ]


def _whole(value: Decimal, context: Context) -> list[Issue]:
    single = convert(value, context.exponent, 0)
    if context.kind is not Kind.COUNT or single == single.to_integral_value(context=_EXACT):
        return []
    return [
        Issue(
            "not_whole",
            Severity.ERROR,
            f"{_shown(value, context)}不是整数个，计数指标只能是整数。",
            f"{_shown(value, context)} is not a whole number, but the indicator is a count.",
            {"value": plain(value)},
        )
    ]


def _against_last(value: Decimal, context: Context) -> list[Issue]:
    last = context.last
    # From zero there is no ratio: the first value of something new is no jump.
    if context.kind not in LEVELS or last is None or last == 0:
        return []
    if _near(value, last):
        return []
    evidence = {"value": plain(value), "last": plain(last), "ratio": _ratio(value, last)}
    change = f"上期{_shown(last, context)}，本期{_shown(value, context)}"
    was = f"{_shown(last, context)} before, {_shown(value, context)} now"
    for exponent, word in SLIPS.items():
        for shift, zh, en in ((exponent, "大", "larger"), (-exponent, "小", "smaller")):
            if _near(value, convert(last, shift, 0)):
                return [
                    Issue(
                        f"unit_slip_{'up' if shift > 0 else 'down'}_{exponent}",
                        Severity.WARNING,
                        f"{change}，约{zh}了{word}倍，请检查单位是否填错（元、万元、亿元）。",
                        f"{was}: about 10^{exponent} times {en}; check the unit.",
                        evidence | {"exponent": str(shift)},
                    )
                ]
    return [
        Issue(
            "jump",
            Severity.WARNING,
            # A ratio says nothing between a value and one of the other sign.
            f"{change}，正负号变了。"
            if value * last < 0
            else f"{change}，是上期的{evidence['ratio']}倍，变化过大。",
            f"{was}: the sign has changed."
            if value * last < 0
            else f"{was}: {evidence['ratio']} times the last value is a large change.",
            evidence,
        )
    ]


def _near(value: Decimal, other: Decimal) -> bool:
    """Whether value / other lies within [0.5, 2]; exact, without dividing."""
    if other < 0:
        value, other = value.copy_negate(), other.copy_negate()
    low, high = _EXACT.multiply(other, _HALF), _EXACT.multiply(other, _TWO)
    return low <= value <= high


def _ratio(value: Decimal, last: Decimal) -> str:
    """The ratio to two decimals, or to more where two would put it on the other side of a bound."""
    return display(_EXACT.divide(value, last), 2, (Decimal(0), _HALF, _TWO))


def _revision(value: Decimal, context: Context) -> list[Issue]:
    stored = context.stored
    if stored is None or stored == value or not context.later_periods:
        return []
    return [
        Issue(
            "earlier_value_changed",
            Severity.WARNING,
            f"改动了以往的数据：原为{_shown(stored, context)}，"
            f"现为{_shown(value, context)}，以后各期的增速也会变。",
            f"An earlier value changes from {_shown(stored, context)} "
            f"to {_shown(value, context)}; later growth rates change with it.",
            {"value": plain(value), "stored": plain(stored)},
        )
    ]


def _same_as_last_year(value: Decimal, context: Context) -> list[Issue]:
    # Zero or a full 100 % may well stand for years.
    if value != context.last_year or value == 0 or (context.bounded and value == 100):
        return []
    return [
        Issue(
            "same_as_last_year",
            Severity.WARNING,
            f"{_shown(value, context)}与上年同期完全相同，请确认不是照抄。",
            f"{_shown(value, context)} is exactly last year's value; was it copied?",
            {"value": plain(value), "last_year": plain(value)},
            needs_reason=False,
        )
    ]


def _sum_of_parts(total: Decimal, context: Context) -> list[Issue]:
    known = [part.value for part in context.parts if part.value is not None]
    missing = [part.name for part in context.parts if part.value is None]
    added = Decimal(0)
    for part in known:
        added = _EXACT.add(added, part)
    over = _EXACT.subtract(added, total)
    gap = over.copy_abs()
    # With a district missing the sum can only be judged where it is too large already.
    if gap <= context.parts_tolerance or (missing and (over < 0 or min(known, default=0) < 0)):
        return []
    zh_gap, en_gap = ("多", "more") if over > 0 else ("少", "less")
    return [
        Issue(
            "parts_do_not_add_up",
            Severity.WARNING,
            f"各区市合计{_shown(added, context)}，全市{_shown(total, context)}，"
            f"合计{zh_gap}了{_shown(gap, context)}。",
            f"The districts add up to {_shown(added, context)}, the city has "
            f"{_shown(total, context)}: {_shown(gap, context)} {en_gap}.",
            {
                "sum": plain(added),
                "total": plain(total),
                "difference": plain(over),
                "missing": "、".join(missing),
            },
        )
    ]


def _shown(value: Decimal, context: Context) -> str:
    return f"{grouped(value)}{context.unit}"
