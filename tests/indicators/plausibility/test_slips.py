"""Slips of the unit and fractions for percentages."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.plausibility import (
    Candidate,
    Context,
    Severity,
)
from tests.indicators.plausibility.cases import (
    MONEY,
    POSITIVE,
    RATE,
    SHARE,
    TODAY,
    codes,
    only,
    setting,
    year,
)


@pytest.mark.parametrize(
    ("value", "last", "zh"),
    [
        ("7000000", "650", "大了一万倍"),
        ("70000000000", "650", "大了一亿倍"),
        ("0.07", "650", "小了一万倍"),
        ("0.000007", "650", "小了一亿倍"),
    ],
)
def test_a_slip_of_the_unit_is_named(value: str, last: str, zh: str) -> None:
    issue = only(year(value), replace(MONEY, last=Decimal(last)))

    assert issue.severity is Severity.WARNING
    assert f"，约{zh}，请检查单位是否填错（元、万元、亿元）。" in issue.zh
    assert issue.evidence["exponent"] in ("4", "8", "-4", "-8")


@settings(deadline=None, max_examples=200)
@given(POSITIVE, st.sampled_from([4, 8, -4, -8]))
def test_every_slip_by_a_power_of_ten_is_named(last: Decimal, shift: int) -> None:
    value = last.scaleb(shift)
    found = codes(Candidate(value, TODAY, TODAY), replace(MONEY, last=last))

    assert found == [f"unit_slip_{'up' if shift > 0 else 'down'}_{abs(shift)}"]


@pytest.mark.parametrize(
    ("value", "last", "expected"),
    [
        ("0.29", "29", ["percent_slip"]),
        ("0.1450", "29", ["percent_slip"]),
        ("0.1449", "29", []),
        ("0.58", "29", ["percent_slip"]),
        ("0.59", "29", []),
        ("29", "0.29", ["percent_slip"]),
        ("29", "28", []),
        ("29", "0", []),
        ("0", "29", []),
    ],
)
@pytest.mark.parametrize("context", [SHARE, RATE])
def test_a_fraction_instead_of_a_percentage_is_pointed_out(
    context: Context, value: str, last: str, expected: list[str]
) -> None:
    assert codes(year(value), replace(context, last=Decimal(last))) == expected


def test_a_fraction_is_told_with_both_numbers_and_what_to_do() -> None:
    issue = only(year("0.29"), replace(SHARE, last=Decimal(29)))

    assert issue.severity is Severity.WARNING
    assert issue.zh == (
        "上期29%，本期0.29%，约小了一百倍，请检查是否把小数当成了百分数（0.29 应写成 29%）。"
        "属实的，写明原因。"
    )
    assert "about 100 times smaller" in issue.en
    assert issue.evidence == {"value": "0.29", "last": "29", "exponent": "-2"}


def test_a_percentage_a_hundred_times_too_large_is_over_a_hundred_before_all() -> None:
    assert codes(year("2900"), replace(SHARE, last=Decimal(29))) == ["share_over_100"]
    assert codes(year("2900"), replace(RATE, last=Decimal(29))) == ["percent_slip"]


def test_levels_have_no_fractions_and_percentages_no_unit() -> None:
    assert codes(year("29"), replace(MONEY, last=Decimal("0.29"))) == ["jump"]
    assert codes(year("290000"), replace(RATE, last=Decimal(29))) == []


def test_a_slip_of_the_unit_is_found_across_a_gap_of_years() -> None:
    far = replace(MONEY, last=Decimal(650), steps=5)

    assert codes(year("6500000"), far) == ["unit_slip_up_4"]
    assert codes(year("20800"), far) == []
    assert codes(year("20801"), far) == ["jump"]


def test_without_the_rule_of_slips_a_slip_is_a_jump() -> None:
    context = replace(MONEY, last=Decimal(650))

    assert codes(year("6500000"), context, setting("unit_slip", active=False)) == ["jump"]
