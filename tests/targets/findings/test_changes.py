"""Raised, lowered, repeated, restated, superseded: what a later promise makes of an earlier one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from targets.findings import CHANGES, KINDS, Finding, find
from tests.targets.findings.builders import PLACE, baseline, found, kinds, promise

D = Decimal


def change(*promises: Any, **given: Any) -> Finding:
    (finding,) = (f for f in found(*promises, **given) if f.kind in CHANGES)
    return finding


@pytest.mark.parametrize(
    ("before", "after", "fields", "kind", "distance", "percent"),
    [
        ("350", "700", {}, "raised", "350", "100"),
        ("700", "350", {}, "lowered", "350", "50"),
        ("700", "700.0", {}, "repeated", "0", "0"),
        ("10", "8", {"comparator": "at_most", "direction": "decrease"}, "raised", "2", "20"),
        ("10", "12", {"comparator": "less_than", "direction": "decrease"}, "lowered", "2", "20"),
        ("5", "3", {"measure": "rank", "comparator": "at_most"}, "raised", "2", None),
        ("3", "5", {"measure": "rank", "comparator": "at_most"}, "lowered", "2", None),
        ("65", "67", {"measure": "share"}, "raised", "2", None),
        ("10", "11", {"measure": "growth"}, "raised", "1", None),
        ("10", "9.5", {"measure": "average_growth"}, "lowered", "0.5", None),
        ("0", "5", {}, "raised", "5", None),
        ("-4", "-2", {}, "raised", "2", "50"),
        ("5", "4", {"direction": "decrease", "comparator": "about"}, "raised", "1", "20"),
        ("5", "4", {"comparator": "about"}, "lowered", "1", "20"),
        ("5", "4", {"comparator": "more_than", "direction": "maintain"}, "lowered", "1", "20"),
    ],
)
def test_a_later_promise_about_the_same_thing(
    before: str, after: str, fields: dict[str, Any], kind: str, distance: str, percent: str | None
) -> None:
    finding = change(promise("a", before, "2022", **fields), promise("b", after, "2024", **fields))
    assert (finding.kind, finding.change) == (kind, kind)
    assert [p.id for p in finding.promises] == ["a", "b"]
    assert finding.distance == D(distance)
    assert finding.percent == (None if percent is None else D(percent))


def test_the_order_in_which_promises_are_given_makes_no_difference() -> None:
    a, b, c = promise("a", "1", "2020"), promise("b", "2", "2022"), promise("c", "3", "2024")
    wanted = [("raised", "b", "c"), ("raised", "a", "b")]
    assert kinds(a, b, c) == kinds(c, a, b) == kinds(b, c, a) == wanted


def test_a_year_alone_stands_after_the_days_of_that_year() -> None:
    day = promise("day", "300", "2024", issued="2024-02-23")
    year = promise("year", "400", "2028", issued="2024")
    assert kinds(year, day) == [("raised", "day", "year")]


@pytest.mark.parametrize(
    "other",
    [
        {"measure": "growth"},
        {"indicator": "TECH_SME"},
        {"region": "370212"},
        {"comparator": "at_most"},
        {"cadence": "each_year"},
        {"direction": "decrease"},
        {"document": "doc-a"},
    ],
)
def test_what_is_not_the_same_is_not_compared(other: dict[str, Any]) -> None:
    assert kinds(promise("a", "100", "2022"), promise("b", "110", "2024", **other)) == []


def test_a_promise_without_a_sound_number_is_left_out() -> None:
    nothing = promise("a", None, "2022")
    malformed = promise("b", "5", "2023", comparator="between")
    endless = promise("c", "NaN", "2023")
    assert kinds(nothing, malformed, endless, promise("d", "9", "2024")) == []


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        # 新增 within one year stands beside another year's, and beside 每年, not beside five years'.
        ({"period_start": "2022"}, {"period_start": "2024"}, True),
        ({}, {"period_start": "2024"}, True),
        ({"period_start": "2022"}, {"period_start": "2020", "cadence": "each_year"}, True),
        ({"period_start": "2018"}, {"period_start": "2024"}, False),
    ],
)
def test_amounts_are_compared_over_equal_stretches(
    before: dict[str, Any], after: dict[str, Any], wanted: bool
) -> None:
    a = promise("a", "10", "2022", measure="increment", **before)
    b = promise("b", "20", "2024", measure="increment", **after)
    assert kinds(a, b) == ([("raised", "a", "b")] if wanted else [])


def test_a_sum_without_a_start_is_compared_with_its_like_only() -> None:
    a = promise("a", "10", "2022", measure="cumulative")
    b = promise("b", "20", "2024", measure="cumulative")
    c = promise("c", "30", "2026", measure="cumulative", period_start="2022")
    assert kinds(a, b, c) == [("raised", "a", "b")]


def test_changes_and_multiples_are_compared_from_one_baseline_in_one_unit() -> None:
    def points(name: str, value: str, end: str, base: str, unit: str = "个百分点") -> Any:
        return promise(name, value, end, measure="change", unit=unit, baseline=baseline(base))

    assert kinds(points("a", "2", "2022", "2020"), points("b", "3", "2024", "2020")) == [
        ("raised", "a", "b")
    ]
    assert kinds(points("a", "2", "2022", "2020"), points("b", "3", "2024", "2021")) == []
    assert kinds(points("a", "2", "2022", "2020"), points("b", "3", "2024", "2020", "%")) == []
    twice = promise("a", "2", "2022", measure="multiple", baseline=baseline("2020"))
    later = promise("b", "3", "2024", measure="multiple", baseline=baseline("2022"))
    assert kinds(twice, later) == []


def test_what_it_says_it_takes_up_comes_before_what_is_near() -> None:
    far = promise("far", "140", "2018")
    near = promise("near", "200", "2020")
    late = promise("late", "350", "2022", follows="far")
    assert kinds(far, near, late) == [("raised", "far", "late"), ("raised", "far", "near")]


def test_what_it_takes_up_may_say_it_otherwise() -> None:
    level = promise("level", "700", "2024")
    growth = promise("growth", "10", "2025", measure="growth", follows="level")
    assert change(level, growth).kind == "restated"
    assert change(level, growth).distance is None


def test_what_it_takes_up_may_be_about_another_indicator() -> None:
    old = promise("old", "10", "2024", indicator="OLD_SYSTEM")
    new = promise("new", "15", "2028", follows="old")
    assert kinds(old, new) == [("restated", "old", "new")]


def test_following_what_nobody_knows_is_following_nothing_said() -> None:
    a, b = promise("a", "1", "2022"), promise("b", "2", "2024", follows="withdrawn long ago")
    assert kinds(a, b) == [("raised", "a", "b")]


def test_a_smaller_number_sooner_is_a_step_on_the_way() -> None:
    plan = promise("plan", "10000", "2026", issued="2022-10-11")
    year = promise("year", "9000", "2024", issued="2024-02-23")
    assert kinds(plan, year) == []


def test_as_much_sooner_brings_it_forward() -> None:
    plan = promise("plan", "100", "2026", issued="2022")
    year = promise("year", "100", "2024", issued="2023")
    finding = change(plan, year)
    assert finding.kind == "repeated"
    assert [note.code for note in finding.notes] == ["deadline_sooner"]


def test_of_several_the_one_due_last_before_it_is_taken() -> None:
    a = promise("a", "1", "2020", issued="2018")
    b = promise("b", "2", "2022", issued="2019")
    c = promise("c", "3", "2030", issued="2017")
    d = promise("d", "2.5", "2024", issued="2023")
    assert ("raised", "b", "d") in kinds(a, b, c, d)


def test_a_promise_without_a_deadline_is_due_after_all_others() -> None:
    dated, open_ended = promise("a", "5", "2022"), promise("b", "6", None, issued="2023")
    finding = change(dated, open_ended)
    assert (finding.kind, [n.code for n in finding.notes]) == ("raised", ["deadline_dropped"])
    finding = change(promise("b", "6", None, issued="2019"), promise("a", "7", "2022"))
    assert (finding.kind, [n.code for n in finding.notes]) == ("raised", ["deadline_set"])


@pytest.mark.parametrize(
    ("before", "after", "note"),
    [
        ({"comparator": "at_least"}, {"comparator": "more_than"}, "test_excludes"),
        ({"comparator": "more_than"}, {"comparator": "at_least"}, "test_includes"),
        ({"comparator": "at_least"}, {"comparator": "about"}, "test_rougher"),
        ({"comparator": "nearly"}, {"comparator": "more_than"}, "test_exact"),
        ({"comparator": "nearly"}, {"comparator": "about"}, "test_changed"),
        ({"comparator": "at_least"}, {"comparator": "between", "upper": "9"}, "test_changed"),
        ({"commitment": "firm"}, {"commitment": "aspirational"}, "softer"),
        ({"commitment": "aspirational"}, {"commitment": "firm"}, "firmer"),
    ],
)
def test_notes_say_what_else_changed(
    before: dict[str, Any], after: dict[str, Any], note: str
) -> None:
    finding = change(promise("a", "5", "2022", **before), promise("b", "6", "2024", **after))
    assert [n.code for n in finding.notes] == ["deadline_later", note]


def test_notes_of_ceilings() -> None:
    fall: dict[str, Any] = {"direction": "decrease"}
    a = promise("a", "5", "2022", comparator="at_most", **fall)
    b = promise("b", "4", "2024", comparator="less_than", **fall)
    assert [n.code for n in change(a, b).notes] == ["deadline_later", "test_excludes"]
    c = promise("c", "3", "2026", comparator="at_most", **fall)
    assert [n.code for n in change(b, c).notes] == ["deadline_later", "test_includes"]


def test_another_number_for_the_same_deadline_takes_its_place_where_it_says_so() -> None:
    plan = promise("plan", "700", "2025", issued="2021")
    review = promise("review", "650", "2025", issued="2023", follows="plan")
    finding = change(plan, review)
    assert (finding.kind, finding.change) == ("superseded", "lowered")
    higher = promise("review", "800", "2025", issued="2023", follows="plan")
    assert (change(plan, higher).kind, change(plan, higher).change) == ("superseded", "raised")


def test_what_is_no_longer_in_force_is_superseded_without_saying_so() -> None:
    plan = promise("plan", "700", "2025", issued="2021", in_force=False)
    review = promise("review", "650", "2025", issued="2023")
    assert kinds(plan, review) == [("superseded", "plan", "review")]


def test_an_adjustment_within_one_document_is_a_change() -> None:
    first = promise("first", "700", "2025", issued="2021", in_force=False)
    adjusted = promise("adjusted", "800", "2025", issued="2023", document=first.document,
                       follows="first")  # fmt: skip
    assert kinds(first, adjusted) == [("superseded", "first", "adjusted")]


def test_the_same_number_for_the_same_deadline_is_repeated() -> None:
    plan, year = promise("plan", "9", "2025", issued="2021"), promise("year", "9", "2025")
    finding = change(plan, year)
    assert (finding.kind, finding.notes) == ("repeated", ())


values = st.decimals(-(10**6), 10**6, places=2, allow_nan=False)
years = st.integers(2015, 2035).map(str)


@given(st.lists(st.tuples(values, years, years), max_size=6), st.randoms())
def test_findings_never_fail_and_never_depend_on_order(
    rows: list[tuple[Decimal, str, str]], random: Any
) -> None:
    promises = [
        promise(str(number), str(value), end, issued=issued)
        for number, (value, end, issued) in enumerate(rows)
    ]
    once = find(promises, {})
    shuffled = list(promises)
    random.shuffle(shuffled)
    key = [(f.kind, f.distance) for f in once]
    again = [(f.kind, f.distance) for f in find(shuffled, {})]
    issues = [issued for _value, _end, issued in rows]
    if len(set(issues)) == len(issues):  # equal days leave no order to keep
        assert again == key
    assert all(f.kind in KINDS for f in once)
    assert all(p.indicator == PLACE[0] for f in once for p in f.promises)


@given(values, values, st.integers(-6, 6))
def test_the_unit_makes_no_difference(first: Decimal, second: Decimal, power: int) -> None:
    def told(scale: int) -> list[tuple[str, Decimal | None]]:
        a = promise("a", str(first.scaleb(scale)), "2022")
        b = promise("b", str(second.scaleb(scale)), "2024")
        return [(f.kind, f.percent) for f in found(a, b)]

    assert told(0) == told(power)
