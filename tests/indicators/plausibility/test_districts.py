"""Districts add up to the city."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.plausibility import (
    Candidate,
    Part,
    Severity,
)
from tests.indicators.plausibility.cases import (
    COUNT,
    MONEY,
    POSITIVE,
    TODAY,
    codes,
    only,
    setting,
    year,
)


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
    assert issue.zh == (
        "各区市合计1,600家，全市1,500家，合计多了100家。"
        "请核对是哪一个区市或全市数；口径不同的，写明原因。"
    )
    assert issue.en.startswith(
        "The districts add up to 1,600家, the city has 1,500家: 100家 more. Find the district"
    )
    assert issue.evidence == {
        "sum": "1600",
        "total": "1500",
        "difference": "100",
        "missing": "李沧区",
    }


def test_too_little_in_the_districts_is_told_as_less() -> None:
    issue = only(year("1500"), replace(CITY, parts=parts("1000", "400")))

    assert issue.zh.startswith("各区市合计1,400家，全市1,500家，合计少了100家。")
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
    context = replace(MONEY, sums_over_regions=True, parts=parts("1.1", "2.2"))
    tenth = setting("parts_do_not_add_up", tolerance="0.1")

    assert codes(year("3.303"), context) == []
    assert codes(year("3.304"), context) == ["parts_do_not_add_up"]
    assert codes(year("3.6"), context, tenth) == []
    assert codes(year("3.7"), context, tenth) == ["parts_do_not_add_up"]


@settings(deadline=None, max_examples=200)
@given(st.lists(POSITIVE, min_size=1, max_size=4), st.sampled_from(["0", "0.01", "-0.01"]))
def test_the_sum_of_the_districts_is_exact(values: list[Decimal], nudge: str) -> None:
    context = replace(MONEY, sums_over_regions=True, parts=parts(*map(str, values)))
    total = sum(values, Decimal(nudge))
    exact = setting("parts_do_not_add_up", tolerance="0")
    found = codes(Candidate(total, TODAY, TODAY), context, exact)

    assert ("parts_do_not_add_up" in found) == (nudge != "0")
