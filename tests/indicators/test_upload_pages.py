"""The pages of uploads: whose they are, what they show, and what a person may decide."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font

from accounts.models import Job, User
from indicators.forms.uploads import MOST_BYTES
from indicators.models import Indicator, Observation, StagedCell, Upload
from indicators.views import downloads
from indicators.views.showing import a1
from tests.indicators import builders as b

pytestmark = pytest.mark.django_db

STEPS = ["upload_choose", "upload_apply", "upload_undo", "upload_drop"]
PAGES = ["upload", "upload_state", "upload_annotated"]
SHEETS = [{"number": 1, "name": "填报"}, {"number": 2, "name": "附表"}]


@pytest.fixture
def analyst() -> User:
    bureau = b.department("bureau")
    b.region()
    b.indicator("FIRMS", at=b.department("division", parent=bureau))
    return b.person("analyst", "analyst", at=bureau)


@pytest.fixture
def client(analyst: User) -> Client:
    return b.client_of(analyst)


def firms() -> Indicator:
    return Indicator.objects.get(code="FIRMS")


def upload_of(by: User, state: str = "staged", **facts: Any) -> Upload:
    if state in ("applied", "undone"):
        facts.setdefault("applied_at", timezone.now())
    if state == "undone":
        facts |= {"undone_by": by, "undone_at": timezone.now()}
    fields = {
        "by": by, "at": timezone.now(), "name": "上报.xlsx", "size": 5, "sha256": "0" * 64,
        "content": b"bytes", "state": state, "found": {"kind": "template", "sheets": SHEETS},
    }  # fmt: skip
    return Upload.objects.create(**{**fields, **facts})


def cell(of: Upload, outcome: str = "new", value: str | None = "8000", **facts: Any) -> StagedCell:
    fields: dict[str, Any] = {
        "upload": of, "row": 4 + of.cells.count(), "column": 5, "indicator": firms(),
        "region": b.region(), "reference_period": "2024", "text": value or "",
        "value": None if value is None else Decimal(value), "outcome": outcome,
        "obs_status": "A" if value is not None else "L",
    }  # fmt: skip
    made = StagedCell.objects.create(**{**fields, **facts})
    of.counts = {
        **dict.fromkeys(StagedCell.Outcome.values, 0), "warning": 0, **of.counts,
    }  # fmt: skip
    of.counts[outcome] += 1
    of.counts["warning"] += bool(made.warnings)
    of.save()
    return made


def page(client: Client, of: Upload, query: str = "") -> str:
    answer = client.get(reverse("upload", args=[of.pk]) + query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def post(client: Client, name: str, of: Upload, **data: Any) -> Any:
    return client.post(reverse(name, args=[of.pk]), {"version": of.version, **data})


# --- whose ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_page_of_a_strangers_upload_is_404(client: Client, name: str) -> None:
    foreign = upload_of(b.person("other", "analyst", at=b.department("elsewhere")))
    assert client.get(reverse(name, args=[foreign.pk])).status_code == 404


@pytest.mark.parametrize("name", STEPS)
def test_step_on_a_strangers_upload_is_404(client: Client, name: str) -> None:
    foreign = upload_of(b.person("other", "analyst", at=b.department("elsewhere")))
    assert post(client, name, foreign).status_code == 404
    foreign.refresh_from_db()
    assert (foreign.state, foreign.version) == ("staged", 1)


def test_upload_of_a_colleague_is_404(client: Client, analyst: User) -> None:
    colleague = b.person("colleague", "analyst", at=analyst.department)
    assert client.get(reverse("upload", args=[upload_of(colleague).pk])).status_code == 404


@pytest.mark.parametrize(("role", "refusal"), [("reviewer", 404), ("auditor", 403)])
def test_reviewer_and_auditor_look_at_every_upload_and_decide_nothing(
    analyst: User, role: str, refusal: int
) -> None:
    found = upload_of(analyst)
    cell(found)
    client = b.client_of(b.person(role, role))
    body = page(client, found)
    assert "8,000家" in body
    assert "<button" not in body.split("<main")[1].split("</main>")[0]
    # A reviewer may send files too: a stranger's is not there to be decided about.
    assert {post(client, name, found).status_code for name in STEPS} == {refusal}
    assert "上报.xlsx" in client.get(reverse("uploads")).content.decode()


@pytest.mark.parametrize("name", ["uploads", "upload_template", "upload_new"])
def test_somebody_without_a_role_is_refused(name: str) -> None:
    client = b.client_of(b.person("nobody"))
    ask = client.post if name == "upload_new" else client.get
    assert ask(reverse(name)).status_code == 403


def test_list_has_my_uploads_alone_with_their_states(client: Client, analyst: User) -> None:
    upload_of(analyst, "applied", name="三月.xlsx", counts={"new": 30, "changed": 0})
    upload_of(b.person("other", "analyst"), name="别人.xlsx")
    body = client.get(reverse("uploads")).content.decode()
    assert "三月.xlsx" in body
    assert "已保存" in body
    assert '<td class="num" data-label="新增">30</td>' in body
    assert "别人.xlsx" not in body


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_queries_for_any_number(
    client: Client, analyst: User, count: int
) -> None:
    for _number in range(count):
        upload_of(analyst)
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("uploads"))
    assert len(queries) == 9


# --- sending --------------------------------------------------------------------------------------


def test_sending_a_file_keeps_it_and_asks_for_its_reading(client: Client, analyst: User) -> None:
    file = SimpleUploadedFile("上报 2025.xlsx", b"content")
    answer = client.post(reverse("upload_new"), {"file": file})
    kept = Upload.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == reverse("upload", args=[kept.pk])
    assert (kept.by, kept.name, bytes(kept.content), kept.state) == (
        analyst, "上报 2025.xlsx", b"content", "received",
    )  # fmt: skip
    assert kept.job is not None
    assert (kept.job.kind, kept.job.state) == ("read_upload", "queued")


def test_reload_after_a_refusal_leads_to_the_list(client: Client) -> None:
    answer = client.get(reverse("upload_new"))
    assert (answer.status_code, answer["Location"]) == (302, reverse("uploads"))


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (None, "请选择一个文件。"),
        (SimpleUploadedFile("空.csv", b""), "空"),
        (SimpleUploadedFile("大.csv", b"1" * (MOST_BYTES + 1)), "文件超过 10 MB"),
    ],
    ids=["none", "empty", "large"],
)
def test_sending_nothing_or_too_much_is_refused_in_words(
    client: Client, file: Any, sentence: str
) -> None:
    answer = client.post(reverse("upload_new"), {"file": file} if file else {})
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert not Upload.objects.exists()


# --- the page -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("state", "over"), [("received", False), ("applying", False)])
def test_page_of_an_upload_under_way_has_a_bar_and_a_way_to_look_again(
    client: Client, analyst: User, state: str, over: bool
) -> None:
    job = Job.objects.create(
        kind="read_upload", state="running", done=30, total=120, started_at=timezone.now(),
        heartbeat_at=timezone.now(),
    )  # fmt: skip
    found = upload_of(analyst, state, job=job)
    body = page(client, found)
    assert 'max="120" value="30"' in body
    assert "刷新" in body
    told = client.get(reverse("upload_state", args=[found.pk]))
    assert told.json() == {
        "state": state, "label": found.get_state_display(), "done": 30, "total": 120, "over": over,
    }  # fmt: skip
    assert told["Cache-Control"] == "no-store"


def test_page_of_a_lost_job_says_so_and_offers_to_give_up(client: Client, analyst: User) -> None:
    job = Job.objects.create(
        kind="read_upload", state="failed", error="示范错误", finished_at=timezone.now()
    )
    found = upload_of(analyst, "received", job=job)
    body = page(client, found)
    assert "后台任务没有完成" in body
    assert reverse("upload_drop", args=[found.pk]) in body
    assert client.get(reverse("upload_state", args=[found.pk])).json()["over"] is True


def test_page_of_a_lost_saving_offers_to_save_again(client: Client, analyst: User) -> None:
    job = Job.objects.create(
        kind="apply_upload", state="failed", error="示范错误", finished_at=timezone.now()
    )
    found = upload_of(analyst, "applying", job=job)
    cell(found)
    body = page(client, found)
    assert reverse("upload_apply", args=[found.pk]) in body


def test_page_of_a_refused_file_has_its_sentence_and_no_saving(
    client: Client, analyst: User
) -> None:
    found = upload_of(
        analyst,
        "refused",
        refusal="文件里有宏，不能读取。",
        refusal_en="It has macros.",
        content=b"",
    )
    body = page(client, found)
    assert "文件里有宏，不能读取。" in body
    assert reverse("upload_apply", args=[found.pk]) not in body
    client.cookies["django_language"] = "en"
    assert "It has macros." in page(client, found)


def test_page_shows_what_stands_and_what_the_file_says(client: Client, analyst: User) -> None:
    old = b.actual(firms(), "7500", "2024", vintage="flash", source_title="旧公报")
    found = upload_of(analyst)
    cell(
        found, "changed", "7920.5", seen_approved=old.pk, source_title="新公报", sheet=2, row=17,
        column=28,
    )  # fmt: skip
    body = page(client, found)
    assert "附表 AB17" in body
    assert "7,500家" in body
    assert "<strong>7,920.5家</strong>" in body
    assert "数据批次：快报 → 年报" in body
    assert "来源：旧公报 → 新公报" in body


def test_page_after_saving_still_shows_what_the_draft_said_before(
    client: Client, analyst: User
) -> None:
    draft = b.actual(firms(), "8000", by=analyst, review_state="draft", version=2)
    b.actual(
        firms(), "7000", by=analyst, review_state="draft", version=1, copy_of=draft,
        superseded_at=timezone.now(),
    )  # fmt: skip
    found = upload_of(analyst, "applied")
    cell(found, "changed", "8000", seen_open=draft.pk, seen_open_version=1)
    body = page(client, found)
    assert "7,000家" in body
    assert "<strong>8,000家</strong>" in body


def test_page_missing_with_a_reason_is_said_in_words(client: Client, analyst: User) -> None:
    found = upload_of(analyst)
    cell(found, value=None)
    assert "<strong>未统计</strong>" in page(client, found)


def test_page_zero_is_a_number(client: Client, analyst: User) -> None:
    found = upload_of(analyst)
    cell(found, value="0")
    assert "<strong>0家</strong>" in page(client, found)


def test_page_error_has_the_text_of_the_file_and_its_sentence(
    client: Client, analyst: User
) -> None:
    found = upload_of(analyst)
    cell(
        found, "error", None, indicator=None, region=None, reference_period="", text="八千左右",
        sentence="“八千左右”不是确切的数值，请填写具体数字。", sentence_en="Not an exact number.",
    )  # fmt: skip
    body = page(client, found)
    assert "八千左右" in body
    assert "不是确切的数值" in body
    assert "下载带批注的原表" in body


def test_page_error_in_a_strangers_cell_does_not_tell_its_value(
    client: Client, analyst: User
) -> None:
    secret = b.indicator("SECRET", at=b.department("elsewhere"))
    theirs = b.actual(secret, "77001", "2024")
    found = upload_of(analyst)
    cell(
        found, "error", "5", indicator=secret, seen_approved=theirs.pk,
        sentence="这个指标不由您的部门负责。",
    )  # fmt: skip
    cell(found, "conflict", "5", indicator=secret)
    assert "77,001" not in page(client, found)


def test_page_warning_says_its_sentence_and_asks_for_an_explanation(
    client: Client, analyst: User
) -> None:
    found = upload_of(analyst)
    cell(found, warnings=[{"code": "jump", "zh": "比上年多 900%。", "en": "Up by 900 %."}])
    body = page(client, found)
    assert "比上年多 900%。" in body
    assert 'name="explanation"' in body
    assert 'name="leave_errors"' not in body


def test_page_conflict_shows_the_other_value_with_name_and_time(
    client: Client, analyst: User
) -> None:
    colleague = b.person("colleague", "analyst", at=analyst.department)
    theirs = b.actual(firms(), "7777", by=colleague, review_state="draft")
    found = upload_of(analyst)
    met = cell(found, "conflict", "8000")
    body = page(client, found)
    when = timezone.localtime(theirs.entered_at)
    assert f"现为 7,777家，由colleague同志于 {when:%Y-%m-%d %H:%M} 录入" in body
    assert f'name="cell-{met.pk}" value="theirs" form="apply" checked' in body


def test_page_lists_the_cells_that_were_not_used(client: Client, analyst: User) -> None:
    unused = {
        "sheet": 1, "place": "A9:C9", "text": "注：数据为快报", "cells": 3, "why": "note",
        "zh": "表后的说明", "en": "A remark",
    }  # fmt: skip
    told = {"sheets": SHEETS, "unused": [unused], "cells": {"used": 9, "unused": 3}}
    found = upload_of(analyst, found=told)
    body = page(client, found)
    assert "文件里有 3 格没有用到" in body
    assert "填报 A9:C9" in body
    assert "表后的说明" in body
    assert "注：数据为快报" in body


def test_page_text_of_the_file_is_never_markup(client: Client, analyst: User) -> None:
    found = upload_of(analyst, name="<script>x</script>.xlsx")
    cell(found, "error", None, text="<script>y</script>", sentence="<script>z</script>")
    body = page(client, found)
    assert [word for word in ("<script>x", "<script>y", "<script>z") if word in body] == []


@pytest.mark.parametrize(
    ("outcome", "shown"),
    [
        ("", 4),
        ("new", 2),
        ("error", 1),
        ("conflict", 1),
        ("warning", 1),
        ("unchanged", 1),
        ("all", 5),
    ],
)
def test_filter_shows_one_outcome(client: Client, analyst: User, outcome: str, shown: int) -> None:
    found = upload_of(analyst)
    cell(found)
    cell(found, warnings=[{"code": "jump", "zh": "多", "en": "up"}])
    cell(found, "error", None)
    cell(found, "conflict")
    cell(found, "unchanged")
    body = page(client, found, f"?outcome={outcome}")
    assert body.count('<tr class="outcome-row-') == shown


def test_page_of_a_file_that_changes_nothing_says_so(client: Client, analyst: User) -> None:
    found = upload_of(analyst)
    cell(found, "unchanged")
    assert "没有要保存的" in page(client, found)


def test_page_says_what_of_the_file_was_left_aside(client: Client, analyst: User) -> None:
    remark = {"zh": "文件中有链接，没有打开。", "en": "Links were not opened."}
    found = upload_of(analyst, found={"sheets": SHEETS, "remarks": [remark]})
    assert "文件中有链接，没有打开。" in page(client, found)


def test_filter_by_an_outcome_that_is_none_is_404(client: Client, analyst: User) -> None:
    answer = client.get(reverse("upload", args=[upload_of(analyst).pk]) + "?outcome=other")
    assert answer.status_code == 404


def test_page_shows_a_hundred_cells_in_the_order_of_the_file(client: Client, analyst: User) -> None:
    found = upload_of(analyst, counts={"new": 101})
    StagedCell.objects.bulk_create(
        StagedCell(
            upload=found, row=200 - number, column=5, indicator=firms(), region=b.region(),
            reference_period="2024", value=number, outcome="new",
        )
        for number in range(101)
    )  # fmt: skip
    first, second = page(client, found), page(client, found, "?page=2")
    assert (first.count("outcome-row-"), second.count("outcome-row-")) == (100, 1)
    assert first.index("填报 E100") < first.index("填报 E101")
    assert "填报 E200" in second


@pytest.mark.parametrize("count", [1, 3])
def test_page_takes_the_same_queries_for_any_number_of_cells(
    client: Client, analyst: User, count: int
) -> None:
    found = upload_of(analyst)
    for number in range(count):
        old = b.actual(b.indicator(f"N-{number}", at=analyst.department), "5", "2024")
        cell(found, "conflict", indicator=old.indicator, seen_approved=old.pk)
    with CaptureQueriesContext(connection) as queries:
        page(client, found)
    assert len(queries) == 12


# --- deciding -------------------------------------------------------------------------------------


def test_choosing_keeps_what_was_chosen_on_other_pages(client: Client, analyst: User) -> None:
    found = upload_of(analyst)
    far = cell(found, "conflict", chosen=True)
    mine, theirs = cell(found, "conflict"), cell(found, "conflict", chosen=True)
    answer = post(
        client, "upload_choose", found, **{f"cell-{mine.pk}": "mine", f"cell-{theirs.pk}": "theirs"}
    )
    assert answer.status_code == 302
    chosen = set(found.cells.filter(chosen=True).values_list("pk", flat=True))
    assert chosen == {far.pk, mine.pk}


def test_choosing_takes_no_cell_of_another_upload(client: Client, analyst: User) -> None:
    foreign = cell(upload_of(b.person("other", "analyst")), "conflict")
    found = upload_of(analyst)
    cell(found, "conflict")
    post(client, "upload_choose", found, **{f"cell-{foreign.pk}": "mine", "cell-x": "mine"})
    foreign.refresh_from_db()
    assert foreign.chosen is False


def test_saving_takes_what_is_ticked_without_noting_it_first(client: Client, analyst: User) -> None:
    found = upload_of(analyst)
    far, met = cell(found, "conflict", chosen=True), cell(found, "conflict")
    answer = post(client, "upload_apply", found, **{f"cell-{met.pk}": "mine"})
    found.refresh_from_db()
    assert (answer.status_code, found.state) == (302, "applying")
    assert set(found.cells.filter(chosen=True).values_list("pk", flat=True)) == {far.pk, met.pk}


def test_refused_saving_keeps_what_was_ticked(client: Client, analyst: User) -> None:
    found = upload_of(analyst)
    met = cell(found, "conflict")
    cell(found, "error")
    answer = post(client, "upload_apply", found, **{f"cell-{met.pk}": "mine"})
    assert answer.status_code == 409
    body = answer.content.decode()
    assert f'name="cell-{met.pk}" value="mine" form="apply" checked' in body
    found.refresh_from_db()
    assert f'name="version" value="{found.version}"' in body


def test_file_without_anything_to_save_offers_no_saving(client: Client, analyst: User) -> None:
    found = upload_of(analyst)
    cell(found, "error")
    body = page(client, found)
    assert "没有可以保存的格子" in body
    assert "保存为草稿" not in body


def test_saving_asks_for_the_merge_with_the_reason(client: Client, analyst: User) -> None:
    old = b.actual(firms(), "7500", "2024")
    found = upload_of(analyst)
    cell(found, "changed", seen_approved=old.pk)
    answer = post(client, "upload_apply", found, reason="按年报更正")
    found.refresh_from_db()
    assert answer.status_code == 302
    assert (found.state, found.reason) == ("applying", "按年报更正")
    assert found.job is not None
    assert found.job.kind == "apply_upload"


def test_saving_a_correction_without_a_reason_brings_the_page_back(
    client: Client, analyst: User
) -> None:
    old = b.actual(firms(), "7500", "2024")
    found = upload_of(analyst)
    cell(found, "changed", seen_approved=old.pk)
    answer = post(client, "upload_apply", found, reason=" ")
    found.refresh_from_db()
    assert (answer.status_code, found.state) == (409, "staged")
    assert "请写明理由。" in answer.content.decode()


def test_saving_beside_errors_wants_an_own_decision(client: Client, analyst: User) -> None:
    found = upload_of(analyst)
    cell(found)
    cell(found, "error", None)
    assert post(client, "upload_apply", found).status_code == 409
    assert post(client, "upload_apply", found, leave_errors="on").status_code == 302


@pytest.mark.parametrize("name", STEPS)
def test_step_on_an_older_version_changes_nothing(client: Client, analyst: User, name: str) -> None:
    found = upload_of(analyst, "applied" if name == "upload_undo" else "staged")
    cell(found)
    Upload.objects.filter(pk=found.pk).update(version=2)
    found.version = 1
    answer = post(client, name, found, reason="录错了")
    found.refresh_from_db()
    assert (answer.status_code, found.version) == (409, 2)


@pytest.mark.parametrize("name", STEPS)
@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30])
def test_step_without_a_version_is_404(
    client: Client, analyst: User, name: str, version: str
) -> None:
    answer = client.post(reverse(name, args=[upload_of(analyst).pk]), {"version": version})
    assert answer.status_code == 404


def test_undoing_an_applied_upload_withdraws_its_drafts(client: Client, analyst: User) -> None:
    found = upload_of(analyst, "applied")
    cell(found)
    b.actual(firms(), "8000", by=analyst, review_state="draft", upload=found, origin="workbook")
    assert post(client, "upload_undo", found, reason="传错了文件").status_code == 302
    row = Observation.objects.get()
    found.refresh_from_db()
    assert (found.state, found.undone_by) == ("undone", analyst)
    assert (row.superseded_at is not None, row.withdraw_reason) == (True, "传错了文件")


def test_reason_of_an_undoing_without_what_no_database_keeps(client: Client, analyst: User) -> None:
    found = upload_of(analyst, "applied")
    cell(found)
    b.actual(firms(), "8000", by=analyst, review_state="draft", upload=found, origin="workbook")
    assert post(client, "upload_undo", found, reason="传错\0了文件").status_code == 302
    assert Observation.objects.get().withdraw_reason == "传错了文件"


def test_undoing_says_on_which_cell_somebody_built(client: Client, analyst: User) -> None:
    found = upload_of(analyst, "applied")
    cell(found)
    b.actual(firms(), "8000", by=analyst, review_state="submitted", upload=found, origin="workbook")
    answer = post(client, "upload_undo", found, reason="传错了文件")
    assert answer.status_code == 409
    assert "FIRMS指标" in answer.content.decode()


def test_dropping_empties_the_upload(client: Client, analyst: User) -> None:
    found = upload_of(analyst)
    cell(found)
    assert post(client, "upload_drop", found).status_code == 302
    found.refresh_from_db()
    assert (found.state, bytes(found.content), found.cells.count()) == ("dropped", b"", 0)


# --- downloads ------------------------------------------------------------------------------------


def test_template_is_an_attachment_that_no_browser_guesses_at(client: Client) -> None:
    answer = client.get(reverse("upload_template"))
    assert answer["Content-Type"].startswith("application/vnd.openxmlformats")
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%E5%AE%9E")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer.content[:2] == b"PK"


@pytest.mark.parametrize("query", ["?period=13月", "?indicators=SECRET"])
def test_template_of_what_is_not_mine_or_no_period_is_404(client: Client, query: str) -> None:
    b.indicator("SECRET", at=b.department("elsewhere"))
    assert client.get(reverse("upload_template") + query).status_code == 404


@pytest.mark.parametrize(
    "query", ["?period=2025&region=370200", "?period=2025,2024&indicators=FIRMS"]
)
def test_template_takes_what_is_asked(client: Client, query: str) -> None:
    assert client.get(reverse("upload_template") + query).status_code == 200


def test_template_of_nothing_sends_back_with_a_sentence() -> None:
    client = b.client_of(b.person("nobody", "analyst"))
    answer = client.get(reverse("upload_template"), follow=True)
    assert answer.redirect_chain == [(reverse("uploads"), 302)]
    assert "没有可由您填报的指标" in answer.content.decode()


def test_annotated_of_a_dropped_upload_says_that_nothing_was_kept(
    client: Client, analyst: User
) -> None:
    found = upload_of(analyst, "dropped", content=b"")
    answer = client.get(reverse("upload_annotated", args=[found.pk]), follow=True)
    assert "没有保留" in answer.content.decode()


def returned(client: Client, of: Upload) -> Any:
    answer = client.get(reverse("upload_annotated", args=[of.pk]))
    assert answer.status_code == 200
    assert answer["X-Content-Type-Options"] == "nosniff"
    return load_workbook(io.BytesIO(answer.content))


def own_workbook(*rows: tuple[Any, ...]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    book.active.title = "我的表"
    for row in rows:
        book.active.append(row)
    book.active["A1"].font = Font(bold=True)
    book.save(out)
    return out.getvalue()


def test_annotated_is_my_own_workbook_with_the_note(client: Client, analyst: User) -> None:
    content = own_workbook(("指标", "数值"), ("FIRMS", "八千左右"))
    found = upload_of(analyst, content=content)
    cell(found, "error", None, row=2, column=2, sentence="“八千左右”不是确切的数值。")
    sheet = returned(client, found)["我的表"]
    assert "不是确切的数值" in sheet["B2"].comment.text
    assert (sheet["A1"].font.bold, sheet["B2"].value) == (True, "八千左右")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_annotated_csv_is_a_workbook_of_its_cells(
    client: Client, analyst: User, encoding: str
) -> None:
    content = "指标,数值\nFIRMS,八千左右\n=1+1,0012\n".encode(encoding)
    found = upload_of(analyst, name="上报.csv", content=content)
    cell(found, "error", None, row=2, column=2, sentence="不是数值。")
    sheet = returned(client, found).active
    assert [[each.value for each in row] for row in sheet.iter_rows()] == [
        ["指标", "数值"], ["FIRMS", "八千左右"], ["=1+1", "0012"],
    ]  # fmt: skip
    assert sheet["A3"].data_type == "s"
    assert "不是数值。" in sheet["B2"].comment.text


def test_annotated_very_large_file_has_its_top_and_the_rows_with_notes(
    client: Client, analyst: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "LARGE", 100)
    content = own_workbook(*((f"第{number}行", number) for number in range(1, 101)))
    found = upload_of(analyst, content=content)
    cell(found, "error", None, row=90, column=2, sentence="不对。")
    sheet = returned(client, found)["我的表"]
    there = [row for row in range(1, 101) if sheet.cell(row, 1).value is not None]
    assert there == [*range(1, downloads.TOP + 1), 90]
    assert "不对。" in sheet["B90"].comment.text


def test_annotated_of_a_file_that_is_none_says_so(client: Client, analyst: User) -> None:
    found = upload_of(analyst, content=b"PK\x03\x04 broken")
    cell(found, "error", None)
    answer = client.get(reverse("upload_annotated", args=[found.pk]), follow=True)
    assert answer.redirect_chain == [(reverse("upload", args=[found.pk]), 302)]


@pytest.mark.parametrize(
    ("row", "column", "name"), [(1, 1, "A1"), (4, 26, "Z4"), (17, 27, "AA17"), (9, 703, "AAA9")]
)
def test_a1_names_a_cell_as_a_spreadsheet_does(row: int, column: int, name: str) -> None:
    assert a1(row, column) == name
