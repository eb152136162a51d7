"""The page of a program for its editor, new programs, and the list of drafts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from programs.models import EditionDraft, Program
from tests.programs import builders as p
from tests.programs import builders_editing as e

pytestmark = pytest.mark.django_db

PAGE = "/programs/chain/edit/"
LIST = "/edition-drafts/"
LIST_QUERIES = 10


@pytest.fixture
def editor() -> Client:
    return e.client(p.editor())


def buttons(client: Client, address: str = PAGE) -> list[tuple[str, str]]:
    """(change, edition) of every button that starts a draft."""
    context = client.get(address).context
    found = []
    for row in context["rows"]:
        key = row.shown.edition.key
        found += [("amended", key)] if row.may_amend else []
        found += [("corrected", key)] if row.may_correct else []
    return found + ([("first", "")] if context["may_start"] else [])


def test_page_tells_what_is_in_force_scheduled_and_former(editor: Client) -> None:
    today = timezone.localdate()
    former = e.sound_edition(begins=date(2020, 1, 1))
    now = p.edition(begins=date(2024, 1, 1))
    later = p.edition(begins=today + timedelta(days=30))

    rows = editor.get(PAGE).context["rows"]
    assert [(row.shown.edition.pk, row.phase) for row in rows] == [
        (later.pk, "scheduled"), (now.pk, "in_force"), (former.pk, "former"),
    ]  # fmt: skip
    text = e.words(editor, PAGE)
    assert "科技示范工程 最高1,000万元" in text
    assert "等待生效" in text
    assert "现在适用" in text
    assert "已过" in text


def test_page_offers_to_adjust_what_counts_and_to_correct_everything(editor: Client) -> None:
    former = p.edition(begins=date(2020, 1, 1))
    now = p.edition(begins=date(2024, 1, 1))
    assert buttons(editor) == [
        ("amended", now.key), ("corrected", now.key), ("corrected", former.key), ("first", ""),
    ]  # fmt: skip


def test_page_offers_nothing_while_a_draft_is_under_way(editor: Client) -> None:
    made = e.draft()
    assert buttons(editor) == []
    assert editor.get(PAGE).context["under_way"] == made
    assert reverse("edition_draft", args=[made.pk]) in editor.get(PAGE).content.decode()


def test_page_keeps_corrected_editions_and_settled_drafts(editor: Client) -> None:
    base = e.sound_edition()
    made = e.approved(base, change=e.CORRECTED, begins="")
    context = editor.get(PAGE).context
    assert [row.edition for row in context["superseded"]] == [base]
    assert context["settled"] == [made]
    assert [row.shown.edition for row in context["rows"]] == [made.edition]


@pytest.mark.parametrize("role", ["reviewer", "auditor"])
def test_page_is_for_reading_to_who_does_not_draw_up(role: str) -> None:
    base = e.sound_edition()
    watcher = e.client(e.stranger("watcher", role))
    assert buttons(watcher) == []
    assert base.name in e.words(watcher, PAGE)


def test_page_of_another_department_is_not_there() -> None:
    e.sound_edition()
    assert e.client(e.stranger()).get(PAGE).status_code == 404
    assert e.client(p.editor()).get(PAGE).status_code == 200


def test_program_of_no_department_is_everybodys() -> None:
    e.sound_edition(p.program("open", department=None))
    assert e.client(e.stranger()).get("/programs/open/edit/").status_code == 200


@pytest.mark.parametrize("change", ["amended", "corrected"])
def test_start_opens_a_draft_of_the_edition_that_is_named(editor: Client, change: str) -> None:
    base = e.sound_edition()
    answer = editor.post(PAGE + "start/", {"change": change, "edition": base.key})
    made = EditionDraft.objects.get()
    assert answer.headers["Location"] == reverse("edition_draft", args=[made.pk])
    assert (made.change, made.based_on) == (change, base)
    assert [item["key"] for item in made.content["items"]] == ["grant", "demo"]


def test_start_of_a_new_edition_is_empty_or_a_copy(editor: Client) -> None:
    base = e.sound_edition()
    editor.post(PAGE + "start/", {"change": "first"})
    empty = EditionDraft.objects.get()
    assert (empty.based_on, empty.content["items"]) == (None, [])
    EditionDraft.objects.update(review_state="dropped", return_reason="不办了")

    editor.post(PAGE + "start/", {"change": "first", "edition": base.key})
    copy = EditionDraft.objects.exclude(pk=empty.pk).get()
    assert (copy.based_on, len(copy.content["items"])) == (None, 2)


def test_second_draft_of_a_program_is_refused_in_words(editor: Client) -> None:
    made = e.draft()
    answer = editor.post(
        PAGE + "start/", {"change": "corrected", "edition": made.based_on.key}, follow=True
    )
    assert [str(message) for message in answer.context["messages"]] == [
        "这个计划已有一份在办的版本草稿，请先处理那一份。"
    ]
    assert list(EditionDraft.objects.all()) == [made]


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"change": "amended", "edition": "no-such"}, 404),
        ({"change": "amended", "edition": "other"}, 404),
        ({"change": "rewritten", "edition": "chain-1"}, 400),
        ({}, 400),
        ({"change": "amended", "edition": "chain\0"}, 404),
        ({"change": "amended\0", "edition": "chain-1"}, 400),
    ],
)
def test_start_of_what_there_is_not_writes_nothing(
    editor: Client, form: dict[str, str], status: int
) -> None:
    p.edition(key="chain-1")
    p.edition(p.program("beside"), key="other")
    assert editor.post(PAGE + "start/", form).status_code == status
    assert not EditionDraft.objects.exists()


def test_start_is_for_the_own_programs_and_for_editors() -> None:
    base = e.sound_edition()
    form = {"change": "amended", "edition": base.key}
    assert e.client(e.stranger()).post(PAGE + "start/", form).status_code == 404
    assert e.client(p.reviewer()).post(PAGE + "start/", form).status_code == 403
    assert not EditionDraft.objects.exists()


def new_program(**fields: str) -> dict[str, str]:
    return {
        "key": "green", "name": "绿色计划", "name_en": "Green program", "objective": "支持绿色技术。",
        "department": "", **fields,
    }  # fmt: skip


def test_new_program_leads_to_its_page(editor: Client) -> None:
    home = p.program().department
    assert home is not None
    answer = editor.post("/programs/new/", new_program(department=str(home.pk)))
    made = Program.objects.get(key="green")
    assert answer.headers["Location"] == reverse("program_edit", args=["green"])
    assert (made.name, made.name_en, made.department) == ("绿色计划", "Green program", home)
    assert "还没有版本。" in e.words(editor, "/programs/green/edit/")


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"key": "new"}, "key", "“new”是网站自己的网址，请另取一个键。"),
        ({"key": "on"}, "key", "“on”是网站自己的网址，请另取一个键。"),
        ({"key": "绿色"}, "key", "键只能用小写字母、数字和连字符，如 qianglian。"),
        ({"key": "a/b"}, "key", "键只能用小写字母、数字和连字符，如 qianglian。"),
        ({"key": "green\n"}, "", ""),
        ({"key": "chain"}, "__all__", "已有相同键或相同名称的计划。"),
        ({"name": "chain试验计划"}, "__all__", "已有相同键或相同名称的计划。"),
        ({"name": ""}, "name", "这个字段是必填项。"),
        ({"name": "长" * 81}, "name", "确保该变量包含不超过 80 字符 (目前字符数 81)。"),
    ],
)
def test_new_program_is_refused_in_words_and_keeps_what_was_typed(
    editor: Client, fields: dict[str, str], field: str, sentence: str
) -> None:
    p.program()
    answer = editor.post("/programs/new/", new_program(**fields))
    if not field:  # a blank at the end is no fault: it is taken off
        assert answer.status_code == 302
        return
    assert answer.context["form"].errors[field] == [sentence]
    assert "支持绿色技术。" in answer.content.decode()
    assert Program.objects.count() == 1


def test_new_program_of_a_strange_department_is_refused(editor: Client) -> None:
    strange = e.stranger().department
    assert strange is not None
    answer = editor.post("/programs/new/", new_program(department=str(strange.pk)))
    assert list(answer.context["form"].errors) == ["department"]
    assert not Program.objects.filter(key="green").exists()


def test_list_has_what_was_handed_in_first(editor: Client) -> None:
    waiting = e.draft(e.sound_edition(p.program("one")))
    handed_in = e.submitted(e.sound_edition(p.program("two")))
    e.approved(e.sound_edition(p.program("three")))
    assert list(editor.get(LIST).context["page"]) == [handed_in, waiting]


def test_list_is_of_the_own_programs_for_editors_and_of_all_for_reviewers() -> None:
    mine = e.draft(e.sound_edition(p.program("mine")))
    theirs = e.draft(
        e.sound_edition(p.program("theirs", department=e.stranger().department)), by=e.stranger()
    )

    def seen(client: Client) -> list[Any]:
        context = client.get(LIST).context
        return [set(context["page"]), {program.key for program in context["programs"]}]

    assert seen(e.client(p.editor())) == [{mine}, {"mine"}]
    assert seen(e.client(e.stranger())) == [{theirs}, {"theirs"}]
    assert seen(e.client(p.reviewer())) == [{mine, theirs}, {"mine", "theirs"}]


@pytest.mark.parametrize("number", [1, 3])
def test_list_costs_the_same_for_one_and_three(
    editor: Client, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for place in range(number):
        e.draft(e.sound_edition(p.program(f"program-{place}")))
    editor.get(LIST)
    with django_assert_num_queries(LIST_QUERIES):
        answer = editor.get(LIST)
    assert len(answer.context["page"]) == number


def test_empty_list_says_so(editor: Client) -> None:
    assert "没有在办的版本草稿。" in e.words(editor, LIST)


def test_english_pages_have_no_fault(editor: Client) -> None:
    e.draft()
    editor.post("/language/", {"language": "en"})
    for address in (PAGE, LIST, "/programs/new/"):
        assert editor.get(address).status_code == 200
