"""Links of programs to targets and indicators: with words, and taken back with a reason."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import AuditEvent
from accounts.versions import Conflict
from programs import actions
from programs.actions import ProgramRow
from programs.errors import Refused
from programs.models import ProgramLink
from tests.indicators import builders as b
from tests.programs import builders as p

pytestmark = pytest.mark.django_db


def link(**facts: Any) -> ProgramLink:
    said = {"by": p.editor(), "program": p.program(), "kind": "named", "words": " 文件写明 "}
    return actions.link_program(**said | facts)


def test_link_to_a_target_and_to_an_indicator_keep_the_words_that_claim_them() -> None:
    target, clause = b.promise(b.indicator()), p.clause()
    first = link(target=target, note="同一段", words_en="named", note_en="same paragraph")
    second = link(indicator=b.indicator(), clause=clause, kind="objective")
    assert (first.target, first.words, first.note) == (target, "文件写明", "同一段")
    assert (second.indicator, second.clause, second.kind) == (b.indicator(), clause, "objective")
    event = AuditEvent.objects.filter(action="programs.link_program").latest("pk")
    assert event.after == {
        "program": "chain", "target": None, "indicator": "FIRMS", "clause": clause.key,
        "kind": "objective", "words": "文件写明", "words_en": "", "note": "", "note_en": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({}, "请选择一个目标或一个指标"),
        ({"target": 1, "indicator": 1, "clause": 1}, "请选择一个目标或一个指标"),
        ({"target": 1, "kind": "causes"}, "请选择关系"),
        ({"target": 1, "words": " "}, "请写明依据"),
        ({"indicator": 1}, "须写明条款"),
        ({"target": 1, "words": "长" * 81}, "文字过长"),
        ({"target": 1, "note": "长" * 201}, "文字过长"),
    ],
)
def test_link_that_says_too_little_or_too_much_is_refused(
    facts: dict[str, Any], words: str
) -> None:
    rows = {"target": b.promise(b.indicator()), "indicator": b.indicator(), "clause": p.clause()}
    stated = {name: rows.get(name, value) for name, value in facts.items()}
    with pytest.raises(Refused, match=words):
        link(**stated)
    assert ProgramLink.objects.count() == 0


def test_link_twice_is_refused() -> None:
    target = b.promise(b.indicator())
    link(target=target)
    with pytest.raises(Refused, match="已经登记"):
        link(target=target, kind="objective")
    assert ProgramLink.objects.get().kind == "named"


def test_dropped_link_is_gone_and_the_trail_keeps_all_that_it_said() -> None:
    row = link(target=b.promise(b.indicator()), note="同一段")
    with pytest.raises(Refused, match="请写明理由"):
        actions.drop_link(by=p.editor(), link=row, version=1, reason=" ")
    with pytest.raises(Conflict):
        actions.drop_link(by=p.editor(), link=row, version=2, reason="登记有误")
    ProgramLink.objects.update(version=2)
    with pytest.raises(Conflict):
        actions.drop_link(by=p.editor(), link=row, version=1, reason="登记有误")
    ProgramLink.objects.update(version=1)
    actions.drop_link(by=p.editor(), link=row, version=1, reason="登记有误")
    assert ProgramLink.objects.count() == 0
    event = AuditEvent.objects.get(action="programs.drop_link")
    assert (event.reason, event.before["words"], event.before["note"]) == (
        "登记有误", "文件写明", "同一段",
    )  # fmt: skip
    assert event.before["target"] == "plan-one/t-0"


def test_dropped_link_is_not_loaded_again_and_others_are() -> None:
    first, second = b.promise(b.indicator()), b.promise(b.indicator())
    fields = {"kind": "named", "words": "文件写明"}
    row = ProgramRow(key="chain", fields={}, serves=[(first, fields), (second, fields)])
    p.program()
    assert actions.load_program(by=p.editor(), row=row)[1] == 2
    gone = ProgramLink.objects.get(target=first)
    actions.drop_link(by=p.editor(), link=gone, version=1, reason="登记有误")
    assert actions.load_program(by=p.editor(), row=row)[1] == 0
    assert [one.target for one in ProgramLink.objects.all()] == [second]
    other = ProgramRow(
        key="other", fields={"name": "另一计划", "name_en": "o", "objective": "目的。"},
        serves=[(first, fields)],
    )  # fmt: skip
    assert actions.load_program(by=p.editor(), row=other)[1] == 2
