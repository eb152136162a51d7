"""My work: rounds and their deadlines, what came back first, reminders, what reviewers decide."""

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
from indicators.models import Indicator, Observation, Reminder
from tests.dashboard.builders import snapshot
from tests.indicators import builders as b
from tests.indicators.roundworld import DAY, delivered, duty, lead, reporting_round

pytestmark = pytest.mark.django_db
URL = "/actuals/"


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
def client(analyst: User) -> Client:
    return b.client_of(analyst)


def test_my_rounds_come_by_deadline_with_what_is_left(
    client: Client, firms: Indicator, analyst: User
) -> None:
    far, near = reporting_round("远"), reporting_round("近", closes=2 * DAY)
    for period in ("2022", "2023", "2024"):
        duty(far, firms, period=period)
    duty(near, firms, period="2021")
    elsewhere = b.indicator("SECRET", at=b.department("elsewhere"))
    duty(reporting_round("别处"), elsewhere)
    delivered(firms, analyst, period="2022", upto="submitted")
    delivered(firms, analyst, period="2023", upto="returned")
    found = client.get(URL).context["mine"].owed
    assert [
        (work.round.name, work.stage.code, work.progress.outstanding, work.progress.handed_in)
        for work in found
    ] == [("近", "soon", 1, 0), ("远", "open", 2, 1)]


def test_published_round_is_no_work(client: Client, firms: Indicator) -> None:
    row = duty(reporting_round(opens=-9 * DAY, closes=-DAY), firms).round
    actions.publish_round(by=lead(), round_=row, version=1, reason="按期公布")
    assert client.get(URL).context["mine"].owed == []


def test_returned_values_come_first_with_the_reason(
    client: Client, firms: Indicator, analyst: User
) -> None:
    submitted = delivered(firms, analyst, period="2021", upto="submitted")
    draft = delivered(firms, analyst, period="2022", upto="draft")
    returned = delivered(firms, analyst, period="2023", upto="returned")
    answer = client.get(URL)
    assert list(answer.context["page"]) == [returned, draft, submitted]
    assert "请补来源" in answer.content.decode()


def test_links_lead_to_the_grid_of_my_duties_the_template_and_the_upload(client: Client) -> None:
    body = client.get(URL).content.decode()
    for url in (f"{reverse('grid')}?duties=1", reverse("upload_template"), reverse("uploads")):
        assert f'href="{url}"' in body
        assert client.get(url).status_code in (200, 302)


def test_reminders_are_shown_until_they_are_read(
    client: Client, firms: Indicator, analyst: User
) -> None:
    row = duty(reporting_round(closes=DAY), firms).round
    b.person("second", "analyst", at=firms.department)
    actions.remind()
    shown = client.get(URL)
    assert shown.context["mine"].unread == 2
    closes = timezone.localtime(row.closes_at).strftime("%Y-%m-%d %H:%M")
    assert (
        f"“2024年度填报”即将截止（{closes}），您部门还有 1 项没有提交。" in shown.content.decode()
    )
    client.post(reverse("reminders_read"))
    assert client.get(URL).context["mine"].unread == 0
    assert Reminder.objects.filter(read_at=None).count() == 2  # the colleague's own


def test_english_reader_is_reminded_in_english(client: Client, firms: Indicator) -> None:
    duty(reporting_round(), firms)
    actions.remind()
    client.cookies["django_language"] = "en"
    assert "is open: values to enter: 1" in client.get(URL).content.decode()


def test_reviewer_sees_what_waits_and_what_may_be_published(
    firms: Indicator, analyst: User
) -> None:
    complete, shut, running = (
        reporting_round("已齐"),
        reporting_round("已截止", opens=-9 * DAY, closes=-3 * DAY),
        reporting_round("进行中"),
    )
    duty(complete, firms)
    duty(shut, firms, period="2023")
    duty(running, firms, period="2022")
    delivered(firms, analyst)
    delivered(firms, analyst, period="2022", upto="submitted")
    actions.escalate()
    answer = b.client_of(lead()).get(URL)
    mine = answer.context["mine"]
    assert [work.round.name for work in mine.ready] == ["已截止", "已齐"]
    assert (mine.waiting, mine.orders, mine.owed) == (1, 1, [])
    assert reverse("round_publish", args=[shut.pk]) in answer.content.decode()


def test_analyst_hears_of_the_own_orders_and_of_no_review(client: Client, firms: Indicator) -> None:
    actions.open_order(by=lead(), duty=duty(reporting_round(), firms), reason="重点")
    far = b.indicator("SECRET", at=b.department("elsewhere"))
    actions.open_order(by=lead(), duty=duty(reporting_round("别处"), far), reason="重点")
    b.actual(firms, "1", "2019", review_state="submitted")
    mine = client.get(URL).context["mine"]
    assert (mine.orders, mine.waiting, mine.ready) == (1, 0, [])


def test_note_is_asked_for_when_a_value_came_and_the_goal_is_behind(
    client: Client, firms: Indicator, analyst: User
) -> None:
    row = duty(reporting_round(), firms).round
    late, good = b.promise(firms, key="late"), b.promise(firms, key="good")
    snapshot(late, "lagging", "yellow")
    snapshot(good, "on_track", "green")
    assert client.get(URL).context["mine"].notes == []
    delivered(firms, analyst, upto="submitted")
    answer = client.get(URL)
    assert [(item.round, item.target) for item in answer.context["mine"].notes] == [(row, late)]
    assert reverse("round_note", args=[row.pk, late.pk]) in answer.content.decode()


@pytest.mark.parametrize("role", ["analyst", "reviewer", "auditor"])
def test_page_costs_the_same_queries_with_one_and_three_of_everything(
    bureau: Department, analyst: User, role: str
) -> None:
    viewer = b.person("viewer", role, at=bureau)
    client = b.client_of(viewer)
    counts = []
    for place in range(3):
        of = b.indicator(f"I{place}", at=bureau)
        late = b.promise(of, key=f"p{place}")
        snapshot(late, "missed", "red")
        row = reporting_round(f"第{place}轮", closes=timedelta(hours=1))
        duty(row, of, period="2023")
        order = duty(row, of, period="2021")
        actions.open_order(by=lead(), duty=order, reason="催办")
        delivered(of, analyst, period="2023", upto="submitted")
        delivered(of, analyst, period="2022", upto="returned")
        Reminder.objects.create(
            recipient=viewer, round=row, kind="opened", made_on=timezone.localdate(), number=1
        )
        client.get(URL)
        with CaptureQueriesContext(connection) as queries:
            client.get(URL)
        counts.append(len(queries))
    assert [counts[0], counts[2]] == [{"analyst": 22, "reviewer": 15, "auditor": 13}[role]] * 2


def test_nothing_to_do_is_a_plain_page(client: Client) -> None:
    answer = client.get(URL)
    assert (answer.status_code, Observation.objects.count()) == (200, 0)
    assert "没有待处理的数值" in answer.content.decode()
