"""How two contents differ: by the keys of the items, in a stable order."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.drafting.content import Content, ItemContent
from programs.drafting.differences import Difference, brought_onto, differences, only_days

A = ItemContent(key="a", name="甲", cap="5000000", comparator="at_most")
B = ItemContent(key="b", name="乙", cap="100", comparator="fixed")
OLD = Content(name="旧版", valid_from="2024-01-01", items=(A, B))


def told(new: Content) -> list[tuple[Any, ...]]:
    return [(one.code, one.item_key, one.field, one.old, one.new) for one in differences(OLD, new)]


def test_same_content_differs_in_nothing() -> None:
    assert differences(OLD, OLD) == []


def test_edition_comes_first_then_items_then_what_is_gone() -> None:
    new = replace(
        OLD,
        name="新版",
        valid_from="2026-01-01",
        items=(ItemContent(key="c", name="丙"), replace(A, cap="8000000", yearly_call=True)),
    )
    assert told(new) == [
        ("changed", None, "name", "旧版", "新版"),
        ("changed", None, "valid_from", "2024-01-01", "2026-01-01"),
        ("added", "c", "", None, "丙"),
        ("changed", "a", "cap", "5000000", "8000000"),
        ("changed", "a", "yearly_call", False, True),
        ("removed", "b", "", "乙", None),
    ]


@pytest.mark.parametrize(
    ("cap", "differs"),
    [
        ("5000000.00", False),
        ("05000000", False),
        ("5000000.01", True),
        ("五百万", True),
        ("", True),
    ],
)
def test_sum_written_otherwise_is_the_same_sum(cap: str, differs: bool) -> None:
    assert bool(told(replace(OLD, items=(replace(A, cap=cap), B)))) is differs


def test_order_of_bodies_and_further_mentions_is_none() -> None:
    one = ItemContent(key="a", bodies=("person", "service"), also_in=("c1", "c2"))
    other = replace(one, bodies=("service", "person"), also_in=("c2", "c1"))
    assert differences(Content(items=(one,)), Content(items=(other,))) == []
    fewer = replace(other, bodies=("service",))
    assert len(differences(Content(items=(one,)), Content(items=(fewer,)))) == 1


def test_other_order_is_one_difference() -> None:
    assert told(replace(OLD, items=(B, A))) == [("moved", None, "items", ("a", "b"), ("b", "a"))]


def test_second_item_of_a_key_is_not_compared() -> None:
    twice = replace(OLD, items=(A, replace(A, cap="1"), B))
    assert told(twice) == []


def test_only_days() -> None:
    later = replace(OLD, valid_from="2026-01-01", valid_to="2028-12-31")
    assert only_days(differences(OLD, later))
    assert only_days([])
    assert not only_days(differences(OLD, replace(later, name="新版")))
    assert not only_days(differences(OLD, replace(later, items=(A,))))


def test_brought_onto_another_content_what_it_says_beside_them_stays() -> None:
    new = replace(OLD, name="新版", items=(replace(A, cap="8000000"), B, ItemContent(key="c")))
    other = replace(OLD, note="在办", items=(replace(A, name="改名"),))
    assert brought_onto(other, differences(OLD, new), new) == replace(
        other, name="新版",
        items=(replace(A, name="改名", cap="8000000"), ItemContent(key="c")),
    )  # fmt: skip


def test_change_of_an_item_that_is_not_there_is_left_alone() -> None:
    new = replace(OLD, items=(A, replace(B, cap="200")))
    other = replace(OLD, items=(A,))
    assert brought_onto(other, differences(OLD, new), new) == other


ITEMS = st.lists(
    st.builds(ItemContent, key=st.sampled_from("abc"), cap=st.sampled_from(["", "1", "2"])),
    max_size=3,
    unique_by=lambda item: item.key,
)
CONTENTS = st.builds(
    lambda name, items: Content(name=name, items=tuple(items)), st.sampled_from("xyz"), ITEMS
)


@given(CONTENTS, CONTENTS)
def test_differences_are_told_from_either_side(one: Content, other: Content) -> None:
    there, back = differences(one, other), differences(other, one)
    mirrored = {"added": "removed", "removed": "added"}
    assert sorted(map(str, there)) == sorted(
        str(Difference(mirrored.get(d.code, d.code), d.item_key, d.field, d.new, d.old))
        for d in back
    )
    assert (there == []) == (one == other)
