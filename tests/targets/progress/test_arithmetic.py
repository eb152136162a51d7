"""Decimal arithmetic that always answers."""

from __future__ import annotations

from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from targets.progress.arithmetic import (
    CONTEXT,
    clean_root,
    finite,
    plain,
    power,
    ratio,
    rounded,
    yearly_rate,
)
from tests.targets.progress.effort import effort

D = Decimal


@pytest.fixture(autouse=True)
def _in_context():
    with localcontext(CONTEXT):
        yield


@pytest.mark.parametrize(
    ("base", "exponent", "result"),
    [
        ("2", "10", "1024"),
        ("0", "3", "0"),
        ("0", "0", None),
        ("0", "-1", None),
        ("-8", "3", None),
        ("4", "-1", "0.25"),
        ("9E+999999", "2", None),
        ("9E+999999", "1000", None),
    ],
)
def test_power_answers(base: str, exponent: str, result: str | None) -> None:
    assert power(D(base), D(exponent)) == (None if result is None else D(result))


def test_power_of_a_fraction_is_right_to_forty_digits() -> None:
    assert abs(power(D(2), D("0.5")) ** 2 - 2) < D("1E-40")


@pytest.mark.parametrize(
    ("start", "end", "years", "rate"),
    [
        ("100", "121", "2", "10"),
        ("100", "133.1", "3", "10"),
        ("100", "100", "7", "0"),
        ("100", "0", "2", "-100"),
        ("100", "-1", "2", None),
        ("0.5", "1", "1", "100"),
        ("9E+999999", "1E-999999", "1", "-100"),
        ("1E-999999", "9E+999999", "1", None),
        ("0", "5", "2", None),
        ("-5", "5", "2", None),
        ("100", "110", "0", None),
        ("100", "110", "-1", None),
    ],
)
def test_yearly_rate_of_an_exact_rate_is_exact(start, end, years, rate) -> None:
    expected = None if rate is None else D(rate)
    assert yearly_rate(D(start), D(end), D(years)) == expected


def test_root_is_cleaned_of_its_last_digits() -> None:
    assert clean_root(D("9." + "9" * 40)) == D(10)
    assert clean_root(D("1E+400")) == D("1E+400")
    assert clean_root(D("Infinity")) is None


def test_ratio_of_nothing_is_none() -> None:
    assert ratio(D(1), D(0)) is None
    assert ratio(D(0), D(0)) is None
    assert ratio(D("9E+999999"), D("1E-999999")) is None
    assert ratio(D(1), D(4)) == D("0.25")
    assert finite(None) is None


def test_rounded_leaves_what_has_no_decimals() -> None:
    assert rounded(D("0.9499999999"), 9) == D("0.95")
    assert rounded(D("1E+600"), 9) == D("1E+600")


@pytest.mark.parametrize(
    ("figure", "text"),
    [
        ("1.50", "1.5"),
        ("100", "100"),
        ("1E+3", "1000"),
        ("-0.00", "0"),
        ("0E+50", "0"),
        ("1E+99999", "1E+99999"),
        ("1E-99", "1E-99"),
        ("1E+60", "1" + "0" * 60),
        ("1E+61", "1E+61"),
        ("1.5E-60", "0." + "0" * 59 + "15"),
        ("100.00", "100"),
        ("0.10", "0.1"),
        ("NaN", "NaN"),
    ],
)
def test_plain_is_canonical_and_short(figure: str, text: str) -> None:
    assert plain(D(figure)) == text


@effort(100)
@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_plain_reads_back_as_the_same_number(figure: Decimal) -> None:
    assert D(plain(figure)) == figure
