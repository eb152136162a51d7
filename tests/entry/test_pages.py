"""The pages of work on actuals: scope, refusals that lose nothing, conflicts, the queue."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Department, User
from indicators.models import Duty, Observation, ReportingRound
from qdpolicy.entry.cells import latest_ended
from targets.models import StaleRequest
from tests.indicators import builders as b

pytestmark = pytest.mark.django_db


@pytest.fixture
def bureau() -> Department:
    return b.department("bureau")


@pytest.fixture
def division(bureau: Department) -> Department:
    return b.department("division", parent=bureau)


@pytest.fixture
def foreign() -> Observation:
    """A stranger's draft of another department, which must never show."""
    of = b.indicator("SECRET", at=b.department("elsewhere"))
    b.promise(of, "77777")
    return b.actual(of, "77001", "2019", review_state="submitted")


@pytest.fixture
def analyst(bureau: Department, division: Department) -> User:
    b.indicator("FIRMS", at=division)
    b.region()
    return b.person("analyst", "analyst", at=bureau)


@pytest.fixture
def client(analyst: User) -> Client:
    return b.client_of(analyst)


@pytest.fixture
def reviewer() -> User:
    return b.person("reviewer", "reviewer", at=b.department("elsewhere"))


def form_data(**fields: str) -> dict[str, str]:
    return {
        "indicator": "FIRMS", "region": "370200", "period": "2024", "value": "8000",
        "obs_status": "A", "vintage": "annual", **fields,
    }  # fmt: skip


def draft(by: User, value: str = "8000", state: str = "draft", **facts: object) -> Observation:
    if state == "returned":
        facts = {"return_reason": "请补来源", **facts}
    return b.actual(b.indicator("FIRMS"), value, by=by, review_state=state, **facts)


# --- scope --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["entry", "entry_edit"])
def test_page_of_a_strangers_value_is_404(client: Client, foreign: Observation, name: str) -> None:
    assert client.get(reverse(name, args=[foreign.pk])).status_code == 404


@pytest.mark.parametrize("name", ["entry_edit", "entry_submit"])
def test_posting_to_a_strangers_value_is_404(
    client: Client, foreign: Observation, name: str
) -> None:
    Observation.objects.filter(pk=foreign.pk).update(review_state="draft")
    answer = client.post(reverse(name, args=[foreign.pk]), {**form_data(), "version": "1"})
    foreign.refresh_from_db()
    assert (answer.status_code, foreign.review_state, foreign.value) == (404, "draft", 77001)


@pytest.mark.parametrize("method", ["get", "post"])
def test_entering_a_strangers_indicator_is_404(
    client: Client, foreign: Observation, method: str
) -> None:
    answer = getattr(client, method)(reverse("entry_new"), form_data(indicator="SECRET"))
    assert (answer.status_code, Observation.objects.count()) == (404, 1)


@pytest.mark.parametrize("name", ["entry_list", "entry_new"])
def test_strangers_data_show_on_no_page_of_mine(
    client: Client, foreign: Observation, name: str
) -> None:
    body = client.get(reverse(name)).content.decode()
    assert [word for word in ("SECRET", "77,001", "77,777") if word in body] == []


def test_reviewer_sees_every_department_but_does_not_enter(
    reviewer: User, foreign: Observation
) -> None:
    client = b.client_of(reviewer)
    assert client.get(reverse("entry", args=[foreign.pk])).status_code == 200
    assert client.get(reverse("entry_new")).status_code == 403
    assert client.post(reverse("entry_submit", args=[foreign.pk])).status_code == 403


@pytest.mark.parametrize("name", ["entry_approve", "entry_return"])
def test_analyst_does_not_review(client: Client, analyst: User, name: str) -> None:
    row = draft(analyst, state="submitted")
    answer = client.post(reverse(name, args=[row.pk]), {"version": "1", "reason": "请补来源"})
    row.refresh_from_db()
    assert (answer.status_code, row.review_state) == (403, "submitted")


def test_signed_out_visitor_is_sent_to_the_login_page() -> None:
    answer = Client().get(reverse("entry_list"))
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/actuals/")


def test_user_without_department_may_enter_nothing(foreign: Observation) -> None:
    client = b.client_of(b.person("loose", "analyst"))
    assert list(client.get(reverse("entry_list")).context["page"]) == []
    assert client.get(reverse("entry", args=[foreign.pk])).status_code == 404


# --- entering -----------------------------------------------------------------------------------


def test_new_value_is_kept_as_a_draft(client: Client, analyst: User) -> None:
    answer = client.post(reverse("entry_new"), form_data(value="0.8万家", source_title="统计公报"))
    row = Observation.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, reverse("entry", args=[row.pk]))
    assert (row.value, row.entered_text, row.source_title) == (8000, "0.8万家", "统计公报")
    assert (row.review_state, row.entered_by) == ("draft", analyst)


def test_new_value_may_be_submitted_at_once(client: Client) -> None:
    client.post(reverse("entry_new"), form_data(then="submit"))
    assert Observation.objects.get().review_state == "submitted"
    assert b.events() == ["indicators.enter", "indicators.submit"]


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("value", "八千左右", "“八千左右”不是确切的数值，请填写具体数字。"),
        ("value", "NaN", "数值必须是有限的数。"),
        ("value", "1e400", "不接受科学计数法，请写出完整的数字。"),
        ("value", "-5", "-5家是负数，这个指标不能为负。请核对正负号。"),
        ("value", "80.5", "80.5家不是整数个，计数指标只能是整数。请核对小数点和单位。"),
        ("period", "2199", "报告期从2199-01-01开始，还没有到，不能填报实绩。请改正报告期。"),
        (
            "period",
            "明年",
            "“明年”不是报告期，请写成 2024、2024-S1、2024-Q3、2024-09 或 2022-06-07。",
        ),
        ("source_url", "ftp://x", "链接须以 http:// 或 https:// 开头。"),
    ],
)
def test_refused_form_comes_back_filled_and_nothing_is_written(
    client: Client, field: str, text: str, sentence: str
) -> None:
    typed = form_data(**{"note": "来自年报", "source_title": "公报", field: text})
    answer = client.post(reverse("entry_new"), typed)
    form = answer.context["form"]
    # A doubt about the period is shown at the value, which it stops.
    shown = [error for errors in form.errors.values() for error in errors]
    assert (answer.status_code, shown) == (200, [sentence])
    assert {name: form[name].value() for name in typed} == typed
    assert (Observation.objects.count(), b.events()) == (0, [])


def test_form_shows_last_years_value_the_goal_and_the_unit(client: Client, foreign: object) -> None:
    of = b.indicator("FIRMS")
    b.actual(of, "7920", "2023")
    b.promise(of, "9000", "2026")
    answer = client.get(
        reverse("entry_new"), {"indicator": "FIRMS", "region": "370200", "period": "2024"}
    )
    around = answer.context["around"]
    assert around.last_year.value == 7920
    assert [promise.goal for promise in around.promises] == ["2026年 达到 9,000家以上"]
    body = answer.content.decode()
    assert "计量单位：家；上年同期：7,920家" in body


def test_warning_wants_a_tick_and_an_explanation_that_stay_with_the_value(client: Client) -> None:
    b.actual(b.indicator("FIRMS"), "2000", "2023")
    first = client.post(reverse("entry_new"), form_data())
    assert [issue.code for issue in first.context["issues"]] == ["jump"]
    assert Observation.objects.count() == 1
    token = first.context["token"]
    unexplained = client.post(reverse("entry_new"), form_data(confirmed=token))
    assert unexplained.context["form"].errors == {"explanation": ["请写明数值为何与提示不同。"]}
    other = client.post(
        reverse("entry_new"), form_data(confirmed=token, value="9000", explanation="新办法")
    )
    assert other.context["form"].non_field_errors() == [
        "请核对下面的提示；确认无误时勾选“我已核对”，再次保存。"
    ]
    client.post(reverse("entry_new"), form_data(confirmed=token, explanation="统计办法变了"))
    row = Observation.objects.in_progress().get()
    assert (row.value, row.doubts, row.explanation) == (8000, ["jump"], "统计办法变了")


def test_unit_slip_is_pointed_out(client: Client) -> None:
    b.actual(b.indicator("FIRMS"), "8000", "2023")
    answer = client.post(reverse("entry_new"), form_data(value="8000万"))
    assert [issue.code for issue in answer.context["issues"]] == ["unit_slip_up_4"]


def test_correction_wants_a_reason_and_keeps_the_old_value(client: Client) -> None:
    old = b.actual(b.indicator("FIRMS"), "7900")
    refused = client.post(reverse("entry_edit", args=[old.pk]), form_data(value="7950"))
    assert refused.context["form"].non_field_errors() == ["请写明理由。"]
    client.post(reverse("entry_edit", args=[old.pk]), form_data(value="7950", reason="公报更正"))
    new = Observation.objects.in_progress().get()
    old.refresh_from_db()
    assert (new.value, new.supersedes, old.superseded_at) == (7950, old, None)


def test_correction_stays_in_its_cell(client: Client) -> None:
    old = b.actual(b.indicator("FIRMS"), "7900")
    client.post(
        reverse("entry_edit", args=[old.pk]),
        form_data(value="7950", reason="公报更正", period="2020", region="370202"),
    )
    new = Observation.objects.in_progress().get()
    assert (new.reference_period, new.region) == ("2024", b.region())


@pytest.mark.parametrize("state", ["submitted", "superseded"])
def test_value_under_review_or_replaced_is_not_edited(
    client: Client, analyst: User, state: str
) -> None:
    facts = {"superseded_at": "2025-01-01T00:00Z"} if state == "superseded" else {}
    row = draft(analyst, state="submitted" if state == "submitted" else "approved", **facts)
    answer = client.post(reverse("entry_edit", args=[row.pk]), form_data(value="1", version="1"))
    assert answer["Location"] == reverse("entry", args=[row.pk])
    assert Observation.objects.get().value == 8000


def test_second_editor_gets_409_with_both_values_and_may_choose(
    client: Client, analyst: User
) -> None:
    row = draft(analyst)
    second = b.client_of(b.person("second", "analyst", at=b.department("division")))
    url = reverse("entry_edit", args=[row.pk])
    client.post(url, form_data(value="8010", version="1"))
    answer = second.post(url, form_data(value="8020", version="1", note="按月报"))
    assert answer.status_code == 409
    both = {clash.label: (clash.current, clash.attempted) for clash in answer.context["clashes"]}
    assert both["数值"] == ("8,010", "8,020")
    form = answer.context["form"]
    assert (form["version"].value(), form["value"].value(), form["note"].value()) == (
        "2", "8020", "按月报",
    )  # fmt: skip
    row.refresh_from_db()
    assert row.value == 8010
    second.post(url, form_data(value="8020", version="2", note="按月报"))
    row.refresh_from_db()
    assert (row.value, row.version) == (8020, 3)


def test_edit_without_a_version_conflicts(client: Client, analyst: User) -> None:
    row = draft(analyst)
    answer = client.post(reverse("entry_edit", args=[row.pk]), form_data(value="8010"))
    row.refresh_from_db()
    assert (answer.status_code, row.value) == (409, 8000)


def test_second_writer_of_an_empty_cell_is_shown_the_first_and_chooses(
    client: Client, analyst: User
) -> None:
    cell = {"indicator": "FIRMS", "region": "370200", "period": "2024"}
    token = client.get(reverse("entry_new"), cell).context["seen"]
    assert token == "FIRMS|370200|2024:0.0.0"
    second = b.client_of(b.person("second", "analyst", at=b.department("division")))
    client.post(reverse("entry_new"), form_data(value="8010", seen=token))
    answer = second.post(reverse("entry_new"), form_data(value="8020", seen=token))
    row = Observation.objects.get()
    body = answer.content.decode()
    at = timezone.localtime(row.entered_at).strftime("%Y-%m-%d %H:%M")
    assert answer.status_code == 409
    assert f"analyst同志 在 {at} 填写了 8,010家（草稿）" in body
    assert f'href="{reverse("entry", args=[row.pk])}">保留对方的值' in body
    assert "用我的值" in body
    assert [c.attempted for c in answer.context["clashes"] if c.field == "value"] == ["8,020"]
    row.refresh_from_db()
    assert row.value == 8010
    again = form_data(value="8020", seen=answer.context["seen"])
    assert second.post(reverse("entry_new"), again).status_code == 302
    row.refresh_from_db()
    assert (row.value, row.entered_by.username) == (8020, "second")
    assert Observation.objects.get(copy_of=row).value == 8010


def test_cell_typed_into_an_empty_form_shows_what_stands_there(client: Client) -> None:
    old = b.actual(b.indicator("FIRMS"), "7900")
    answer = client.post(reverse("entry_new"), form_data(value="7950", reason="公报更正"))
    assert (answer.status_code, answer.context["theirs"]) == (409, old)
    again = form_data(value="7950", reason="公报更正", seen=answer.context["seen"])
    client.post(reverse("entry_new"), again)
    assert Observation.objects.in_progress().get().supersedes == old


def test_token_of_another_cell_counts_for_nothing(client: Client, analyst: User) -> None:
    draft(analyst)
    token = "FIRMS|370200|2023:0.0.0"
    for seen in (token, "x", "FIRMS|370200|2024:", "FIRMS|370200|2024:1.1"):
        answer = client.post(reverse("entry_new"), form_data(value="8020", seen=seen))
        assert answer.status_code == 409
    assert Observation.objects.get().value == 8000


def test_refused_form_keeps_the_token_of_what_was_seen_first(client: Client, analyst: User) -> None:
    """Coming back with an error is no look at the cell: what came meanwhile is still unseen."""
    token = "FIRMS|370200|2024:0.0.0"
    draft(analyst, "8111")
    answer = client.post(reverse("entry_new"), form_data(value="abc", seen=token))
    assert (answer.status_code, answer.context["seen"]) == (200, token)
    assert client.post(reverse("entry_new"), form_data(seen=token)).status_code == 409


def test_second_correction_of_a_value_is_shown_the_first(client: Client) -> None:
    old = b.actual(b.indicator("FIRMS"), "7900")
    second = b.client_of(b.person("second", "analyst", at=b.department("division")))
    url = reverse("entry_edit", args=[old.pk])
    token = client.get(url).context["seen"]
    client.post(url, form_data(value="7950", reason="公报更正", seen=token))
    answer = second.post(url, form_data(value="7960", reason="年报更正", seen=token))
    assert (answer.status_code, answer.context["theirs"].value) == (409, 7950)
    second.post(url, form_data(value="7960", reason="年报更正", seen=answer.context["seen"]))
    assert Observation.objects.in_progress().get().value == 7960
    assert Observation.objects.filter(value=7950, copy_of__isnull=False).count() == 1


def test_owed_cell_of_another_departments_indicator_is_open_and_no_other(
    client: Client, analyst: User, foreign: Observation
) -> None:
    now = timezone.now()
    within = ReportingRound.objects.create(
        name="轮次", reference_period="2024", opens_at=now - timedelta(1),
        closes_at=now + timedelta(1), made_by=analyst, made_at=now,
    )  # fmt: skip
    Duty.objects.create(
        round=within, indicator=foreign.indicator, region=b.region(), reference_period="2024",
        department=b.department("elsewhere"), deputy=analyst,
    )  # fmt: skip
    refused = client.post(reverse("entry_new"), form_data(indicator="SECRET", period="2018"))
    assert refused.context["form"].errors == {"period": ["这个指标的这个地区和报告期不由您填报。"]}
    client.post(reverse("entry_new"), form_data(indicator="SECRET"))
    mine = Observation.objects.exclude(pk=foreign.pk).get()
    assert (mine.indicator, mine.reference_period) == (foreign.indicator, "2024")
    assert client.get(reverse("entry_edit", args=[mine.pk])).status_code == 200
    assert client.get(reverse("entry", args=[foreign.pk])).status_code == 404


# --- the workflow -------------------------------------------------------------------------------


def test_approval_says_that_verdicts_are_being_updated(analyst: User, reviewer: User) -> None:
    b.promise(b.indicator("FIRMS"))
    row = draft(analyst, state="submitted")
    client = b.client_of(reviewer)
    answer = client.post(reverse("entry_approve", args=[row.pk]), {"version": "1"}, follow=True)
    row.refresh_from_db()
    assert (row.review_state, row.approved_by) == ("approved", reviewer)
    assert [str(message) for message in answer.context["messages"]] == [
        "已核定。相关目标的判定正在更新（更新中），稍后可在指标页查看。"
    ]
    assert f'href="{reverse("indicator", args=["FIRMS"])}?region=370200"' in answer.content.decode()
    assert StaleRequest.objects.count() == 1


def test_step_on_an_older_version_is_409_with_both_values(analyst: User, reviewer: User) -> None:
    row = draft(analyst, state="submitted")
    Observation.objects.filter(pk=row.pk).update(version=4, value=Decimal("8123"))
    data = {"version": "1", "seen": "8,000家"}
    answer = b.client_of(reviewer).post(reverse("entry_approve", args=[row.pk]), data)
    body = answer.content.decode()
    assert answer.status_code == 409
    assert ("8,000家" in body, "8,123家" in body) == (True, True)
    assert Observation.objects.get().review_state == "submitted"


@pytest.mark.parametrize("version", ["", "-1", "x", "٣", "1" * 30])
def test_step_without_a_readable_version_is_400(
    analyst: User, reviewer: User, version: str
) -> None:
    row = draft(analyst, state="submitted")
    answer = b.client_of(reviewer).post(
        reverse("entry_approve", args=[row.pk]), {"version": version}
    )
    assert (answer.status_code, Observation.objects.get().review_state) == (400, "submitted")


def test_return_needs_a_reason_and_shows_it_to_the_author(
    client: Client, analyst: User, reviewer: User
) -> None:
    row = draft(analyst, state="submitted")
    theirs = b.client_of(reviewer)
    url = reverse("entry_return", args=[row.pk])
    refused = theirs.post(url, {"version": "1", "reason": " "}, follow=True)
    assert [str(message) for message in refused.context["messages"]] == ["请写明理由。"]
    theirs.post(url, {"version": "1", "reason": "请补来源"})
    mine = client.get(reverse("entry_list")).content.decode()
    assert mine.count("请补来源") == 1


def test_own_entry_is_refused_in_words(settings: object, bureau: Department) -> None:
    settings.SELF_APPROVAL = False
    both = b.person("both", "analyst", "reviewer", at=bureau)
    row = draft(both, state="submitted")
    client = b.client_of(both)
    assert client.get(reverse("entry", args=[row.pk])).context["may_review"] is False
    assert list(client.get(reverse("review_queue")).context["submissions"]) == []
    answer = client.post(reverse("entry_approve", args=[row.pk]), {"version": "1"}, follow=True)
    assert [str(message) for message in answer.context["messages"]] == [
        "不能核定自己录入的数值，请由另一位核定人处理。"
    ]


def test_small_office_may_approve_its_own(settings: object, bureau: Department) -> None:
    settings.SELF_APPROVAL = True
    both = b.person("both", "analyst", "reviewer", at=bureau)
    row = draft(both, state="submitted")
    b.client_of(both).post(reverse("entry_approve", args=[row.pk]), {"version": "1"})
    row.refresh_from_db()
    assert (row.review_state, row.self_approved) == ("approved", True)


@pytest.mark.parametrize("name", ["entry_submit", "entry_return", "entry_approve"])
def test_step_is_never_taken_by_a_get(analyst: User, name: str) -> None:
    both = b.client_of(b.person("both", "analyst", "reviewer", at=b.department("bureau")))
    row = draft(analyst, state="submitted")
    assert both.get(reverse(name, args=[row.pk])).status_code == 405


# --- lists --------------------------------------------------------------------------------------


def test_my_work_lists_what_is_open_and_filters_by_state(client: Client, analyst: User) -> None:
    rows = {
        state: draft(analyst, state=state, reference_period=str(2010 + place))
        for place, state in enumerate(["draft", "submitted", "returned", "approved"])
    }
    shown = client.get(reverse("entry_list")).context["page"]
    assert {row.pk for row in shown} == {rows[s].pk for s in ("draft", "submitted", "returned")}
    for state in ("draft", "submitted", "returned"):
        page = client.get(reverse("entry_list"), {"state": state}).context["page"]
        assert [row.pk for row in page] == [rows[state].pk]
    assert client.get(reverse("entry_list"), {"state": "everything"}).status_code == 404


def test_missing_lists_promised_cells_without_an_actual(client: Client, foreign: object) -> None:
    of = b.indicator("FIRMS")
    year = str(latest_ended("year", date.today()))
    b.promise(of, "9000", "2090")
    b.promise(of, "9500", "2095")
    b.promise(b.indicator("OLD", at=b.department("division")), "1", "2001")
    gap = client.get(reverse("entry_list")).context["missing"]
    assert [(g.indicator.code, str(g.period), len(g.promises)) for g in gap] == [("FIRMS", year, 2)]
    link = f"{reverse('entry_new')}?indicator=FIRMS&amp;region=370200&amp;period={year}"
    assert link in client.get(reverse("entry_list")).content.decode()
    b.actual(of, "8000", year, review_state="draft")
    assert client.get(reverse("entry_list")).context["missing"] == []


@pytest.mark.parametrize(
    ("frequency", "today", "period"),
    [
        ("year", date(2025, 12, 31), "2024"), ("year", date(2026, 1, 1), "2025"),
        ("half", date(2025, 6, 30), "2024-S2"), ("half", date(2025, 7, 1), "2025-S1"),
        ("quarter", date(2025, 1, 1), "2024-Q4"), ("month", date(2025, 3, 1), "2025-02"),
    ],
)  # fmt: skip
def test_latest_ended_period_is_over_before_today(frequency: str, today: date, period: str) -> None:
    assert str(latest_ended(frequency, today)) == period


def test_queue_shows_old_value_difference_and_doubts(analyst: User, reviewer: User) -> None:
    old = b.actual(b.indicator("FIRMS"), "2000")
    b.actual(b.indicator("FIRMS"), "3000", "2023")
    new = draft(analyst, state="submitted", supersedes=old)
    answer = b.client_of(reviewer).get(reverse("review_queue"))
    [item] = answer.context["submissions"]
    assert (item.observation, item.around.approved, item.difference) == (new, old, 6000)
    assert [issue.code for issue in item.issues] == ["jump"]


def test_difference_to_a_missing_value_is_none(analyst: User, reviewer: User) -> None:
    old = b.actual(b.indicator("FIRMS"), None)
    draft(analyst, state="submitted", supersedes=old)
    [item] = b.client_of(reviewer).get(reverse("review_queue")).context["submissions"]
    assert (item.around.approved, item.difference) == (old, None)


def test_districts_that_do_not_add_up_are_doubted(analyst: User, reviewer: User) -> None:
    city = b.region()
    of = b.indicator("SUM", at=b.department("division"), aggregation="sum")
    for code, value in (("370202", "30"), ("370203", "90")):
        area = b.region(code, f"区{code}", "district", parent=city)
        b.actual(of, value, region=area)
    b.actual(of, "100", by=analyst, review_state="submitted", region=city)
    [item] = b.client_of(reviewer).get(reverse("review_queue")).context["submissions"]
    assert [issue.code for issue in item.issues] == ["parts_do_not_add_up"]


@pytest.mark.parametrize(
    ("name", "role"), [("entry_list", "analyst"), ("review_queue", "reviewer")]
)
def test_list_costs_the_same_queries_with_one_and_three_rows(
    name: str, role: str, analyst: User
) -> None:
    viewer = b.person("viewer", role, at=b.department("bureau"))
    client = b.client_of(viewer)
    state = "submitted" if name == "review_queue" else "draft"
    counts = []
    for place in range(3):
        of = b.indicator(f"I{place}", at=b.department("division"))
        b.promise(of)
        author = b.person(f"author{place}")
        b.actual(of, "10", "2020", by=author, review_state=state)
        b.actual(of, "10", "2019")
        client.get(reverse(name))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse(name))
        counts.append(len(queries))
    assert counts[0] == counts[2]
    assert counts[0] <= 19


def test_stored_markup_is_shown_as_text(client: Client, analyst: User, reviewer: User) -> None:
    row = draft(analyst, state="submitted", note="<script>alert(1)</script>", source_title="<b>")
    for page in (
        client.get(reverse("entry", args=[row.pk])),
        b.client_of(reviewer).get(reverse("review_queue")),
    ):
        body = page.content.decode()
        assert "<script>alert" not in body
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in body
