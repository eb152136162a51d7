"""Last year's value again, exactly or up to rounding."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from indicators.plausibility import (
    Context,
    Severity,
)
from tests.indicators.plausibility.cases import (
    COUNT,
    MONEY,
    SHARE,
    codes,
    only,
    setting,
    year,
)


def test_last_year_s_value_once_more_is_a_hint_without_reason() -> None:
    issue = only(year("8123"), replace(COUNT, last_year=Decimal("8123.0")))

    assert (issue.code, issue.severity) == ("same_as_last_year", Severity.HINT)
    assert issue.needs_reason is False
    assert issue.zh == "8,123家与上年同期完全相同，请确认不是照抄。"


def test_zero_and_full_coverage_may_stay_for_years() -> None:
    assert codes(year("0"), replace(COUNT, last_year=Decimal(0))) == []
    assert codes(year("100"), replace(SHARE, last_year=Decimal(100))) == []
    assert codes(year("100"), replace(COUNT, last_year=Decimal(100))) == ["same_as_last_year"]


def neighbours(last: str | None = None, following: str | None = None) -> Context:
    """A series of money with these neighbours."""
    return replace(
        MONEY,
        last=None if last is None else Decimal(last),
        last_period="2016" if last else "",
        following=None if following is None else Decimal(following),
        following_period="2018" if following else "",
    )


@pytest.mark.parametrize(
    ("value", "other", "expected"),
    [
        ("286.4", "286", True),
        ("286", "286.4", True),
        ("286.5", "287", True),
        ("286.5", "286", False),
        ("286.6", "286", False),
        ("286.40", "286.4", False),
        ("286", "286", False),
        ("286.4", "286.5", False),
        ("286.44", "286.4", True),
        ("2.84", "2.8", False),
        ("2.844", "2.84", True),
        ("0.1234", "0.123", True),
        ("0.0012", "0", False),
        ("28.4", "28", False),
        ("-286.4", "-286", True),
        ("-286.4", "286", False),
    ],
)
def test_a_neighbour_up_to_rounding_is_a_near_repeat(
    value: str, other: str, expected: bool
) -> None:
    flow = replace(neighbours(last=other), stock=False)
    assert ("near_repeat" in codes(year(value), flow)) == expected


def test_a_near_repeat_is_told_with_its_neighbour() -> None:
    issue = only(year("286.4", of=2017), neighbours(last="286"))

    assert (issue.severity, issue.needs_reason) == (Severity.WARNING, True)
    assert issue.zh == (
        "286.4亿元与上期（2016）的286亿元四舍五入后相同，可能是同一个数写到了两期。"
        "请核对来源所指的年份；属实的，写明原因。"
    )
    assert "286.4亿元 is the last value (2016), 286亿元, up to rounding" in issue.en
    assert issue.evidence == {"value": "286.4", "other": "286", "period": "2016"}


def test_the_next_period_is_a_neighbour_as_well() -> None:
    issue = only(year("286"), neighbours(following="286.4"))

    assert "与下期（2018）的286.4亿元" in issue.zh
    assert "the next value (2018)" in issue.en


def test_a_neighbour_without_a_name_is_told_without_one() -> None:
    issue = only(year("286.4"), replace(MONEY, last=Decimal(286)))

    assert issue.zh.startswith("286.4亿元与上期的286亿元四舍五入后相同")


def test_how_many_digits_a_near_repeat_needs_is_a_parameter() -> None:
    context = neighbours(last="2.8")

    assert codes(year("2.84"), context) == []
    assert codes(year("2.84"), context, setting("near_repeat", digits="2")) == ["near_repeat"]
