"""Writes to documents, measures and the queue: what is kept and what is refused."""

from __future__ import annotations

import hashlib

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.versions import Conflict
from targets import actions
from targets.errors import Refused
from targets.models import Clause, Measure, PolicyDocument, StaleRequest
from tests.indicators import builders as b

pytestmark = pytest.mark.django_db
TEXT = "一、目标\n企业达到九千家。\n"


@pytest.fixture
def judge() -> User:
    return b.person("judge", "reviewer")


def test_original_anchors_quotes_and_names_the_missing_ones(judge: User) -> None:
    of = b.document()
    found = b.clause(of, "found", quote="九千家")
    b.clause(of, "gone", quote="一万家")
    b.clause(of, "silent", quote="")
    assert actions.attach_original(by=judge, document=of, raw=TEXT) == ["gone"]
    of.refresh_from_db()
    found.refresh_from_db()
    assert of.text[found.text_start : found.text_end] == "九千家"
    assert of.raw_sha256 == hashlib.sha256(TEXT.encode()).hexdigest()
    spans = dict(Clause.objects.values_list("key", "text_start"))
    assert (spans["gone"], spans["silent"]) == (None, None)


def test_same_original_again_changes_nothing(judge: User) -> None:
    of = b.document()
    actions.attach_original(by=judge, document=of, raw=TEXT)
    of.refresh_from_db()
    assert actions.attach_original(by=judge, document=of, raw=TEXT) == []
    assert b.events() == ["targets.attach_original"]


def test_another_original_is_refused(judge: User) -> None:
    of = b.document()
    actions.attach_original(by=judge, document=of, raw=TEXT)
    with pytest.raises(Refused, match="原文一经附上不再更改"):
        actions.attach_original(by=judge, document=of, raw=TEXT + "另一句。")
    of.refresh_from_db()
    assert of.raw == TEXT


def test_two_people_attach_different_originals_the_first_stays(judge: User) -> None:
    of, theirs = b.document(), b.document()
    actions.attach_original(by=judge, document=of, raw=TEXT)
    with pytest.raises(Refused, match="原文一经附上不再更改"):
        actions.attach_original(by=judge, document=theirs, raw="另一份原文。")
    assert PolicyDocument.objects.get().raw == TEXT
    assert b.events() == ["targets.attach_original"]


@pytest.mark.parametrize("raw", ["", " \n\t ", "坏\x00字"])
def test_original_without_readable_words_is_refused(judge: User, raw: str) -> None:
    of = b.document()
    with pytest.raises(Refused):
        actions.attach_original(by=judge, document=of, raw=raw)
    assert (PolicyDocument.objects.get().raw, b.events()) == ("", [])


def test_judgement_keeps_who_when_and_why(judge: User) -> None:
    row = actions.judge_measure(
        by=judge, measure=b.measure(), version=1, status="done", reason=" 平台已建成 "
    )
    assert (row.status, row.reason, row.judged_by, row.version) == ("done", "平台已建成", judge, 2)
    assert row.judged_at is not None


@pytest.mark.parametrize(
    ("status", "reason", "sentence"),
    [
        ("unjudged", "说明", "请选择一种评定结果"),
        ("great", "说明", "请选择一种评定结果"),
        ("done", "  ", "请写明理由"),
    ],
)
def test_judgement_without_result_or_reason_is_refused(
    judge: User, status: str, reason: str, sentence: str
) -> None:
    row = b.measure()
    with pytest.raises(Refused, match=sentence):
        actions.judge_measure(by=judge, measure=row, version=1, status=status, reason=reason)
    assert (Measure.objects.get().status, b.events()) == ("unjudged", [])


def test_judgement_on_an_older_version_conflicts(judge: User) -> None:
    row = b.measure()
    actions.judge_measure(by=judge, measure=row, version=1, status="done", reason="平台已建成")
    with pytest.raises(Conflict):
        actions.judge_measure(by=judge, measure=row, version=1, status="dropped", reason="停办")
    assert Measure.objects.get().status == "done"


def test_parked_row_goes_back_to_work_once(judge: User) -> None:
    now = timezone.now()
    row = StaleRequest.objects.create(
        indicator=b.indicator(), region=b.region(), cause="observation", queued_at=now,
        parked_at=now, attempts=5, next_try_at=now, last_error="连接中断",
    )  # fmt: skip
    actions.retry_parked(by=judge, request=row)
    assert (row.parked_at, row.attempts, row.next_try_at) == (None, 0, None)
    with pytest.raises(Refused, match="已不在停放之列"):
        actions.retry_parked(by=judge, request=row)
    assert b.events() == ["targets.retry_parked"]


def test_requested_verdicts_queue_each_cell_once(judge: User) -> None:
    both = [b.promise(b.indicator()), b.promise(b.indicator(), "9500")]
    other = b.promise(b.indicator("OTHER"))
    assert actions.request_verdicts(by=judge, targets=both, reason="核对") == 2
    assert [row.indicator.code for row in StaleRequest.objects.all()] == ["FIRMS"]
    assert other.indicator.code == "OTHER"
