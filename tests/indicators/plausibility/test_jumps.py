"""Jumps against the last value and against the series' own history."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.plausibility import (
    Candidate,
    Context,
    Kind,
    Past,
    Severity,
    check,
)
from tests.indicators.plausibility.cases import (
    COUNT,
    MONEY,
    POSITIVE,
    RATE,
    SHARE,
    codes,
    only,
    past,
    setting,
    year,
)


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
    assert issue.zh == (
        "上期1,000家，本期2,500家，是上期的2.50倍，变化过大。请核对；属实的，写明变化的原因。"
    )
    assert issue.en == (
        "1,000家 before, 2,500家 now: 2.50 times the last value is a large change. "
        "Check it; if it is right, say why it changed."
    )
    assert issue.evidence == {"value": "2500", "last": "1000", "ratio": "2.50"}


def test_the_ratio_shown_stands_on_its_side_of_the_bound() -> None:
    issue = only(year("200001"), replace(COUNT, last=Decimal(100000)))

    assert issue.evidence["ratio"] == "2.00001"


@pytest.mark.parametrize(("value", "last"), [("-20", "20"), ("20", "-20")])
def test_change_of_sign_is_said_without_a_ratio(value: str, last: str) -> None:
    issues = check(
        Candidate(Decimal(value), date(2024, 1, 1), date(2024, 12, 31)),
        Context(today=date(2025, 6, 1), kind=Kind.MONEY, unit="亿元", last=Decimal(last)),
    )
    (jump,) = [issue for issue in issues if issue.code == "jump"]
    assert "，正负号变了。" in jump.zh
    assert "the sign has changed." in jump.en
    assert "倍" not in jump.zh


@settings(deadline=None, max_examples=200)
@given(POSITIVE, POSITIVE)
def test_a_jump_or_slip_is_found_exactly_outside_half_to_double(
    value: Decimal, last: Decimal
) -> None:
    found = codes(year(str(value)), replace(MONEY, last=last))

    assert (found != []) == (value * 2 < last or value > last * 2)


STEADY = past("100", "107", "115", "123", "132")  # 7 to 8 per cent a year
WILD = past("100", "250", "90", "300", "120", "410")


def along(history: tuple[Past, ...], steps: int = 1, context: Context = MONEY) -> Context:
    """A context whose last value ends this history."""
    last = history[-1]
    return replace(context, history=history, last=last.value, last_period=last.period, steps=steps)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("141", []), ("176", []), ("177", ["jump"]), ("114", []), ("113", ["jump"]), ("0", ["jump"])],
)
def test_a_steady_series_is_held_against_its_own_growth(value: str, expected: list[str]) -> None:
    assert codes(year(value), along(STEADY)) == expected


@pytest.mark.parametrize(("value", "expected"), [("1000", []), ("120", []), ("20", ["jump"])])
def test_a_wild_series_may_go_on_being_wild(value: str, expected: list[str]) -> None:
    assert codes(year(value), along(WILD)) == expected


def test_with_fewer_than_four_known_changes_the_factor_counts() -> None:
    assert codes(year("200"), along(STEADY[1:])) == []
    assert codes(year("200"), along(STEADY)) == ["jump"]
    assert codes(year("265"), along(STEADY[1:])) == ["jump"]
    fewer = setting("jump", known="3")
    assert codes(year("200"), along(STEADY[1:]), fewer) == ["jump"]


def test_a_jump_against_the_own_history_tells_what_is_usual() -> None:
    issue = only(year("198"), along(STEADY))

    assert issue.zh == (
        "上期132亿元，本期198亿元，变化+50.0%；按本系列以往的变化，通常在-14.3%到+33.9%之间。"
        "请核对；属实的，写明变化的原因。"
    )
    assert "+50.0%, where this series usually changes by -14.3% to +33.9%" in issue.en
    assert issue.evidence == {
        "value": "198", "last": "132", "ratio": "1.50", "change": "+50.0%", "low": "-14.3%",
        "high": "+33.9%",
    }  # fmt: skip


def test_a_gap_of_years_is_judged_by_the_year() -> None:
    issue = only(year("1320"), along(STEADY, steps=3))

    assert codes(year("300"), along(STEADY, steps=3)) == []
    assert "平均每期变化+115.4%" in issue.zh
    assert "+115.4% a period" in issue.en


def test_history_over_gaps_counts_by_the_year() -> None:
    # 16 times in two years is four times a year.
    every_two = past("1", "16", "256", "4096", "65536", steps=2)

    assert codes(year("262144"), along(every_two)) == []
    assert codes(year("1048576"), along(every_two)) == ["jump"]


def test_only_changes_between_values_of_one_sign_count_as_known() -> None:
    crossing = past("-5", "100", "107", "115", "123")
    assert codes(year("200"), along(crossing)) == []
    from_zero = past("0", "100", "107", "115", "123")
    assert codes(year("200"), along(from_zero)) == []


def test_a_change_of_sign_is_a_jump_whatever_the_history() -> None:
    flow = replace(MONEY, stock=False)
    assert codes(year("-140"), along(STEADY, context=flow)) == ["jump"]


@pytest.mark.parametrize(
    ("steps", "value", "expected"),
    [(1, "201", ["jump"]), (2, "400", []), (2, "401", ["jump"]), (5, "3200", []),
     (9, "3200", []), (9, "3201", ["jump"]), (9, "3", ["jump"]), (9, "4", [])],
)  # fmt: skip
def test_the_factor_is_one_a_period_up_to_five(steps: int, value: str, expected: list[str]) -> None:
    assert codes(year(value), replace(MONEY, last=Decimal(100), steps=steps)) == expected


def test_the_factor_is_a_parameter() -> None:
    context = replace(MONEY, last=Decimal(100))

    assert codes(year("300"), context, setting("jump", factor="3")) == []
    assert codes(year("140"), context, setting("jump", factor="1.3")) == ["jump"]


BREAK = (
    Past("2011", Decimal("38.5")), Past("2012", Decimal("39.7")), Past("2017", Decimal("42.51"), 5),
)  # fmt: skip


def test_a_break_of_a_share_is_found_by_its_own_changes() -> None:
    issue = only(year("53.33", of=2019), along(BREAK, steps=2, context=SHARE))

    assert (issue.code, issue.severity) == ("jump_in_points", Severity.WARNING)
    assert issue.zh == (
        "上期（2017）42.51%，本期53.33%，上升了10.82个百分点，平均每期5.41个；"
        "以往每期变化的中位数是0.88个。请核对口径是否变动；变动的，把数据状态改为“口径变动”并写明。"
    )
    assert "42.51% before (2017), 53.33% now: up by 10.82 points, 5.41 a period" in issue.en
    assert issue.evidence == {
        "value": "53.33", "last": "42.51", "change": "10.82", "steps": "2", "typical": "0.88",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("value", "expected"),
    [("49.55", []), ("49.56", ["jump_in_points"]), ("35.47", []), ("35.46", ["jump_in_points"])],
)
def test_points_up_to_four_times_the_median_are_usual(value: str, expected: list[str]) -> None:
    # The median of 1.2 and 0.562 is 0.881; two years, four times: 7.048.
    assert codes(year(value), along(BREAK, steps=2, context=SHARE)) == expected


def test_few_points_are_no_break_however_still_the_series_was() -> None:
    still = past("50", "50.1", "50.2")

    assert codes(year("53.2"), along(still, context=SHARE)) == []
    assert codes(year("53.3"), along(still, context=SHARE)) == ["jump_in_points"]
    least = setting("jump_in_points", least="5")
    assert codes(year("53.3"), along(still, context=SHARE), least) == []


def test_one_known_change_says_nothing_about_points() -> None:
    assert codes(year("80"), along(past("50", "51"), context=SHARE)) == []
    fewer = setting("jump_in_points", known="1")
    assert codes(year("80"), along(past("50", "51"), context=SHARE), fewer) == ["jump_in_points"]


def test_a_fall_in_points_is_told_as_one_and_without_a_period_where_none_is_known() -> None:
    context = replace(along(past("50", "51", "52"), context=RATE), last_period="")
    issue = only(year("-20"), context)

    assert issue.zh.startswith("上期52%，本期-20%，下降了72个百分点，平均每期72.00个；")
    assert issue.evidence["change"] == "-72"


def test_levels_have_no_points() -> None:
    assert codes(year("600"), along(past("500", "501", "502"))) == []


@settings(deadline=None, max_examples=200)
@given(st.lists(POSITIVE, min_size=5, max_size=8), POSITIVE)
def test_what_the_history_allows_does_not_hang_on_the_unit(
    values: list[Decimal], value: Decimal
) -> None:
    history = past(*map(str, values))
    larger = past(*(str(each * 1024) for each in values))
    found = codes(year(str(value)), along(history))

    assert ("jump" in found) == ("jump" in codes(year(str(value * 1024)), along(larger)))
