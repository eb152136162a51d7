"""Writing the rules of doubt: what is refused, what the trail keeps, who comes second."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import AuditEvent, User
from accounts.versions import Conflict
from indicators import actions
from indicators.errors import Refused
from indicators.models import PlausibilityRule
from tests.indicators import builders as b

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewer() -> User:
    return b.person("reviewer", "reviewer")


def save(by: User, code: str = "jump", **facts: Any) -> PlausibilityRule:
    given: dict[str, Any] = {
        "indicator": None, "severity": "warning", "parameters": {}, "is_active": True,
        "note": "", "reason": "规则偏严", "version": None, **facts,
    }  # fmt: skip
    return actions.save_doubt_rule(by=by, code=code, **given)


def test_a_new_setting_is_stored_with_every_parameter_and_told(reviewer: User) -> None:
    row = save(reviewer, parameters={"factor": "3.0"}, severity="hint", note=" 见会议纪要 ")

    assert row.parameters == {
        "factor": "3", "longest": "5", "known": "4", "spread": "5", "least": "0.25",
    }  # fmt: skip
    assert (row.severity, row.note, row.version, row.is_active) == ("hint", "见会议纪要", 1, True)
    event = AuditEvent.objects.get(action="indicators.save_doubt_rule")
    assert (event.actor_id, event.reason, event.before) == (reviewer.pk, "规则偏严", None)
    assert event.after["parameters"]["factor"] == "3"
    assert event.object_label == "jump 突变"


def test_a_change_keeps_both_sides_in_the_trail(reviewer: User) -> None:
    of = b.indicator()
    row = save(reviewer, indicator=of)
    changed = save(reviewer, indicator=of, is_active=False, version=row.version)

    assert (changed.pk, changed.version, changed.is_active) == (row.pk, 2, False)
    event = AuditEvent.objects.order_by("-id").first()
    assert event is not None
    assert (event.before["is_active"], event.after["is_active"]) == (True, False)
    assert event.object_label == f"jump 突变 · {of.name}"
    assert PlausibilityRule.objects.count() == 1


@pytest.mark.parametrize(
    ("code", "facts", "words"),
    [
        ("jump", {"reason": " "}, "请写明理由"),
        ("jump", {"parameters": {"factor": "0"}}, "每期不超过上期的倍数：不能小于1.01"),
        ("jump", {"parameters": {"other": "1"}}, "没有“other”这个参数"),
        ("nothing", {}, "没有这条规则"),
        ("out_of_bounds", {"parameters": {"min": "2", "max": "1"}}, "下限不能高于上限"),
        ("part_over_whole", {"parameters": {"pairs": "FIRMS <= NONE\nNADA <= FIRMS"}},
         "没有代码为 NADA、NONE 的指标"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_words_and_leaves_nothing(
    reviewer: User, code: str, facts: dict[str, Any], words: str
) -> None:
    b.indicator()
    with pytest.raises(Refused, match=words):
        save(reviewer, code, **facts)
    assert PlausibilityRule.objects.count() == 0
    assert b.events() == []


def test_pairs_of_known_indicators_are_stored(reviewer: User) -> None:
    b.indicator("A")
    b.indicator("B")
    row = save(reviewer, "part_over_whole", parameters={"pairs": "A <= B"})

    assert row.parameters == {"pairs": [["A", "B"]]}


def test_second_editor_conflicts_and_the_first_setting_stands(reviewer: User) -> None:
    row = save(reviewer, parameters={"factor": "3"})
    save(reviewer, parameters={"factor": "4"}, version=row.version)

    for version in (row.version, None, 99):
        with pytest.raises(Conflict) as conflict:
            save(reviewer, parameters={"factor": "9"}, version=version)
        assert conflict.value.current == row
        assert conflict.value.attempted["parameters"]["factor"] == "9"
    assert PlausibilityRule.objects.get().parameters["factor"] == "4"
    assert b.events() == ["indicators.save_doubt_rule"] * 2


def test_a_setting_that_is_gone_conflicts(reviewer: User) -> None:
    with pytest.raises(Conflict) as conflict:
        save(reviewer, version=1)
    assert conflict.value.current is None


def test_one_setting_for_all_and_one_for_each_indicator_stand_side_by_side(
    reviewer: User,
) -> None:
    rows = [save(reviewer, indicator=of) for of in (None, b.indicator("A"), b.indicator("B"))]
    assert PlausibilityRule.objects.count() == len(rows)


def test_dropping_a_setting_goes_back_and_is_told(reviewer: User) -> None:
    row = save(reviewer, parameters={"factor": "3"})
    actions.drop_doubt_rule(by=reviewer, rule=row, version=1, reason="恢复默认")

    assert PlausibilityRule.objects.count() == 0
    event = AuditEvent.objects.get(action="indicators.drop_doubt_rule")
    assert (event.before["parameters"]["factor"], event.after) == ("3", None)
    assert event.reason == "恢复默认"


def test_dropping_wants_a_reason_and_the_version_that_was_seen(reviewer: User) -> None:
    row = save(reviewer)
    with pytest.raises(Refused):
        actions.drop_doubt_rule(by=reviewer, rule=row, version=1, reason="")
    save(reviewer, version=1)
    with pytest.raises(Conflict) as conflict:
        actions.drop_doubt_rule(by=reviewer, rule=row, version=1, reason="恢复")
    assert conflict.value.current == row
    assert PlausibilityRule.objects.count() == 1


def test_a_row_of_a_rule_that_is_no_more_can_be_dropped(reviewer: User) -> None:
    row = PlausibilityRule.objects.create(code="of_another_day", severity="error")
    actions.drop_doubt_rule(by=reviewer, rule=row, version=1, reason="旧规则")

    assert AuditEvent.objects.get(action="indicators.drop_doubt_rule").object_label == (
        "of_another_day"
    )
