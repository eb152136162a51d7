"""Several statements of one cell: one source with two numbers, two sources apart."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from indicators.plausibility import Severity, Statement
from tests.indicators.plausibility.cases import COUNT, SHARE, codes, only, setting, year

SOURCE = ("示范公报", "2018-03", "annual")
OTHER = ("示范日报", "2018-04", "annual")


def beside(value: str, **facts: object) -> object:
    """A context in which another number is stated."""
    return replace(COUNT, statements=(Statement(Decimal(value), **facts),))


def test_two_numbers_of_one_cell_are_told_with_their_gap() -> None:
    issue = only(year("2053", source=SOURCE), beside("2039", source=OTHER))

    assert (issue.code, issue.severity) == ("two_values", Severity.WARNING)
    assert issue.zh == (
        "这一格另有一个数2,039家（示范日报），与2,053家相差14家。"
        "请核对两个来源，写明采用哪一个、为什么。"
    )
    assert "Another number is stated here: 2,039家 (示范日报), 14家 from 2,053家." in issue.en
    assert issue.evidence == {"value": "2053", "other": "2039", "source": "示范日报"}


def test_a_statement_without_a_source_is_told_without_one() -> None:
    issue = only(year("2053"), beside("2039"))

    assert issue.zh.startswith("这一格另有一个数2,039家，与2,053家相差14家。")
    assert issue.evidence["source"] == ""


def test_two_percentages_are_points_apart() -> None:
    issue = only(year("2.81"), replace(SHARE, statements=(Statement(Decimal("2.84")),)))

    assert issue.zh.startswith("这一格另有一个数2.84%，与2.81%相差0.03个百分点。")
    assert "2.84%, 0.03 points from 2.81%." in issue.en


def test_the_same_source_with_two_numbers_is_told_as_that_alone() -> None:
    issue = only(year("2053", source=SOURCE), beside("2039", source=SOURCE))

    assert (issue.code, issue.severity) == ("same_source_differs", Severity.WARNING)
    assert issue.zh == (
        "同一来源“示范公报”在这里还被引用为2,039家，现为2,053家。请对照来源原文，改正其中一个。"
    )
    assert "(“示范公报”) is also cited here for 2,039家; now it is 2,053家." in issue.en
    assert issue.evidence == {"value": "2053", "other": "2039", "source": "示范公报"}


@pytest.mark.parametrize("source", [("", "2018", "annual"), ()])
def test_no_title_is_no_source(source: tuple[str, ...]) -> None:
    context = beside("2039", source=source)
    assert codes(year("2053", source=source), context) == ["two_values"]


def test_another_day_or_vintage_of_a_source_is_another_source() -> None:
    later = ("示范公报", "2019-03", "annual")
    final = ("示范公报", "2018-03", "verified")

    for other in (later, final):
        assert codes(year("2053", source=SOURCE), beside("2039", source=other)) == ["two_values"]


def test_the_same_number_again_is_no_doubt() -> None:
    for source in (SOURCE, OTHER):
        assert codes(year("2039", source=SOURCE), beside("2039.0", source=source)) == []


def test_the_value_that_is_corrected_only_counts_with_the_same_source() -> None:
    replaced = beside("2039", source=OTHER, replaced=True)
    assert codes(year("2053", source=SOURCE), replaced) == []
    same = beside("2039", source=SOURCE, replaced=True)
    assert codes(year("2053", source=SOURCE), same) == ["same_source_differs"]


@pytest.mark.parametrize(
    ("value", "qualifier", "other", "its", "expected"),
    [
        ("538", "exact", "400", "above", False),
        ("399", "exact", "400", "above", True),
        ("399", "exact", "400", "below", False),
        ("401", "exact", "400", "below", True),
        ("400", "above", "538", "exact", False),
        ("400", "above", "500", "above", False),
        ("400", "below", "500", "below", False),
        ("400", "above", "500", "below", False),
        ("500", "above", "400", "below", True),
        ("400", "below", "500", "above", True),
        ("100", "about", "105", "exact", False),
        ("100", "about", "106", "exact", True),
        ("100", "exact", "94", "about", True),
        ("100", "above", "94", "about", True),
        ("100", "exact", "101", "exact", True),
    ],
)
def test_what_both_can_be_is_no_contradiction(
    value: str, qualifier: str, other: str, its: str, expected: bool
) -> None:
    found = codes(year(value, qualifier=qualifier), beside(other, qualifier=its))
    assert (found == ["two_values"]) == expected


def test_the_tolerance_of_an_approximate_number_is_a_parameter() -> None:
    context, wide = beside("106", qualifier="about"), setting("two_values", tolerance="0.1")

    assert codes(year("100"), context) == ["two_values"]
    assert codes(year("100"), context, wide) == []


def test_an_estimate_and_what_came_out_are_two_things() -> None:
    assert codes(year("17560"), beside("17000", forecast=True)) == []
    forecast = year("17560", forecast=True)
    assert codes(forecast, beside("17000")) == []
    assert codes(forecast, beside("17000", forecast=True)) == ["two_values"]
