"""Judging measures, attaching originals, and the jobs page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Job
from targets.models import Clause, Measure, PolicyDocument, StaleRequest
from tests.indicators import builders as b

pytestmark = pytest.mark.django_db
TEXT = "一、目标\n企业达到九千家。\n"


@pytest.fixture
def judge() -> Client:
    return b.client_of(b.person("judge", "reviewer"))


@pytest.fixture
def analyst() -> Client:
    return b.client_of(b.person("analyst", "analyst", at=b.department()))


@pytest.fixture
def admin() -> Client:
    return b.client_of(b.person("sysadmin", "system_admin"))


def said(answer: object) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


# --- measures -----------------------------------------------------------------------------------


def test_measure_is_judged_with_a_reason(judge: Client) -> None:
    row = b.measure()
    data = {"status": "done", "reason": "平台已建成", "version": "1"}
    answer = judge.post(reverse("measure_judge", args=[row.pk]), data)
    row.refresh_from_db()
    assert (answer.status_code, answer["Location"]) == (302, reverse("document", args=["plan-one"]))
    assert (row.status, row.reason, row.judged_by.username) == ("done", "平台已建成", "judge")


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({"reason": ""}, {"reason": ["请写明评定理由。"]}),
        ({"status": "unjudged"}, {"status": ["选择一个有效的选项。 unjudged 不在可用的选项中。"]}),
        ({"status": ""}, {"status": ["这个字段是必填项。"]}),
        ({"version": "x"}, {"version": ["输入整数。"]}),
    ],
)
def test_refused_judgement_comes_back_filled(
    judge: Client, fields: dict[str, str], errors: dict[str, list[str]]
) -> None:
    row = b.measure()
    data = {"status": "done", "reason": "平台已建成", "version": "1", **fields}
    form = judge.post(reverse("measure_judge", args=[row.pk]), data).context["form"]
    assert form.errors == errors
    assert {name: form[name].value() for name in data} == data
    assert Measure.objects.get().status == "unjudged"


def test_second_judge_gets_409_with_both_values_and_may_choose(judge: Client) -> None:
    row = b.measure()
    url = reverse("measure_judge", args=[row.pk])
    judge.post(url, {"status": "done", "reason": "平台已建成", "version": "1"})
    second = b.client_of(b.person("second", "reviewer"))
    answer = second.post(url, {"status": "in_progress", "reason": "二期在建", "version": "1"})
    assert answer.status_code == 409
    assert [(c.field, c.current, c.attempted) for c in answer.context["clashes"]] == [
        ("status", "已完成", "推进中"), ("reason", "平台已建成", "二期在建"),
    ]  # fmt: skip
    assert answer.content.decode().count("二期在建") == 2
    assert Measure.objects.get().status == "done"
    version = answer.context["form"]["version"].value()
    second.post(url, {"status": "in_progress", "reason": "二期在建", "version": version})
    assert Measure.objects.get().status == "in_progress"


def test_measure_is_judged_by_reviewers_only(analyst: Client) -> None:
    row = b.measure()
    assert analyst.get(reverse("measure_judge", args=[row.pk])).status_code == 403
    assert analyst.get(reverse("measure_judge", args=[row.pk + 1])).status_code == 403


# --- originals ----------------------------------------------------------------------------------


def upload(content: bytes, name: str = "plan.txt") -> dict[str, object]:
    return {"file": SimpleUploadedFile(name, content)}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_original_is_read_in_its_encoding(analyst: Client, encoding: str) -> None:
    of = b.document()
    b.clause(of, quote="九千家")
    answer = analyst.post(
        reverse("attach_original", args=[of.key]), upload(TEXT.encode(encoding)), follow=True
    )
    of.refresh_from_db()
    assert (of.raw, said(answer)) == (TEXT, ["原文已附上，引文全部找到。"])
    assert Clause.objects.get().text_start is not None


def test_pasted_original_lists_the_quotes_it_does_not_hold(analyst: Client) -> None:
    of = b.document()
    b.clause(of, "there", quote="九千家")
    gone = b.clause(of, "gone", quote="一万家")
    answer = analyst.post(reverse("attach_original", args=[of.key]), {"pasted": TEXT}, follow=True)
    assert (said(answer), answer.context["missing"]) == (["原文已附上。"], [gone])


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (
            upload(b"\xff\xfe\x00\xd8", "plan.txt"),
            "无法识别文件的编码，请另存为 UTF-8 编码的纯文本后再试。",
        ),
        (upload(b"PK\x03\x04", "plan.docx"), "只接受 .txt 文本文件；其他格式请另存为纯文本。"),
        (upload(b"a" * (512 * 1024 + 1)), "文件超过 512 KiB，请只保留正文后再上传。"),
        (upload(b""), "所提交的是空文件。"),
        (
            upload("坏\x00字".encode()),
            "无法识别文件的编码，请另存为 UTF-8 编码的纯文本后再试。",
        ),
        ({"pasted": "字" * 400_000}, "原文超过 512 KiB，请确认粘贴的是一份文件。"),
        ({"pasted": ""}, "请上传文本文件，或粘贴全文。"),
        ({"pasted": TEXT, **upload(b"x")}, "上传文件和粘贴全文请只选一种。"),
        ({"pasted": "  \n "}, "文件中没有可读的文字。"),
    ],
)
def test_bad_original_is_refused_in_words(
    analyst: Client, data: dict[str, object], sentence: str
) -> None:
    of = b.document()
    answer = analyst.post(reverse("attach_original", args=[of.key]), data)
    errors = [error for found in answer.context["form"].errors.values() for error in found]
    assert answer.status_code == 200
    assert errors == [sentence]
    assert (PolicyDocument.objects.get().raw, b.events()) == ("", [])


def test_another_original_is_refused_and_the_first_stays(analyst: Client) -> None:
    of = b.document()
    url = reverse("attach_original", args=[of.key])
    analyst.post(url, {"pasted": TEXT})
    answer = analyst.post(url, {"pasted": "另一份原文。"})
    assert answer.context["form"].non_field_errors() == [
        "该文件已附有另一份原文；原文一经附上不再更改。"
    ]
    assert PolicyDocument.objects.get().raw == TEXT


def test_original_of_an_unknown_document_is_404(analyst: Client) -> None:
    assert analyst.get(reverse("attach_original", args=["nowhere"])).status_code == 404


def test_original_is_attached_by_analysts_only(judge: Client) -> None:
    of = b.document()
    answer = judge.post(reverse("attach_original", args=[of.key]), {"pasted": TEXT})
    assert (answer.status_code, PolicyDocument.objects.get().raw) == (403, "")


# --- jobs ---------------------------------------------------------------------------------------


def job(state: str = "queued", **facts: object) -> Job:
    now = timezone.now()
    if state == "running":
        facts.setdefault("started_at", now)
    if state in ("done", "failed", "cancelled"):
        facts.setdefault("finished_at", now)
    return Job.objects.create(kind="recompute_all", state=state, **facts)


def stale(**facts: object) -> StaleRequest:
    return StaleRequest.objects.create(
        indicator=b.indicator(), region=b.region(), cause="observation",
        **{"queued_at": timezone.now(), **facts},
    )  # fmt: skip


def parked() -> StaleRequest:
    return stale(parked_at=timezone.now(), attempts=5, last_error="除数为零")


def test_jobs_page_shows_the_queue_and_what_is_parked(admin: Client) -> None:
    oldest = timezone.now() - timedelta(hours=2)
    stale(queued_at=oldest)
    stale()
    row = parked()
    answer = admin.get(reverse("jobs"))
    assert answer.context["queue"] == {"waiting": 2, "oldest": oldest, "parked": 1}
    assert list(answer.context["parked"]) == [row]
    assert answer.content.decode().count("除数为零") == 1


def test_empty_jobs_page_says_so(admin: Client) -> None:
    answer = admin.get(reverse("jobs"))
    assert answer.context["queue"] == {"waiting": 0, "oldest": None, "parked": 0}
    assert "还没有任务。" in answer.content.decode()


def test_running_job_has_a_progress_bar_and_a_live_address(admin: Client) -> None:
    row = job("running", done=30, total=120)
    done = job("done", done=120, total=120)
    body = admin.get(reverse("jobs")).content.decode()
    assert f'data-job="{reverse("job_state", args=[row.pk])}"' in body
    assert f'data-job="{reverse("job_state", args=[done.pk])}"' not in body
    assert 'max="120" value="30"' in body


def test_job_state_is_json_for_the_progress_bar(admin: Client) -> None:
    row = job("running", done=30, total=120, message="正在计算")
    answer = admin.get(reverse("job_state", args=[row.pk]))
    assert answer.json() == {
        "state": "running", "label": "进行中", "done": 30, "total": 120,
        "message": "正在计算", "error": "", "over": False,
    }  # fmt: skip
    assert answer["Cache-Control"] == "no-store"
    assert admin.get(reverse("job_state", args=[job("done").pk])).json()["over"] is True


def test_failed_job_is_queued_anew(admin: Client) -> None:
    row = job("failed", error="连接中断", attempts=5)
    answer = admin.post(reverse("job_retry", args=[row.pk]), follow=True)
    row.refresh_from_db()
    assert (row.state, row.attempts, row.error) == ("queued", 0, "")
    assert (said(answer), b.events()) == (["任务已重新排队。"], ["accounts.retry_job"])


def test_finished_job_is_not_retried(admin: Client) -> None:
    row = job("done")
    answer = admin.post(reverse("job_retry", args=[row.pk]), follow=True)
    row.refresh_from_db()
    assert (row.state, said(answer)) == ("done", ["这个任务已不是失败或取消的状态，不用重试。"])


def test_parked_row_is_put_back_once(admin: Client) -> None:
    row = parked()
    first = admin.post(reverse("stale_retry", args=[row.pk]), follow=True)
    again = admin.post(reverse("stale_retry", args=[row.pk]), follow=True)
    row.refresh_from_db()
    assert row.parked_at is None
    assert (said(first), said(again)) == (["已放回队列。"], ["这一行已不在停放之列。"])


def test_recompute_all_asks_for_one_job_at_a_time(admin: Client) -> None:
    first = admin.post(reverse("recompute_all"), follow=True)
    again = admin.post(reverse("recompute_all"), follow=True)
    assert (said(first), said(again)) == (
        ["已请求重新计算全部判定。"], ["重新计算已在进行，请等它完成。"],
    )  # fmt: skip
    row = Job.objects.get()
    assert (row.kind, row.state, row.requested_by.username) == (
        "recompute_all", "queued", "sysadmin",
    )  # fmt: skip


@pytest.mark.parametrize("role", ["official", "analyst", "reviewer", "program_editor", "auditor"])
def test_jobs_belong_to_the_system_administrator(role: str) -> None:
    client = b.client_of(b.person("other", role, at=b.department()))
    row, waiting = job("failed"), parked()
    answers = [
        client.get(reverse("jobs")),
        client.get(reverse("job_state", args=[row.pk])),
        client.post(reverse("job_retry", args=[row.pk])),
        client.post(reverse("stale_retry", args=[waiting.pk])),
        client.post(reverse("recompute_all")),
    ]
    assert {answer.status_code for answer in answers} == {403}
    assert (Job.objects.get().state, StaleRequest.objects.parked().count()) == ("failed", 1)


@pytest.mark.parametrize("name", ["job_retry", "stale_retry"])
def test_retry_is_never_taken_by_a_get(admin: Client, name: str) -> None:
    assert admin.get(reverse(name, args=[1])).status_code == 405


def test_jobs_page_costs_the_same_queries_with_one_and_three_rows(admin: Client) -> None:
    counts = []
    for place in range(3):
        job("failed", requested_by=b.person(f"asker{place}"))
        StaleRequest.objects.create(
            indicator=b.indicator(f"I{place}"), region=b.region(), cause="observation",
            queued_at=timezone.now(), parked_at=timezone.now(), last_error="连接中断",
        )  # fmt: skip
        admin.get(reverse("jobs"))
        with CaptureQueriesContext(connection) as queries:
            admin.get(reverse("jobs"))
        counts.append(len(queries))
    assert counts[0] == counts[2]
    assert counts[0] <= 12
