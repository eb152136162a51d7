"""The life of a value: told from its rows, withdrawn with a reason, brought back as a new draft."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import audit
from accounts.actions import hand_over
from accounts.models import AuditEvent, User
from indicators import actions
from indicators.models import Evidence, Observation, Upload
from qdpolicy.entry.timeline import Life, differences
from tests.indicators import builders as b

pytestmark = pytest.mark.django_db


@pytest.fixture
def analyst() -> User:
    b.indicator("FIRMS", at=b.department("division", parent=b.department("bureau")))
    b.region()
    return b.person("analyst", "analyst", at=b.department("bureau"))


@pytest.fixture
def client(analyst: User) -> Client:
    return b.client_of(analyst)


@pytest.fixture
def reviewer() -> User:
    return b.person("reviewer", "reviewer", at=b.department("elsewhere"))


def entry(value: str, **facts: Any) -> actions.Entry:
    return actions.Entry(
        indicator=b.indicator("FIRMS"), region=b.region(), period="2024", value=Decimal(value),
        **facts,
    )  # fmt: skip


def life(client: Client, row: Observation) -> Life:
    answer = client.get(reverse("entry", args=[row.pk]))
    assert answer.status_code == 200
    return answer.context["life"]


def told(life_: Life) -> list[tuple[str, str]]:
    """The labels and people, oldest first."""
    return [(moment.label, moment.who) for moment in reversed(life_.moments)]


def returned_and_changed(analyst: User, reviewer: User) -> Observation:
    """Entered, submitted, returned, amended, submitted, approved."""
    row = actions.enter(by=analyst, entry=entry("8000", note="初稿"))
    actions.submit(by=analyst, observation=row, version=row.version)
    actions.return_(by=reviewer, observation=row, version=row.version, reason="请补来源")
    again = entry("8010", note="初稿", source_title="统计公报")
    actions.amend(by=analyst, observation=row, version=row.version, entry=again)
    actions.submit(by=analyst, observation=row, version=row.version)
    actions.approve(by=reviewer, observation=row, version=row.version)
    return row


def test_life_tells_every_step_with_who_and_why(
    client: Client, analyst: User, reviewer: User
) -> None:
    row = returned_and_changed(analyst, reviewer)
    found = life(client, row)
    mine, theirs = "analyst同志", "reviewer同志"
    assert told(found) == [
        ("录入", mine), ("提交", mine), ("退回", theirs), ("修改", mine), ("提交", mine),
        ("核定", theirs),
    ]  # fmt: skip
    moments = found.moments[::-1]
    assert moments[2].reason == "请补来源"
    assert [str(each) for each in moments[3].differences] == [
        "数值：由“8,000家”改为“8,010家”", "来源：由“空”改为“统计公报”",
    ]  # fmt: skip
    assert [(v.row.value, v.standing) for v in found.versions] == [
        (8010, "已核定"), (8000, "旧稿"),
    ]  # fmt: skip


def test_correction_shows_what_it_changed_and_the_reason(
    client: Client, analyst: User, reviewer: User
) -> None:
    first = returned_and_changed(analyst, reviewer)
    actions.correct(by=analyst, observation=first, entry=entry("8050"), reason="公报更正")
    second = Observation.objects.in_progress().get()
    found = life(client, second)
    assert found.moments[0].label == "更正"
    assert found.moments[0].reason == "公报更正"
    assert "数值：由“8,010家”改为“8,050家”" in [str(d) for d in found.moments[0].differences]
    actions.submit(by=analyst, observation=second, version=1)
    actions.approve(by=reviewer, observation=second, version=2)
    versions = life(client, first).versions
    assert [(v.row.value, v.standing, v.may_come_back) for v in versions] == [
        (8050, "已核定", False), (8010, "已被取代", True), (8000, "旧稿", True),
    ]  # fmt: skip


def test_handed_over_draft_tells_who_entered_and_who_took_over(
    client: Client, analyst: User
) -> None:
    leaver = b.person("leaver", "analyst", at=b.department("bureau"))
    row = actions.enter(by=leaver, entry=entry("8000"))
    hand_over(by=None, user=leaver, successor=analyst, reason="调岗")
    found = life(client, row)
    assert told(found) == [("录入", "leaver同志"), ("接手", "analyst同志")]
    row.refresh_from_db()
    assert (row.entered_by, row.version, row.value) == (analyst, 2, 8000)


def test_second_return_of_an_unchanged_value_keeps_the_first_reason(
    client: Client, analyst: User, reviewer: User
) -> None:
    row = actions.enter(by=analyst, entry=entry("8000"))
    for reason in ("请补来源", "来源不符", "还是不符"):
        actions.submit(by=analyst, observation=row, version=row.version)
        actions.return_(by=reviewer, observation=row, version=row.version, reason=reason)
    found = life(client, row)
    reasons = [moment.reason for moment in found.moments if moment.label == "退回"]
    assert reasons == ["还是不符", "来源不符", "请补来源"]
    assert [label for label, _who in told(found)] == ["录入", *["提交", "退回"] * 3]
    assert len(found.versions) == 1


def test_life_says_from_where_a_value_came(client: Client, analyst: User) -> None:
    upload = Upload.objects.create(
        by=analyst, at=timezone.now(), name="年报.xlsx", size=1, sha256="0" * 64, content=b"x"
    )
    row = actions.enter(
        by=analyst,
        entry=entry("8000", origin="workbook", origin_place="填报 D17", upload=upload),
    )
    body = client.get(reverse("entry", args=[row.pk])).content.decode()
    assert "上传的表格" in body
    assert "填报 D17" in body
    assert f'<a href="{reverse("upload", args=[upload.pk])}">年报.xlsx</a>' in body
    assert life(client, row).moments[0].origin == "上传的表格 填报 D17"
    event = AuditEvent.objects.get(action="indicators.enter")
    assert (event.after["origin"], event.after["origin_place"]) == ("workbook", "填报 D17")


def test_published_by_a_round_and_other_events_of_the_trail_are_told(
    client: Client, analyst: User, reviewer: User
) -> None:
    row = returned_and_changed(analyst, reviewer)
    later = row.approved_at + timedelta(days=1)
    Observation.objects.filter(pk=row.pk).update(published_at=later)
    with audit.transaction():
        audit.record(by=reviewer, action="indicators.something", target=row, reason="另一件事")
    labels = told(life(client, row))
    assert labels[-1] == ("发布", "")
    assert ("indicators.something", "reviewer同志") in labels


def test_life_costs_the_same_queries_however_long_it_is(
    client: Client, analyst: User, reviewer: User
) -> None:
    row = actions.enter(by=analyst, entry=entry("8000"))
    counts = []
    for turn in range(3):
        client.get(reverse("entry", args=[row.pk]))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("entry", args=[row.pk]))
        counts.append(len(queries))
        again = entry(str(8001 + turn))
        actions.amend(by=analyst, observation=row, version=row.version, entry=again)
    assert counts[0] == counts[1] == counts[2]
    assert counts[0] <= 24


def test_reader_of_the_page_sees_no_form(analyst: User, reviewer: User) -> None:
    row = returned_and_changed(analyst, reviewer)
    auditor = b.client_of(b.person("auditor", "auditor"))
    body = auditor.get(reverse("entry", args=[row.pk])).content.decode()
    for name in ("entry_bring_back", "entry_withdraw", "entry_submit", "entry_attach"):
        assert reverse(name, args=[row.pk]) not in body
    assert "已核定" in body


def test_differences_of_a_missing_value_are_words(analyst: User) -> None:
    some = b.actual(b.indicator("FIRMS"), "0", "2020", by=analyst)
    none = b.actual(b.indicator("FIRMS"), None, "2021", by=analyst)
    assert [str(each) for each in differences(some, none)] == [
        "数值：由“0家”改为“空”", "数据状态：由“正常”改为“未统计”",
    ]  # fmt: skip


# --- withdrawing --------------------------------------------------------------------------------


def test_draft_is_withdrawn_with_a_reason_and_stays_on_record(
    client: Client, analyst: User
) -> None:
    row = actions.enter(by=analyst, entry=entry("8000"))
    url = reverse("entry_withdraw", args=[row.pk])
    refused = client.post(url, {"version": "1", "reason": " "}, follow=True)
    assert [str(m) for m in refused.context["messages"]] == ["请写明理由。"]
    client.post(url, {"version": "1", "reason": "填错单元格"})
    row.refresh_from_db()
    assert (row.withdrawn_by, row.withdraw_reason) == (analyst, "填错单元格")
    found = life(client, row)
    assert (found.moments[0].label, found.moments[0].reason) == ("撤回", "填错单元格")
    assert found.versions[0].standing == "已撤回"
    actions.enter(by=analyst, entry=entry("8001"))


def test_withdrawal_of_an_older_version_is_409(client: Client, analyst: User) -> None:
    row = actions.enter(by=analyst, entry=entry("8000"))
    actions.amend(by=analyst, observation=row, version=1, entry=entry("8010"))
    answer = client.post(
        reverse("entry_withdraw", args=[row.pk]),
        {"version": "1", "reason": "填错", "seen": "8,000家"},
    )
    body = answer.content.decode()
    assert (answer.status_code, "8,000家" in body, "8,010家" in body) == (409, True, True)
    assert Observation.objects.in_progress().count() == 1


# --- bringing back ------------------------------------------------------------------------------


def test_past_version_comes_back_as_a_new_draft(
    client: Client, analyst: User, reviewer: User
) -> None:
    row = returned_and_changed(analyst, reviewer)
    old = Observation.objects.get(copy_of=row)
    page = client.get(reverse("entry", args=[row.pk]))
    data = {"seen": str(page.context["seen"]), "reason": "初稿才对"}
    client.post(reverse("entry_bring_back", args=[old.pk]), data)
    new = Observation.objects.in_progress().get()
    assert (new.value, new.note, new.origin) == (8000, "初稿", "restored")
    assert (new.supersedes, new.reason, new.origin_place) == (row, "初稿才对", f"#{old.pk}")
    assert life(client, new).moments[0].label == "恢复旧稿"
    row.refresh_from_db()
    assert row.superseded_at is None


def test_past_version_comes_back_over_the_open_draft_that_was_seen(
    client: Client, analyst: User
) -> None:
    row = actions.enter(by=analyst, entry=entry("8000"))
    actions.amend(by=analyst, observation=row, version=1, entry=entry("8010"))
    old = Observation.objects.get(copy_of=row)
    data = {"seen": f"{row.pk}.2.0", "reason": "改回"}
    client.post(reverse("entry_bring_back", args=[old.pk]), data)
    row.refresh_from_db()
    assert (row.value, row.version, row.origin) == (8000, 3, "restored")
    kept = Observation.objects.filter(copy_of=row).values_list("value", flat=True)
    assert set(kept) == {8000, 8010}


def test_version_that_would_be_an_error_today_is_not_brought_back(
    client: Client, analyst: User
) -> None:
    """What stops a typed value stops a restored one."""
    row = actions.enter(by=analyst, entry=entry("-8000"))
    actions.amend(by=analyst, observation=row, version=1, entry=entry("8010"))
    old = Observation.objects.get(copy_of=row)
    data = {"seen": f"{row.pk}.2.0", "reason": "改回"}
    answer = client.post(reverse("entry_bring_back", args=[old.pk]), data, follow=True)
    assert "是负数，这个指标不能为负" in answer.content.decode()
    row.refresh_from_db()
    assert (row.value, row.version) == (8010, 2)


def test_bringing_back_over_an_unseen_value_is_409(client: Client, analyst: User) -> None:
    row = actions.enter(by=analyst, entry=entry("8000"))
    actions.amend(by=analyst, observation=row, version=1, entry=entry("8010"))
    old = Observation.objects.get(copy_of=row)
    actions.amend(by=analyst, observation=row, version=2, entry=entry("8020"))
    data = {"seen": f"{row.pk}.2.0", "reason": "改回", "seen_value": "8,010家"}
    answer = client.post(reverse("entry_bring_back", args=[old.pk]), data)
    body = answer.content.decode()
    assert (answer.status_code, "8,010家" in body, "8,020家" in body) == (409, True, True)
    row.refresh_from_db()
    assert row.value == 8020


def test_present_value_is_not_brought_back(client: Client, analyst: User, reviewer: User) -> None:
    row = returned_and_changed(analyst, reviewer)
    data = {"seen": f"0.0.{row.pk}", "reason": "试试"}
    answer = client.post(reverse("entry_bring_back", args=[row.pk]), data, follow=True)
    assert [str(m) for m in answer.context["messages"]] == ["这就是现在的数值，不需要恢复。"]


@pytest.mark.parametrize("seen", ["", "1", "1.2", "a.b.c", "1.2.3.4", "-1.0.0"])
def test_bringing_back_without_a_token_is_400(client: Client, analyst: User, seen: str) -> None:
    row = actions.enter(by=analyst, entry=entry("8000"))
    answer = client.post(
        reverse("entry_bring_back", args=[row.pk]), {"seen": seen, "reason": "改回"}
    )
    assert answer.status_code == 400


def test_strangers_past_version_is_404(client: Client) -> None:
    of = b.indicator("SECRET", at=b.department("elsewhere"))
    foreign = b.actual(of, "1", superseded_at="2025-01-01T00:00Z")
    for name in ("entry_bring_back", "entry_withdraw", "entry_attach"):
        data = {"seen": "0.0.0", "reason": "试试", "version": "1"}
        assert client.post(reverse(name, args=[foreign.pk]), data).status_code == 404
    assert (Observation.objects.count(), Evidence.objects.count()) == (1, 0)


def test_loaded_draft_may_be_taken_up_as_ones_own(client: Client, analyst: User) -> None:
    loaded = b.actual(
        b.indicator("FIRMS"), "2053", by=b.person("loader"), review_state="draft", key="k1"
    )
    data = {"seen": "0.0.0", "reason": "采用文件中的数值"}
    client.post(reverse("entry_bring_back", args=[loaded.pk]), data)
    mine = Observation.objects.get(key=None)
    assert (mine.value, mine.entered_by) == (2053, analyst)
