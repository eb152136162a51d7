"""Pages for reading: two editions side by side, and what applied on a day."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from programs.models import ProgramEdition
from tests.programs import builders as p
from tests.programs import builders_editing as e

pytestmark = pytest.mark.django_db

APPLIED_QUERIES = 2
COMPARE_QUERIES = 9
COMPARE = "/programs/chain/editions/compare/"


def lines(client: Client, address: str) -> list[list[str]]:
    """The rows of a CSV, the byte order mark taken off."""
    answer = client.get(address)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    text = answer.content.decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def sheet(client: Client, address: str) -> list[tuple[Any, ...]]:
    """The rows of a workbook of one sheet."""
    book = openpyxl.load_workbook(io.BytesIO(client.get(address).content))
    return list(book.worksheets[0].iter_rows(values_only=True))


def adjusted() -> tuple[ProgramEdition, ProgramEdition]:
    """The edition of 2024 and the one that raised the demonstration from 2026 on."""
    base = e.sound_edition()
    made = e.approved(base)
    assert made.edition is not None
    return base, made.edition


def shown_on(client: Client, day: str, known_on: str = "") -> list[tuple[str, list[str]]]:
    """(edition, caps) of a day."""
    query = f"?known_on={known_on}" if known_on else ""
    context = client.get(f"/programs/on/{day}/{query}").context
    return [
        (edition.key, [str(item.cap) for item in edition.items.all()])
        for edition in context["editions"]
    ]


def test_day_shows_what_applied_then_and_not_what_came_after(client: Client) -> None:
    base, later = adjusted()
    assert shown_on(client, "2025-12-31") == [(base.key, ["5000000.00", "10000000.00"])]
    assert shown_on(client, "2026-01-01") == [(later.key, ["5000000.00", "15000000.00"])]
    assert shown_on(client, "2023-12-31") == []
    assert "最高1,000万元" in e.words(client, "/programs/on/2025-12-31/")
    assert "最高1,500万元" not in e.words(client, "/programs/on/2025-12-31/")


def test_day_of_knowledge_shows_what_a_correction_took_the_place_of(client: Client) -> None:
    base = e.sound_edition()
    made = e.approved(base, change=e.CORRECTED, begins="")
    yesterday = (timezone.localdate() - timedelta(days=1)).isoformat()
    assert made.edition is not None
    assert [key for key, _caps in shown_on(client, "2025-06-01")] == [made.edition.key]
    assert [key for key, _caps in shown_on(client, "2025-06-01", yesterday)] == [base.key]
    assert "后来被更正" in e.words(client, f"/programs/on/2025-06-01/?known_on={yesterday}")


def test_drafts_do_not_show_on_any_day(client: Client) -> None:
    base = e.sound_edition()
    e.submitted(base)
    assert [key for key, _caps in shown_on(client, "2026-06-01")] == [base.key]


def test_every_program_is_there_in_its_order_with_words_and_places(client: Client) -> None:
    e.sound_edition()
    quiet = p.edition(p.program("quiet"))
    assert [key for key, _caps in shown_on(client, "2025-01-01")][1] == quiet.key
    text = e.words(client, "/programs/on/2025-01-01/")
    assert "这一天有 2 个计划适用，共 2 个支持事项。" in text
    assert "最高500万元" in text
    assert "第二条" in text
    assert "这一版文件没有列出支持金额。" in text


def test_choosing_a_day_leads_to_its_page(client: Client) -> None:
    today = timezone.localdate().isoformat()
    assert client.get("/programs/on/").headers["Location"] == f"/programs/on/{today}/"
    answer = client.get("/programs/on/?day=2024-05-01&known_on=2024-06-01")
    assert answer.headers["Location"] == "/programs/on/2024-05-01/?known_on=2024-06-01"


@pytest.mark.parametrize("day", ["", "2024-13-01", "gestern", "1800-01-01", "9999-01-01", "<b>"])
def test_choosing_no_day_says_so_and_keeps_it(client: Client, day: str) -> None:
    answer = client.get("/programs/on/", {"day": day})
    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == ["day"]
    assert "<b>" not in answer.content.decode()


@pytest.mark.parametrize("day", ["2024-02-30", "x", "1800-01-01", "2024-1-1", "20240101"])
def test_address_of_no_day_is_not_there(client: Client, day: str) -> None:
    expected = {"2024-1-1": 200}.get(day, 404)
    assert client.get(f"/programs/on/{day}/").status_code == expected
    assert client.get(f"/programs/on/2024-01-01/?known_on={day}").status_code == expected


def test_day_as_files_holds_the_same_rows(client: Client) -> None:
    adjusted()
    rows = lines(client, "/programs/on/2026-01-01/csv/")
    head = rows[0]
    caps = [row[head.index("支持上限（元）")] for row in rows[1:3]]
    assert caps == ["5000000", "15000000"]
    assert [row[head.index("原话")] for row in rows[1:3]] == ["最高500万元"] * 2
    book = sheet(client, "/programs/on/2026-01-01/xlsx/")
    assert [row[head.index("支持上限（元）")] for row in book[1:3]] == [5_000_000, 15_000_000]
    assert client.get("/programs/on/2026-01-01/pdf/").status_code == 404


def test_file_executes_nothing(client: Client) -> None:
    edition = p.edition(name="=1+1")
    p.item("grant", of=edition, name="@SUM(A1)", condition="-2+3")
    (_head, row, *_rest) = lines(client, "/programs/on/2025-01-01/csv/")
    assert [cell for cell in row if cell.startswith(("=", "@", "-", "+"))] == []
    assert "'@SUM(A1)" in row


@pytest.mark.parametrize("number", [1, 3])
def test_day_costs_the_same_for_one_and_three(
    client: Client, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for place in range(number):
        e.sound_edition(p.program(f"program-{place}"))
    client.get("/programs/on/2025-01-01/")
    with django_assert_num_queries(APPLIED_QUERIES):
        answer = client.get("/programs/on/2025-01-01/")
    assert len(answer.context["editions"]) == number


def test_comparison_says_it_in_words_and_side_by_side(client: Client) -> None:
    base, later = adjusted()
    answer = client.get(COMPARE, {"from": base.key, "to": later.key})
    assert "示范工程上限 1,000万元 → 1,500万元" in answer.context["changes"]
    parts = {part.name: part for part in answer.context["parts"]}
    assert [part for part in parts if parts[part].differs] == ["版本", "科技示范工程"]
    differing = [line for line in parts["科技示范工程"].lines if line.differs]
    assert [(line.label, line.old, line.new) for line in differing] == [
        ("上限", "最高1,000万元", "最高1,500万元")
    ]


def test_comparison_is_of_the_last_two_unless_asked(client: Client) -> None:
    base, later = adjusted()
    context = client.get(COMPARE).context
    assert (context["old"], context["new"]) == (base, later)
    turned = client.get(COMPARE, {"from": later.key, "to": base.key}).context
    assert "示范工程上限 1,500万元 → 1,000万元" in turned["changes"]


def test_comparison_tells_what_was_added_and_taken_out(client: Client) -> None:
    old = p.edition()
    p.item("gone", of=old, name="原有事项")
    new = p.edition(begins=date(2026, 1, 1))
    p.item("fresh", of=new, name="新事项", comparator="uncapped")
    parts = client.get(COMPARE).context["parts"]
    assert [(part.name, part.in_old, part.in_new) for part in parts[1:]] == [
        ("新事项", False, True), ("原有事项", True, False),
    ]  # fmt: skip
    text = e.words(client, COMPARE)
    assert "新增新事项，不设上限" in text
    assert "取消原有事项（原为最高500万元）" in text


def test_corrected_editions_can_be_compared_too(client: Client) -> None:
    base = e.sound_edition()
    made = e.approved(base, change=e.CORRECTED, begins="")
    assert made.edition is not None
    context = client.get(COMPARE, {"from": base.key, "to": made.edition.key}).context
    assert "示范工程上限 1,000万元 → 1,500万元" in context["changes"]


def test_comparison_of_one_edition_or_none_says_so(client: Client) -> None:
    p.program()
    assert "还没有登记这个计划的文件依据。" in e.words(client, COMPARE)
    p.edition()
    assert "这个计划只有一个版本，没有可以对比的。" in e.words(client, COMPARE)
    assert client.get(f"{COMPARE}csv/").status_code == 404


def test_comparison_with_the_edition_of_another_program_is_not_there(client: Client) -> None:
    adjusted()
    other = p.edition(p.program("other"))
    assert client.get(COMPARE, {"from": other.key}).status_code == 404
    assert client.get(COMPARE, {"to": "<script>"}).status_code == 404
    assert client.get("/programs/nothing/editions/compare/").status_code == 404


def test_comparison_as_files_marks_what_differs(client: Client) -> None:
    adjusted()
    rows = lines(client, f"{COMPARE}csv/")
    assert ["科技示范工程", "上限", "最高1,000万元", "最高1,500万元", "有变化"] in rows
    assert ["攻关项目资助", "上限", "最高500万元", "最高500万元", ""] in rows
    assert sheet(client, f"{COMPARE}xlsx/")[0][0] == rows[0][0]
    assert client.get(f"{COMPARE}html/").status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_comparison_costs_the_same_for_one_item_and_three(
    client: Client, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for begins in (date(2024, 1, 1), date(2026, 1, 1)):
        home = p.document(f"policy-{begins.year}")
        edition = p.edition(begins=begins, document=home)
        for place in range(number):
            p.item(f"item-{place}", of=edition, clause=p.clause(home, f"最高{place}万元"))
    client.get(COMPARE)
    with django_assert_num_queries(COMPARE_QUERIES):
        answer = client.get(COMPARE)
    assert len(answer.context["parts"]) == number + 1


def test_pages_for_reading_close_with_the_site(client: Client, settings: Any) -> None:
    settings.PUBLIC_READING = False
    adjusted()
    for address in ("/programs/on/2025-01-01/", COMPARE, "/programs/on/2025-01-01/csv/"):
        assert client.get(address).headers["Location"].startswith(reverse("login"))


def test_english_pages_have_no_fault(client: Client) -> None:
    adjusted()
    client.post("/language/", {"language": "en"})
    for address in ("/programs/on/2025-01-01/", COMPARE, "/programs/on/2025-01-01/csv/"):
        assert client.get(address).status_code == 200
