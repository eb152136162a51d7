"""A quote is found exactly or reported as missing; equal quotes share out their places."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from targets.extraction.anchor import anchor, find_quote
from targets.extraction.clean import CleanError, clean

TEXT = clean(
    "技术合同成交额超过800亿元\n\n到明年,技术合同成交额超 过 800 亿元,新建產(chǎn)業(yè)园3个。"
).text


def test_all_places_of_a_quote_are_found_in_order() -> None:
    places = find_quote(TEXT, "技术合同成交额超过800亿元")

    assert places == [(0, 14), (20, 34)]
    assert [TEXT[start:end] for start, end in places] == ["技术合同成交额超过800亿元"] * 2


@pytest.mark.parametrize(
    "quote", ["產(chǎn)業(yè)园3个", "产业园 3 个", "产业园３个", " 产业园3个\n"]
)
def test_a_quote_may_be_given_in_raw_characters(quote: str) -> None:
    assert find_quote(TEXT, quote) == [(37, 42)]


@pytest.mark.parametrize(
    "quote", ["技术合同成交额超过80亿元", "产业园4个", "", " \n", "产业园3个。。"]
)
def test_a_quote_that_is_not_there_has_no_place(quote: str) -> None:
    assert find_quote(TEXT, quote) == []


def test_places_do_not_overlap() -> None:
    assert find_quote("甲甲甲甲甲", "甲甲") == [(0, 2), (2, 4)]


def test_a_quote_that_is_no_text_is_refused() -> None:
    with pytest.raises(CleanError):
        find_quote(TEXT, "产业\0园")


def test_equal_quotes_get_their_places_in_document_order() -> None:
    anchors = anchor(
        TEXT, [("标题", "技术合同成交额超过800亿元"), ("正文", "技术合同成交额超 过800亿元")]
    )

    assert anchors.found == {"标题": (0, 14), "正文": (20, 34)}
    assert anchors.missing == []
    assert anchors.ambiguous == {}


def test_a_quote_asked_for_more_often_than_it_stands_there_is_missing() -> None:
    anchors = anchor(TEXT, [("甲", "产业园3个"), ("乙", "产业园3个"), ("丙", "产业园3个")])

    assert anchors.found == {"甲": (37, 42)}
    assert anchors.missing == ["乙", "丙"]
    assert anchors.ambiguous == {}


def test_a_quote_with_places_left_over_is_reported_as_ambiguous() -> None:
    anchors = anchor("十家。十家。十家。", [(1, "十家"), (2, "十家")])

    assert anchors.found == {1: (0, 2), 2: (3, 5)}
    assert anchors.ambiguous == {2: ((6, 8),)}


def test_what_cannot_be_found_is_listed_in_the_order_given() -> None:
    anchors = anchor(TEXT, [("乙", "没有这句话"), ("甲", "产业园3个"), ("丙", "也没有这句")])

    assert anchors.found == {"甲": (37, 42)}
    assert anchors.missing == ["乙", "丙"]


def test_no_near_match_is_ever_taken() -> None:
    anchors = anchor("高新技术企业突破9000家", [("甲", "高新技术企业突破900家")])

    assert (anchors.found, anchors.missing) == ({}, ["甲"])


def test_quotes_may_overlap_each_other() -> None:
    anchors = anchor(
        "企业数量翻一番、超过2万家", [("长", "企业数量翻一番、超过2万家"), ("短", "翻一番")]
    )

    assert anchors.found == {"长": (0, 13), "短": (4, 7)}


def test_a_key_given_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="每个引文的编号只能出现一次"):
        anchor(TEXT, [("甲", "产业园"), ("甲", "成交额")])


def test_no_quotes_give_no_anchors() -> None:
    anchors = anchor(TEXT, [])

    assert (anchors.found, anchors.missing, anchors.ambiguous) == ({}, [], {})


@settings(deadline=None, max_examples=200)
@given(st.text("新建家。1", max_size=40), st.text("新建家1", min_size=1, max_size=3))
def test_every_place_holds_the_quote_and_none_is_left_out(text: str, quote: str) -> None:
    places = find_quote(text, quote)

    assert [text[start:end] for start, end in places] == [quote] * text.count(quote)
    assert all(a[1] <= b[0] for a, b in pairwise(places))


@settings(deadline=None, max_examples=200)
@given(
    st.text("新建家。", max_size=30),
    st.lists(st.text("新建家", min_size=1, max_size=2), max_size=6),
)
def test_each_key_is_either_found_or_missing(text: str, quotes: list[str]) -> None:
    keyed = list(enumerate(quotes))
    anchors = anchor(text, keyed)

    assert sorted([*anchors.found, *anchors.missing]) == list(range(len(quotes)))
    assert all(text[slice(*place)] == quotes[key] for key, place in anchors.found.items())
    assert set(anchors.ambiguous) <= set(anchors.found)
