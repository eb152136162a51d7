"""The pages of uploads where a file holds awards: who sees it, what it shows, what it lets one do."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import RoleGrant, User
from indicators import actions
from indicators.importing.staging import stage_upload
from indicators.models import Upload
from programs.models import Award
from tests.indicators import builders as b
from tests.indicators.importing.files import xlsx_of
from tests.programs import builders as p
from tests.programs.importing.files import CODE, HEADER, applied, line, outcomes, rows, sent

pytestmark = pytest.mark.django_db

STEPS = ["upload_choose", "upload_apply", "upload_undo", "upload_drop"]
PAGES = ["upload", "upload_state", "upload_annotated"]


@pytest.fixture
def eva() -> User:
    p.item()
    return p.editor()


@pytest.fixture
def client(eva: User) -> Client:
    return b.client_of(eva)


def body(client: Client, of: Upload, query: str = "") -> str:
    answer = client.get(reverse("upload", args=[of.pk]) + query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def post(client: Client, name: str, of: Upload, **data: Any) -> Any:
    return client.post(reverse(name, args=[of.pk]), {"version": of.version, **data})


# --- whose ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("roles", "status"),
    [
        (("reviewer",), 200),
        (("auditor",), 200),
        (("program_editor",), 404),
        (("analyst",), 404),
        (("official",), 403),
        (("system_admin",), 403),
        (("analyst", "program_editor"), 404),
    ],
    ids=str,
)
def test_file_of_awards_is_seen_by_its_author_and_by_who_sees_all(
    eva: User, roles: tuple[str, ...], status: int
) -> None:
    upload = sent(eva, line(project="示范秘密项目"))
    client = b.client_of(b.person("other", *roles, at=b.department()))
    answers = [client.get(reverse(name, args=[upload.pk])) for name in PAGES]
    assert {answer.status_code for answer in answers} == {status}
    assert any("示范秘密项目" in a.content.decode("utf-8", "replace") for a in answers) is (
        status == 200
    )
    listed = client.get(reverse("uploads")).content.decode()
    assert (upload.name in listed) is (status == 200)
    assert "示范秘密项目" in body(b.client_of(eva), upload)


def test_file_of_actuals_stays_hidden_from_an_editor_of_programs(client: Client) -> None:
    ana = b.person("ana", "analyst", at=b.department())
    b.indicator()
    b.region()
    foreign = actions.receive_upload(by=ana, name="实绩.csv", content=b"x")
    assert client.get(reverse("upload", args=[foreign.pk])).status_code == 404
    assert "实绩.csv" not in client.get(reverse("uploads")).content.decode()
    assert "实绩.csv" in b.client_of(ana).get(reverse("uploads")).content.decode()


@pytest.mark.parametrize("name", STEPS)
def test_only_the_author_decides(eva: User, name: str) -> None:
    upload = sent(eva, line())
    for role in ("reviewer", "program_editor"):
        client = b.client_of(b.person(role, role, at=b.department()))
        assert post(client, name, upload, reason="x").status_code == 404
    auditor = b.client_of(b.person("auditor", "auditor"))
    assert post(auditor, name, upload, reason="x").status_code == 403
    assert Upload.objects.get(pk=upload.pk).state == "staged"


def test_author_who_lost_the_role_may_drop_and_nothing_else(eva: User) -> None:
    upload = sent(eva, line())
    RoleGrant.objects.filter(user=eva).update(role="analyst")
    client = b.client_of(User.objects.get(pk=eva.pk))
    shown = body(client, upload)
    assert "登记这些立项" not in shown
    assert "放弃这次上传" in shown
    assert post(client, "upload_apply", upload).status_code == 403
    assert post(client, "upload_drop", upload).status_code == 302
    assert Upload.objects.get(pk=upload.pk).state == "dropped"


def test_nav_leads_both_to_the_page(eva: User) -> None:
    for role in ("program_editor", "analyst", "reviewer", "auditor"):
        page = b.client_of(b.person(f"one-{role}", role, at=b.department())).get("/")
        assert f'href="{reverse("uploads")}"' in page.content.decode()
    official = b.client_of(b.person("official", "official")).get("/").content.decode()
    assert f'href="{reverse("uploads")}"' not in official


# --- the list -------------------------------------------------------------------------------------


def test_page_offers_what_the_person_may_enter(client: Client) -> None:
    shown = client.get(reverse("uploads")).content.decode()
    assert reverse("award_template") in shown
    assert reverse("upload_template") not in shown
    ana = b.client_of(b.person("ana", "analyst", at=b.department()))
    shown = ana.get(reverse("uploads")).content.decode()
    assert reverse("award_template") not in shown
    assert reverse("upload_template") in shown


def test_list_says_what_each_file_holds(eva: User, client: Client) -> None:
    sent(eva, line())
    assert '<td data-label="内容">立项资助</td>' in client.get(reverse("uploads")).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_queries_for_any_number(eva: User, client: Client, count: int) -> None:
    for number in range(count):
        sent(eva, line(f"N{number}"))
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("uploads"))
    assert len(queries) == 8


# --- the page of one ------------------------------------------------------------------------------


def test_page_shows_what_stands_and_what_would_be(eva: User, client: Client) -> None:
    applied(sent(eva, line("A", 100, note="原文")))
    upload = sent(eva, line("A", 120, note="新文"), line("B", 600), line("C", 50))
    shown = body(client, upload)
    assert "立项金额（元）：1,000,000 → 1,200,000" in shown
    assert "备注：原文 → 新文" in shown
    assert "超出“grant资助”的支持上限" in shown
    assert "表 A2" in shown
    assert [f"{word} <strong>{n}</strong>" in shown for word, n in (
        ("有出入的", 3), ("有错误", 1), ("新增", 1), ("有改动", 1), ("全部", 3),
    )] == [True] * 5  # fmt: skip
    assert "C项目" in body(client, upload, "?outcome=new")
    assert "A项目" not in body(client, upload, "?outcome=new")
    assert "没有这样的行" in body(client, upload, "?outcome=unchanged")
    assert client.get(reverse("upload", args=[upload.pk]) + "?outcome=nonsense").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_page_takes_the_same_queries_for_any_number(eva: User, client: Client, count: int) -> None:
    numbers = [f"N{number}" for number in range(count)]
    applied(sent(eva, *(line(number) for number in numbers)))
    upload = sent(eva, *(line(number, 50) for number in numbers), line("NEW"), line("BAD", 999))
    with CaptureQueriesContext(connection) as queries:
        body(client, upload)
    assert len(queries) == 11


def test_hundred_rows_are_on_a_page(eva: User, client: Client) -> None:
    upload = sent(eva, *(line(f"N{number:03d}", 1) for number in range(101)))
    assert body(client, upload).count('data-label="比对结果"') == 100
    assert body(client, upload, "?page=2").count('data-label="比对结果"') == 1


def test_page_says_the_same_in_english(eva: User, client: Client) -> None:
    upload = sent(eva, line("A", -1), line("B"))
    client.cookies["django_language"] = "en"
    shown = body(client, upload)
    assert "is negative (-10000 yuan)." in shown
    assert "A new award of 1,000,000 yuan." in shown


def test_formulas_and_markup_are_inert(eva: User, client: Client) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    texts = line("=cmd|'/c calc'!A0", project=hostile, note=hostile, recipient=hostile)
    texts[7] = "2025-03-10"
    upload = sent(eva, ["" if cell is None else cell for cell in texts], name="立项.csv")
    shown = body(client, upload)
    assert hostile not in shown
    assert "&lt;img src=x onerror=alert(1)&gt;" in shown
    applied(upload)
    assert Award.objects.get().number == "=cmd|'/c calc'!A0"
    assert hostile not in body(client, Upload.objects.get(pk=upload.pk))


def test_bringing_a_file_applying_and_undoing_through_the_pages(eva: User, client: Client) -> None:
    file = SimpleUploadedFile("立项.xlsx", xlsx_of([HEADER, line("A")]))
    answer = client.post(reverse("upload_new"), {"file": file})
    upload = Upload.objects.select_related("by").get()
    assert (answer.status_code, upload.state) == (302, "received")
    stage_upload(upload)
    upload.refresh_from_db()
    assert outcomes(upload) == ["new"]
    assert post(client, "upload_apply", upload).status_code == 302
    upload = Upload.objects.select_related("by").get()
    assert upload.state == "applying"
    assert actions.merge_upload(upload=upload)
    upload = Upload.objects.select_related("by").get()
    shown = body(client, upload)
    assert "撤销这次登记" in shown
    assert post(client, "upload_undo", upload, reason="").status_code == 409
    assert post(client, "upload_undo", upload, reason="传错").status_code == 302
    assert Award.objects.get().status == "withdrawn"


def test_applying_changes_without_a_reason_keeps_the_page(eva: User, client: Client) -> None:
    applied(sent(eva, line("A")))
    upload = sent(eva, line("A", 120))
    answer = post(client, "upload_apply", upload)
    assert answer.status_code == 409
    assert "请写明理由" in answer.content.decode()
    assert 'name="reason"' in answer.content.decode()


def test_choosing_cells_is_nothing_for_awards(eva: User, client: Client) -> None:
    assert post(client, "upload_choose", sent(eva, line())).status_code == 404


def test_own_workbook_comes_back_with_notes_on_the_cells_in_error(
    eva: User, client: Client
) -> None:
    upload = sent(eva, line("A"), line("B", 600), line("C", code=CODE[:-1]))
    answer = client.get(reverse("upload_annotated", args=[upload.pk]))
    sheet = load_workbook(io.BytesIO(answer.content)).active
    noted = {
        cell.coordinate: cell.comment.text
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment
    }
    assert sorted(noted) == ["D4", "I3"]
    assert "支持上限" in noted["I3"]
    assert "应为 18 位" in noted["D4"]


def test_rows_that_moved_are_told_at_the_top(eva: User, client: Client) -> None:
    upload = sent(eva, line("A"))
    p.award(number="A")
    back = applied(upload)
    assert "所以一笔也没有登记" in body(client, back)
    assert rows(back)[0].outcome == "conflict"
