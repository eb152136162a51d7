"""Texts cut at the borders of stretches, and the relation of two promises."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qdpolicy.dashboard.reading import Block, Piece, Step, Stretch, blocks, first_of_each, relation


def test_blocks_without_stretches_are_lines() -> None:
    assert blocks("甲\n\n## 乙\n丙", []) == (
        Block((Piece("甲"),)),
        Block((Piece("乙"),), heading=True),
        Block((Piece("丙"),)),
    )


def test_blocks_of_nothing_is_nothing() -> None:
    assert blocks("", [Stretch("a", 0, 3)]) == ()


def test_a_stretch_is_a_piece_of_its_own() -> None:
    assert blocks("今年突破百家。", [Stretch("a", 2, 6)]) == (
        Block((Piece("今年"), Piece("突破百家", ("a",), ("a",)), Piece("。"))),
    )


def test_overlapping_stretches_are_split() -> None:
    found = blocks("一二三四五", [Stretch("a", 0, 3), Stretch("b", 2, 5)])
    assert found[0].pieces == (
        Piece("一二", ("a",), ("a",)),
        Piece("三", ("a", "b"), ("b",)),
        Piece("四五", ("b",), ()),
    )


def test_the_innermost_stretch_comes_first() -> None:
    found = blocks("一二三四", [Stretch("outer", 0, 4), Stretch("inner", 1, 2)])
    assert [piece.under for piece in found[0].pieces] == [
        ("outer",),
        ("inner", "outer"),
        ("outer",),
    ]


def test_equal_stretches_begin_together() -> None:
    found = blocks("一二", [Stretch("b", 0, 2), Stretch("a", 0, 2)])
    assert found[0].pieces == (Piece("一二", ("a", "b"), ("a", "b")),)


def test_a_stretch_goes_on_in_the_next_line_but_begins_once() -> None:
    text = "前半\n后半"
    found = first_of_each(blocks(text, [Stretch("a", 0, 5)]))
    assert found == (
        Block((Piece("前半", ("a",), ("a",)),)),
        Block((Piece("后半", ("a",), ()),)),
    )


def test_a_stretch_over_a_heading_begins_with_its_words() -> None:
    found = blocks("## 标题", [Stretch("a", 0, 5)])
    assert found == (Block((Piece("标题", ("a",), ("a",)),), heading=True),)


@pytest.mark.parametrize("stretch", [Stretch("a", 3, 3), Stretch("a", 9, 12), Stretch("a", 4, 2)])
def test_stretches_that_hold_nothing_mark_nothing(stretch: Stretch) -> None:
    assert blocks("一二三", [stretch]) == (Block((Piece("一二三"),)),)


spans = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 30)).map(lambda pair: (min(pair), max(pair))),
    max_size=6,
)


@given(st.text(alphabet="甲乙<&丙 \n#", max_size=30), spans)
def test_pieces_give_the_text_back_and_each_key_begins_once(
    text: str, pairs: list[tuple[int, int]]
) -> None:
    stretches = [Stretch(str(number), *pair) for number, pair in enumerate(pairs)]
    found = first_of_each(blocks(text, stretches))
    lines = [line for line in text.split("\n") if line.strip()]
    assert ["".join(piece.text for piece in block.pieces) for block in found] == [
        line.removeprefix("## ") for line in lines
    ]
    begun = [key for block in found for piece in block.pieces for key in piece.begins]
    assert len(begun) == len(set(begun))
    assert all(
        key in piece.under for block in found for piece in block.pieces for key in piece.begins
    )


def step(value: str, **fields: Any) -> Step:
    about: dict[str, Any] = {"comparator": "at_least", "measure": "level", "direction": "increase"}
    return Step(value=Decimal(value), **(about | fields))


@pytest.mark.parametrize(
    ("earlier", "later", "word"),
    [
        (step("350"), step("700"), "raised"),
        (step("700"), step("350"), "lowered"),
        (step("700"), step("700.0"), "repeated"),
        (step("2.2", exponent=4), step("22000"), "repeated"),
        (step("2.2", exponent=4), step("22001"), "raised"),
        (step("700"), step("700", comparator="more_than"), "repeated"),
        (step("10", comparator="at_most"), step("8", comparator="at_most"), "raised"),
        (step("10", comparator="at_most"), step("12", comparator="less_than"), "lowered"),
        (step("10"), step("10", comparator="at_most"), "restated"),
        (step("5", measure="rank"), step("3", measure="rank"), "raised"),
        (step("700"), step("2", measure="multiple"), "restated"),
        (
            step("5", direction="decrease", comparator="at_least"),
            step("4", direction="decrease", comparator="at_least"),
            "raised",
        ),
        (step("10", comparator="about"), step("12", comparator="nearly"), "raised"),
        (step("0"), step("0"), "repeated"),
        (step("-3"), step("0"), "raised"),
    ],
)
def test_relation_of_a_later_promise(earlier: Step, later: Step, word: str) -> None:
    assert relation(earlier, later) == word


@given(st.decimals(-1000, 1000, places=2), st.decimals(-1000, 1000, places=2))
def test_relation_turned_round_is_the_opposite(first: Decimal, second: Decimal) -> None:
    opposite = {"raised": "lowered", "lowered": "raised", "repeated": "repeated"}
    there = relation(step(str(first)), step(str(second)))
    back = relation(step(str(second)), step(str(first)))
    assert back == opposite[there]
