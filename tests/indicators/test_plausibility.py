"""Doubts about a value: each cause is named once, with the figures, and nothing else is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.plausibility import Candidate, Context, Issue, Kind, Part, Severity, check
from indicators.quantities import QuantityError, display

TODAY = date(2025, 3, 1)
COUNT = Context(today=TODAY, kind=Kind.COUNT, unit="家")
MONEY = Context(today=TODAY, kind=Kind.MONEY, unit="亿元", exponent=8)
SHARE = Context(today=TODAY, kind=Kind.SHARE, unit="%", bounded=True)
RATE = Context(today=TODAY, kind=Kind.RATE, unit="%")
VALUES = st.decimals(min_value=-(10**9), max_value=10**9, places=2)
POSITIVE = st.decimals(min_value=Decimal("0.01"), max_value=10**9, places=2)


def year(value: str | None, *, of: int = 2024, forecast: bool = False) -> Candidate:
    amount = None if value is None else Decimal(value)
    return Candidate(amount, date(of, 1, 1), date(of, 12, 31), forecast)


def codes(candidate: Candidate, context: Context) -> list[str]:
    return [issue.code for issue in check(candidate, context)]


def only(candidate: Candidate, context: Context) -> Issue:
    issues = check(candidate, context)
    assert len(issues) == 1
    return issues[0]


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


@pytest.mark.parametrize("context", [COUNT, MONEY, SHARE])
def test_a_negative_stock_count_or_bounded_share_is_an_error(context: Context) -> None:
    issue = only(year("-5"), context)

    assert issue == Issue(
        "negative",
        Severity.ERROR,
        f"-5{context.unit}是负数，这个指标不能为负。",
        f"-5{context.unit} is negative, which this indicator cannot be.",
        {"value": "-5"},
    )


def test_a_bounded_share_over_a_hundred_is_an_error_with_the_exact_value() -> None:
    issue = only(year("100.004"), SHARE)

    assert issue.code == "share_over_100"
    assert issue.severity is Severity.ERROR
    assert issue.zh == "占比100.004%超过了100%。"
    assert issue.evidence == {"value": "100.004", "limit": "100"}


def test_a_count_must_be_whole_in_its_single_unit() -> None:
    thousands = replace(COUNT, unit="万家", exponent=4)

    assert codes(year("2.2"), COUNT) == ["not_whole"]
    assert codes(year("2.2"), thousands) == []
    assert codes(year("2.20005"), thousands) == ["not_whole"]
    assert codes(year("2.0"), COUNT) == []
    assert codes(year("12345678901234567890.5"), COUNT) == ["not_whole"]


@pytest.mark.parametrize(
    ("value", "last", "expected"),
    [
        ("200", "100", []),
        ("50", "100", []),
        ("201", "100", ["jump"]),
        ("49", "100", ["jump"]),
        ("0", "100", ["jump"]),
        ("7", "0", []),
        ("100", "100", []),
        ("499999", "100", ["jump"]),
        ("500000", "100", ["unit_slip_up_4"]),
        ("2000000", "100", ["unit_slip_up_4"]),
        ("2000001", "100", ["jump"]),
        ("10000000000", "100", ["unit_slip_up_8"]),
        ("90", "900000", ["unit_slip_down_4"]),
        ("9", "900000000", ["unit_slip_down_8"]),
    ],
)
def test_jump_and_unit_slip_against_the_last_value(
    value: str, last: str, expected: list[str]
) -> None:
    assert codes(year(value), replace(COUNT, last=Decimal(last))) == expected


@pytest.mark.parametrize(
    ("value", "last", "expected"),
    [
        ("-30", "-20", []),
        ("-50", "-20", ["jump"]),
        ("20", "-20", ["jump"]),
        ("-20", "20", ["jump"]),
    ],
)
def test_amounts_below_zero_are_compared_by_size_and_sign(
    value: str, last: str, expected: list[str]
) -> None:
    assert codes(year(value), replace(MONEY, stock=False, last=Decimal(last))) == expected


@pytest.mark.parametrize("context", [SHARE, RATE])
def test_shares_and_rates_have_no_jump(context: Context) -> None:
    assert codes(year("60"), replace(context, last=Decimal(2))) == []


def test_a_jump_is_told_with_its_figures() -> None:
    issue = only(year("2500"), replace(COUNT, last=Decimal(1000)))

    assert issue.severity is Severity.WARNING
    assert issue.needs_reason is True
    assert issue.zh == "上期1,000家，本期2,500家，是上期的2.50倍，变化过大。"
    assert issue.en == "1,000家 before, 2,500家 now: 2.50 times the last value is a large change."
    assert issue.evidence == {"value": "2500", "last": "1000", "ratio": "2.50"}


def test_the_ratio_shown_stands_on_its_side_of_the_bound() -> None:
    issue = only(year("200001"), replace(COUNT, last=Decimal(100000)))

    assert issue.evidence["ratio"] == "2.00001"


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


def test_a_changed_earlier_value_wants_a_reason() -> None:
    context = replace(COUNT, stored=Decimal(900), later_periods=True)
    issue = only(year("950"), context)

    assert issue.code == "earlier_value_changed"
    assert issue.severity is Severity.WARNING
    assert issue.zh == "改动了以往的数据：原为900家，现为950家，以后各期的增速也会变。"
    assert issue.evidence == {"value": "950", "stored": "900"}
    assert codes(year("900.00"), context) == []
    assert codes(year("950"), replace(context, later_periods=False)) == []
    assert codes(year("950"), replace(context, stored=None)) == []


def test_last_year_s_value_once_more_is_a_warning_without_reason() -> None:
    issue = only(year("8123"), replace(COUNT, last_year=Decimal("8123.0")))

    assert (issue.code, issue.severity) == ("same_as_last_year", Severity.WARNING)
    assert issue.needs_reason is False
    assert issue.zh == "8,123家与上年同期完全相同，请确认不是照抄。"


def test_zero_and_full_coverage_may_stay_for_years() -> None:
    assert codes(year("0"), replace(COUNT, last_year=Decimal(0))) == []
    assert codes(year("100"), replace(SHARE, last_year=Decimal(100))) == []
    assert codes(year("100"), replace(COUNT, last_year=Decimal(100))) == ["same_as_last_year"]


def test_a_period_that_has_not_begun_is_an_error() -> None:
    issue = only(year("5", of=2026), COUNT)

    assert (issue.code, issue.severity) == ("period_in_future", Severity.ERROR)
    assert issue.zh == "报告期从2026-01-01开始，还没有到，不能填报实绩。"
    assert issue.evidence == {"period_end": "2026-12-31", "today": "2025-03-01"}
    assert codes(year("5", of=2026, forecast=True), COUNT) == ["period_in_future"]


def test_a_running_period_is_a_warning_unless_declared_a_forecast() -> None:
    issue = only(year("5", of=2025), COUNT)

    assert (issue.code, issue.severity) == ("period_not_over", Severity.WARNING)
    assert issue.zh == "报告期到2025-12-31才结束，请确认不是预计数。"
    assert codes(year("5", of=2025, forecast=True), COUNT) == []


def test_the_days_at_the_edge_of_a_period() -> None:
    one_day = Candidate(Decimal(5), TODAY, TODAY)

    assert check(one_day, COUNT) == []
    assert codes(one_day, replace(COUNT, today=date(2025, 2, 28))) == ["period_in_future"]


def test_a_missing_value_is_only_asked_for_its_period() -> None:
    context = replace(COUNT, last=Decimal(5), stored=Decimal(5), later_periods=True)

    assert check(year(None), context) == []
    assert codes(year(None, of=2026), context) == ["period_in_future"]


def parts(*values: str | None) -> tuple[Part, ...]:
    names = ("市南区", "市北区", "李沧区", "崂山区")
    return tuple(
        Part(name, None if value is None else Decimal(value))
        for name, value in zip(names, values, strict=False)
    )


CITY = replace(COUNT, sums_over_regions=True)


@pytest.mark.parametrize(
    ("total", "values", "expected"),
    [
        ("60", ["10", "20", "30"], []),
        ("61", ["10", "20", "30"], ["parts_do_not_add_up"]),
        ("59", ["10", "20", "30"], ["parts_do_not_add_up"]),
        ("60", ["10", "20", None], []),
        ("30", ["10", "20", None], []),
        ("29", ["10", "20", None], ["parts_do_not_add_up"]),
        ("29", ["-1", "40", None], []),
        ("29", [None, None], []),
        ("0", ["0", "0"], []),
    ],
)
def test_districts_must_add_up_to_the_city(
    total: str, values: list[str | None], expected: list[str]
) -> None:
    assert codes(year(total), replace(CITY, parts=parts(*values))) == expected


def test_the_gap_between_districts_and_city_is_told() -> None:
    issue = only(year("1500"), replace(CITY, parts=parts("1000", "600", None)))

    assert issue.severity is Severity.WARNING
    assert issue.zh == "各区市合计1,600家，全市1,500家，合计多了100家。"
    assert issue.en == "The districts add up to 1,600家, the city has 1,500家: 100家 more."
    assert issue.evidence == {
        "sum": "1600",
        "total": "1500",
        "difference": "100",
        "missing": "李沧区",
    }


def test_too_little_in_the_districts_is_told_as_less() -> None:
    issue = only(year("1500"), replace(CITY, parts=parts("1000", "400")))

    assert issue.zh == "各区市合计1,400家，全市1,500家，合计少了100家。"
    assert issue.evidence["difference"] == "-100"


def test_a_district_s_candidate_is_held_against_the_total_of_the_city() -> None:
    context = replace(CITY, parts=parts("10", "20"), total=Decimal(40))

    assert codes(year("20"), context) == ["parts_do_not_add_up"]
    assert codes(year("20"), replace(context, total=Decimal(30))) == []


def test_a_total_of_zero_is_a_total() -> None:
    context = replace(CITY, parts=parts("10", "20"), total=Decimal(0))

    assert codes(year("30"), context) == ["parts_do_not_add_up"]


def test_only_what_sums_over_regions_is_added_up() -> None:
    context = replace(CITY, parts=parts("10", "20"))

    assert codes(year("99"), replace(context, sums_over_regions=False)) == []
    assert codes(year("99"), replace(context, parts=())) == []


def test_a_tolerance_covers_the_rounding_of_the_parts() -> None:
    context = replace(
        MONEY, sums_over_regions=True, parts=parts("1.1", "2.2"), parts_tolerance=Decimal("0.05")
    )

    assert codes(year("3.35"), context) == []
    assert codes(year("3.36"), context) == ["parts_do_not_add_up"]


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
@given(POSITIVE, POSITIVE)
def test_a_jump_or_slip_is_found_exactly_outside_half_to_double(
    value: Decimal, last: Decimal
) -> None:
    found = codes(year(str(value)), replace(MONEY, last=last))

    assert (found != []) == (value * 2 < last or value > last * 2)


@settings(deadline=None, max_examples=200)
@given(POSITIVE, st.sampled_from([4, 8, -4, -8]))
def test_every_slip_by_a_power_of_ten_is_named(last: Decimal, shift: int) -> None:
    value = last.scaleb(shift)
    found = codes(Candidate(value, TODAY, TODAY), replace(MONEY, last=last))

    assert found == [f"unit_slip_{'up' if shift > 0 else 'down'}_{abs(shift)}"]


@settings(deadline=None, max_examples=200)
@given(st.lists(POSITIVE, min_size=1, max_size=4), st.sampled_from(["0", "0.01", "-0.01"]))
def test_the_sum_of_the_districts_is_exact(values: list[Decimal], nudge: str) -> None:
    context = replace(MONEY, sums_over_regions=True, parts=parts(*map(str, values)))
    total = sum(values, Decimal(nudge))
    found = codes(Candidate(total, TODAY, TODAY), context)

    assert ("parts_do_not_add_up" in found) == (nudge != "0")


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


@pytest.mark.parametrize(("value", "last"), [("-20", "20"), ("20", "-20")])
def test_change_of_sign_is_said_without_a_ratio(value: str, last: str) -> None:
    issues = check(
        Candidate(Decimal(value), date(2024, 1, 1), date(2024, 12, 31)),
        Context(today=date(2025, 6, 1), kind=Kind.MONEY, unit="亿元", last=Decimal(last)),
    )
    (jump,) = [issue for issue in issues if issue.code == "jump"]
    assert jump.zh.endswith("正负号变了。")
    assert jump.en.endswith("the sign has changed.")
    assert "倍" not in jump.zh
