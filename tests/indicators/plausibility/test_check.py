"""The check as a whole: each cause is named once, with the figures, and nothing else is."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.plausibility import (
    RULE_OF,
    RULES,
    Candidate,
    Context,
    Kind,
    Severity,
    check,
)
from indicators.quantities import QuantityError, display
from tests.indicators.plausibility.cases import (
    COUNT,
    MONEY,
    RATE,
    SHARE,
    TODAY,
    VALUES,
    codes,
    only,
    setting,
    year,
)


@pytest.mark.parametrize(
    ("value", "context"),
    [
        ("8000", replace(COUNT, last=Decimal(7500), last_year=Decimal(7500))),
        ("0", COUNT),
        ("-3", RATE),
        ("-3", replace(MONEY, stock=False)),
        ("-3", replace(SHARE, bounded=False)),
        ("130", replace(SHARE, bounded=False)),
        ("130", RATE),
        ("100", SHARE),
        ("0", SHARE),
        ("2.5", MONEY),
    ],
)
def test_a_plain_value_raises_no_issue(value: str, context: Context) -> None:
    assert check(year(value), context) == []


def test_errors_come_before_warnings() -> None:
    context = replace(COUNT, last=Decimal(5), stored=Decimal(4), later_periods=True)

    assert codes(year("-2.5", of=2025), context) == [
        "negative",
        "not_whole",
        "period_not_over",
        "jump",
        "earlier_value_changed",
    ]


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1E+20", "0.00000000001"])
def test_what_cannot_be_stored_is_refused(value: str) -> None:
    with pytest.raises(QuantityError):
        check(year(value), RATE)


@settings(deadline=None, max_examples=200)
@given(VALUES, VALUES, VALUES, st.sampled_from(Kind), st.booleans())
def test_every_issue_speaks_and_shows_the_value(
    value: Decimal, last: Decimal, stored: Decimal, kind: Kind, bounded: bool
) -> None:
    context = Context(
        TODAY, kind, "家", bounded=bounded, last=last, stored=stored, later_periods=True
    )
    issues = check(Candidate(value, TODAY, TODAY), context)

    assert all(issue.zh.endswith("。") and issue.en.endswith((".", "?")) for issue in issues)
    assert all(Decimal(issue.evidence["value"]) == value for issue in issues)
    assert len({issue.code for issue in issues}) == len(issues)
    assert display(value, 2).count(".") == 1


def test_a_rule_that_is_off_says_nothing() -> None:
    context = replace(COUNT, last=Decimal(1000))

    assert codes(year("2500"), context, setting("jump", active=False)) == []


def test_the_severity_of_the_setting_is_that_of_the_issue() -> None:
    context = replace(COUNT, last=Decimal(1000), last_year=Decimal(2500))
    grave = setting("jump", severity="error")
    light = setting("jump", severity="hint")

    issues = check(year("2500"), context, grave)
    assert [(issue.code, issue.severity) for issue in issues] == [
        ("jump", Severity.ERROR),
        ("same_as_last_year", Severity.HINT),
    ]
    assert [issue.needs_reason for issue in issues] == [False, False]
    assert only(year("2600"), context, light).needs_reason is False
    assert only(year("2600"), context).needs_reason is True


def test_every_issue_code_belongs_to_one_rule() -> None:
    assert RULE_OF["unit_slip_up_4"] == RULE_OF["unit_slip_down_8"] == "unit_slip"
    assert set(RULE_OF.values()) == set(RULES)
    assert sum(len(rule.codes) for rule in RULES.values()) == len(RULE_OF)
