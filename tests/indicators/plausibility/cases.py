"""Candidates and contexts that many tests of the rules start from."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from indicators.plausibility import (
    DEFAULTS,
    RULES,
    Candidate,
    Context,
    Issue,
    Kind,
    Past,
    Rules,
    check,
)

TODAY = date(2025, 3, 1)
COUNT = Context(today=TODAY, kind=Kind.COUNT, unit="家")
MONEY = Context(today=TODAY, kind=Kind.MONEY, unit="亿元", exponent=8)
SHARE = Context(today=TODAY, kind=Kind.SHARE, unit="%", bounded=True)
RATE = Context(today=TODAY, kind=Kind.RATE, unit="%")
VALUES = st.decimals(min_value=-(10**9), max_value=10**9, places=2)
POSITIVE = st.decimals(min_value=Decimal("0.01"), max_value=10**9, places=2)


def year(value: str | None, *, of: int = 2024, **facts: Any) -> Candidate:
    """A value of a whole year."""
    amount = None if value is None else Decimal(value)
    return Candidate(amount, date(of, 1, 1), date(of, 12, 31), **facts)


def past(*values: str, steps: int = 1) -> tuple[Past, ...]:
    """Earlier values, oldest first, evenly apart."""
    first = 2024 - len(values) * steps
    return tuple(
        Past(str(first + place * steps), Decimal(value), steps)
        for place, value in enumerate(values)
    )


def setting(code: str, *, active: bool = True, severity: str | None = None, **raw: Any) -> Rules:
    """The defaults with one rule set otherwise."""
    return {**DEFAULTS, code: RULES[code].setting(raw, severity=severity, active=active)}


def codes(candidate: Candidate, context: Context, rules: Rules = DEFAULTS) -> list[str]:
    """The codes of what is said."""
    return [issue.code for issue in check(candidate, context, rules)]


def only(candidate: Candidate, context: Context, rules: Rules = DEFAULTS) -> Issue:
    """The one issue."""
    issues = check(candidate, context, rules)
    assert len(issues) == 1
    return issues[0]
