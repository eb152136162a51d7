"""Sums that can be kept exactly, and how they are said."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.quantities import read_quantity
from programs.money import LARGEST, fault, in_english, in_wan


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("0", None), ("0.01", None), ("-0.01", None), ("1.10", None), ("1.100000", None),
        ("1E+6", None), ("9999999999999.99", None), ("-9999999999999.99", None),
        ("10000000000000", "large"), ("-10000000000000", "large"), ("1E+400", "large"),
        ("9999999999999.991", "large"), ("0.001", "fen"), ("1.005", "fen"), ("-1.005", "fen"),
        ("0." + "0" * 60 + "1", "fen"), ("NaN", "number"), ("sNaN", "number"),
        ("Infinity", "number"), ("-Infinity", "number"),
    ],
)  # fmt: skip
def test_fault(amount: str, expected: str | None) -> None:
    assert fault(Decimal(amount)) == expected


@pytest.mark.parametrize(
    ("yuan", "words"),
    [
        ("5000000", "500万元"), ("0", "0万元"), ("0.01", "0.000001万元"),
        ("-200000.00", "-20万元"), ("12345678.90", "1,234.56789万元"),
        ("9999999999999.99", "999,999,999.999999万元"),
    ],
)  # fmt: skip
def test_in_wan(yuan: str, words: str) -> None:
    assert in_wan(Decimal(yuan)) == words


@pytest.mark.parametrize(
    ("yuan", "words"),
    [
        ("5000000", "5 million yuan"), ("0", "0 yuan"), ("0.01", "0.01 yuan"),
        ("-1000000", "-1 million yuan"), ("999999.99", "999,999.99 yuan"),
        ("12345678.90", "12.3456789 million yuan"),
        ("9999999999999.99", "9,999,999.99999999 million yuan"),
    ],
)  # fmt: skip
def test_in_english(yuan: str, words: str) -> None:
    assert in_english(Decimal(yuan)) == words


@given(st.decimals(min_value=0, max_value=LARGEST, places=2))
def test_words_hold_every_fen(yuan: Decimal) -> None:
    assert fault(yuan) is None
    assert read_quantity(in_wan(yuan)).value == yuan
