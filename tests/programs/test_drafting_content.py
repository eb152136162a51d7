"""What a draft says: read from JSON and told as JSON without loss."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.drafting.content import (
    EDITION_FIELDS,
    EDITION_LISTS,
    FLAGS,
    ITEM_FIELDS,
    ITEM_LISTS,
    Content,
    ItemContent,
    NotContent,
    next_key,
)

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
LINES = st.lists(TEXT, max_size=3)


def kept(names: tuple[str, ...], lists: tuple[str, ...]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            name: LINES if name in lists else st.booleans() if name in FLAGS else TEXT
            for name in names
        }
    )


EDITIONS = st.builds(
    lambda told, items: {**told, "items": items},
    kept(EDITION_FIELDS, EDITION_LISTS),
    st.lists(kept(ITEM_FIELDS, ITEM_LISTS), max_size=3),
)


@given(EDITIONS)
def test_json_comes_back_exactly(told: dict[str, Any]) -> None:
    read = Content.from_json(told)
    assert read.to_json() == told
    assert Content.from_json(json.loads(json.dumps(read.to_json()))) == read


def test_absent_fields_are_empty() -> None:
    assert Content.from_json({}) == Content()
    assert Content.from_json({"items": [{}]}).items == (ItemContent(),)


@pytest.mark.parametrize(
    ("told", "field"),
    [
        (None, "object"),
        ([], "object"),
        ({"items": {}}, "items"),
        ({"items": [1]}, "object"),
        ({"items": [{}] * 201}, "items"),
        ({"colour": "red"}, "colour"),
        ({"name": 1}, "name"),
        ({"name": None}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"name": "\ud800"}, "name"),
        ({"industries": "甲"}, "industries"),
        ({"industries": ["甲", 1]}, "industries"),
        ({"items": [{"per_stated": "yes"}]}, "per_stated"),
        ({"items": [{"cap": 5000000}]}, "cap"),
        ({"items": [{"bodies": ["a\0"]}]}, "bodies"),
        ({"note": "长" * 200_001}, "length"),
    ],
)
def test_json_that_is_no_content_is_told_by_its_field(told: Any, field: str) -> None:
    with pytest.raises(NotContent) as error:
        Content.from_json(told)
    assert str(error.value) == field


def test_longest_content_is_kept_whole() -> None:
    assert len(Content.from_json({"note": "长" * 200_000}).note) == 200_000


def test_item_is_found_and_changed_by_its_key() -> None:
    said = Content(items=(ItemContent(key="a", cap="1"), ItemContent(key="b", cap="2")))
    assert said.item("b") == ItemContent(key="b", cap="2")
    assert said.item("c") is None
    assert said.with_item("b", cap="3").items == (
        ItemContent(key="a", cap="1"), ItemContent(key="b", cap="3"),
    )  # fmt: skip


def test_next_key_is_the_first_that_is_free() -> None:
    assert next_key([], "chain") == "chain-1"
    assert next_key(["chain-1", "chain-3", "other"], "chain") == "chain-2"
