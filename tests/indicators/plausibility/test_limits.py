"""What a value can be at all: sign, a hundred per cent, set bounds, wholeness."""

from __future__ import annotations

from dataclasses import replace

import pytest

from indicators.plausibility import (
    Context,
    Issue,
    Severity,
)
from tests.indicators.plausibility.cases import (
    COUNT,
    MONEY,
    RATE,
    SHARE,
    codes,
    only,
    setting,
    year,
)


@pytest.mark.parametrize("context", [COUNT, MONEY, SHARE])
def test_a_negative_stock_count_or_bounded_share_is_an_error(context: Context) -> None:
    issue = only(year("-5"), context)

    assert issue == Issue(
        "negative",
        Severity.ERROR,
        f"-5{context.unit}是负数，这个指标不能为负。请核对正负号。",
        f"-5{context.unit} is negative, which this indicator cannot be. Check the sign.",
        {"value": "-5"},
    )


def test_a_bounded_share_over_a_hundred_is_an_error_with_the_exact_value() -> None:
    issue = only(year("100.004"), SHARE)

    assert issue.code == "share_over_100"
    assert issue.severity is Severity.ERROR
    assert issue.zh == "占比100.004%超过了100%。请核对分子、分母和小数点。"
    assert issue.evidence == {"value": "100.004", "limit": "100"}


def test_a_count_must_be_whole_in_its_single_unit() -> None:
    thousands = replace(COUNT, unit="万家", exponent=4)

    assert codes(year("2.2"), COUNT) == ["not_whole"]
    assert codes(year("2.2"), thousands) == []
    assert codes(year("2.20005"), thousands) == ["not_whole"]
    assert codes(year("2.0"), COUNT) == []
    assert codes(year("12345678901234567890.5"), COUNT) == ["not_whole"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [("9", ["out_of_bounds"]), ("10", []), ("50", []), ("500", []), ("501", ["out_of_bounds"])],
)
def test_bounds_set_for_an_indicator_hold_with_both_ends(value: str, expected: list[str]) -> None:
    assert codes(year(value), COUNT, setting("out_of_bounds", min="10", max="500")) == expected


def test_a_value_out_of_bounds_is_told_with_the_bound() -> None:
    rules = setting("out_of_bounds", min="0", max="5000")
    high, low = only(year("7920"), MONEY, rules), only(year("-1"), RATE, rules)

    assert high.severity is Severity.ERROR
    assert high.zh.startswith("7,920亿元高于设定的上限5,000亿元。请核对数值和单位；")
    assert high.en.startswith("7,920亿元 is above the upper bound of 5,000亿元. Check the value")
    assert high.evidence == {"value": "7920", "limit": "5000"}
    assert low.zh.startswith("-1%低于设定的下限0%。")
    assert low.evidence == {"value": "-1", "limit": "0"}


@pytest.mark.parametrize("raw", [{}, {"min": ""}, {"max": None}])
def test_bounds_left_open_check_nothing(raw: dict[str, str | None]) -> None:
    assert codes(year("-1000000"), RATE, setting("out_of_bounds", **raw)) == []


def test_zero_is_a_bound() -> None:
    assert codes(year("-0.1"), RATE, setting("out_of_bounds", min="0")) == ["out_of_bounds"]
    assert codes(year("0.1"), RATE, setting("out_of_bounds", max="0")) == ["out_of_bounds"]
    assert codes(year("0"), RATE, setting("out_of_bounds", min="0", max="0")) == []


def test_what_breaks_a_law_is_not_told_as_out_of_bounds_as_well() -> None:
    rules = setting("out_of_bounds", min="0", max="90")

    assert codes(year("-1"), SHARE, rules) == ["negative"]
    assert codes(year("101"), SHARE, rules) == ["share_over_100"]
    assert codes(year("95"), SHARE, rules) == ["out_of_bounds"]
