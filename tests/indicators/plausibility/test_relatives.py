"""Parts against wholes, and published growth against the levels."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from indicators.plausibility import DEFAULTS, Relative, Severity
from tests.indicators.plausibility.cases import COUNT, MONEY, RATE, codes, only, setting, year

ALL = Relative("高新技术企业", "high-tech firms", Decimal(2039))
NEW = Relative("新增高新技术企业", "new high-tech firms", Decimal(691))


@pytest.mark.parametrize(
    ("value", "expected"), [("691", []), ("2039", []), ("2040", ["part_over_whole"]), ("0", [])]
)
def test_a_part_is_at_most_the_whole(value: str, expected: list[str]) -> None:
    assert codes(year(value), replace(COUNT, wholes=(ALL,))) == expected


@pytest.mark.parametrize(("value", "expected"), [("691", []), ("690", ["part_over_whole"])])
def test_a_whole_is_at_least_each_part(value: str, expected: list[str]) -> None:
    smaller = replace(NEW, value=Decimal(5))
    assert codes(year(value), replace(COUNT, pieces=(smaller, NEW))) == expected


def test_both_sides_are_told_with_both_numbers() -> None:
    over = only(year("2053"), replace(COUNT, wholes=(ALL,)))
    under = only(year("600"), replace(COUNT, pieces=(NEW,)))

    assert over.severity is Severity.WARNING
    assert over.zh == (
        "2,053家大于“高新技术企业”的2,039家，部分不应大于总体。请核对两个指标的口径和报告期。"
    )
    assert "2,053家 is more than high-tech firms, 2,039家, of which it is a part." in over.en
    assert over.evidence == {"value": "2053", "other": "2039"}
    assert under.zh.startswith("600家小于“新增高新技术企业”的691家，总体不应小于部分。")
    assert "600家 is less than new high-tech firms, 691家, which is a part of it." in under.en


def test_the_pairs_are_parameters() -> None:
    assert ("HNTE_NEW", "HNTE") in DEFAULTS["part_over_whole"].pairs("pairs")
    other = setting("part_over_whole", pairs="A <= B")
    assert other["part_over_whole"].pairs("pairs") == (("A", "B"),)


@pytest.mark.parametrize(
    ("rate", "expected"),
    [("12.21", []), ("17", []), ("7", []), ("18", ["growth_against_levels"]),
     ("6", ["growth_against_levels"])],
)  # fmt: skip
def test_published_growth_fits_the_levels(rate: str, expected: list[str]) -> None:
    context = replace(RATE, levels=(Decimal(112), Decimal(100)))
    assert codes(year(rate), context) == expected


def test_a_level_is_held_against_its_published_growth() -> None:
    context = replace(MONEY, rate=Decimal("12.21"), last_year=Decimal("632.37"))

    assert codes(year("709.58"), context) == []
    issue = only(year("809.58"), context)
    assert issue.zh == (
        "公布的增速是12.21%，按上年632.37、本年809.58计算是28.02%，相差15.81个百分点。"
        "请核对；按可比价计算或上年数已修订的，写明原因。"
    )
    assert "The published growth is 12.21 %; from 632.37 to 809.58 it is 28.02 %" in issue.en
    assert issue.evidence == {
        "value": "809.58", "rate": "12.21", "before": "632.37", "now": "809.58",
        "computed": "28.02",
    }  # fmt: skip


def test_levels_in_thousands_are_grouped_for_reading() -> None:
    context = replace(RATE, levels=(Decimal("14136.46"), Decimal("12400.56")))
    assert "按上年12,400.56、本年14,136.46计算是14.00%" in only(year("8.3"), context).zh


@pytest.mark.parametrize("before", ["0", "-5"])
def test_growth_from_nothing_is_no_growth(before: str) -> None:
    assert codes(year("900"), replace(RATE, levels=(Decimal(5), Decimal(before)))) == []


def test_a_growth_without_levels_is_not_judged() -> None:
    assert codes(year("900"), replace(MONEY, rate=Decimal(3))) == []
    assert codes(year("900"), replace(MONEY, last_year=Decimal(300))) == []


def test_the_tolerated_gap_is_a_parameter_and_shown_on_its_side() -> None:
    context = replace(RATE, levels=(Decimal(112), Decimal(100)))
    strict = setting("growth_against_levels", tolerance="0")

    assert codes(year("12"), context, strict) == []
    assert "相差0.001个百分点" in only(year("12.001"), context, strict).zh
