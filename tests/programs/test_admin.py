"""Programs, editions and caps in the stock admin: editions and their items become drafts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent
from programs.actions import EditionRow, ItemRow, ProgramRow, content_of, load_program
from programs.drafting.content import Content
from programs.models import EditionDraft, Program, ProgramEdition, ProgramLink, SupportItem
from tests.indicators import builders as b
from tests.indicators.test_admin import INLINE, errors_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> Client:
    return b.client_of(b.person("editor", "program_editor"))


@pytest.fixture
def edition() -> ProgramEdition:
    program = Program.objects.create(
        key="chain", name="试验计划", name_en="trial", objective="目的。"
    )
    return ProgramEdition.objects.create(
        program=program,
        key="chain-2023",
        name="首版",
        document=b.document(),
        clause=b.clause(b.document()),
        valid_from=date(2023, 1, 1),
    )


@pytest.fixture
def item(edition: ProgramEdition) -> SupportItem:
    return SupportItem.objects.create(
        edition=edition, key="grant", name="项目资助", name_en="grant", tier="市级",
        kind="project_grant", comparator="at_most", cap=Decimal("5000000"),
        clause=b.clause(b.document()),
    )  # fmt: skip


def edition_form(item: SupportItem, **fields: str) -> dict[str, str]:
    """What the page of an edition posts, with its one support item."""
    edition = item.edition
    return {
        "program": str(edition.program_id), "name": edition.name, "change": "corrected",
        "document": str(edition.document_id), "clause": str(edition.clause_id),
        "valid_from": "2023-01-01", "valid_to": "", "rhythm": "", "industries": "[]",
        "industries_en": "[]", "note": "", "reason": "按新文件", "seen_version": "1",
        "items-TOTAL_FORMS": "1", "items-INITIAL_FORMS": "1", "items-0-id": str(item.pk),
        "items-0-edition": str(edition.pk), "items-0-key": "grant", "items-0-name": "项目资助",
        "items-0-name_en": "grant", "items-0-tier": "市级", "items-0-kind": "project_grant",
        "items-0-comparator": "at_most", "items-0-cap": "5000000.00", "items-0-per": "",
        "items-0-bodies": "[]", "items-0-not_with": "[]", "items-0-beneficiary": "",
        "items-0-condition": "", "items-0-clause": str(item.clause_id),
        "items-0-seen_version": "1", **fields,
    }  # fmt: skip


def page(edition: ProgramEdition) -> str:
    return reverse("admin:programs_programedition_change", args=[edition.pk])


def saves() -> list[tuple[str, str, dict[str, object], dict[str, object]]]:
    rows = AuditEvent.objects.filter(action="programs.save_program_entry").order_by("id")
    return [(row.object_type, row.reason, row.before, row.after) for row in rows]


def drawn_up() -> Iterator[tuple[str, str, dict[str, object], dict[str, object]]]:
    """What the saves of drafts told, with the reason."""
    for row in AuditEvent.objects.filter(action="programs.save_draft").order_by("id"):
        yield row.object_label, row.reason, row.before, row.after


def test_raised_cap_becomes_a_draft_and_the_row_stays(editor: Client, item: SupportItem) -> None:
    answer = editor.post(
        page(item.edition), edition_form(item, **{"items-0-cap": "8000000"}), follow=True
    )
    assert "已记为草稿，待提交和另一人核定；现行版本没有改动。" in answer.content.decode()
    item.refresh_from_db()
    assert (item.cap, item.version, item.edition.version) == (Decimal("5000000"), 1, 1)
    draft = EditionDraft.objects.get()
    assert (draft.change, draft.based_on, draft.review_state, draft.reason) == (
        "corrected", item.edition, "draft", "按新文件",
    )  # fmt: skip
    assert Content.from_json(draft.content).items[0].cap == "8000000"
    assert list(drawn_up()) == [
        ("试验计划 更正录入", "按新文件", {"grant.cap": "5000000"}, {"grant.cap": "8000000"})
    ]


def test_second_save_goes_into_the_draft_that_is_under_way(
    editor: Client, item: SupportItem
) -> None:
    editor.post(page(item.edition), edition_form(item, **{"items-0-cap": "8000000"}))
    changes = {"note": "二〇二四年修订", "items-0-per": "project"}
    editor.post(page(item.edition), edition_form(item, **changes))
    draft = EditionDraft.objects.get()
    told = Content.from_json(draft.content)
    assert (told.note, told.items[0].per, told.items[0].cap) == (
        "二〇二四年修订", "project", "8000000",
    )  # fmt: skip
    assert draft.saves.count() == 3


def test_adjustment_beside_the_draft_of_a_correction_is_refused(
    editor: Client, item: SupportItem
) -> None:
    editor.post(page(item.edition), edition_form(item, note="先写的"))
    answer = editor.post(
        page(item.edition),
        edition_form(item, change="amended", valid_from="2024-01-01", note="后写的"),
        follow=True,
    )
    assert "没有保存：这个计划已有一份在办的版本草稿" in answer.content.decode()
    assert Content.from_json(EditionDraft.objects.get().content).note == "先写的"


def test_page_without_a_difference_draws_nothing_up(editor: Client, item: SupportItem) -> None:
    answer = editor.post(page(item.edition), edition_form(item), follow=True)
    assert "没有保存：与所依据的版本没有差别" in answer.content.decode()
    assert EditionDraft.objects.count() == 0


def test_new_item_is_added_to_the_draft(editor: Client, item: SupportItem) -> None:
    second = {
        key.replace("items-0-", "items-1-"): value
        for key, value in edition_form(item).items()
        if key.startswith("items-0-")
    }
    second |= {
        "items-1-id": "", "items-1-key": "award", "items-1-comparator": "uncapped",
        "items-1-cap": "", "items-1-seen_version": "", "items-TOTAL_FORMS": "2",
    }  # fmt: skip
    answer = editor.post(page(item.edition), edition_form(item, **second))
    assert answer.status_code == 302, errors_of(answer)
    told = Content.from_json(EditionDraft.objects.get().content)
    assert [(one.key, one.comparator, one.cap) for one in told.items] == [
        ("grant", "at_most", "5000000"), ("award", "uncapped", ""),
    ]  # fmt: skip
    assert SupportItem.objects.count() == 1


def test_new_edition_is_drawn_up_and_not_written(editor: Client, item: SupportItem) -> None:
    form = edition_form(item, name="次版", valid_from="2026-01-01")
    form = {name: value for name, value in form.items() if not name.startswith("items-")}
    form |= {"items-TOTAL_FORMS": "0", "items-INITIAL_FORMS": "0", "seen_version": ""}
    answer = editor.post(reverse("admin:programs_programedition_add"), form)
    assert answer.status_code == 302, errors_of(answer)
    draft = EditionDraft.objects.get()
    told = Content.from_json(draft.content)
    assert (draft.change, draft.based_on, told.name, told.valid_from, told.clause) == (
        "first", None, "次版", "2026-01-01", "c1",
    )  # fmt: skip
    assert ProgramEdition.objects.count() == 1


def test_uncapped_item_with_a_cap_is_refused(editor: Client, item: SupportItem) -> None:
    answer = editor.post(
        page(item.edition), edition_form(item, **{"items-0-comparator": "uncapped"})
    )
    assert (answer.status_code, EditionDraft.objects.count()) == (200, 0)


@pytest.mark.parametrize("field", ["seen_version", "items-0-seen_version"])
def test_older_version_of_edition_or_item_is_refused(
    editor: Client, item: SupportItem, field: str
) -> None:
    ProgramEdition.objects.update(version=2)
    SupportItem.objects.update(version=2)
    current = {"seen_version": "2", "items-0-seen_version": "2", field: "1"}
    answer = editor.post(page(item.edition), edition_form(item, note="修订", **current))
    assert (answer.status_code, EditionDraft.objects.count()) == (200, 0)
    assert "这条记录刚刚被他人修改" in answer.content.decode()


def test_superseded_edition_is_only_read(editor: Client, item: SupportItem) -> None:
    ProgramEdition.objects.update(superseded_at="2024-05-01T00:00Z")
    assert editor.get(page(item.edition)).status_code == 200
    assert editor.post(page(item.edition), edition_form(item, note="改")).status_code == 403
    assert EditionDraft.objects.count() == 0


def test_program_of_another_department_is_only_read(item: SupportItem) -> None:
    program = item.edition.program
    Program.objects.filter(pk=program.pk).update(department=b.department("elsewhere"))
    other = b.client_of(b.person("other", "program_editor", at=b.department("here")))
    assert other.get(page(item.edition)).status_code == 200
    assert other.post(page(item.edition), edition_form(item, note="改")).status_code == 403
    address = reverse("admin:programs_program_change", args=[program.pk])
    assert other.post(address, {"name": "改名", "reason": "改"}).status_code == 403
    form = {
        "program": str(program.pk), "target": str(b.promise(b.indicator()).pk), "kind": "named",
        "words": "文件写明", "note": "", "reason": "补关联",
    }  # fmt: skip
    answer = other.post(reverse("admin:programs_programlink_add"), form)
    assert (answer.status_code, ProgramLink.objects.count()) == (200, 0)
    assert EditionDraft.objects.count() == 0


def test_program_and_link_are_kept_with_an_event_each(
    editor: Client, edition: ProgramEdition
) -> None:
    data = {
        "key": "new", "name": "新计划", "name_en": "new", "objective": "支持转化。",
        "objective_en": "", "industries": "[]", "department": "", "reason": "新设",
    }  # fmt: skip
    editor.post(reverse("admin:programs_program_add"), data)
    target = b.promise(b.indicator())
    link = {
        "program": str(edition.program_id), "target": str(target.pk), "kind": "named",
        "words": "文件写明", "note": "", "reason": "补关联",
    }  # fmt: skip
    editor.post(reverse("admin:programs_programlink_add"), link)
    assert (Program.objects.count(), ProgramLink.objects.get().target) == (2, target)
    assert [(kind, reason) for kind, reason, _before, _after in saves()] == [
        ("programs.program", "新设"), ("programs.programlink", "补关联"),
    ]  # fmt: skip


@pytest.mark.parametrize("role", ["system_admin", "reviewer", "analyst"])
def test_programs_are_closed_to_other_roles(role: str, edition: ProgramEdition) -> None:
    client = b.client_of(b.person("other", role, at=b.department()))
    assert client.get(page(edition)).status_code == 403
    assert client.get(reverse("admin:programs_program_changelist")).status_code == 403


def test_catalogue_is_closed_to_the_program_editor(editor: Client) -> None:
    assert editor.get(reverse("admin:indicators_indicator_changelist")).status_code == 403
    assert editor.get(reverse("admin:accounts_department_changelist")).status_code == 403


def test_auditor_reads_programs_but_does_not_write(item: SupportItem) -> None:
    client = b.client_of(b.person("auditor", "auditor"))
    assert client.get(page(item.edition)).status_code == 200
    answer = client.post(page(item.edition), edition_form(item, note="改动"))
    assert (answer.status_code, EditionDraft.objects.count()) == (403, 0)


@pytest.mark.parametrize("model", ["program", "programedition", "programlink"])
def test_page_of_the_admin_keeps_the_strict_policy(
    editor: Client, item: SupportItem, model: str
) -> None:
    for name in ("changelist", "add"):
        answer = editor.get(reverse(f"admin:programs_{model}_{name}"))
        assert answer.status_code == 200
        assert INLINE.findall(answer.content.decode()) == []
    body = editor.get(page(item.edition)).content.decode()
    assert INLINE.findall(body) == []


def test_nothing_is_deleted(editor: Client, item: SupportItem) -> None:
    url = reverse("admin:programs_programedition_delete", args=[item.edition.pk])
    assert editor.post(url, {"post": "yes"}).status_code == 403
    editor.post(page(item.edition), edition_form(item, note="改", **{"items-0-DELETE": "on"}))
    assert SupportItem.objects.count() == 1
    draft = EditionDraft.objects.get()
    assert Content.from_json(draft.content).items == content_of(item.edition).items


def test_link_that_another_changed_meanwhile_is_not_overwritten(editor: Client) -> None:
    program = Program.objects.create(key="chain", name="试验计划", name_en="x", objective="目的。")
    target = b.promise(b.indicator())
    link = ProgramLink.objects.create(program=program, target=target, kind="named", words="企业")
    url = reverse("admin:programs_programlink_change", args=[link.pk])
    form = {
        "program": str(program.pk), "target": str(target.pk), "kind": "named", "words": "企业",
        "note": "", "reason": "核对", "seen_version": "1",
    }  # fmt: skip
    assert editor.post(url, {**form, "note": "先写的"}).status_code == 302
    answer = editor.post(url, {**form, "kind": "objective"})
    assert errors_of(answer)[0].startswith("这条记录刚刚被他人修改，未覆盖对方的值。")
    link.refresh_from_db()
    assert (link.kind, link.note, link.version) == ("named", "先写的", 2)


def test_reload_leaves_the_links_and_mentions_that_a_person_edited(
    edition: ProgramEdition, item: SupportItem
) -> None:
    target = b.promise(b.indicator())
    link = ProgramLink.objects.create(
        program=edition.program, target=target, kind="named", words="企业", version=2
    )
    SupportItem.objects.filter(pk=item.pk).update(version=2)
    kept, other = b.clause(b.document(), "kept"), b.clause(b.document(), "other")
    item.also_in.set([kept])
    items = [ItemRow(key=item.key, fields={"name": "文件里的名称"}, also_in=[other])]
    row = ProgramRow(
        key=edition.program.key,
        fields={},
        editions=[EditionRow(key=edition.key, fields={}, items=items)],
        serves=[(target, {"kind": "objective"})],
    )
    assert load_program(by=b.person("loading"), row=row)[1] == 0
    link.refresh_from_db()
    item.refresh_from_db()
    assert (link.kind, item.name, list(item.also_in.all())) == ("named", "项目资助", [kept])
