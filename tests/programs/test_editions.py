"""Drafts of editions: started, saved, undone, handed in, approved by another, never edited after."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import AuditEvent
from accounts.versions import Conflict
from programs import actions
from programs.drafting import problems
from programs.drafting.content import Content, ItemContent
from programs.drafting.differences import differences
from programs.errors import Refused
from programs.models import EditionDraft, Program, ProgramEdition, SupportItem
from tests.indicators import builders as b
from tests.programs import builders as p
from tests.programs import builders_editions as e

pytestmark = pytest.mark.django_db


def refused(**facts: Any) -> str:
    """The sentence of a refused approval or submission."""
    with pytest.raises(Refused) as refusal:
        actions.submit_draft(**facts)
    return str(refusal.value)


def test_choices_and_lengths_of_the_pure_rules_are_those_of_the_columns() -> None:
    for name, choices in problems.CHOICES.items():
        field = SupportItem._meta.get_field(name)
        assert [value for value, _label in field.choices or ()] == list(choices), name
    assert SupportItem.Body.values == list(problems.BODIES)
    for model, lengths in (
        (ProgramEdition, problems.LONGEST), (SupportItem, problems.LONGEST_OF_ITEM),
    ):  # fmt: skip
        assert {name: model._meta.get_field(name).max_length for name in lengths} == dict(lengths)


def test_new_program_has_no_edition_and_its_key_is_none_of_the_addresses() -> None:
    facts: dict[str, Any] = {
        "by": p.editor(), "name": "新计划", "name_en": "new", "objective": "支持。",
        "department": b.department(),
    }  # fmt: skip
    program = actions.create_program(key="fresh", **facts)
    assert (program.editions.count(), program.department) == (0, b.department())
    for key in ("new", "on", "a b", "甲", "", "-a", "k" * 31, "fresh"):
        with pytest.raises(Refused):
            actions.create_program(key=key, **facts | {"name": f"名称{key}"})
    for wrong in ({"name": "新计划"}, {"name": " "}, {"objective": ""}, {"name": "长" * 81}):
        with pytest.raises(Refused):
            actions.create_program(key="other", **facts | wrong)
    assert list(Program.objects.values_list("key", flat=True)) == ["fresh"]


def test_draft_is_empty_or_copied_or_that_of_its_base() -> None:
    standing = e.standing()
    said = actions.content_of(standing)
    start = {"by": p.editor(), "program": p.program()}
    for facts, expected in (
        ({"change": "first"}, Content()),
        ({"change": "first", "copy_from": standing}, said),
        ({"change": "amended", "based_on": standing}, said),
        ({"change": "corrected", "based_on": standing}, said),
    ):
        row = actions.start_draft(**start, **facts)
        assert Content.from_json(row.content) == expected
        assert list(row.saves.values_list("number", "says_again")) == [(1, None)]
        actions.drop_draft(by=p.editor(), draft=row, version=1, reason="试")


def test_content_comes_back_from_the_rows_that_it_became() -> None:
    document, clause = e.home()
    other = p.clause(p.document("elsewhere"), "最高1000万元")
    said = e.content(
        "2024-01-01", "2028-12-31", name_en="trial", objective="目的。", department="bureau",
        contact_url="https://example.cn/a", rhythm="每年组织实施", industries=("甲业", "乙业"),
        industries_en=("a", "b"), note="说明",
        items=(
            e.item_content("z", cap="1234567.89", rate="30.5", rate_of="研发投入", bodies=("person",)),
            e.item_content(
                "a", comparator="uncapped", cap="", clause=f"elsewhere/{other.key}",
                also_in=(clause.key, f"elsewhere/{other.key}"), yearly_call=True, payout="once",
                not_with=("chain/z",), not_with_for="year", stage="growth",
            ),
        ),
    )  # fmt: skip
    b.department("bureau")
    edition = e.approved(e.draft(said=said))
    told = actions.content_of(edition)
    assert differences(said, told) == []
    assert replace(told, items=(told.items[0], said.items[1])) == said
    assert edition.document == document
    assert [item.key for item in edition.items.all()] == ["z", "a"]


@pytest.mark.parametrize(
    ("change", "base", "copy"),
    [
        ("amended", None, None), ("corrected", None, None), ("first", "own", None),
        ("renamed", None, None), ("amended", "other", None), ("first", None, "other"),
        ("amended", "superseded", None),
    ],
)  # fmt: skip
def test_draft_of_the_wrong_base_is_refused(
    change: str, base: str | None, copy: str | None
) -> None:
    own = e.standing()
    rows = {
        None: None, "own": own, "other": p.edition(p.program("other")),
        "superseded": p.edition(key="gone", superseded_at=timezone.now(), begins=date(2023, 1, 1)),
    }  # fmt: skip
    with pytest.raises(Refused):
        actions.start_draft(
            by=p.editor(), program=own.program, change=change, based_on=rows[base],
            copy_from=rows[copy],
        )  # fmt: skip
    assert EditionDraft.objects.count() == 0


def test_second_open_draft_of_a_program_is_refused_in_words() -> None:
    e.draft()
    with pytest.raises(Refused, match="已有一份在办的版本草稿"):
        e.draft()
    e.draft(program=p.program("other"))
    assert EditionDraft.objects.count() == 2


def test_save_keeps_what_is_incomplete_and_tells_the_differences() -> None:
    row = e.draft()
    said = replace(e.content(), name="", items=(e.item_content(cap="五百"),))
    row = actions.save_draft(by=p.editor(), draft=row, version=2, content=said.to_json())
    assert (Content.from_json(row.content), row.version, row.reason) == (said, 3, "按新文件")
    event = AuditEvent.objects.filter(action="programs.save_draft").latest("pk")
    assert (event.before, event.after, event.reason) == (
        {"name": "试验计划（2024）", "grant.cap": "5000000"},
        {"name": "", "grant.cap": "五百"},
        "按新文件",
    )


def test_same_content_again_writes_nothing_and_still_asks_for_the_version() -> None:
    row = e.draft()
    before = AuditEvent.objects.count()
    same = actions.save_draft(by=p.editor(), draft=row, version=2, content=row.content)
    assert (same.version, same.saves.count(), AuditEvent.objects.count()) == (2, 2, before)
    with pytest.raises(Conflict):
        actions.save_draft(by=p.editor(), draft=row, version=1, content=row.content)


def test_reason_alone_is_no_save_to_go_back_to() -> None:
    row = e.draft()
    actions.save_draft(by=p.editor(), draft=row, version=2, content=row.content, reason="另据文件")
    assert (row.reason, row.version, row.saves.count()) == ("另据文件", 3, 2)


def test_json_that_is_no_content_is_refused_and_nothing_is_lost() -> None:
    row = e.draft()
    with pytest.raises(Refused, match="colour"):
        actions.save_draft(by=p.editor(), draft=row, version=2, content={"colour": "red"})
    row.refresh_from_db()
    assert Content.from_json(row.content) == e.content()


def test_draft_that_moved_on_is_not_overwritten() -> None:
    row = e.draft()
    other = EditionDraft.objects.get(pk=row.pk)
    said = e.content("2025-01-01").to_json()
    actions.save_draft(by=p.editor(), draft=row, version=2, content=said)
    for step in (actions.undo_draft, actions.submit_draft):
        with pytest.raises(Conflict):
            step(by=p.editor(), draft=other, version=2)
    with pytest.raises(Conflict):
        actions.save_draft(
            by=p.editor(), draft=other, version=2, content=e.content("2026-01-01").to_json()
        )
    row.refresh_from_db()
    assert (row.content, row.review_state) == (said, "draft")


def test_undo_and_redo_walk_the_saves_and_nothing_is_deleted() -> None:
    row = e.draft(said=e.content("2024-01-01"))
    later = e.content("2025-01-01").to_json()
    row = actions.save_draft(by=p.editor(), draft=row, version=2, content=later)
    for step, begins in (
        (actions.undo_draft, "2024-01-01"), (actions.undo_draft, ""),
        (actions.redo_draft, "2024-01-01"), (actions.redo_draft, "2025-01-01"),
    ):  # fmt: skip
        row = step(by=p.editor(), draft=row, version=row.version)
        assert Content.from_json(row.content).valid_from == begins
    with pytest.raises(Refused, match="没有可以重做的修改"):
        actions.redo_draft(by=p.editor(), draft=row, version=row.version)
    assert list(row.saves.values_list("number", "says_again")) == [
        (1, None), (2, None), (3, None), (4, 2), (5, 1), (6, 2), (7, 3),
    ]  # fmt: skip
    fresh = actions.start_draft(by=p.editor(), program=p.program("other"), change="first")
    with pytest.raises(Refused, match="没有可以撤销的修改"):
        actions.undo_draft(by=p.editor(), draft=fresh, version=1)


def test_draft_in_review_is_not_edited_and_a_returned_one_is() -> None:
    row = e.submitted(e.draft())
    facts = {"by": p.editor(), "draft": row}
    for step in (actions.undo_draft, actions.redo_draft, actions.submit_draft):
        with pytest.raises(Refused, match="目前为“待核定”"):
            step(version=row.version, **facts)
    for step, more in (
        (actions.save_draft, {"content": {}}), (actions.drop_draft, {"reason": "不办"}),
    ):  # fmt: skip
        with pytest.raises(Refused, match="目前为“待核定”"):
            step(version=row.version, **facts, **more)
    with pytest.raises(Refused, match="请写明理由"):
        actions.return_draft(by=p.reviewer(), draft=row, version=row.version, reason=" ")
    actions.return_draft(by=p.reviewer(), draft=row, version=row.version, reason="请补出处")
    assert (row.review_state, row.return_reason) == ("returned", "请补出处")
    actions.save_draft(
        by=p.editor(), draft=row, version=row.version, content=e.content("2025-01-01").to_json()
    )
    assert row.review_state == "draft"


def test_dropped_draft_stays_and_makes_room() -> None:
    row = e.draft()
    actions.drop_draft(by=p.editor(), draft=row, version=2, reason="重复")
    assert (row.review_state, row.return_reason, row.saves.count()) == ("dropped", "重复", 2)
    e.draft()


def test_submission_lists_every_problem_in_words() -> None:
    said = replace(
        e.content(), clause="", valid_to="2023-12-31",
        items=(e.item_content(cap="-5"), e.item_content("other", clause="c-none")),
    )  # fmt: skip
    row = e.draft(said=said)
    sentence = refused(by=p.editor(), draft=row, version=2)
    assert sentence == (
        "请选择条款：版本和支持事项都要有出处。"
        "结束日期 2023-12-31 早于开始日期 2024-01-01。"
        "grant资助：上限须为正数；没有上限请选“不设上限”。"
        "other资助：没有键为“c-none”的条款。"
    )
    row.refresh_from_db()
    assert row.review_state == "draft"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"document": "nothing"}, "没有键为“nothing”的文件。"),
        ({"department": "nobody"}, "没有代码为“nobody”的部门。"),
        (
            {"items": (ItemContent(not_with=("a/b",), not_with_for="year"),)},
            "没有“a/b”这个支持事项",
        ),
    ],
)
def test_rows_that_are_not_there_are_told(changes: dict[str, Any], sentence: str) -> None:
    row = e.draft(said=e.content(**changes))
    assert sentence in refused(by=p.editor(), draft=row, version=2)


def test_submission_wants_a_reason_and_a_difference() -> None:
    base = e.standing()
    row = e.draft("amended", base=base, said=actions.content_of(base), reason="")
    assert refused(by=p.editor(), draft=row, version=row.version) == "请写明理由。"
    later = replace(actions.content_of(base), valid_from="2026-01-01").to_json()
    row = actions.save_draft(
        by=p.editor(), draft=row, version=row.version, content=later, reason="按新文件"
    )
    assert "没有差别" in refused(by=p.editor(), draft=row, version=row.version)


def test_own_draft_is_not_approved_and_neither_is_one_that_one_saved(settings: Any) -> None:
    row = e.submitted(e.draft())
    with pytest.raises(Refused, match="不能核定自己起草或改过的版本"):
        actions.approve_draft(by=p.editor(), draft=row, version=row.version)
    actions.return_draft(by=p.reviewer(), draft=row, version=row.version, reason="补")
    helper = p.person("second", "program_editor", "reviewer")
    actions.save_draft(
        by=helper, draft=row, version=row.version, content=e.content("2025-01-01").to_json()
    )
    e.submitted(row)
    with pytest.raises(Refused, match="不能核定自己起草或改过的版本"):
        actions.approve_draft(by=helper, draft=row, version=row.version)
    assert ProgramEdition.objects.count() == 0
    settings.SELF_APPROVAL = True
    actions.approve_draft(by=p.editor(), draft=row, version=row.version)
    assert (row.self_approved, row.review_state) == (True, "approved")


def test_approval_writes_the_edition_and_tells_what_changed() -> None:
    base = e.standing(ends="2028-12-31", items=(e.item_content(tier="示范工程", name="示范工程"),))
    row = e.amended(base, "2026-01-01", cap="15000000")
    edition = e.approved(row)
    assert (edition.key, edition.replaces, edition.known_from) == (
        "chain-2026-01-01", None, row.approved_at,
    )  # fmt: skip
    assert (row.approved_by, row.self_approved, row.edition) == (p.reviewer(), False, edition)
    base.refresh_from_db()
    assert (base.valid_to, base.superseded_at) == (date(2028, 12, 31), None)
    assert [e.cap_on(day) for day in ("2025-12-31", "2026-01-01")] == [p.yuan(500), p.yuan(1500)]
    event = AuditEvent.objects.filter(action="programs.approve_draft").get()
    assert (event.reason, event.after["changes"]) == (
        "按新文件", ["示范工程上限 500万元 → 1,500万元，自 2026-01-01 起"],
    )  # fmt: skip


def test_correction_takes_the_place_of_the_row_which_is_told_on_earlier_days() -> None:
    base = e.standing()
    edition = e.approved(e.corrected(base, cap="6000000"))
    base.refresh_from_db()
    assert (edition.replaces, base.superseded_at) == (base, edition.known_from)
    assert edition.key == "chain-2024-01-01"
    assert e.cap_on("2024-05-01") == p.yuan(600)
    assert e.cap_on("2024-05-01", known_on=date(2025, 1, 1)) == p.yuan(500)
    again = e.approved(e.corrected(edition, cap="7000000"))
    assert again.key == "chain-2024-01-01-2"


def test_long_keys_of_programs_make_room_for_the_day() -> None:
    program = p.program("k" * 30)
    row = e.draft(program=program)
    assert e.approved(row).key == "k" * 29 + "-2024-01-01"


def test_draft_of_a_base_that_was_corrected_meanwhile_is_refused() -> None:
    base = e.standing()
    row = e.submitted(e.amended(base, "2026-01-01", cap="6000000"))
    ProgramEdition.objects.filter(pk=base.pk).update(superseded_at=timezone.now())
    with pytest.raises(Refused, match="已被更正"):
        actions.approve_draft(by=p.reviewer(), draft=row, version=row.version)
    assert ProgramEdition.objects.count() == 1


def test_days_are_checked_again_when_a_draft_is_approved() -> None:
    row = e.submitted(e.draft(said=e.content("2024-06-01")))
    e.standing("2024-01-01")
    with transaction.atomic(), pytest.raises(Refused, match="重叠"):
        actions.approve_draft(by=p.reviewer(), draft=row, version=row.version)
    row.refresh_from_db()
    assert (row.review_state, ProgramEdition.objects.count()) == ("submitted", 1)


@pytest.mark.parametrize(
    ("change", "begins", "ends", "sentence"),
    [
        ("first", "2023-06-01", "2024-01-01", "适用日期 2023-06-01—2024-01-01 与“试验计划（2024）”（2024—2028）重叠。"),
        ("first", "2030-01-01", "", ""),
        ("amended", "2024-01-01", "", "调整须晚于“试验计划（2024）”开始的 2024-01-01 生效；要改那一天起的内容，请更正录入。"),
        ("amended", "2025-01-01", "2031-01-01", "适用日期 2025-01-01—2031-01-01 与“试验计划（2029）”（2029）重叠。"),
        ("amended", "2025-01-01", "2028-12-31", ""),
        ("corrected", "2024-01-01", "", "适用日期 2024—今 与“试验计划（2029）”（2029）重叠。"),
        ("corrected", "2023-01-01", "2028-06-30", ""),
    ],
)  # fmt: skip
def test_days_of_another_edition_are_refused_in_words(
    change: str, begins: str, ends: str, sentence: str
) -> None:
    base = e.standing("2024-01-01", "2028-12-31")
    e.standing("2029-01-01", "2029-12-31")
    said = e.content(begins, ends, note="改动")
    row = e.draft(change, base=None if change == "first" else base, said=said)
    if sentence:
        assert refused(by=p.editor(), draft=row, version=row.version) == sentence
    else:
        assert e.approved(row).valid_from == date.fromisoformat(begins)
