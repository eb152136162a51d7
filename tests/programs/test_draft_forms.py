"""What the form of a draft reads: sums, rates, days, lines, rows and their steps."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from programs.drafting.content import Content, ItemContent
from programs.drafting.problems import problems
from programs.forms.drafts import (
    content_of_form,
    day_typed,
    money_shown,
    money_typed,
    rate_typed,
    rows_of,
    stepped,
    with_keys,
)


def query(**fields: Any) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, value in fields.items():
        data.setlist(name.replace("__", "-"), value if isinstance(value, list) else [value])
    return data


@pytest.mark.parametrize(
    ("typed", "yuan"),
    [
        ("1500", "15000000"),
        ("1500万", "15000000"),
        ("1500万元", "15000000"),
        ("0.15亿", "15000000"),
        ("15000000元", "15000000"),
        ("１５００", "15000000"),
        ("1,500", "15000000"),
        ("一千五百万", "15000000"),
        ("0.0001", "1"),
        ("0.000001", "0.01"),
        ("-5", "-50000"),
        ("0", "0"),
    ],
)
def test_sum_is_read_in_wan_unless_it_says_otherwise(typed: str, yuan: str) -> None:
    assert money_typed(typed) == yuan


@pytest.mark.parametrize(
    "typed",
    ["一千来万", "约1500万", "1500家", "15%", "abc", "1e5", "最高1500万", "500万 800万", "NaN"],
)
def test_what_is_no_sum_is_kept_and_marked(typed: str) -> None:
    assert money_typed(typed) == typed
    assert money_shown(typed) == typed
    item = ItemContent(comparator="at_most", cap=typed)
    found = [one.code for one in problems(Content(items=(item,))) if one.field == "cap"]
    assert found == ["no_number"]


def test_number_too_long_to_read_never_becomes_another_sum() -> None:
    kept = money_typed("9" * 25)
    assert kept == "9" * 25 + "万元"
    assert money_typed(money_shown(kept)) == kept


@given(st.decimals(min_value=0, max_value=10**12, places=2))
def test_kept_sum_is_shown_and_read_back_as_the_same(yuan: Any) -> None:
    kept = money_typed(f"{yuan}元")
    assert money_typed(money_shown(kept)) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("30", "30"), ("30%", "30"), ("百分之三十", "30"), ("12.5％", "12.5"), ("三成多", "三成多"),
     ("30万", "30万"), ("9" * 25, "9" * 25 + "%")],
)  # fmt: skip
def test_rate_is_read_in_per_cent(typed: str, kept: str) -> None:
    assert rate_typed(typed) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("2026-01-01", "2026-01-01"), ("2026年1月1日", "2026-01-01"), ("2026.1.1", "2026-01-01"),
     ("2026/01/31", "2026-01-31"), ("明年", "明年"), ("2026", "2026")],
)  # fmt: skip
def test_day_is_read_as_it_is_written(typed: str, kept: str) -> None:
    assert day_typed(typed) == kept


def test_form_becomes_the_content_in_the_order_of_its_rows() -> None:
    data = query(
        name=" 调整版 ", note="一\r\n二", industries="智能家电\r\n\r\n 轨道交通 ", industries_en="a\r\n\r\nb",
        item=["7", "2"], item__7__name="后加的", item__7__cap="300", item__7__per_stated="on",
        item__7__bodies=["enterprise", "person"], item__2__name="原有的",
        item__2__also_in=["q1"], item__2__also_in_more="q2", item__9__name="没有这一行",
    )  # fmt: skip
    content = content_of_form(data)
    assert (content.name, content.note) == ("调整版", "一\n二")
    assert (content.industries, content.industries_en) == (("智能家电", "轨道交通"), ("a", "", "b"))
    assert [item.name for item in content.items] == ["后加的", "原有的"]
    first, second = content.items
    assert (first.cap, first.per_stated, first.bodies) == (
        "3000000",
        True,
        ("enterprise", "person"),
    )
    assert (second.per_stated, second.also_in) == (False, ("q1", "q2"))


def test_empty_form_is_an_empty_content() -> None:
    assert content_of_form(query()) == Content()
    assert content_of_form(query(industries_en="\r\n\r\n")) == Content()


def test_rows_are_numbers_and_each_comes_once() -> None:
    data = query(item=["3", "3", "x", "-1", "1", "²", "12345678"])
    assert rows_of(data) == ["3", "1"]


def items(*names: str) -> Content:
    return Content(items=tuple(ItemContent(key=name, name=name, tier="层") for name in names))


@pytest.mark.parametrize(
    ("step", "names", "place"),
    [
        ("up:2", ["b", "a", "c"], 0),
        ("up:1", ["a", "b", "c"], 0),
        ("down:2", ["a", "c", "b"], 2),
        ("down:3", ["a", "b", "c"], 2),
        ("remove:1", ["b", "c"], 0),
        ("remove:3", ["a", "b"], 1),
        ("add", ["a", "b", "c", ""], 3),
        ("add:1", ["a", "", "b", "c"], 1),
        ("copy:2", ["a", "b", "b", "c"], 2),
        ("save", ["a", "b", "c"], None),
        ("up:9", ["a", "b", "c"], None),
        ("up", ["a", "b", "c"], None),
        ("fly:1", ["a", "b", "c"], None),
    ],
)
def test_step_does_as_it_says(step: str, names: list[str], place: int | None) -> None:
    content, found = stepped(items("a", "b", "c"), step, ["1", "2", "3"])
    assert ([item.name for item in content.items], found) == (names, place)


def test_last_item_taken_out_leaves_no_place() -> None:
    assert stepped(items("a"), "remove:1", ["1"]) == (Content(), None)


def test_added_item_stands_in_the_tier_and_a_copy_has_no_key() -> None:
    added, _place = stepped(items("a"), "add:1", ["1"])
    assert (added.items[1].tier, added.items[1].key) == ("层", "")
    copied, _place = stepped(items("a"), "copy:1", ["1"])
    assert (copied.items[1].name, copied.items[1].key) == ("a", "")


def test_new_items_get_keys_that_nobody_had() -> None:
    content = Content(items=(ItemContent(), ItemContent(key="x-3"), ItemContent()))
    keyed = with_keys(content, ["x-1"], "x")
    assert [item.key for item in keyed.items] == ["x-2", "x-3", "x-4"]
    assert with_keys(keyed, [], "x") == keyed
