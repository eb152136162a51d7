"""The pages of rounds, duties, leaves and 督办: scope, words, conflicts, fixed costs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Department, User
from indicators import actions
from indicators.models import (
    Duty,
    Indicator,
    LockException,
    Observation,
    ReportingRound,
    SupervisionOrder,
    SupervisionRule,
)
from tests.dashboard.builders import snapshot
from tests.indicators import builders as b
from tests.indicators.roundworld import DAY, delivered, duty, lead, reporting_round

pytestmark = pytest.mark.django_db


@pytest.fixture
def bureau() -> Department:
    return b.department("bureau")


@pytest.fixture
def firms(bureau: Department) -> Indicator:
    return b.indicator("FIRMS", at=bureau)


@pytest.fixture
def analyst(bureau: Department) -> User:
    return b.person("analyst", "analyst", at=bureau)


@pytest.fixture
def theirs() -> Duty:
    """A duty of another department in a round of its own, which must never show to the analyst."""
    of = b.indicator("SECRET", at=b.department("elsewhere"))
    return duty(reporting_round("机密一轮", opens=-9 * DAY, closes=-3 * DAY), of)


@pytest.fixture
def boss() -> Client:
    return b.client_of(lead())


def told(answer: object) -> list[str]:
    return [str(message) for message in answer.context["messages"]]  # type: ignore[attr-defined]


def clock(moment: object) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")  # type: ignore[arg-type]


# --- scope ----------------------------------------------------------------------------------------


def test_analyst_sees_rounds_with_own_duties_only(
    firms: Indicator, analyst: User, theirs: Duty
) -> None:
    mine = duty(reporting_round(), firms)
    client = b.client_of(analyst)
    assert [line.round for line in client.get(reverse("rounds")).context["lines"]] == [mine.round]
    assert client.get(reverse("round", args=[theirs.round_id])).status_code == 404


def test_strangers_duties_of_a_shared_round_do_not_show(
    firms: Indicator, analyst: User, theirs: Duty
) -> None:
    duty(theirs.round, firms)
    answer = b.client_of(analyst).get(reverse("round", args=[theirs.round_id]))
    body = answer.content.decode()
    assert [item.duty.indicator for item, _order in answer.context["duties"]] == [firms]
    assert [word for word in ("SECRET", "elsewhere") if word in body] == []


def test_leave_of_another_department_does_not_show(
    firms: Indicator, analyst: User, theirs: Duty
) -> None:
    duty(theirs.round, firms)
    for department in (theirs.department, firms.department):
        actions.grant_exception(
            by=lead(), round_=theirs.round, department=department, reason="系统故障",
            ends_at=timezone.now() + DAY,
        )  # fmt: skip
    answer = b.client_of(analyst).get(reverse("round", args=[theirs.round_id]))
    assert [leave.department for leave in answer.context["leaves"]] == [firms.department]


def test_deputy_sees_the_duty(firms: Indicator) -> None:
    helper = b.person("helper", "analyst", at=b.department("far"))
    row = duty(reporting_round(), firms, deputy=helper)
    answer = b.client_of(helper).get(reverse("round", args=[row.round_id]))
    assert [item.duty for item, _order in answer.context["duties"]] == [row]


def test_strangers_order_is_404(analyst: User, theirs: Duty) -> None:
    order = actions.open_order(by=lead(), duty=theirs, reason="催办")
    client = b.client_of(analyst)
    assert client.get(reverse("order", args=[order.pk])).status_code == 404
    assert list(client.get(reverse("supervision")).context["orders"]) == []


@pytest.mark.parametrize(
    "name", ["round_new", "round_edit", "round_publish", "round_duties", "exception_new"]
)
def test_analyst_does_not_run_rounds(firms: Indicator, analyst: User, name: str) -> None:
    row = duty(reporting_round(), firms).round
    url = reverse(name, args=[] if name == "round_new" else [row.pk])
    assert b.client_of(analyst).post(url).status_code == 403


# --- reading --------------------------------------------------------------------------------------


def test_round_page_tells_by_department_how_far_it_is(
    boss: Client, firms: Indicator, analyst: User, theirs: Duty
) -> None:
    row = theirs.round
    duty(row, firms)
    second = b.indicator("SECOND", at=firms.department)
    duty(row, second)
    b.actual(firms, "8", "2024")
    b.actual(second, "8", "2024", review_state="submitted")
    answer = boss.get(reverse("round", args=[row.pk]))
    assert [
        (share.department.code, share.stage.code, share.progress.by_state)
        for share in answer.context["shares"]
    ] == [("elsewhere", "yellow", [1, 0, 0, 0, 0]), ("bureau", "handed_in", [0, 0, 0, 1, 1])]
    body = answer.content.decode()
    assert "逾期，督办黄灯" in body
    assert "已截止，待发布" in body


@pytest.mark.parametrize(
    ("opens", "closes", "code"),
    [(DAY, 9 * DAY, "ahead"), (-DAY, 9 * DAY, "open"), (-DAY, 2 * DAY, "soon"),
     (-9 * DAY, -timedelta(seconds=1), "shut"), (-30 * DAY, -8 * DAY, "red")],
)  # fmt: skip
def test_stage_follows_the_clock(
    boss: Client, firms: Indicator, opens: timedelta, closes: timedelta, code: str
) -> None:
    row = duty(reporting_round(opens=opens, closes=closes), firms).round
    if code == "shut" and timezone.localdate(row.closes_at) != timezone.localdate():
        code = "yellow"
    [share] = boss.get(reverse("round", args=[row.pk])).context["shares"]
    assert share.stage.code == code


def test_duties_are_filtered_by_where_they_stand(
    boss: Client, firms: Indicator, analyst: User
) -> None:
    row = reporting_round()
    missing, sent = duty(row, firms, period="2023"), duty(row, firms)
    delivered(firms, analyst, upto="submitted")
    url = reverse("round", args=[row.pk])
    for state, wanted in (("", [missing, sent]), ("missing", [missing]), ("submitted", [sent])):
        found = boss.get(url, {"state": state}).context["duties"]
        assert [item.duty for item, _order in found] == wanted
    assert boss.get(url, {"state": "lost"}).status_code == 404


def test_returned_duty_shows_the_reason(firms: Indicator, analyst: User) -> None:
    row = duty(reporting_round(), firms).round
    delivered(firms, analyst, upto="returned")
    assert "请补来源" in b.client_of(analyst).get(reverse("round", args=[row.pk])).content.decode()


COST = {
    ("rounds", "reviewer"): 9, ("round", "reviewer"): 17, ("supervision", "reviewer"): 8,
    ("rounds", "analyst"): 10, ("round", "analyst"): 19, ("supervision", "analyst"): 9,
}  # fmt: skip


@pytest.mark.parametrize(("name", "role"), COST)
def test_pages_cost_the_same_queries_with_one_and_three_rows(
    bureau: Department, analyst: User, name: str, role: str
) -> None:
    client = b.client_of(b.person("viewer", role, at=bureau))
    shared = reporting_round("共同一轮")
    url = reverse(name, args=[shared.pk] if name == "round" else [])
    counts = []
    for place in range(3):
        of = b.indicator(f"I{place}", at=bureau)
        snapshot(b.promise(of), "missed", "red")
        duty(shared, of)
        late = duty(reporting_round(f"第{place}轮"), of, period="2023")
        actions.open_order(by=lead(), duty=late, reason="催办")
        b.actual(of, "8", "2024", review_state="submitted", by=analyst)
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        counts.append(len(queries))
    assert [counts[0], counts[2]] == [COST[name, role]] * 2


# --- making and changing ------------------------------------------------------------------------


def round_data(**fields: str) -> dict[str, str]:
    now = timezone.now()
    return {
        "name": "2024年度填报", "period": "2024年", "opens_at": clock(now - DAY),
        "closes_at": clock(now + DAY), **fields,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("field", "moment"),
    [("opens_at", "0001-01-01 00:00"), ("closes_at", "9999-12-31 23:59")],
)
def test_hours_at_the_ends_of_the_calendar_are_refused_in_words(
    boss: Client, theirs: Duty, field: str, moment: str
) -> None:
    """PostgreSQL would keep them, and no page that lists the rounds could read them again."""
    rounds = ReportingRound.objects.count()
    answer = boss.post(reverse("round_new"), round_data(**{field: moment}))
    assert (answer.status_code, ReportingRound.objects.count()) == (200, rounds)
    assert answer.context["form"].errors[field] == ["年份请写在 2000 至 2100 之间。"]


def test_round_is_made_and_leads_to_its_duties(boss: Client) -> None:
    answer = boss.post(reverse("round_new"), round_data(note="请附来源"))
    row = ReportingRound.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, reverse("round_duties", args=[row.pk]))
    assert (row.name, row.reference_period, row.note) == ("2024年度填报", "2024", "请附来源")


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [("name", "", "必填"), ("period", "某年", "报告期"), ("closes_at", "明天", "时间请写成")],
)
def test_form_of_a_round_comes_back_in_words(
    boss: Client, field: str, text: str, words: str
) -> None:
    answer = boss.post(reverse("round_new"), round_data(**{field: text}))
    assert answer.status_code == 200
    assert ReportingRound.objects.count() == 0
    assert answer.context["form"].errors[field]
    if words != "必填":
        assert words in answer.content.decode()


def test_round_that_closes_first_comes_back_with_what_was_filled(boss: Client) -> None:
    late = clock(timezone.now() - 9 * DAY)
    answer = boss.post(reverse("round_new"), round_data(closes_at=late, note="别丢了"))
    body = answer.content.decode()
    assert "截止时间必须晚于开放时间" in body
    assert "别丢了" in body


def test_second_editor_sees_the_first_ones_value_and_chooses(boss: Client) -> None:
    row = reporting_round(opens=DAY)
    url = reverse("round_edit", args=[row.pk])
    other = lead()
    actions.change_round(
        by=other, round_=ReportingRound.objects.get(), version=1,
        facts=actions.RoundFacts(
            name="先改的名", period="2024", opens_at=row.opens_at, closes_at=row.closes_at
        ),
    )  # fmt: skip
    mine = round_data(name="后改的名", version="1")
    answer = boss.post(url, mine)
    body = answer.content.decode()
    assert answer.status_code == 409
    assert "先改的名" in body
    assert "后改的名" in body
    assert ReportingRound.objects.get().name == "先改的名"
    seen = answer.context["form"]["version"].value()
    assert boss.post(url, mine | {"version": seen}).status_code == 302
    assert ReportingRound.objects.get().name == "后改的名"


def test_form_without_its_version_is_a_bad_request(boss: Client) -> None:
    row = reporting_round(opens=DAY)
    assert boss.post(reverse("round_edit", args=[row.pk]), round_data()).status_code == 400


def test_everything_promised_about_a_department_is_offered_and_taken(
    boss: Client, firms: Indicator, theirs: Duty
) -> None:
    b.promise(firms)
    half = b.indicator("HALF", at=firms.department, frequency="half")
    b.promise(half, end="2090-S1")
    b.promise(b.indicator("SECOND", at=firms.department))
    b.promise(b.indicator("FAR", at=b.department("elsewhere")))
    row = reporting_round()
    url = reverse("round_duties", args=[row.pk])
    cells = boss.get(url, {"department": "bureau"}).context["cells"]
    assert [key for key, _gap in cells] == [
        "FIRMS|370200|2024", "SECOND|370200|2024", "HALF|370200|2024-S2",
    ] or sorted(key for key, _gap in cells) == [
        "FIRMS|370200|2024", "HALF|370200|2024-S2", "SECOND|370200|2024",
    ]  # fmt: skip
    chosen = ["FIRMS|370200|2024", "HALF|370200|2024-S2", "FAR|370200|2024"]
    boss.post(url, {"department": "bureau", "cell": chosen})
    # A cell that was not offered for these departments is not taken.
    assert {(d.indicator.code, d.reference_period, d.department) for d in row.duties.all()} == {
        ("FIRMS", "2024", firms.department), ("HALF", "2024-S2", firms.department),
    }  # fmt: skip
    left = boss.get(url, {"department": "bureau"}).context["cells"]
    assert [key for key, _gap in left] == ["SECOND|370200|2024"]


def test_round_of_a_half_year_offers_nothing_of_the_year_before(
    boss: Client, firms: Indicator
) -> None:
    b.promise(firms)
    half = b.indicator("HALF", at=firms.department, frequency="half")
    b.promise(half, end="2090-S1")
    row = reporting_round(period="2024-S1")
    cells = boss.get(reverse("round_duties", args=[row.pk]), {"department": "bureau"})
    assert [key for key, _gap in cells.context["cells"]] == ["HALF|370200|2024-S1"]


def test_department_that_no_database_can_hold_chooses_nothing(boss: Client) -> None:
    url = reverse("round_duties", args=[reporting_round().pk])
    answer = boss.post(url, {"department": "bureau\0", "cell": "FIRMS|370200|2024"})
    assert answer.status_code in (200, 302)
    assert Duty.objects.count() == 0


def test_any_cell_of_the_departments_may_be_picked(
    boss: Client, firms: Indicator, theirs: Duty
) -> None:
    row = reporting_round()
    url = reverse("round_duties", args=[row.pk])
    given = {
        "department": "bureau", "then": "pick", "indicators": "FIRMS", "region": "370200",
        "period": "2024年上半年",
    }  # fmt: skip
    assert boss.post(url, given).status_code == 302
    kept = row.duties.get()
    assert (kept.indicator, kept.reference_period, kept.department) == (
        firms, "2024-S1", firms.department,
    )  # fmt: skip
    for wrong in ({"indicators": "SECRET"}, {"period": "某年"}, {"region": "1"}):
        answer = boss.post(url, given | wrong)
        assert answer.status_code == 200
        assert answer.context["pick"].errors
    assert row.duties.count() == 1


def test_cell_with_a_draft_is_offered_too(boss: Client, firms: Indicator) -> None:
    b.promise(firms)
    b.actual(firms, "8", "2024", review_state="draft")
    row = reporting_round()
    answer = boss.get(reverse("round_duties", args=[row.pk]), {"department": "bureau"})
    assert len(answer.context["cells"]) == 1
    # What no promise names is picked for the same region, not for the first of the list.
    assert answer.context["pick"]["region"].value() == "370200"


def test_earlier_round_is_copied(boss: Client, firms: Indicator) -> None:
    old = duty(reporting_round("2023年度填报", "2023"), firms).round
    new = reporting_round()
    answer = boss.post(reverse("round_copy", args=[new.pk]), {"earlier": old.pk}, follow=True)
    assert told(answer) == ["新增 1 项填报任务。"]
    assert new.duties.get().reference_period == "2024"
    for nonsense in ("", "x", "99999"):
        answer = boss.post(reverse("round_copy", args=[new.pk]), {"earlier": nonsense})
        assert answer.status_code == 404


def test_duty_gets_a_deputy_and_is_dropped(boss: Client, firms: Indicator) -> None:
    helper = b.person("helper", "analyst")
    row = duty(reporting_round(), firms)
    url = reverse("duty_edit", args=[row.pk])
    assert boss.get(url).status_code == 200
    given = {"department": firms.department_id, "deputy": helper.pk, "version": 1}
    assert boss.post(url, given).status_code == 302
    row.refresh_from_db()
    assert (row.deputy, row.version) == (helper, 2)
    assert boss.post(url, given | {"deputy": lead().pk}).status_code == 200  # no analyst
    drop = reverse("duty_drop", args=[row.pk])
    assert told(boss.post(drop, {"version": 2}, follow=True)) == ["请写明理由。"]
    stale = boss.post(drop, {"version": 1, "reason": "不统计"}, follow=True)
    assert "刚刚被他人修改" in told(stale)[0]
    boss.post(drop, {"version": 2, "reason": "不统计"})
    assert Duty.objects.count() == 0


# --- publishing, leaves ---------------------------------------------------------------------------


def test_round_is_published_from_its_page(boss: Client, firms: Indicator, analyst: User) -> None:
    row = duty(reporting_round(), firms).round
    url = reverse("round_publish", args=[row.pk])
    assert boss.get(url).context["may_publish"] is False
    refused = boss.post(url, {"version": 1})
    assert told(refused) == ["还有 1 项没有核定，这一轮也还没有截止，现在不能发布。"]
    delivered(firms, analyst)
    assert told(boss.post(url, {"version": 1}, follow=True)) == ["已发布 1 个数值。"]
    row.refresh_from_db()
    assert Observation.objects.get().published_at == row.published_at
    assert boss.post(url, {"version": 1}).status_code == 200


@pytest.mark.parametrize(("closes", "offered"), [(DAY, True), (-DAY, False)])
def test_filling_is_offered_only_while_it_is_possible(
    firms: Indicator, analyst: User, closes: timedelta, offered: bool
) -> None:
    row = duty(reporting_round(opens=-9 * DAY, closes=closes), firms).round
    url = reverse("round", args=[row.pk])
    client = b.client_of(analyst)
    assert ("duties=1" in client.get(url).content.decode()) is offered
    actions.grant_exception(
        by=lead(), round_=row, department=firms.department, reason="系统故障",
        ends_at=timezone.now() + DAY,
    )  # fmt: skip
    body = client.get(url).content.decode()
    assert "duties=1" in body
    assert "去录入" in body


def test_new_round_asks_for_no_reason(boss: Client, theirs: Duty) -> None:
    assert 'name="reason"' not in boss.get(reverse("round_new")).content.decode()
    edit = boss.get(reverse("round_edit", args=[theirs.round_id])).content.decode()
    assert 'name="reason"' in edit


def test_gaps_are_named_before_a_closed_round_is_published(boss: Client, theirs: Duty) -> None:
    url = reverse("round_publish", args=[theirs.round_id])
    assert "SECRET指标 · 青岛市 · 2024年 · elsewhere处室" in boss.get(url).content.decode()
    boss.post(url, {"version": 1, "reason": "按期公布"})
    assert ReportingRound.objects.get().published_by == lead()


def test_stale_publication_is_a_conflict(boss: Client, theirs: Duty) -> None:
    ReportingRound.objects.update(version=2)
    answer = boss.post(
        reverse("round_publish", args=[theirs.round_id]), {"version": 1, "reason": "按期公布"}
    )
    assert answer.status_code == 409
    assert ReportingRound.objects.get().published_at is None


def test_leave_is_granted_listed_and_taken_back(boss: Client, theirs: Duty) -> None:
    url = reverse("exception_new", args=[theirs.round_id])
    assert boss.get(url).status_code == 200
    given = {
        "department": theirs.department_id, "reason": "系统故障",
        "ends_at": clock(timezone.now() + DAY),
    }  # fmt: skip
    past = boss.post(url, given | {"ends_at": clock(timezone.now() - DAY)})
    assert "许可的到期时间必须晚于现在" in past.content.decode()
    boss.post(url, given)
    leave = LockException.objects.get()
    body = boss.get(reverse("round", args=[theirs.round_id])).content.decode()
    assert "系统故障" in body
    boss.post(reverse("exception_revoke", args=[leave.pk]), {"version": leave.version})
    leave.refresh_from_db()
    assert leave.revoked_at is not None
    assert "已收回" in boss.get(reverse("round", args=[theirs.round_id])).content.decode()


def test_leave_for_a_department_without_duties_is_no_choice(boss: Client, theirs: Duty) -> None:
    answer = boss.post(
        reverse("exception_new", args=[theirs.round_id]),
        {
            "department": b.department("far").pk,
            "reason": "系统故障",
            "ends_at": clock(timezone.now() + DAY),
        },
    )
    assert (answer.status_code, LockException.objects.count()) == (200, 0)


# --- 督办 ------------------------------------------------------------------------------------------


def test_order_is_opened_noted_and_closed_by_hand(boss: Client, theirs: Duty) -> None:
    url = reverse("order_open", args=[theirs.pk])
    assert boss.get(url).status_code == 200
    assert told(boss.post(url, {"reason": ""}, follow=True)) == ["请写明理由。"]
    boss.post(url, {"reason": "重点指标"})
    order = SupervisionOrder.objects.get()
    page = reverse("order", args=[order.pk])
    boss.post(reverse("order_note", args=[order.pk]), {"text": "已电话催报"})
    body = boss.get(page).content.decode()
    assert "重点指标" in body
    assert "已电话催报" in body
    assert "督办黄灯" in body
    boss.post(reverse("order_close", args=[order.pk]), {"version": 1, "reason": "改由市局提供"})
    answer = boss.get(page)
    assert answer.context["light"].code == "closed"
    assert list(boss.get(reverse("supervision")).context["orders"]) == []
    assert len(boss.get(reverse("supervision"), {"which": "all"}).context["orders"]) == 1
    assert boss.get(reverse("supervision"), {"which": "mine"}).status_code == 404


def test_light_of_an_order_is_not_the_light_of_a_goal(boss: Client, theirs: Duty) -> None:
    actions.escalate()
    body = boss.get(reverse("supervision")).content.decode()
    main = body[body.index("<main") : body.index("</main>")]
    assert "督办黄灯" in main
    assert "light-yellow" not in main


def test_rule_page_keeps_every_version(boss: Client) -> None:
    url = reverse("supervision_rules")
    assert "现行第 1 版" in boss.get(url).content.decode()
    assert SupervisionRule.objects.count() == 0  # reading writes nothing
    given = {"remind_days": 5, "yellow_days": 2, "red_days": 9, "reason": "加密", "version": 1}
    assert boss.post(url, given).status_code == 302
    assert [row.version for row in SupervisionRule.objects.all()] == [2, 1]
    stale = boss.post(url, given | {"red_days": 30})
    assert stale.status_code == 409
    assert stale.context["form"]["version"].value() == "2"
    assert "黄灯天数" in boss.post(url, given | {"yellow_days": 9, "version": 2}).content.decode()


def test_stored_markup_is_shown_as_text(boss: Client, firms: Indicator) -> None:
    row = duty(reporting_round("<script>alert(1)</script>", note="<b>粗</b>"), firms)
    actions.open_order(by=lead(), duty=row, reason="<script>alert(2)</script>")
    for url in (
        reverse("rounds"),
        reverse("round", args=[row.round_id]),
        reverse("order", args=[SupervisionOrder.objects.get().pk]),
    ):
        body = boss.get(url).content.decode()
        assert "<script>alert" not in body
        assert "<b>粗" not in body
