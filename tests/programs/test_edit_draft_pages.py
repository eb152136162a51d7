"""The page of a draft: everything posts, nothing typed is lost, another person approves."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from programs.drafting.content import Content, ItemContent
from programs.models import EditionDraft, ProgramEdition, SupportItem
from tests.programs import builders as p
from tests.programs import builders_editing as e

pytestmark = pytest.mark.django_db

PAGE_QUERIES = 20
RAISED = "示范工程上限 1,000万元 → 1,500万元，自 2026-01-01 起"


@pytest.fixture
def editor() -> Client:
    return e.client(p.editor())


def page(of: EditionDraft, step: str = "") -> str:
    name = f"edition_{step}" if step else "edition_draft"
    return reverse(name, args=[of.pk])


def told(answer: Any) -> list[str]:
    """The last message that the page shows; those of earlier steps were not looked at."""
    return [str(message) for message in answer.context["messages"]][-1:]


def fault_places(answer: Any) -> list[tuple[str, str]]:
    return [(fault.place, fault.sentence) for fault in answer.context["panel"].faults]


def test_page_says_the_difference_in_words_and_shows_the_public_card(editor: Client) -> None:
    made = e.draft()
    answer = editor.get(page(made))
    assert RAISED in answer.context["panel"].changes
    text = e.words(editor, page(made))
    assert RAISED in text
    assert "最高 1,500万元 / 项目" in text  # the partial of the public page
    assert fault_places(answer) == []


def test_page_fills_the_form_so_that_saving_it_unchanged_changes_nothing(editor: Client) -> None:
    made = e.draft(rate="30", rate_of="申报投入", bodies=("enterprise",), not_with=("chain/grant",),
                   not_with_for="year", condition="“引号”<b>与标签</b>", yearly_call=True)  # fmt: skip
    before, version = made.content, made.version
    answer = editor.get(page(made))
    form: dict[str, Any] = {"version": made.version, "reason": answer.context["reason"]}
    for group in answer.context["groups"]:
        form |= {shown.bound.html_name: shown.bound.value() for shown in group.fields}
    form["item"] = [row.number for row in answer.context["rows"]]
    for row in answer.context["rows"]:
        for bound in row.form:
            if bound.value() not in (None, False, (), ""):
                value = bound.value()
                form[bound.html_name] = list(value) if isinstance(value, tuple) else value
    editor.post(page(made, "save"), form)
    made.refresh_from_db()
    assert (made.content, made.version) == (before, version)


def test_save_keeps_every_field_and_tells_so(editor: Client) -> None:
    made = e.draft()
    answer = editor.post(
        page(made, "save"),
        e.posted(made, **{"item-1-cap": "0.18亿", "valid_to": "2028年12月31日", "reason": "改了"}),
        follow=True,
    )
    assert told(answer) == ["已保存。"]
    content = e.saved(made)
    assert content.items[1].cap == "18000000"
    assert (content.valid_to, made.reason) == ("2028-12-31", "改了")
    assert made.saves.count() == 3


def test_unreadable_texts_are_kept_and_marked_at_their_fields(editor: Client) -> None:
    made = e.draft()
    e.save(editor, made, **{"item-1-cap": "一千来万", "valid_from": "明年", "item-0-name": ""})
    assert (e.saved(made).items[1].cap, e.saved(made).valid_from) == ("一千来万", "明年")

    answer = editor.get(page(made))
    assert [place for place, _sentence in fault_places(answer)] == [
        "id_valid_from", "id_item-0-name", "id_item-1-cap",
    ]  # fmt: skip
    html = answer.content.decode()
    assert 'value="一千来万"' in html
    assert 'value="明年"' in html
    assert 'href="#id_item-1-cap"' in html
    field = html[html.index('name="item-1-cap"') :].partition(">")[0]
    assert 'aria-invalid="true"' in field
    assert "id_item-1-cap-problems" in field
    assert html.count('aria-invalid="true"') == 3


def test_whole_way_without_script_from_a_button_to_an_approved_edition(editor: Client) -> None:
    base = e.sound_edition()
    editor.post(
        f"{reverse('edition_start', args=['chain'])}", {"change": "amended", "edition": base.key}
    )
    made = EditionDraft.objects.get()
    e.save(editor, made, **{"item-1-cap": "1500万", "valid_from": "2026-01-01", "name": "调整版"})
    answer = editor.post(page(made, "submit"), {"version": e_version(made)}, follow=True)
    assert told(answer) == ["请写明理由。"]

    answer = editor.post(page(made, "save"), e.posted(made, step="review", reason="按新文件"))
    assert answer.headers["Location"] == page(made, "review")
    answer = editor.post(page(made, "submit"), {"version": e_version(made)}, follow=True)
    assert told(answer) == ["已提交，等待另一人核定。"]
    assert editor.post(page(made, "approve"), {"version": e_version(made)}).status_code == 403

    reviewer = e.client(p.reviewer())
    text = e.words(reviewer, page(made, "review"))
    assert RAISED in text
    assert "按新文件" in text
    answer = reviewer.post(page(made, "approve"), {"version": e_version(made)}, follow=True)
    assert told(answer) == ["已核定。新版本自其开始日期起适用。"]

    made.refresh_from_db()
    assert made.review_state == "approved"
    assert caps_on(date(2026, 1, 1)) == [Decimal(5_000_000), Decimal(15_000_000)]
    assert caps_on(date(2025, 12, 31)) == [Decimal(5_000_000), Decimal(10_000_000)]


def e_version(of: EditionDraft) -> str:
    of.refresh_from_db()
    return str(of.version)


def caps_on(day: date) -> list[Decimal | None]:
    editions = ProgramEdition.objects.in_force_on(day).filter(program__key="chain")
    return list(SupportItem.objects.filter(edition__in=editions).values_list("cap", flat=True))


def test_steps_of_rows_post_and_lead_to_the_row(editor: Client) -> None:
    made = e.draft()
    answer = e.save(editor, made, step="up:1")
    assert answer.headers["Location"] == f"{page(made)}?open=0#row-0"
    assert [item.key for item in e.saved(made).items] == ["demo", "grant"]

    e.save(editor, made, step="copy:0")
    assert [item.key for item in e.saved(made).items] == ["demo", "chain-item-1", "grant"]
    e.save(editor, made, step="remove:0")
    e.save(editor, made, step="add")
    assert [item.key for item in e.saved(made).items] == ["chain-item-1", "grant", "chain-item-2"]
    opened = editor.get(page(made) + "?open=1").context["rows"]
    assert [row.is_open for row in opened] == [False, True, True]  # the last lacks everything


def test_items_are_headed_by_their_tiers(editor: Client) -> None:
    made = e.draft()
    rows = editor.get(page(made)).context["rows"]
    assert [(row.tier, row.opens_tier) for row in rows] == [("攻关项目", True), ("示范工程", True)]
    e.save(editor, made, **{"item-1-tier": "攻关项目"})
    rows = editor.get(page(made)).context["rows"]
    assert [row.opens_tier for row in rows] == [True, False]


def test_undo_and_redo_go_through_what_was_saved(editor: Client) -> None:
    made = e.draft()
    e.save(editor, made, **{"item-1-cap": "1800"})
    editor.post(page(made, "undo"), {"version": e_version(made)})
    assert e.saved(made).items[1].cap == "15000000"
    editor.post(page(made, "undo"), {"version": e_version(made)})
    assert e.saved(made).items[1].cap == "10000000"
    answer = editor.post(page(made, "undo"), {"version": e_version(made)}, follow=True)
    assert told(answer) == ["没有可以撤销的修改。"]
    editor.post(page(made, "redo"), {"version": e_version(made)})
    editor.post(page(made, "redo"), {"version": e_version(made)})
    assert e.saved(made).items[1].cap == "18000000"
    place = editor.get(page(made)).context["history"]
    assert (place.undo is None, place.redo is None) == (False, True)


def test_second_editor_sees_both_texts_and_loses_nothing(editor: Client) -> None:
    made = e.draft()
    mine = e.posted(made, **{"item-1-cap": "1800", "item-0-name": "我写的", "reason": "我的理由"})
    e.save(editor, made, **{"item-1-cap": "1600"})

    answer = editor.post(page(made, "save"), mine)
    assert answer.status_code == 409
    assert e.saved(made).items[1].cap == "16000000"
    assert "示范工程上限 1,600万元 → 1,800万元" in answer.context["conflict"]["changes"]
    html = answer.content.decode()
    assert 'value="1800"' in html
    assert 'value="我写的"' in html
    assert "我的理由" in html

    again = mine | {"version": str(answer.context["conflict"]["version"])}
    editor.post(page(made, "save"), again)
    assert (e.saved(made).items[1].cap, e.saved(made).items[0].name) == ("18000000", "我写的")


@pytest.mark.parametrize("step", ["undo", "redo", "submit", "drop"])
def test_step_on_an_old_version_is_a_conflict_and_does_nothing(editor: Client, step: str) -> None:
    made = e.draft()
    e.save(editor, made, **{"item-1-cap": "1600"})
    editor.post(page(made, "undo"), {"version": e_version(made)})
    before = (e.saved(made), made.review_state)
    answer = editor.post(page(made, step), {"version": made.version - 1, "reason": "写好的理由"})
    assert answer.status_code == 409
    assert "写好的理由" in answer.content.decode()
    assert (e.saved(made), made.review_state) == before


@pytest.mark.parametrize("step", ["approve", "return"])
def test_judging_an_old_version_is_a_conflict(step: str) -> None:
    made = e.submitted()
    form = {"version": made.version - 1, "reason": "看过"}
    answer = e.client(p.reviewer()).post(page(made, step), form)
    assert answer.status_code == 409
    made.refresh_from_db()
    assert made.review_state == "submitted"


@pytest.mark.parametrize("version", ["", "x", "-1", "²", "12345678901"])
def test_post_without_a_version_is_refused(editor: Client, version: str) -> None:
    made = e.draft()
    for step in ("save", "undo", "submit", "drop"):
        assert (
            editor.post(page(made, step), e.posted(made) | {"version": version}).status_code == 400
        )


def test_return_keeps_its_reason_for_the_editor(editor: Client) -> None:
    made = e.submitted()
    reviewer = e.client(p.reviewer())
    answer = reviewer.post(
        page(made, "return"), {"version": made.version, "reason": " "}, follow=True
    )
    assert told(answer) == ["请写明理由。"]
    reviewer.post(page(made, "return"), {"version": made.version, "reason": "条款不对"})
    assert "退回原因：条款不对" in e.words(editor, page(made))
    e.save(editor, made, **{"item-1-cap": "1400"})
    assert e.saved(made).items[1].cap == "14000000"


def test_drop_ends_a_draft_and_makes_way_for_another(editor: Client) -> None:
    made = e.draft()
    editor.post(page(made, "drop"), {"version": made.version, "reason": "不办了"})
    made.refresh_from_db()
    assert (made.review_state, made.return_reason) == ("dropped", "不办了")
    assert "不办了" in e.words(editor, page(made, "review"))
    assert editor.get(reverse("program_edit", args=["chain"])).context["may_start"]


def test_page_of_what_may_not_be_written_is_its_review(editor: Client) -> None:
    made = e.submitted()
    for who in (editor, e.client(p.reviewer()), e.client(e.stranger("watcher", "auditor"))):
        answer = who.get(page(made))
        assert answer.headers["Location"] == page(made, "review")
    assert e.save(editor, made, **{"item-1-cap": "9"}).status_code == 400
    assert e.saved(made).items[1].cap == "15000000"


def test_steps_are_offered_to_whom_they_are_open(editor: Client) -> None:
    made = e.draft()

    def offered(who: Client) -> tuple[bool, bool]:
        context = who.get(page(made, "review")).context
        return context["may_write"], context["may_judge"]

    reviewer, auditor = e.client(p.reviewer()), e.client(e.stranger("watcher", "auditor"))
    assert [offered(who) for who in (editor, reviewer, auditor)] == [
        (True, False), (False, False), (False, False),
    ]  # fmt: skip
    editor.post(page(made, "submit"), {"version": made.version})
    assert [offered(who) for who in (editor, reviewer, auditor)] == [
        (False, False), (False, True), (False, False),
    ]  # fmt: skip


def test_who_wrote_it_does_not_judge_it(settings: Any) -> None:
    settings.SELF_APPROVAL = False
    both = p.person("both", "program_editor", "reviewer", at=p.program().department)
    made = e.submitted(by=both)
    who = e.client(both)
    assert not who.get(page(made, "review")).context["may_judge"]
    answer = who.post(page(made, "approve"), {"version": made.version}, follow=True)
    assert told(answer) == ["不能核定自己起草或改过的版本，请由另一位核定人处理。"]
    settings.SELF_APPROVAL = True
    assert who.get(page(made, "review")).context["may_judge"]


@pytest.mark.parametrize(
    "step", ["", "review", "save", "preview", "undo", "redo", "submit", "drop"]
)
def test_draft_of_another_department_is_not_there(step: str) -> None:
    made = e.draft()
    stranger = e.client(e.stranger())
    ask = stranger.get if step in ("", "review") else stranger.post
    assert ask(page(made, step), e.posted(made)).status_code == 404
    assert e.saved(made).items[1].cap == "15000000"


@pytest.mark.parametrize("role", ["analyst", "official", "system_admin", ""])
def test_drafts_are_closed_to_others(role: str) -> None:
    made = e.draft()
    at = p.program().department
    who = e.client(p.person("other", *([role] if role else []), at=at))
    assert who.get(page(made, "review")).status_code == 403
    assert e.save(who, made, **{"item-1-cap": "1"}).status_code == 403


def test_preview_shows_what_is_typed_and_writes_nothing(editor: Client) -> None:
    made = e.draft()
    saves, version = made.saves.count(), made.version
    form = e.posted(made, **{"item-1-cap": "1800", "item-0-name": ""})
    form["item"] = ["1", "0"]
    answer = editor.post(page(made, "preview"), form)
    text = answer.content.decode()
    assert "示范工程上限 1,000万元 → 1,800万元，自 2026-01-01 起" in text
    assert "1,800万元" in text[text.index('id="preview"') :]
    # The link leads to the row as it is numbered on the page, though it stands second.
    assert [place for place, _sentence in fault_places(answer)] == ["id_item-0-name"]
    assert [number for number, _name, _cap in answer.context["panel"].titles] == ["1", "0"]
    made.refresh_from_db()
    assert (made.saves.count(), made.version, made.content["items"][1]["cap"]) == (
        saves, version, "15000000",
    )  # fmt: skip


def test_preview_of_an_empty_draft_is_no_fault(editor: Client) -> None:
    made = e.draft(change=e.FIRST, begins="")
    answer = editor.post(page(made, "preview"), {"item": ["0"], "item-0-bodies": "nonsense"})
    assert answer.status_code == 200
    assert "还没有名称的版本" in answer.content.decode()


def test_preview_and_saved_public_page_show_one_card(editor: Client) -> None:
    made = e.submitted(begins="2026-01-01")
    before = e.client(p.reviewer()).get(page(made, "review")).content.decode()
    e.client(p.reviewer()).post(page(made, "approve"), {"version": made.version})
    after = editor.get("/programs/chain/").content.decode()

    def amounts(html: str) -> list[str]:
        return [piece.partition("<")[0] for piece in html.split('<span class="cap-amount">')[1:]]

    assert amounts(before) == ["500万元", "1,500万元"]
    assert amounts(after)[:2] == amounts(before)


def test_new_edition_is_compared_with_the_one_in_force(editor: Client) -> None:
    base = e.sound_edition(valid_to=date(2025, 12, 31))
    made = e.draft(base, change=e.FIRST)
    panel = editor.get(page(made)).context["panel"]
    assert panel.against == base
    assert "示范工程上限 1,000万元 → 1,500万元" in panel.changes


def test_first_edition_of_a_program_has_nothing_to_compare_with(editor: Client) -> None:
    home = p.program()
    editor.post(reverse("edition_start", args=[home.key]), {"change": "first"})
    made = EditionDraft.objects.get()
    assert editor.get(page(made)).context["panel"].against is None
    assert "这是第一个版本，没有可以对照的。" in e.words(editor, page(made))


def test_clauses_are_those_of_the_chosen_document_with_their_words(editor: Client) -> None:
    other = p.document("policy-two")
    p.clause(other, "最高2,000万元", locator="第九条")
    made = e.draft()
    answer = e.save(editor, made, document="policy-two", step="clauses")
    assert answer.status_code == 302
    context = editor.get(page(made)).context
    assert list(context["quotes"].values()) == ["最高2,000万元"]
    # The former clauses are kept and said to be none of this document.
    assert [place for place, _words in fault_places(editor.get(page(made)))] == [
        "id_clause", "id_item-0-clause", "id_item-1-clause",
    ]  # fmt: skip


HOSTILE = '<script>alert(1)</script>" onfocus="x\' {{ 1234*5678 }} \u202e\u200b'


def test_hostile_texts_are_texts(editor: Client) -> None:
    made = e.draft()
    e.save(
        editor, made,
        **{"item-1-name": HOSTILE, "name": HOSTILE, "note": HOSTILE, "item-1-cap": HOSTILE,
           "contact_url": "javascript:alert(1)", "document": HOSTILE, "item-0-clause": HOSTILE},
    )  # fmt: skip
    assert e.saved(made).items[1].name == HOSTILE.strip()
    for address in (page(made), page(made, "review"), "/edition-drafts/", "/programs/chain/edit/"):
        html = editor.get(address).content.decode()
        assert "<script>alert" not in html
        assert '" onfocus="x' not in html
        assert "7006652" not in e.words(editor, address)


def test_long_text_is_kept_and_marked_and_a_boundless_one_is_refused(editor: Client) -> None:
    made = e.draft()
    e.save(editor, made, **{"item-1-name": "长" * 5000})
    assert fault_places(editor.get(page(made)))[-1][0] == "id_item-1-name"
    answer = e.save(editor, made, note="长" * 200_000)
    assert answer.status_code == 400
    assert "已填的内容都保留着" in answer.content.decode()
    assert e.saved(made).note == ""
    answer = editor.post(page(made, "preview"), e.posted(made, note="长" * 200_000))
    assert answer.status_code == 400


@pytest.mark.parametrize("step", ["save", "preview"])
@pytest.mark.parametrize(
    "field", ["name", "document", "item-1-cap", "item-0-clause", "item-0-not_with", "reason"]
)
def test_nul_is_taken_out_and_never_a_fault(editor: Client, field: str, step: str) -> None:
    made = e.draft()
    answer = editor.post(page(made, step), e.posted(made, **{field: "a\0b"}))
    assert answer.status_code == (302 if step == "save" else 200)
    made.refresh_from_db()
    kept = str(made.content) + made.reason
    assert "\0" not in kept
    assert ("ab" in kept) == (step == "save")


def test_nul_in_the_reason_of_a_step_is_taken_out(editor: Client) -> None:
    made = e.draft()
    editor.post(page(made, "drop"), {"version": made.version, "reason": "不\0办"})
    made.refresh_from_db()
    assert made.return_reason == "不办"


def test_more_items_than_a_draft_holds_are_refused_in_words(editor: Client) -> None:
    made = e.draft()
    many = Content(name="多", items=tuple(ItemContent(key=f"k{n}", name="项") for n in range(201)))
    form = {"version": made.version, "name": "多", "item": [str(n) for n in range(201)]}
    form |= {f"item-{n}-name": item.name for n, item in enumerate(many.items)}
    answer = editor.post(page(made, "save"), form)
    assert answer.status_code == 400
    assert len(e.saved(made).items) == 2


def test_page_grows_with_its_items_and_not_with_their_square(editor: Client) -> None:
    made = e.draft()
    sizes = []
    for number in (10, 20, 30):
        items = tuple(ItemContent(key=f"k{n}", name="项", clause=f"c{n:02}") for n in range(number))
        e.save(editor, made, step="save", **e.items_posted(items))
        html = editor.get(page(made)).content.decode()
        sizes.append((html.count("<input"), html[: html.index("<datalist")].count("<option")))
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in itertools.pairwise(sizes)]
    assert steps[0] == steps[1] > (0, 0)


def test_exclusions_are_added_by_typing_and_taken_out_by_ticking_off(editor: Client) -> None:
    made = e.draft()
    e.save(editor, made, **{"item-1-not_with_more": "chain/grant", "item-1-not_with_for": "year"})
    assert e.saved(made).items[1].not_with == ("chain/grant",)
    answer = editor.get(page(made))
    assert fault_places(answer) == []
    assert '<option value="chain/grant">' in answer.content.decode()

    e.save(editor, made, **{"item-1-not_with": []})
    assert fault_places(editor.get(page(made))) == [
        ("id_item-1-not_with_more", "示范工程：请填写不得同享。")
    ]


@pytest.mark.parametrize("number", [1, 3])
def test_page_costs_the_same_for_one_item_and_three(
    editor: Client, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    edition = p.edition()
    for place in range(number):
        p.item(f"item-{place}", of=edition)
    editor.post(
        reverse("edition_start", args=["chain"]), {"change": "amended", "edition": edition.key}
    )
    made = EditionDraft.objects.get()
    editor.get(page(made))
    with django_assert_num_queries(PAGE_QUERIES):
        answer = editor.get(page(made))
    assert len(answer.context["rows"]) == number


def test_scheduled_day_is_told_in_the_list(editor: Client) -> None:
    later = (date.today() + timedelta(days=40)).isoformat()
    e.draft(begins=later)
    assert f"自 {later} 起" in e.words(editor, "/edition-drafts/")


def test_english_pages_have_no_fault(editor: Client) -> None:
    made = e.draft()
    editor.post("/language/", {"language": "en"})
    for step in ("", "review"):
        assert editor.get(page(made, step)).status_code == 200
