"""Rounds and duties: made, changed, copied, delivered, published as a whole."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import audit
from accounts.models import AuditEvent, Department, User
from accounts.versions import Conflict
from indicators import actions
from indicators.actions import Owed, RoundFacts
from indicators.delivery import Delivery, deliveries, tallies
from indicators.errors import Refused
from indicators.models import Duty, Indicator, Observation, ReportingRound
from indicators.periods import PeriodError
from tests.indicators import builders as b
from tests.indicators.roundworld import DAY, delivered, duty, entry, lead, reporting_round

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


def facts(**changes: Any) -> RoundFacts:
    now = timezone.now()
    given: dict[str, Any] = {
        "name": "2024年度填报", "period": "2024", "opens_at": now - DAY, "closes_at": now + DAY,
    }  # fmt: skip
    return RoundFacts(**(given | changes))


# --- rounds -----------------------------------------------------------------------------------


def test_round_is_kept_with_its_event() -> None:
    row = actions.make_round(by=lead(), facts=facts(name=" 2024年度填报 ", note="请附来源"))
    assert (row.name, row.reference_period, row.note, row.version) == (
        "2024年度填报", "2024", "请附来源", 1,
    )  # fmt: skip
    assert b.events() == ["indicators.make_round"]
    assert list(ReportingRound.objects.open_at(timezone.now())) == [row]
    assert list(ReportingRound.objects.open_at(row.closes_at)) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "  "}, "名称"),
        ({"closes_at": timezone.now() - 2 * DAY}, "晚于开放时间"),
        ({"name": "旧一轮"}, "同名"),
    ],
)
def test_round_that_makes_no_sense_is_refused(changes: dict[str, Any], words: str) -> None:
    reporting_round("旧一轮")
    with pytest.raises(Refused, match=words):
        actions.make_round(by=lead(), facts=facts(**changes))
    assert (ReportingRound.objects.count(), b.events()) == (1, [])


def test_round_without_a_readable_period_is_an_error() -> None:
    with pytest.raises(PeriodError):
        actions.make_round(by=lead(), facts=facts(period="某年"))


def test_round_is_changed_on_the_version_that_was_seen() -> None:
    row = reporting_round(opens=DAY)
    other = ReportingRound.objects.get(pk=row.pk)
    actions.change_round(by=lead(), round_=row, version=1, facts=facts(name="改名"))
    assert (row.name, row.version) == ("改名", 2)
    with pytest.raises(Conflict):
        actions.change_round(by=lead(), round_=other, version=1, facts=facts(name="再改"))
    row.refresh_from_db()
    assert (row.name, b.events()) == ("改名", ["indicators.change_round"])


def test_hours_of_a_round_that_has_opened_change_with_a_reason_only() -> None:
    row = reporting_round()
    later = facts(opens_at=row.opens_at, closes_at=row.closes_at + DAY)
    with pytest.raises(Refused, match="理由"):
        actions.change_round(by=lead(), round_=row, version=1, facts=later)
    actions.change_round(by=lead(), round_=row, version=1, facts=later, reason="春节顺延")
    assert row.closes_at == later.closes_at
    assert AuditEvent.objects.get(action="indicators.change_round").reason == "春节顺延"


def test_period_of_a_round_with_duties_stays(firms: Indicator) -> None:
    row = reporting_round(opens=DAY)
    duty(row, firms)
    with pytest.raises(Refused, match="报告期不能再改"):
        actions.change_round(by=lead(), round_=row, version=1, facts=facts(period="2025"))


def test_round_is_judged_by_what_is_stored_and_not_by_what_was_read(firms: Indicator) -> None:
    """A duty or a publication of the last moment counts."""
    row = reporting_round()
    stale = ReportingRound.objects.get(pk=row.pk)
    ReportingRound.objects.filter(pk=row.pk).update(published_by=lead(), published_at=row.opens_at)
    with pytest.raises(Refused, match="已经发布"):
        actions.change_round(by=lead(), round_=stale, version=1, facts=facts(), reason="延期")


# --- duties -----------------------------------------------------------------------------------


def owed(of: Indicator, period: str = "2024", **more: Any) -> Owed:
    return Owed(indicator=of, region=b.region(), period=period, department=of.department, **more)


def test_duties_are_assigned_in_bulk_once_and_in_one_event(firms: Indicator) -> None:
    row = reporting_round()
    wanted = [owed(firms), owed(firms), owed(firms, "2024-S1")]
    assert actions.assign_duties(by=lead(), round_=row, owed=wanted) == 2
    assert actions.assign_duties(by=lead(), round_=row, owed=wanted) == 0
    assert b.events() == ["indicators.assign_duties"]
    assert AuditEvent.objects.latest("id").after == {"rows": 2, "departments": ["bureau"]}


def test_many_duties_cost_as_many_queries_as_one(firms: Indicator) -> None:
    make = {"name": "第一轮", "period": "2024", "opens_at": timezone.now()}
    actions.make_round(
        by=lead(), facts=facts(**make, closes_at=timezone.now() + DAY)
    )  # the first event of the trail costs one more
    counts = []
    for name, years in (("一", 1), ("四十", 40)):
        row = reporting_round(name)
        wanted = [owed(firms, str(1901 + year)) for year in range(years)]
        with CaptureQueriesContext(connection) as queries:
            actions.assign_duties(by=lead(), round_=row, owed=wanted)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_deputy_is_an_active_analyst_of_any_department(firms: Indicator, analyst: User) -> None:
    row = reporting_round()
    helper = b.person("helper", "analyst", at=b.department("elsewhere"))
    actions.assign_duties(by=lead(), round_=row, owed=[owed(firms, deputy=helper)])
    assert Duty.objects.get().deputy == helper
    gone = b.person("gone", "analyst")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    for nobody in (lead(), gone):
        with pytest.raises(Refused, match="代填人"):
            actions.assign_duties(by=lead(), round_=row, owed=[owed(firms, "2023", deputy=nobody)])


def test_deputy_may_enter_what_the_department_owes_and_nothing_else(firms: Indicator) -> None:
    helper = b.person("helper", "analyst", at=b.department("elsewhere"))
    duty(reporting_round(), firms, deputy=helper)
    mine = b.actual(firms, "1", "2024", review_state="draft")
    other = b.actual(firms, "1", "2023", review_state="draft")
    assert list(Observation.objects.enterable_by(helper)) == [mine]
    assert other not in Observation.objects.visible_to(helper)


def test_earlier_round_is_copied_to_the_new_period(firms: Indicator) -> None:
    old = reporting_round("2023年度填报", "2023")
    helper, gone = b.person("helper", "analyst"), b.person("gone", "analyst")
    duty(old, firms, deputy=helper)
    duty(old, firms, period="2023-S2", deputy=gone)
    duty(old, firms, period="2023-05-06")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    new = reporting_round("2024年度填报", "2024")
    assert actions.copy_duties(by=lead(), round_=new, earlier=old) == 2
    assert [(row.reference_period, row.deputy) for row in Duty.objects.filter(round=new)] == [
        ("2024", helper), ("2024-S2", None),
    ]  # fmt: skip
    assert actions.copy_duties(by=lead(), round_=new, earlier=old) == 0
    assert b.events() == ["indicators.assign_duties"]


def test_duty_is_given_to_another_department(firms: Indicator) -> None:
    row = duty(reporting_round(), firms)
    elsewhere = b.department("elsewhere")
    actions.change_duty(by=lead(), duty=row, version=1, department=elsewhere, deputy=None)
    assert (row.department, row.version, b.events()) == (elsewhere, 2, ["indicators.change_duty"])
    with pytest.raises(Conflict):
        actions.change_duty(
            by=lead(), duty=row, version=1, department=firms.department, deputy=None
        )


def test_duty_is_dropped_with_a_reason_and_stays_in_the_trail(firms: Indicator) -> None:
    row = duty(reporting_round(), firms)
    with pytest.raises(Refused, match="理由"):
        actions.drop_duty(by=lead(), duty=row, version=1, reason="")
    with pytest.raises(Conflict):
        actions.drop_duty(by=lead(), duty=row, version=9, reason="不再统计")
    actions.drop_duty(by=lead(), duty=row, version=1, reason="不再统计")
    event = AuditEvent.objects.get(action="indicators.drop_duty")
    assert (Duty.objects.count(), event.object_label) == (0, "FIRMS指标 青岛市 2024")
    assert (event.before, event.reason) == (
        {"department": "bureau处室", "deputy": None},
        "不再统计",
    )


def test_value_whose_duty_is_dropped_is_out_where_no_other_round_asks(
    firms: Indicator, analyst: User
) -> None:
    """Else nobody would ever publish it."""
    first, second = reporting_round(), reporting_round("另一轮")
    duties = [duty(first, firms), duty(second, firms)]
    value = delivered(firms, analyst)
    assert value.published_at is None
    actions.drop_duty(by=lead(), duty=duties[0], version=1, reason="另一轮也要")
    value.refresh_from_db()
    assert value.published_at is None
    actions.drop_duty(by=lead(), duty=duties[1], version=1, reason="不再统计")
    value.refresh_from_db()
    assert value.published_at is not None
    events = AuditEvent.objects.filter(action="indicators.drop_duty").order_by("pk")
    assert [event.after for event in events] == [None, {"published": 1}]


def test_duty_with_an_order_is_not_dropped(firms: Indicator) -> None:
    row = duty(reporting_round(), firms)
    actions.open_order(by=lead(), duty=row, reason="重点指标")
    with pytest.raises(Refused, match="督办单"):
        actions.drop_duty(by=lead(), duty=row, version=1, reason="不再统计")


def test_published_round_takes_no_duties(firms: Indicator) -> None:
    row = reporting_round()
    kept = duty(row, firms)
    ReportingRound.objects.update(published_at=timezone.now(), published_by=lead())
    kept.refresh_from_db()
    for step in (
        lambda: actions.assign_duties(by=lead(), round_=row, owed=[owed(firms, "2023")]),
        lambda: actions.copy_duties(by=lead(), round_=row, earlier=row),
        lambda: actions.drop_duty(by=lead(), duty=kept, version=1, reason="不再统计"),
        lambda: actions.change_duty(
            by=lead(), duty=kept, version=1, department=kept.department, deputy=None
        ),
    ):
        with pytest.raises(Refused, match="已经发布"):
            step()


# --- delivery ---------------------------------------------------------------------------------


def test_delivery_is_read_from_the_actuals(bureau: Department, analyst: User) -> None:
    row = reporting_round()
    states = ["missing", "draft", "returned", "submitted", "approved"]
    for place, state in enumerate(states):
        of = b.indicator(f"I{place}", at=bureau)
        duty(row, of)
        if state != "missing":
            delivered(of, analyst, upto=state)
    found = deliveries(Duty.objects.filter(round=row))
    assert [item.state for item in found] == states
    assert [item.is_outstanding for item in found] == [True, True, True, False, False]
    assert [item.return_reason for item in found] == ["", "", "请补来源", "", ""]
    assert [item.row is None for item in found] == [True, False, False, False, False]
    assert {tally.state: tally.number for tally in tallies(Duty.objects.all())} == dict.fromkeys(
        states, 1
    )


def test_correction_under_way_takes_a_delivered_value_back(firms: Indicator, analyst: User) -> None:
    row = reporting_round()
    duty(row, firms)
    value = delivered(firms, analyst)
    actions.correct(by=analyst, observation=value, entry=entry(firms, "8100"), reason="核实")
    assert [item.state for item in deliveries(Duty.objects.all())] == [Delivery.DRAFT]


def test_loaded_draft_delivers_nothing(firms: Indicator) -> None:
    duty(reporting_round(), firms)
    b.actual(firms, "1", review_state="draft", key="loaded-1")
    assert [item.state for item in deliveries(Duty.objects.all())] == [Delivery.MISSING]


def test_deliveries_cost_one_query(firms: Indicator, analyst: User) -> None:
    row = reporting_round()
    for year in range(2010, 2020):
        duty(row, firms, period=str(year))
        delivered(firms, analyst, period=str(year), upto="submitted")
    with CaptureQueriesContext(connection) as queries:
        names = [
            f"{item.duty.indicator} {item.duty.region} {item.duty.department} {item.duty.round}"
            for item in deliveries(Duty.objects.all())
        ]
    assert (len(queries), len(names)) == (1, 10)


# --- publication --------------------------------------------------------------------------------


def test_value_of_a_round_is_published_with_the_round(firms: Indicator, analyst: User) -> None:
    row = reporting_round()
    duty(row, firms)
    inside, outside = delivered(firms, analyst), delivered(firms, analyst, period="2023")
    assert inside.published_at is None
    assert outside.published_at == outside.approved_at
    _round, values = actions.publish_round(by=lead(), round_=row, version=row.version)
    inside.refresh_from_db()
    assert (values, inside.published_at) == (1, row.published_at)
    assert (row.published_by, row.version) == (lead(), 2)
    event = AuditEvent.objects.get(action="indicators.publish_round")
    assert event.after["values"] == 1
    assert event.after["gaps"] == []
    assert audit.verify() == []


def test_round_with_gaps_is_not_published_before_it_closes(firms: Indicator, analyst: User) -> None:
    row = reporting_round()
    duty(row, firms)
    delivered(firms, analyst, upto="submitted")
    with pytest.raises(Refused, match="还有 1 项没有核定"):
        actions.publish_round(by=lead(), round_=row, version=row.version, reason="急用")
    row.refresh_from_db()
    assert row.published_at is None


def test_closed_round_is_published_with_named_gaps_and_a_reason(
    firms: Indicator, analyst: User
) -> None:
    row = reporting_round()
    duty(row, firms)
    second = b.indicator("SECOND", at=firms.department)
    duty(row, second)
    delivered(firms, analyst)
    ReportingRound.objects.update(closes_at=timezone.now())
    with pytest.raises(Refused, match="请写明理由"):
        actions.publish_round(by=lead(), round_=row, version=row.version)
    actions.publish_round(by=lead(), round_=row, version=row.version, reason="按期公布")
    event = AuditEvent.objects.get(action="indicators.publish_round")
    assert event.after["gaps"] == ["SECOND指标 青岛市 2024 missing"]
    assert event.reason == "按期公布"
    # What comes afterwards is out with its approval, as outside of rounds.
    late = delivered(second, analyst)
    assert late.published_at == late.approved_at


def test_round_is_published_once_and_on_the_version_that_was_seen(firms: Indicator) -> None:
    row = reporting_round()
    with pytest.raises(Conflict):
        actions.publish_round(by=lead(), round_=row, version=7)
    actions.publish_round(by=lead(), round_=row, version=row.version)
    with pytest.raises(Refused, match="已经发布"):
        actions.publish_round(by=lead(), round_=row, version=row.version)
    with pytest.raises(Refused, match="已经发布"):
        actions.change_round(by=lead(), round_=row, version=row.version, facts=facts())
    assert b.events() == ["indicators.publish_round"]


def test_publication_is_one_statement_however_many_values(firms: Indicator, analyst: User) -> None:
    counts = []
    for name, years in (("一", range(2001, 2002)), ("多", range(2002, 2012))):
        row = reporting_round(name, closes=timedelta(hours=1))
        for year in years:
            duty(row, firms, period=str(year))
            delivered(firms, analyst, period=str(year))
        with CaptureQueriesContext(connection) as queries:
            actions.publish_round(by=lead(), round_=row, version=row.version)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert not Observation.objects.filter(published_at=None).exists()


def test_hand_over_moves_what_the_leaver_stood_in_for(firms: Indicator) -> None:
    from accounts import actions as people

    leaver, successor = b.person("leaver", "analyst"), b.person("heir", "analyst")
    row = duty(reporting_round(), firms, deputy=leaver)
    done = reporting_round("旧一轮")
    past = duty(done, firms, period="2023", deputy=leaver)
    ReportingRound.objects.filter(pk=done.pk).update(
        published_at=timezone.now(), published_by=lead()
    )
    people.hand_over(
        by=b.person("safe", "security_admin"),
        user=leaver,
        successor=successor,
        reason="调离",
    )
    row.refresh_from_db()
    past.refresh_from_db()
    assert (row.deputy, past.deputy) == (successor, leaver)
