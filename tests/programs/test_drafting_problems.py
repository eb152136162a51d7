"""Every fault that keeps a content from being approved, and what is none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from programs.drafting.content import Content, ItemContent
from programs.drafting.problems import problems

ITEM = ItemContent(
    key="grant", name="项目资助", tier="市级", kind="project_grant", comparator="at_most",
    cap="5000000", clause="c1",
)  # fmt: skip
SOUND = Content(
    name="首版", document="plan", clause="c1", valid_from="2024-01-01", valid_to="2028-12-31",
    items=(ITEM,),
)  # fmt: skip


def codes(content: Content) -> list[tuple[str, str | None, str]]:
    return [(one.code, one.item_key, one.field) for one in problems(content, "chain")]


def of_item(**changes: Any) -> list[tuple[str, str]]:
    found = problems(replace(SOUND, items=(replace(ITEM, **changes),)), "chain")
    assert all(one.place == 0 for one in found)
    return [(one.code, one.field) for one in found]


def test_sound_content_has_no_problem() -> None:
    assert codes(SOUND) == []
    assert codes(replace(SOUND, valid_to="", items=())) == []


def test_empty_content_lacks_what_an_edition_must_say() -> None:
    assert codes(Content()) == [
        ("missing", None, name) for name in ("name", "document", "clause", "valid_from")
    ]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"clause": " "}, ("missing", "clause")),
        ({"name": "长" * 81}, ("too_long", "name")),
        ({"valid_from": "2024"}, ("no_day", "valid_from")),
        ({"valid_from": "2024-02-30"}, ("no_day", "valid_from")),
        ({"valid_to": "年底"}, ("no_day", "valid_to")),
        ({"valid_to": "2023-12-31"}, ("ends_before_start", "valid_to")),
        ({"contact_url": "javascript:alert(1)"}, ("no_address", "contact_url")),
        ({"contact_url": "https://"}, ("no_address", "contact_url")),
        ({"contact_url": "http://[x"}, ("no_address", "contact_url")),
        ({"contact_url": "https://a b.cn/"}, ("no_address", "contact_url")),
        ({"industries": ("甲", " ")}, ("empty_line", "industries")),
        ({"industries": ("甲",), "industries_en": ("A", "B")}, ("industries_en", "industries_en")),
    ],
)
def test_fault_of_an_edition(changes: dict[str, Any], found: tuple[str, str]) -> None:
    code, name = found
    assert codes(replace(SOUND, **changes)) == [(code, None, name)]


@pytest.mark.parametrize(
    "changes",
    [
        {"valid_from": " 2024-01-01 ", "valid_to": "2024-01-01"},
        {"contact_url": "https://kjj.example.cn/policy?id=1"},
        {"industries": ("甲", "乙"), "industries_en": ("A", "B")},
        {"industries": ("甲",), "industries_en": ()},
    ],
)
def test_no_fault_of_an_edition(changes: dict[str, Any]) -> None:
    assert codes(replace(SOUND, **changes)) == []


def test_empty_item_lacks_what_an_item_must_say() -> None:
    found = problems(replace(SOUND, items=(ItemContent(),)))
    assert [(one.code, one.field) for one in found] == [
        ("missing", name) for name in ("key", "name", "tier", "kind", "comparator", "clause")
    ]


@pytest.mark.parametrize(
    ("changes", "code", "name"),
    [
        ({"key": "a b"}, "no_key", "key"),
        ({"key": "甲"}, "no_key", "key"),
        ({"key": "k" * 41}, "too_long", "key"),
        ({"condition": "长" * 201}, "too_long", "condition"),
        ({"kind": "gift"}, "no_choice", "kind"),
        ({"per": "每个项目"}, "no_choice", "per"),
        ({"bodies": ("enterprise", "city")}, "no_choice", "bodies"),
        ({"comparator": "about"}, "no_choice", "comparator"),
        ({"comparator": "uncapped"}, "cap_of_uncapped", "cap"),
        ({"cap": ""}, "missing", "cap"),
        ({"cap": "五百万"}, "no_number", "cap"),
        ({"cap": "1e6"}, "no_number", "cap"),
        ({"cap": "0"}, "not_positive", "cap"),
        ({"cap": "-5"}, "not_positive", "cap"),
        ({"cap": "0.001"}, "part_of_fen", "cap"),
        ({"cap": "12345678901234.56"}, "too_large", "cap"),
        ({"cap": "9999999999999999"}, "too_large", "cap"),
        ({"rate": "三成"}, "no_number", "rate"),
        ({"rate": "0"}, "rate_out_of_range", "rate"),
        ({"rate": "100.1"}, "rate_out_of_range", "rate"),
        ({"rate": "33.33333"}, "rate_places", "rate"),
        ({"rate": "30", "comparator": "fixed"}, "rate_comparator", "rate"),
        ({"rate_of": "研发投入"}, "missing", "rate"),
        ({"not_with": ("grant",), "not_with_for": "year"}, "no_item", "not_with"),
        ({"not_with": ("chain/grant",), "not_with_for": "year"}, "with_itself", "not_with"),
        ({"not_with": ("a/b", "a/b"), "not_with_for": "year"}, "twice", "not_with"),
        ({"not_with": ("a/b",)}, "missing", "not_with_for"),
        ({"not_with_for": "ever"}, "missing", "not_with"),
        ({"not_with": ("a/b",), "not_with_for": "week"}, "no_choice", "not_with_for"),
    ],
)
def test_fault_of_an_item(changes: dict[str, Any], code: str, name: str) -> None:
    assert of_item(**changes) == [(code, name)]


@pytest.mark.parametrize(
    "changes",
    [
        {"cap": " 5000000.00 "},
        {"cap": "0.01"},
        {"cap": "999999999999999"},
        {"comparator": "uncapped", "cap": ""},
        {"comparator": "uncapped", "cap": "", "rate": "30"},
        {"rate": "33.3333", "rate_of": "研发投入"},
        {"rate": "100"},
        {"not_with": ("chain/other", "a/b"), "not_with_for": "project"},
        {"bodies": ("enterprise", "person"), "per": "enterprise", "payout": "once"},
    ],
)
def test_no_fault_of_an_item(changes: dict[str, Any]) -> None:
    assert of_item(**changes) == []


def test_key_twice_is_told_of_both_items_by_their_places() -> None:
    found = problems(replace(SOUND, items=(ITEM, replace(ITEM, name="又一项"))))
    assert [(one.code, one.place) for one in found] == [("key_twice", 0), ("key_twice", 1)]
