"""Codes and values of the trail in words."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from accounts import wording
from accounts.models import AuditEvent


def event(before: Any, after: Any, object_type: str = "accounts.user") -> AuditEvent:
    return AuditEvent(object_type=object_type, before=before, after=after)


def words(before: Any, after: Any, object_type: str = "accounts.user") -> list[str]:
    return [str(item) for item in wording.differences(event(before, after, object_type))]


def test_changed_value_is_told_with_both() -> None:
    assert words({"full_name": "甲"}, {"full_name": "乙"}) == ["姓名：由“甲”改为“乙”"]


def test_value_that_stayed_is_left_out() -> None:
    both = {"full_name": "甲", "email": "a@example.org"}
    assert words(both, {**both, "email": "b@example.org"}) == [
        "电子邮箱：由“a@example.org”改为“b@example.org”"
    ]


def test_new_value_is_told_alone() -> None:
    assert words(None, {"full_name": "甲"}) == ["姓名：甲"]


def test_removed_value_is_told_as_it_was() -> None:
    assert words({"full_name": "甲"}, None) == ["姓名：原为“甲”"]


def test_event_without_values_has_no_difference() -> None:
    assert words(None, None) == []


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (None, "空"),
        ("", "空"),
        (0, "0"),
        ("0", "0"),
        (True, "是"),
        (False, "否"),
        ([], "无"),
        ({}, "无"),
        (["甲", "乙"], "甲、乙"),
        ({"indicators.drafts": 3}, "indicators.drafts 3"),
    ],
)
def test_zero_empty_yes_and_no_are_told_apart(value: Any, word: str) -> None:
    assert words({"moved": "x"}, {"moved": value}) == [f"移交数量：由“x”改为“{word}”"]


def test_roles_are_named() -> None:
    found = words({"roles": []}, {"roles": ["analyst", "emperor"]})
    assert found == ["角色：由“无”改为“数据分析员、emperor”"]


@pytest.mark.parametrize("object_type", ["", "nowhere.thing", "nonsense", "accounts.user"])
def test_unknown_name_is_told_as_it_is(object_type: str) -> None:
    assert words(None, {"weight": 3}, object_type) == ["weight：3"]


def test_value_that_is_no_mapping_is_told() -> None:
    assert words(3, 4) == ["value：由“3”改为“4”"]


def test_action_names() -> None:
    assert wording.action_name("accounts.create_user") == "建立用户"
    assert wording.action_name("nowhere.done") == "nowhere.done"


def test_registered_action_is_named_and_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wording, "_action_names", dict(wording._action_names))
    wording.register_actions({"upper.approve": "审核通过"})
    assert wording.action_name("upper.approve") == "审核通过"
    assert ("upper.approve", "审核通过") in wording.action_choices()


def test_object_names() -> None:
    assert wording.object_name("accounts.user") == "用户"
    assert wording.object_name("") == ""
    assert wording.object_name("nowhere.thing") == "nowhere.thing"


def test_object_choices_are_our_own_models() -> None:
    offered = dict(wording.object_choices())
    assert offered["accounts.department"] == "部门"
    assert [kind for kind in offered if kind.split(".")[0] in {"auth", "axes", "admin"}] == []


def test_every_action_of_accounts_is_named() -> None:
    from accounts import actions

    codes = [f"accounts.{name}" for name in actions.__all__ if name.islower()]
    assert len(codes) == 18
    with translation.override("zh-hans"):
        assert [code for code in codes if wording.action_name(code) == code] == []


@pytest.mark.parametrize(
    ("name", "stored", "said"),
    [
        ("state", "submitted", "审核状态：待核定"),
        ("obs_status", "L", "数据状态：未统计"),
        ("qualifier", "exact", "限定：确数"),
        ("period", "2025", "报告期：2025"),
        ("source", "示范公报", "来源：示范公报"),
        ("value", "785.2000000000", "数值：785.2"),
        ("value", "1200.0000000000", "数值：1200"),
        ("value", "800", "数值：800"),
        ("value", "0.0000000000", "数值：0"),
        ("state", "no-such-state", "审核状态：no-such-state"),
    ],
)
def test_codes_and_figures_of_an_actual_are_told_as_people_read_them(
    name: str, stored: str, said: str
) -> None:
    assert words(None, {name: stored}, "indicators.observation") == [said]


def test_a_jobs_state_is_its_own_and_not_that_of_a_review() -> None:
    assert words({"state": "failed"}, {"state": "queued"}, "accounts.job") == [
        "状态：由“失败”改为“等待”"
    ]
