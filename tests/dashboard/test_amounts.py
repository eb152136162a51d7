"""Numbers as they are written: exact, rounded, in units, as shares."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import translation

from qdpolicy.dashboard import amounts
from tests.dashboard.builders import unsaved_unit

D = Decimal


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("0", "0"),
        ("9000", "9,000"),
        ("709.5800000000", "709.58"),
        ("0.0000000001", "0.0000000001"),
        ("-1234567.5", "-1,234,567.5"),
    ],
)
def test_exact_shows_every_digit(value: str, shown: str) -> None:
    assert amounts.exact(D(value)) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("7332.4", "7,332.4"),
        ("7332.416", "7,332"),
        ("693.3333333", "693.3"),
        ("490.42", "490.42"),
        ("12.3456", "12.35"),
        ("0", "0"),
        ("-0.004", "-0.004"),
    ],
)
def test_rounded_keeps_what_a_reader_needs(value: str, shown: str) -> None:
    assert amounts.rounded(D(value), D(0)) == shown


@pytest.mark.parametrize(
    ("value", "limit", "shown"),
    [
        ("8999.9641", "9000", "8,999.96"),
        ("9000.0000", "9000", "9,000"),
        ("9000.0001", "9000", "9,000.0001"),
        ("99.9999", "100", "99.9999"),
    ],
)
def test_rounded_never_reaches_a_limit_it_has_not(value: str, limit: str, shown: str) -> None:
    assert amounts.rounded(D(value), D(limit)) == shown


@pytest.mark.parametrize(
    ("share", "limits", "shown"),
    [
        ("0.965", (), "96.5%"),
        ("0.88", (), "88%"),
        ("0.8800001", (), "88.0%"),
        ("0", (), "0%"),
        ("-0.1", (), "-10%"),
        ("0.99999", ("1",), "99.999%"),
        ("0.94996", ("0.95",), "94.996%"),
        ("1.0136857", ("1",), "101.4%"),
    ],
)
def test_percentage_of_a_share(share: str, limits: tuple[str, ...], shown: str) -> None:
    assert amounts.percentage(D(share), *map(D, limits)) == shown


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        ("700", "yi", "700亿元"),
        ("9000", "jia", "9,000家"),
        ("2.2", "wan-jia", "2.2万家"),
        ("11", "percent", "11%"),
        ("2", "point", "2个百分点"),
        ("0", "jia", "0家"),
    ],
)
def test_amount_in_chinese(value: str, code: str, shown: str) -> None:
    assert amounts.amount(D(value), unsaved_unit(code)) == shown


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        ("700", "yi", "70\u00a0billion yuan"),
        ("9.58", "yi", "958\u00a0million yuan"),
        ("0.001", "yi", "100,000\u00a0yuan"),
        ("-490.42", "yi", "-49.042\u00a0billion yuan"),
        ("2.2", "wan-jia", "22,000\u00a0units"),
        ("9000", "jia", "9,000\u00a0units"),
        ("11", "percent", "11%"),
        ("2", "point", "2\u00a0percentage points"),
    ],
)
def test_amount_in_english_has_no_wan_and_yi(value: str, code: str, shown: str) -> None:
    with translation.override("en"):
        assert amounts.amount(D(value), unsaved_unit(code)) == shown


def test_computed_amount_in_english_keeps_its_limit_apart() -> None:
    with translation.override("en"):
        shown = amounts.amount(D("699.99996"), unsaved_unit("yi"), D(700), computed=True)
    assert shown == "69.999996\u00a0billion yuan"


def test_computed_amount_of_wan_in_english_is_rounded_in_plain_units() -> None:
    with translation.override("en"):
        shown = amounts.amount(D("2.20004"), unsaved_unit("wan-jia"), D("2.2"), computed=True)
    assert shown == "22,000.4\u00a0units"


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        ("-1080", "jia", "\u22121,080家"),
        ("9.58", "yi", "+9.58亿元"),
        ("0", "yi", "0亿元"),
        ("-0.5", "percent", "\u22120.5 个百分点"),
        ("2", "percent", "+2 个百分点"),
        ("-3", "point", "\u22123 个百分点"),
        ("-0.00004", "jia", "\u22120.00004家"),
    ],
)
def test_difference_is_signed_and_between_percentages_in_points(
    value: str, code: str, shown: str
) -> None:
    assert amounts.difference(D(value), unsaved_unit(code)) == shown


@pytest.mark.parametrize(
    ("yuan", "zh", "en"),
    [
        ("5000000", "500万元", "5\u00a0million yuan"),
        ("100000000", "1亿元", "100\u00a0million yuan"),
        ("2500000000", "25亿元", "2.5\u00a0billion yuan"),
        ("9999", "9,999元", "9,999\u00a0yuan"),
        ("0", "0元", "0\u00a0yuan"),
        ("10000.5", "1.00005万元", "10,000.5\u00a0yuan"),
    ],
)
def test_money_in_both_languages(yuan: str, zh: str, en: str) -> None:
    assert amounts.money(D(yuan)) == zh
    with translation.override("en"):
        assert amounts.money(D(yuan)) == en
