"""督办: orders for what is late, their lights, their log, and the rules they go by."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import audit
from accounts.models import AuditEvent, User
from accounts.versions import Conflict
from indicators import actions
from indicators.actions import supervision
from indicators.actions.supervision import Escalated, OrderLight, days_late, light_at
from indicators.errors import Refused
from indicators.models import (
    Duty,
    DutyQuerySet,
    Indicator,
    ReportingRound,
    SupervisionEntry,
    SupervisionOrder,
    SupervisionRule,
)
from tests.indicators import builders as b
from tests.indicators.roundworld import DAY, delivered, duty, lead, reporting_round

pytestmark = pytest.mark.django_db


@pytest.fixture
def firms() -> Indicator:
    return b.indicator("FIRMS", at=b.department("bureau"))


@pytest.fixture
def analyst(firms: Indicator) -> User:
    return b.person("analyst", "analyst", at=firms.department)


def closed(days: int, of: Indicator, name: str = "2024年度填报") -> Duty:
    """A duty of a round that closed some days ago and is not published."""
    return duty(reporting_round(name, opens=-90 * DAY, closes=-days * DAY), of)


def log(order: SupervisionOrder) -> list[tuple[str, str]]:
    return [(entry.light, entry.text) for entry in order.entries.order_by("pk")]


# --- the rule -----------------------------------------------------------------------------------


def test_first_rule_is_built_in_and_made_by_nobody() -> None:
    rule = actions.rule_in_force()
    assert (rule.version, rule.remind_days, rule.yellow_days, rule.red_days) == (1, 3, 1, 7)
    assert (rule.made_by, actions.rule_in_force()) == (None, rule)


def test_change_of_the_rule_is_a_new_row_with_a_reason() -> None:
    actions.rule_in_force()
    new = actions.change_supervision_rule(
        by=lead(), version=1, remind_days=5, yellow_days=2, red_days=9, reason="年底加密"
    )
    assert [row.version for row in SupervisionRule.objects.all()] == [2, 1]
    assert (actions.rule_in_force(), new.made_by) == (new, lead())
    event = AuditEvent.objects.get()
    assert event.before == {"remind_days": 3, "yellow_days": 1, "red_days": 7}
    assert (event.after, event.reason) == (
        {"remind_days": 5, "yellow_days": 2, "red_days": 9}, "年底加密",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("days", "reason", "words"),
    [((3, 1, 7), " ", "理由"), ((3, 0, 7), "改", "至少为1"), ((3, 7, 7), "改", "大于黄灯")],
)
def test_rule_that_makes_no_sense_is_refused(
    days: tuple[int, int, int], reason: str, words: str
) -> None:
    remind, yellow, red = days
    with pytest.raises(Refused, match=words):
        actions.change_supervision_rule(
            by=lead(), version=1, remind_days=remind, yellow_days=yellow, red_days=red,
            reason=reason,
        )  # fmt: skip


def test_rule_is_changed_on_the_version_that_was_seen() -> None:
    days = {"remind_days": 5, "yellow_days": 2, "red_days": 9, "reason": "加密"}
    actions.change_supervision_rule(by=lead(), version=1, **days)
    with pytest.raises(Conflict):
        actions.change_supervision_rule(by=lead(), version=1, **days)
    assert SupervisionRule.objects.count() == 2


@pytest.mark.parametrize(
    ("hour", "day", "late", "light"),
    [(18, 0, 0, "none"), (1, 1, 1, "yellow"), (23, 6, 6, "yellow"), (0, 7, 7, "red")],
)
def test_lateness_is_counted_in_calendar_days_here(
    hour: int, day: int, late: int, light: str
) -> None:
    here = timezone.get_current_timezone()
    closes = datetime(2026, 3, 1, 17, 0, tzinfo=here)
    now = datetime(2026, 3, 1 + day, hour, 0, tzinfo=here)
    assert days_late(closes, now) == late
    assert light_at(closes, actions.rule_in_force(), now) == light


# --- the daily job -------------------------------------------------------------------------------


def test_late_duties_get_one_order_each_with_their_light(firms: Indicator) -> None:
    fresh, yellow, red = (
        closed(days, b.indicator(f"I{days}", at=firms.department), f"第{days}轮")
        for days in (0, 2, 8)
    )
    assert actions.escalate().opened == 2
    orders = {order.duty: order for order in SupervisionOrder.objects.all()}
    assert set(orders) == {yellow, red}
    assert log(orders[yellow]) == [("yellow", "逾期 2 日，亮督办黄灯。")]
    assert log(orders[red]) == [("red", "逾期 8 日，亮督办红灯。")]
    assert fresh not in orders
    assert (orders[red].opened_by, b.events()) == (None, ["indicators.escalate"])


def test_daily_job_twice_does_nothing_more(firms: Indicator) -> None:
    closed(2, firms)
    actions.escalate()
    assert actions.escalate() == Escalated()
    assert (SupervisionOrder.objects.count(), SupervisionEntry.objects.count()) == (1, 1)
    assert b.events() == ["indicators.escalate"]


def test_light_turns_red_with_the_days_by_the_rule_of_the_opening(firms: Indicator) -> None:
    closed(2, firms)
    now = timezone.now()
    actions.escalate(now=now)
    actions.change_supervision_rule(
        by=lead(), version=1, remind_days=3, yellow_days=1, red_days=60, reason="放宽"
    )
    assert actions.escalate(now=now + 4 * DAY).moved == 0
    assert actions.escalate(now=now + 5 * DAY).moved == 1
    order = SupervisionOrder.objects.get()
    assert log(order)[-1] == ("red", "逾期 7 日，亮督办红灯。")
    assert order.rule.version == 1


def test_light_goes_out_where_the_round_is_prolonged(firms: Indicator) -> None:
    of = closed(2, firms)
    actions.escalate()
    ReportingRound.objects.filter(pk=of.round_id).update(closes_at=timezone.now() + DAY)
    actions.escalate()
    assert log(SupervisionOrder.objects.get())[-1] == ("none", "截止时间已延后，督办灯熄灭。")


def test_what_was_handed_in_is_not_late(firms: Indicator, analyst: User) -> None:
    duty(reporting_round(), firms)
    delivered(firms, analyst, upto="submitted")
    assert actions.escalate(now=timezone.now() + 30 * DAY).opened == 0


def test_approval_closes_the_order_in_its_own_transaction(firms: Indicator, analyst: User) -> None:
    of = duty(reporting_round(), firms)
    value = delivered(firms, analyst, upto="submitted")
    order = actions.open_order(by=lead(), duty=of, reason="重点指标")
    actions.approve(by=lead(), observation=value, version=value.version)
    order.refresh_from_db()
    assert (order.closed_by, order.closed_at is None) == (None, False)
    assert log(order)[-1] == ("closed", "数值已核定，自动销号。")
    assert b.events()[-2:] == ["indicators.approve", "indicators.close_order"]


def test_order_closed_by_hand_at_the_same_moment_does_not_stop_the_approval(
    firms: Indicator, analyst: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = duty(reporting_round(), firms)
    value = delivered(firms, analyst, upto="submitted")
    order = actions.open_order(by=lead(), duty=of, reason="重点指标")
    look = supervision.delivered_among

    def close_then_look(duties: DutyQuerySet) -> set[int]:
        monkeypatch.setattr(supervision, "delivered_among", look)
        actions.close_order(by=lead(), order=order, version=1, reason="电话确认")
        return look(duties)

    monkeypatch.setattr(supervision, "delivered_among", close_then_look)
    actions.approve(by=lead(), observation=value, version=value.version)
    order.refresh_from_db()
    assert (value.review_state, order.closed_by) == ("approved", lead())
    assert log(order)[-1] == ("closed", "电话确认")
    assert b.events()[-2:] == ["indicators.approve", "indicators.close_order"]


def test_approval_of_another_value_leaves_the_order_open(firms: Indicator, analyst: User) -> None:
    of = duty(reporting_round(), firms)
    order = actions.open_order(by=lead(), duty=of, reason="重点指标")
    delivered(firms, analyst, period="2023")
    order.refresh_from_db()
    assert order.closed_at is None


def test_daily_job_closes_what_was_approved_by_other_ways(firms: Indicator) -> None:
    of = closed(2, firms)
    actions.escalate()
    b.actual(firms, "8000", of.reference_period)
    assert actions.escalate().closed == 1
    assert SupervisionOrder.objects.get().closed_at is not None


def test_order_may_be_opened_again_after_it_was_closed(firms: Indicator) -> None:
    closed(2, firms)
    actions.escalate()
    first = SupervisionOrder.objects.get()
    actions.close_order(by=lead(), order=first, version=first.version, reason="已说明")
    assert actions.escalate().opened == 1
    assert SupervisionOrder.objects.filter(closed_at=None).count() == 1


def test_daily_job_costs_the_same_with_one_and_three_late_duties(firms: Indicator) -> None:
    actions.rule_in_force()
    with audit.transaction():
        audit.record(by=None, action="indicators.escalate", target=None)
    counts = []
    for place in range(3):
        closed(2, b.indicator(f"I{place}", at=firms.department), f"第{place}轮")
        with CaptureQueriesContext(connection) as queries:
            actions.escalate()
        counts.append(len(queries))
        SupervisionEntry.objects.all().delete()
        SupervisionOrder.objects.all().delete()
    assert counts[0] == counts[2]


# --- by hand --------------------------------------------------------------------------------------


def test_order_by_hand_wants_a_reason_and_a_duty_that_is_open(
    firms: Indicator, analyst: User
) -> None:
    of = duty(reporting_round(), firms)
    with pytest.raises(Refused, match="理由"):
        actions.open_order(by=lead(), duty=of, reason=" ")
    order = actions.open_order(by=lead(), duty=of, reason="重点指标")
    assert log(order) == [(OrderLight.NONE, "重点指标")]
    with pytest.raises(Refused, match="未销号"):
        actions.open_order(by=lead(), duty=of, reason="再开")
    second = b.indicator("SECOND", at=firms.department)
    done = duty(of.round, second)
    delivered(second, analyst)
    with pytest.raises(Refused, match="已经核定"):
        actions.open_order(by=lead(), duty=done, reason="再开")


def test_people_write_the_log_and_close_with_a_reason(firms: Indicator) -> None:
    order = actions.open_order(by=lead(), duty=closed(8, firms), reason="重点指标")
    with pytest.raises(Refused, match="内容"):
        actions.note_order(by=lead(), order=order, text="")
    actions.note_order(by=lead(), order=order, text="已电话催报")
    with pytest.raises(Refused, match="理由"):
        actions.close_order(by=lead(), order=order, version=1, reason="")
    actions.close_order(by=lead(), order=order, version=1, reason="改由市局提供")
    assert log(order) == [
        ("red", "重点指标"), ("red", "已电话催报"), ("closed", "改由市局提供"),
    ]  # fmt: skip
    assert (order.closed_by, order.version) == (lead(), 2)
    with pytest.raises(Refused, match="已经销号"):
        actions.note_order(by=lead(), order=order, text="补记")
    with pytest.raises(Refused, match="已经销号"):
        actions.close_order(by=lead(), order=order, version=2, reason="再销")
    assert b.events() == [
        "indicators.open_order", "indicators.note_order", "indicators.close_order",
    ]  # fmt: skip


def test_two_people_close_an_order_once(firms: Indicator) -> None:
    order = actions.open_order(by=lead(), duty=closed(8, firms), reason="重点指标")
    other = SupervisionOrder.objects.get(pk=order.pk)
    actions.close_order(by=lead(), order=order, version=1, reason="改由市局提供")
    with pytest.raises(Conflict):
        actions.close_order(by=lead(), order=other, version=1, reason="别的理由")
    assert SupervisionEntry.objects.filter(light="closed").count() == 1


def test_actions_read_the_clock_of_the_server(firms: Indicator) -> None:
    order = actions.open_order(by=lead(), duty=closed(8, firms), reason="重点指标")
    assert timezone.now() - order.opened_at < timedelta(minutes=1)
