"""Keeping what was typed in the grid: all or nothing, over what was seen and over nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import audit
from accounts.models import AuditEvent, User
from indicators.models import LockException, Observation, ReportingRound
from tests.entry.grid import builders as g
from tests.indicators import builders as b

pytestmark = pytest.mark.django_db

STATES = Observation.ReviewState


@pytest.fixture
def analyst() -> User:
    b.region()
    return g.analyst()


@pytest.fixture
def client(analyst: User) -> Client:
    g.firms()
    return b.client_of(analyst)


@pytest.fixture
def colleague() -> Client:
    """Somebody else of the same bureau."""
    return b.client_of(g.analyst("colleague"))


def cell(period: str = "2024", text: str = "8000", **more: Any) -> dict[str, Any]:
    return {"key": f"FIRMS|370200|{period}", "text": text, **more}


def token(period: str = "2024", client: Client | None = None) -> str:
    """What a page opened now would show as the version of a cell."""
    rows = Observation.objects.current().for_period(period).filter(key=None)
    open_ = rows.exclude(review_state=STATES.APPROVED).first()
    approved = rows.filter(review_state=STATES.APPROVED).first()
    seen = (open_.pk, open_.version) if open_ else (0, 0)
    return f"{seen[0]}.{seen[1]}.{approved.pk if approved else 0}"


def problems(answer: Any) -> dict[str, str]:
    assert answer.status_code == 422, answer.content.decode()
    return {row["key"]: row["sentence"] for row in answer.json()["problems"]}


# --- keeping ------------------------------------------------------------------------------------------


def test_new_values_are_kept_as_drafts_with_all_that_was_said(
    client: Client, analyst: User
) -> None:
    source = {"title": "统计公报", "url": "https://example.org/a", "date": "2025-03"}
    found = g.saved(
        client,
        cell("2023", "0.8万家", vintage="flash", status="P", note="初算"),
        cell("2024", "突破8100", explanation="无"),
        source=source,
    )
    first, second = Observation.objects.order_by("reference_period")
    assert (first.value, first.entered_text, first.vintage, first.obs_status) == (
        8000, "0.8万家", "flash", "P",
    )  # fmt: skip
    assert (first.note, first.origin, first.review_state) == ("初算", "grid", "draft")
    assert (first.source_title, first.source_url, first.source_date) == (
        "统计公报", "https://example.org/a", "2025-03",
    )  # fmt: skip
    assert (second.value, second.qualifier, second.entered_by) == (8100, "above", analyst)
    assert [(row["key"], row["token"], row["state"], row["shown"]) for row in found] == [
        ("FIRMS|370200|2023", f"{first.pk}.1.0", "draft", "8,000"),
        ("FIRMS|370200|2024", f"{second.pk}.1.0", "draft", "超过 8,100"),
    ]


def test_every_kept_value_is_in_the_trail_and_the_chain_holds(client: Client) -> None:
    g.saved(client, cell("2023"), cell("2024", "8100"))
    assert b.events() == ["indicators.enter", "indicators.enter"]
    event = AuditEvent.objects.order_by("-id")[0]
    assert event.source == "web /actuals/grid/save/"
    assert list(audit.verify()) == []


def test_draft_is_changed_with_its_past_kept_and_its_source_unless_another_is_named(
    client: Client,
) -> None:
    g.saved(client, cell(note="旧"), source={"title": "公报", "url": "", "date": ""})
    g.saved(client, cell(text="8100", token=token()))
    row = Observation.objects.current().get()
    assert (row.value, row.note, row.source_title, row.version) == (8100, "", "公报", 2)
    assert Observation.objects.get(copy_of=row).value == 8000
    g.saved(client, cell(text="8100", token=token()), source={"title": "年鉴"})
    row.refresh_from_db()
    assert (row.source_title, row.version) == ("年鉴", 3)


def test_same_save_twice_changes_nothing(client: Client) -> None:
    g.saved(client, cell())
    before = AuditEvent.objects.count()
    again = g.saved(client, cell(text="8,000", token=token()))
    assert (AuditEvent.objects.count(), Observation.objects.count()) == (before, 1)
    assert again[0]["token"] == token()


def test_same_save_sent_twice_by_the_network_is_a_conflict_with_oneself(client: Client) -> None:
    g.saved(client, cell())
    answer = g.save(client, cell())
    assert (answer.status_code, Observation.objects.count()) == (409, 1)
    assert answer.json()["conflicts"][0]["value"] == "8000"


def test_correction_of_an_approved_value_wants_a_reason_and_leaves_it_standing(
    client: Client,
) -> None:
    approved = b.actual(g.firms(), "7000")
    assert problems(g.save(client, cell(token=token()))) == {
        "FIRMS|370200|2024": "更正已核定的数值，请写明理由。"
    }
    found = g.saved(client, cell(token=token(), reason="笔误"))
    draft = Observation.objects.in_progress().get()
    assert (draft.supersedes, draft.reason, draft.review_state) == (approved, "笔误", "draft")
    assert found[0]["token"] == f"{draft.pk}.1.{approved.pk}"
    approved.refresh_from_db()
    assert approved.superseded_at is None


def test_returned_value_is_taken_up_again(client: Client, analyst: User) -> None:
    row = b.actual(g.firms(), "7000", by=analyst, review_state="returned", return_reason="请补")
    g.saved(client, cell(token=token()))
    row.refresh_from_db()
    assert (row.value, row.review_state, row.return_reason) == (8000, "draft", "请补")


def test_value_of_a_lent_indicator_is_kept_where_it_is_owed_and_nowhere_else(
    client: Client,
) -> None:
    lent = b.indicator("LENT", at=b.department("elsewhere"))
    g.duty(lent, "2024")
    g.saved(client, {"key": g.key(lent, "2024"), "text": "5"})
    assert g.save(client, {"key": g.key(lent, "2023"), "text": "5"}).status_code == 404
    assert Observation.objects.get().reference_period == "2024"


# --- missing values -----------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["L", "M", "Q"])
def test_missing_value_is_kept_with_its_reason_and_never_as_zero(
    client: Client, status: str
) -> None:
    assert problems(g.save(client, cell(text="", status=status))) == {
        "FIRMS|370200|2024": "没有数值时请写明原因。"
    }
    g.saved(client, cell(text="", status=status, note="调查未覆盖"))
    row = Observation.objects.get()
    assert (row.value, row.obs_status, row.note) == (None, status, "调查未覆盖")


def test_any_one_text_is_reason_enough_for_a_missing_value(client: Client) -> None:
    b.actual(g.firms(), "7000", "2022")
    g.saved(
        client,
        cell("2022", "", status="M", explanation="机构撤销", token=token("2022")),
        cell("2023", "", status="L", reason="未开展"),
    )
    rows = Observation.objects.in_progress().order_by("reference_period")
    assert [(row.value, row.reason) for row in rows] == [(None, "机构撤销"), (None, "未开展")]


def test_emptied_cell_is_refused_until_a_reason_is_chosen(client: Client) -> None:
    assert "请选择未统计" in problems(g.save(client, cell(text="")))["FIRMS|370200|2024"]
    assert Observation.objects.count() == 0


# --- doubts -------------------------------------------------------------------------------------------


def test_doubt_wants_to_be_seen_and_explained_and_stays_with_the_value(client: Client) -> None:
    b.actual(g.firms(), "800", "2023")
    answer = g.save(client, cell())
    assert problems(answer) == {"FIRMS|370200|2024": "请先核对对这个数值的提示。"}
    confirmed = answer.json()["problems"][0]["confirmed"]
    assert confirmed.startswith("8000|")
    unexplained = g.save(client, cell(confirmed=confirmed))
    assert problems(unexplained) == {"FIRMS|370200|2024": "请写明数值为何与提示不同。"}
    other = g.save(client, cell(text="8001", confirmed=confirmed, explanation="口径扩大"))
    assert other.status_code == 422
    g.saved(client, cell(confirmed=confirmed, explanation="口径扩大"))
    row = Observation.objects.in_progress().get()
    assert (row.explanation, row.doubts) == ("口径扩大", confirmed.split("|")[1:])


def test_reason_for_a_doubt_stays_with_a_draft_that_is_only_handed_in(
    client: Client, analyst: User
) -> None:
    b.actual(g.firms(), "800", "2023")
    b.actual(g.firms(), "8000", by=analyst, review_state="draft")
    (found,) = g.read(client, cell(token=token()))
    said = cell(
        token=token(), confirmed=found["confirmed"], explanation="口径扩大", reason="口径扩大"
    )
    assert [issue["code"] for issue in found["issues"]] == ["jump"]
    g.saved(client, said, submit=True)
    row = Observation.objects.current().get(reference_period="2024")
    assert (row.explanation, row.doubts, row.review_state) == ("口径扩大", ["jump"], "submitted")
    assert row.earlier.get().explanation == ""


def test_answer_to_a_doubt_is_not_taken_for_the_reason_of_a_correction(client: Client) -> None:
    b.actual(g.firms(), "800", "2023")
    (found,) = g.read(client, cell())
    g.saved(client, cell(confirmed=found["confirmed"], explanation="口径扩大", reason="口径扩大"))
    row = Observation.objects.in_progress().get()
    assert (row.explanation, row.reason, row.supersedes) == ("口径扩大", "", None)


def test_explanation_does_not_stay_where_nothing_was_doubted(client: Client) -> None:
    g.saved(client, cell(explanation="多余的话"))
    row = Observation.objects.get()
    assert (row.explanation, row.doubts) == ("", [])


def test_error_stops_whatever_is_said(client: Client) -> None:
    (found,) = g.read(client, cell(text="-5"))
    answer = g.save(client, cell(text="-5", confirmed=found["confirmed"], explanation="就是负的"))
    assert "不能为负" in problems(answer)["FIRMS|370200|2024"]
    assert answer.json()["problems"][0]["issues"][0]["severity"] == "error"


# --- all or nothing -----------------------------------------------------------------------------------


def test_one_wrong_cell_keeps_all_others_out_and_every_problem_is_named(client: Client) -> None:
    answer = g.save(
        client, cell("2021"), cell("2022", "八千左右"), cell("2023", ""), source={"url": "ftp://x"}
    )
    found = problems(answer)
    assert sorted(found) == ["FIRMS|370200|2022", "FIRMS|370200|2023", "source"]
    assert "http" in found["source"]
    assert Observation.objects.count() == 0
    assert b.events() == []


@pytest.mark.parametrize(
    "source",
    [
        {"title": "长" * 201},
        {"url": "https://" + "a" * 500},
        {"url": "javascript:alert(1)"},
        {"url": "https://a b"},
        {"date": "2025-13"},
        {"date": "2025-Q1"},
        {"date": "昨天"},
    ],
    ids=range(7),
)
def test_source_that_cannot_be_kept_is_told_in_words(client: Client, source: Any) -> None:
    assert list(problems(g.save(client, cell(), source=source))) == ["source"]
    assert Observation.objects.count() == 0


@pytest.mark.parametrize("source", [None, "公报", ["公报"], {"title": 5}, {"title": "a\0"}])
def test_what_is_no_source_is_400(client: Client, source: Any) -> None:
    answer = g.save(client, cell(), source=source)
    assert (answer.status_code, Observation.objects.count()) == (400, 0)


def test_cell_that_is_locked_keeps_the_block_out(client: Client) -> None:
    g.duty(g.firms(), "2024", opens=-3, closes=-1)
    answer = g.save(client, cell("2023"), cell("2024"))
    assert "截止" in problems(answer)["FIRMS|370200|2024"]
    assert Observation.objects.count() == 0


def test_exception_opens_the_locked_cell(client: Client) -> None:
    g.duty(g.firms(), "2024", opens=-3, closes=-1)
    now = timezone.now()
    LockException.objects.create(
        round=ReportingRound.objects.get(), department=g.bureau(), reason="补报", granted_at=now,
        ends_at=now + timedelta(days=1), granted_by=b.person("lifter", "reviewer"),
    )  # fmt: skip
    g.saved(client, cell())
    assert g.drafts() == [("2024", "8000")]


# --- two people in one cell ---------------------------------------------------------------------------


def test_second_of_two_is_shown_the_firsts_value_name_and_time(
    client: Client, colleague: Client
) -> None:
    seen = "0.0.0"
    g.saved(colleague, cell(text="8100", token=seen))
    answer = g.save(client, cell("2023"), cell(token=seen))
    assert answer.status_code == 409
    (conflict,) = answer.json()["conflicts"]
    row = Observation.objects.get()
    assert (conflict["key"], conflict["value"], conflict["shown"]) == (
        "FIRMS|370200|2024", "8100", "8,100",
    )  # fmt: skip
    assert (conflict["by"], conflict["token"]) == ("colleague同志", f"{row.pk}.1.0")
    assert conflict["at"] == timezone.localtime(row.entered_at).strftime("%Y-%m-%d %H:%M")


def test_whoever_chooses_the_own_value_overwrites_knowingly_and_nothing_is_lost(
    client: Client, colleague: Client, analyst: User
) -> None:
    g.saved(colleague, cell(text="8100", token="0.0.0"))
    conflict = g.save(client, cell()).json()["conflicts"][0]
    g.saved(client, cell(token=conflict["token"]))
    row = Observation.objects.current().get()
    assert (row.value, row.entered_by) == (8000, analyst)
    assert Observation.objects.get(copy_of=row).entered_by.username == "colleague"


@pytest.mark.parametrize("seen", ["", "0.0.0", "9.9.9", "0.0.7"])
def test_stale_or_invented_token_never_writes(client: Client, colleague: Client, seen: str) -> None:
    g.saved(colleague, cell(text="8100"))
    answer = g.save(client, cell(token=seen))
    assert answer.status_code == 409
    assert Observation.objects.get().value == 8100


def test_value_that_was_submitted_meanwhile_is_a_conflict_with_its_state(
    client: Client, analyst: User
) -> None:
    g.saved(client, cell())
    seen = token()
    g.saved(client, cell(token=seen), submit=True)
    answer = g.save(client, cell(text="8100", token=seen))
    assert answer.status_code == 409
    assert answer.json()["conflicts"][0]["state"] == "submitted"


def test_cell_that_was_approved_meanwhile_is_a_conflict(client: Client) -> None:
    seen = token()
    b.actual(g.firms(), "7000")
    answer = g.save(client, cell(token=seen, reason="更正"))
    assert answer.json()["conflicts"][0]["state"] == "approved"


# --- submitting ---------------------------------------------------------------------------------------


def test_kept_values_and_drafts_that_stood_there_are_submitted_together(
    client: Client, analyst: User
) -> None:
    g.saved(client, cell("2023"))
    found = g.saved(client, cell("2023", token=token("2023")), cell("2024"), submit=True)
    assert [row["state"] for row in found] == ["submitted", "submitted"]
    rows = Observation.objects.current()
    assert {row.review_state for row in rows} == {"submitted"}
    assert {row.submitted_by for row in rows} == {analyst}
    assert all(token_of["token"] == token(token_of["key"][-4:]) for token_of in found)


def test_submit_wants_a_plain_yes_or_no(client: Client) -> None:
    for wrong in ("yes", 1, None, "false"):
        assert g.save(client, cell(), submit=wrong).status_code == 400
    assert Observation.objects.count() == 0


# --- many ---------------------------------------------------------------------------------------------


def test_two_hundred_cells_are_one_save_and_queries_grow_evenly(client: Client) -> None:
    years = range(1925, 2025)
    for code in ("AAA", "BBB"):
        g.firms(code)
    keys = [f"{code}|370200|{year}" for code in ("BBB", "AAA") for year in years]
    with CaptureQueriesContext(connection) as asked:
        found = g.saved(client, *({"key": key, "text": key[-4:]} for key in keys))
    assert [row["key"] for row in found] == keys
    assert Observation.objects.count() == 200
    assert len(asked) < 20 * 200
