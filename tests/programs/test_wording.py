"""Editions in words: days, caps, what differs, and what is wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.utils import translation

from programs.drafting.content import Content, ItemContent
from programs.drafting.differences import Difference
from programs.drafting.problems import Problem
from programs.wording import (
    PROBLEM_CODES,
    cap_words,
    changes_in_words,
    days_words,
    difference_words,
    item_words,
    money_words,
    problem_words,
    value_words,
)
from tests.indicators import builders as b
from tests.programs import builders as p

DEMO = ItemContent(
    key="demo", name="科技示范工程", name_en="Demonstration projects", tier="示范工程",
    tier_en="Demonstrations", comparator="at_most", cap="10000000", per="project",
)  # fmt: skip
PROJECT = ItemContent(key="project", name="攻关", tier="项目", comparator="fixed", cap="500000")
OLD = Content(name="强链", valid_from="2024-01-01", valid_to="2028-12-31", items=(DEMO, PROJECT))


def told(change: str = "corrected", /, **changes: Any) -> list[str]:
    """The sentences of another edition whose demonstration differs."""
    edition = {name: changes.pop(name) for name in ("valid_from", "note") if name in changes}
    new = replace(OLD.with_item("demo", **changes), **edition)
    return changes_in_words(OLD, new, change)


def test_raised_cap_from_a_day_on_is_told_in_the_words_of_editors() -> None:
    assert told("amended", cap="15000000", valid_from="2026-01-01") == [
        "示范工程上限 1,000万元 → 1,500万元，自 2026-01-01 起"
    ]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"cap": "12345678.9"}, "示范工程上限 1,000万元 → 1,234.56789万元"),
        ({"comparator": "uncapped", "cap": ""}, "示范工程上限 最高1,000万元 → 不设上限"),
        ({"comparator": "fixed"}, "示范工程上限 最高1,000万元 → 定额1,000万元"),
        ({"comparator": "at_least", "cap": "1"}, "示范工程上限 最高1,000万元 → 最低0.0001万元"),
        ({"rate": "30"}, "示范工程比例上限 （空） → 30%"),
        ({"per": "enterprise"}, "示范工程的计算单位：项目 → 企业"),
        ({"per": ""}, "示范工程的计算单位：项目 → （空）"),
        ({"yearly_call": True}, "示范工程的每年组织：否 → 是"),
        ({"bodies": ("enterprise", "person")}, "示范工程的适用主体：（空） → 企业、个人"),
        ({"payout": "once"}, "示范工程的发放频次：（空） → 一次性"),
        ({"cap": "一千万"}, "示范工程上限 1,000万元 → 一千万"),
        ({"valid_from": "2025-01-01"}, "开始日期：2024-01-01 → 2025-01-01"),
        ({"note": "长" * 61}, "说明：（空） → " + "长" * 60 + "…"),
    ],
)
def test_one_difference_is_one_sentence(changes: dict[str, Any], sentence: str) -> None:
    assert told(**changes) == [sentence]


def test_adjustment_of_days_alone_tells_the_days() -> None:
    assert told("amended", valid_from="2026-01-01") == [
        "开始日期：2024-01-01 → 2026-01-01，自 2026-01-01 起"
    ]
    assert told("amended", valid_from="明年", cap="1")[0] == "开始日期：2024-01-01 → 明年"


def test_items_that_come_go_and_move_are_told() -> None:
    fresh = ItemContent(key="voucher", name="创新券", comparator="at_most", cap="200000")
    new = replace(OLD, items=(fresh, DEMO))
    assert changes_in_words(OLD, new, "corrected") == [
        "新增创新券，最高20万元",
        "取消攻关（原为定额50万元）",
    ]
    assert changes_in_words(OLD, replace(OLD, items=(PROJECT, DEMO)), "corrected") == [
        "支持事项的先后次序有变"
    ]
    nowhere = Difference("changed", "none", "cap", "1", "2")
    assert difference_words(nowhere, OLD, OLD, since=date(2026, 1, 1)) == "，自 2026-01-01 起"


def test_item_is_named_by_its_tier_only_where_that_tells_it() -> None:
    second = replace(DEMO, key="second", name="另一示范工程")
    assert item_words(DEMO, OLD) == "示范工程"
    assert item_words(DEMO, replace(OLD, items=(DEMO, second))) == "科技示范工程"
    assert item_words(PROJECT, OLD) == "攻关"
    assert item_words(ItemContent(key="k"), OLD) == "k"
    assert item_words(ItemContent(), OLD) == "未命名的事项"


def test_caps_with_a_share_and_without_a_comparator() -> None:
    shared = replace(DEMO, rate="30", rate_of="研发投入")
    assert cap_words(shared) == "最高1,000万元，不超过研发投入的30%"
    assert cap_words(replace(shared, rate_of="")) == "最高1,000万元，不超过投入的30%"
    assert cap_words(ItemContent(cap="10000")) == "1万元"


def test_english_has_no_wan_and_falls_back_without_fault() -> None:
    with translation.override("en"):
        assert money_words(p.Decimal("15000000")) == "15 million yuan"
        assert money_words(p.Decimal("999999.5")) == "999,999.5 yuan"
        assert item_words(DEMO, OLD) == "Demonstrations"
        assert item_words(PROJECT, OLD) == "攻关"
        assert "10 million yuan → 15 million yuan" in told(cap="15000000")[0]


@pytest.mark.parametrize(
    ("begins", "ends", "said"),
    [
        (date(2024, 1, 1), date(2028, 12, 31), "2024—2028"),
        (date(2024, 1, 1), date(2024, 12, 31), "2024"),
        (date(2024, 1, 1), None, "2024—今"),
        (date(2024, 3, 1), date(2024, 12, 31), "2024-03-01—2024-12-31"),
        (date(2024, 3, 1), None, "2024-03-01—今"),
    ],
)
def test_days_are_years_where_whole_years_are_meant(
    begins: date, ends: date | None, said: str
) -> None:
    assert days_words(begins, ends) == said


@pytest.mark.django_db
def test_rows_are_told_by_their_names_and_unknown_ones_by_their_keys() -> None:
    document = p.document()
    clause = p.clause(document, "最高500万元")
    said = Content(document=document.key)
    quoted = "第二条“最高500万元”"
    for name, text, words in (
        ("document", document.key, "policy-one若干措施"),
        ("document", "none", "none"),
        ("clause", clause.key, quoted),
        ("clause", f"{document.key}/{clause.key}", quoted),
        ("clause", "other/none", "other/none"),
        ("department", b.department("bureau").code, b.department("bureau").name),
        ("department", "none", "none"),
    ):
        assert value_words(name, text, said) == words
    assert value_words("also_in", (clause.key, "none"), said) == f"{quoted}、none"


@pytest.mark.parametrize("code", sorted(PROBLEM_CODES))
def test_every_problem_is_a_sentence_in_both_languages(code: str) -> None:
    facts = {"text": "值", "most": 80, "begins": date(2024, 1, 1), "ends": date(2023, 1, 1)}
    of_edition = Problem(code, None, "name", facts)
    of_item = Problem(code, "demo", "cap", facts, 0)
    assert problem_words(of_item, OLD) == f"示范工程：{_sentence(of_item)}"
    for language in ("zh-hans", "en"):
        with translation.override(language):
            sentence = problem_words(of_edition, OLD)
            assert sentence
            assert "%(" not in sentence


def _sentence(of: Problem) -> str:
    return problem_words(replace(of, place=None, field="name"), OLD).replace("版本名称", "上限")


def test_missing_clause_says_why_it_is_wanted() -> None:
    assert problem_words(Problem("missing", None, "clause"), OLD) == (
        "请选择条款：版本和支持事项都要有出处。"
    )
