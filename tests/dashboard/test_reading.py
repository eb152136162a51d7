"""Texts cut at the borders of stretches."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qdpolicy.dashboard.reading import Block, Piece, Stretch, blocks, first_of_each


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
