"""What binds, over what it adds up, and what is left: every branch and the properties of all."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.caps import (
    MissingInvestment,
    NotFixed,
    Over,
    Scope,
    Terms,
    Under,
    ceiling,
    headroom,
    scope_of,
    verdict,
)

MILLION = Decimal(1_000_000)
ZERO = Decimal(0)


def terms(cap: Decimal | None = MILLION, **facts: Any) -> Terms:
    stated: dict[str, Any] = {
        "comparator": "at_most" if cap is not None else "uncapped", "cap": cap, "rate": None,
        "per": "project", "payout": "",
    }  # fmt: skip
    return Terms(**(stated | facts))


@pytest.mark.parametrize(
    ("per", "payout", "scope"),
    [
        ("", "", Scope.SINGLE),
        ("", "once", Scope.SINGLE),
        ("", "yearly", Scope.SINGLE),
        ("project", "", Scope.PROJECT),
        ("project", "once", Scope.PROJECT),
        ("project", "yearly", Scope.PROJECT_YEAR),
        ("year", "", Scope.ITEM_YEAR),
        ("year", "once", Scope.ITEM_YEAR),
        ("year", "yearly", Scope.ITEM_YEAR),
        *(
            (body, payout, scope)
            for body in ("enterprise", "person", "institution", "platform")
            for payout, scope in (
                ("", Scope.RECIPIENT_YEAR),
                ("yearly", Scope.RECIPIENT_YEAR),
                ("once", Scope.RECIPIENT),
            )
        ),
    ],
)
def test_the_text_says_over_what_a_cap_adds_up(per: str, payout: str, scope: Scope) -> None:
    assert scope_of(terms(per=per, payout=payout)) is scope


def test_a_unit_that_no_item_has_is_a_fault_of_the_program() -> None:
    with pytest.raises(ValueError, match="galaxy"):
        scope_of(terms(per="galaxy"))


@pytest.mark.parametrize(
    ("stated", "investment", "most"),
    [
        (terms(), None, "1000000"),
        (terms(comparator="fixed"), None, "1000000"),
        (terms(comparator="at_least"), None, None),
        (terms(None), None, None),
        (terms(None), "5", None),
        (terms(rate=Decimal(20)), "4000000", "800000"),
        (terms(rate=Decimal(20)), "6000000", "1000000"),
        (terms(rate=Decimal(20)), "5000000", "1000000"),
        (terms(None, rate=Decimal(20)), "60000000", "12000000"),
        # A third of a 分 more would be more than the text allows.
        (terms(rate=Decimal("33.3333")), "100", "33.33"),
        (terms(rate=Decimal("0.0001")), "9999.99", "0.00"),
        (terms(None, rate=Decimal(100)), "9999999999999.99", "9999999999999.99"),
    ],
)
def test_ceiling_is_the_cap_or_the_share_that_is_smaller(
    stated: Terms, investment: str | None, most: str | None
) -> None:
    found = ceiling(stated, None if investment is None else Decimal(investment))
    assert found == (None if most is None else Decimal(most))


@pytest.mark.parametrize("ask", [ceiling, lambda t, i: headroom(t, ZERO, i)])
def test_a_share_of_an_investment_that_nobody_declared_is_not_guessed(ask: Any) -> None:
    with pytest.raises(MissingInvestment):
        ask(terms(rate=Decimal(20)), None)
    with pytest.raises(MissingInvestment):
        verdict(terms(None, rate=Decimal(20)), amount=ZERO, granted=ZERO, investment=None)


@pytest.mark.parametrize(
    ("stated", "granted", "investment", "left"),
    [
        (terms(), "0", None, "1000000"),
        (terms(), "400000.01", None, "599999.99"),
        (terms(), "1000000", None, "0"),
        # A cap cut below what was granted: the debt is told, not hidden.
        (terms(), "1200000", None, "-200000"),
        (terms(None), "99999999", None, None),
        (terms(comparator="at_least"), "99999999", None, None),
        (terms(rate=Decimal(20)), "300000", "4000000", "500000"),
        (terms(rate=Decimal(20)), "300000", "9000000", "700000"),
        (terms(None, rate=Decimal(20)), "300000", "9000000", "1500000"),
        # What everybody shares in a year: the share of one investment binds one award.
        (terms(per="year", rate=Decimal(20)), "700000", "1000000", "200000"),
        (terms(per="year", rate=Decimal(20)), "900000", "1000000", "100000"),
        (terms(None, per="year", rate=Decimal(20)), "900000", "1000000", "200000"),
    ],
)
def test_headroom_is_what_is_left_under_the_ceiling(
    stated: Terms, granted: str, investment: str | None, left: str | None
) -> None:
    found = headroom(stated, Decimal(granted), None if investment is None else Decimal(investment))
    assert found == (None if left is None else Decimal(left))


@pytest.mark.parametrize(
    ("stated", "amount", "granted", "expected"),
    [
        (terms(), "1000000", "0", None),
        (terms(), "600000", "400000", None),
        (
            terms(), "600000.01", "400000",
            Over(MILLION, Decimal(400000), Decimal(600000), Decimal("0.01")),
        ),
        (
            terms(), "0.01", "1200000",
            Over(MILLION, Decimal(1200000), Decimal(-200000), Decimal("200000.01")),
        ),
        (terms(None), "9999999999999.99", "9999999999999.99", None),
        (terms(comparator="at_least"), "1000000", "9000000", None),
        (terms(comparator="at_least"), "99000000", "0", None),
        (terms(comparator="at_least"), "999999.99", "0", Under(MILLION, Decimal("0.01"))),
        (terms(comparator="fixed"), "1000000", "0", None),
        (terms(comparator="fixed"), "999999.99", "0", NotFixed(MILLION)),
        (terms(comparator="fixed"), "1000000.01", "0", NotFixed(MILLION)),
        (
            terms(comparator="fixed"), "1000000", "1000000",
            Over(MILLION, MILLION, ZERO, MILLION),
        ),
    ],
)  # fmt: skip
def test_verdict(stated: Terms, amount: str, granted: str, expected: object) -> None:
    found = verdict(stated, amount=Decimal(amount), granted=Decimal(granted), investment=None)
    assert found == expected


def test_over_a_share_names_the_share_as_the_limit() -> None:
    found = verdict(
        terms(rate=Decimal(20)), amount=Decimal(801), granted=Decimal(0), investment=Decimal(4000)
    )
    assert found == Over(Decimal("800.00"), ZERO, Decimal("800.00"), Decimal("1.00"))


sums = st.decimals(
    min_value=Decimal("0.01"), max_value=Decimal("99999999.99"), places=2, allow_nan=False
)
rates = st.decimals(min_value=Decimal("0.0001"), max_value=Decimal(100), places=4)


@given(sums, sums, sums)
def test_an_amount_fits_exactly_where_it_is_not_more_than_what_is_left(
    cap: Decimal, granted: Decimal, amount: Decimal
) -> None:
    found = verdict(terms(cap), amount=amount, granted=granted, investment=None)
    assert (found is None) == (granted + amount <= cap)
    if found is not None:
        assert found == Over(cap, granted, cap - granted, granted + amount - cap)


@given(sums, st.lists(sums, max_size=20))
def test_whatever_is_let_through_in_turn_never_exceeds_the_cap(
    cap: Decimal, asked: list[Decimal]
) -> None:
    granted = ZERO
    for amount in asked:
        if verdict(terms(cap), amount=amount, granted=granted, investment=None) is None:
            granted += amount
    assert granted <= cap


@given(sums, rates)
def test_a_share_is_never_rounded_up_and_loses_less_than_a_fen(
    investment: Decimal, rate: Decimal
) -> None:
    found = ceiling(terms(None, rate=rate), investment)
    assert found is not None
    exact = Fraction(investment) * Fraction(rate) / 100
    assert 0 <= exact - Fraction(found) < Fraction(1, 100)


@given(sums, sums, st.sampled_from(["", "project", "enterprise", "year"]))
def test_what_has_no_cap_is_never_compared(granted: Decimal, amount: Decimal, per: str) -> None:
    uncapped = terms(None, per=per)
    assert ceiling(uncapped, None) is None
    assert headroom(uncapped, granted, None) is None
    assert verdict(uncapped, amount=amount, granted=granted, investment=None) is None


@given(sums, sums, sums, rates, st.sampled_from(["project", "enterprise", "year", ""]))
def test_headroom_never_exceeds_the_ceiling(
    cap: Decimal, granted: Decimal, investment: Decimal, rate: Decimal, per: str
) -> None:
    bound = terms(cap, rate=rate, per=per)
    most, left = ceiling(bound, investment), headroom(bound, granted, investment)
    assert most is not None
    assert left is not None
    assert left <= most <= cap
