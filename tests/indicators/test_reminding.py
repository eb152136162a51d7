"""Reminders: who gets which, once a day, and what happens to a mail that fails."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import AuditEvent, User
from indicators import actions
from indicators.models import Indicator, Reminder, ReportingRound
from tests.indicators import builders as b
from tests.indicators.roundworld import DAY, delivered, duty, lead, reporting_round

pytestmark = pytest.mark.django_db


@pytest.fixture
def firms() -> Indicator:
    return b.indicator("FIRMS", at=b.department("bureau"))


@pytest.fixture
def analyst(firms: Indicator) -> User:
    return b.person("analyst", "analyst", at=firms.department)


def made() -> list[tuple[str, str, int]]:
    rows = Reminder.objects.order_by("recipient__username", "kind")
    return [(row.recipient.username, row.kind, row.number) for row in rows]


def test_open_round_is_announced_once_to_who_owes_something(
    firms: Indicator, analyst: User
) -> None:
    row = reporting_round()
    duty(row, firms)
    duty(row, firms, period="2023")
    b.person("stranger-analyst", "analyst", at=b.department("elsewhere"))
    b.person("colleague", "reviewer", at=firms.department)
    now = timezone.now()
    assert actions.remind(now=now) == 1
    assert made() == [("analyst", "opened", 2)]
    assert actions.remind(now=now) == 0
    assert actions.remind(now=now + DAY) == 0
    assert b.events() == ["indicators.remind"]
    assert AuditEvent.objects.get().after == {"opened": 1}


def test_nothing_is_said_before_the_opening_or_after_publication(
    firms: Indicator, analyst: User
) -> None:
    duty(reporting_round("未开", opens=DAY), firms)
    out = reporting_round("已发布", published_at=timezone.now(), published_by=lead())
    duty(out, firms, period="2023")
    assert (actions.remind(), made()) == (0, [])


def test_due_soon_comes_every_day_from_the_rules_days_before_the_end(
    firms: Indicator, analyst: User
) -> None:
    duty(reporting_round(closes=5 * DAY), firms)
    now = timezone.now()
    for day in range(5):
        actions.remind(now=now + day * DAY)
    days = Reminder.objects.filter(kind="due_soon").order_by("made_on")
    today = timezone.localdate(now)
    assert [row.made_on for row in days] == [today + timedelta(days=day) for day in (2, 3, 4)]


def test_overdue_and_returned_are_told_apart(firms: Indicator, analyst: User) -> None:
    row = reporting_round()
    duty(row, firms)
    duty(row, firms, period="2023")
    duty(row, firms, period="2022")
    delivered(firms, analyst, upto="returned")
    delivered(firms, analyst, period="2022", upto="submitted")
    ReportingRound.objects.update(closes_at=timezone.now())
    actions.remind()
    assert made() == [("analyst", "overdue", 2), ("analyst", "returned", 1)]


def test_deputy_is_reminded_with_the_department(firms: Indicator, analyst: User) -> None:
    row = reporting_round()
    duty(row, firms, deputy=b.person("deputy", "analyst", at=b.department("elsewhere")))
    duty(row, firms, period="2023")
    actions.remind()
    assert made() == [("analyst", "opened", 2), ("deputy", "opened", 1)]


def test_department_without_analysts_is_helped_by_the_one_above(firms: Indicator) -> None:
    above = b.department("above")
    type(above).objects.filter(pk=firms.department.pk).update(parent=above)
    b.person("chief", "analyst", at=above)
    gone = b.person("gone", "analyst", at=firms.department)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    duty(reporting_round(), firms)
    actions.remind()
    assert made() == [("chief", "opened", 1)]


def test_who_has_delivered_hears_nothing(firms: Indicator, analyst: User) -> None:
    duty(reporting_round(), firms)
    delivered(firms, analyst)
    assert actions.remind() == 0


def test_day_is_the_calendar_day_here(firms: Indicator, analyst: User) -> None:
    here = timezone.get_current_timezone()
    row = reporting_round()
    ReportingRound.objects.filter(pk=row.pk).update(
        opens_at=datetime(2026, 3, 1, tzinfo=here), closes_at=datetime(2026, 3, 3, 17, tzinfo=here)
    )
    duty(row, firms)
    actions.remind(now=datetime(2026, 3, 2, 0, 5, tzinfo=here))
    assert {str(row.made_on) for row in Reminder.objects.all()} == {"2026-03-02"}


def test_reading_marks_ones_own_only(firms: Indicator, analyst: User) -> None:
    other = b.person("second", "analyst", at=firms.department)
    duty(reporting_round(), firms)
    actions.remind()
    assert (actions.read_reminders(by=analyst), actions.read_reminders(by=analyst)) == (1, 0)
    assert [row.recipient for row in Reminder.objects.filter(read_at=None)] == [other]
    assert b.events() == ["indicators.remind", "indicators.read_reminders"]


# --- mail ---------------------------------------------------------------------------------------


def mailed(firms: Indicator, *people: User) -> None:
    for person in people:
        User.objects.filter(pk=person.pk).update(email=f"{person.username}@example.invalid")
    duty(reporting_round(closes=DAY), firms)
    actions.remind()


def test_one_mail_a_person_a_day(firms: Indicator, analyst: User) -> None:
    silent = b.person("silent", "analyst", at=firms.department)
    mailed(firms, analyst)
    box: list[tuple[User, list[str]]] = []

    def send(person: User, rows: Sequence[Reminder]) -> None:
        box.append((person, [row.kind for row in rows]))

    assert actions.email_reminders(send=send) == (1, 0)
    assert actions.email_reminders(send=send) == (0, 0)
    assert box == [(analyst, ["due_soon", "opened"])]
    assert not Reminder.objects.filter(recipient=silent, emailed_at__isnull=False).exists()
    assert AuditEvent.objects.get(action="indicators.email_reminders").after == {
        "sent": 1, "failed": 0,
    }  # fmt: skip


def test_mail_that_fails_is_tried_again_and_the_others_get_theirs(
    firms: Indicator, analyst: User
) -> None:
    second = b.person("second", "analyst", at=firms.department)
    mailed(firms, analyst, second)
    box: list[User] = []

    def broken(person: User, rows: Sequence[Reminder]) -> None:
        if person == analyst:
            raise ConnectionRefusedError
        box.append(person)

    assert actions.email_reminders(send=broken) == (1, 1)
    assert Reminder.objects.filter(emailed_at=None).count() == 2
    assert actions.email_reminders(send=lambda person, _rows: box.append(person)) == (1, 0)
    assert box == [second, analyst]


def test_old_reminders_are_mailed_no_more(firms: Indicator, analyst: User) -> None:
    mailed(firms, analyst)
    later = timezone.now() + 3 * DAY
    assert actions.email_reminders(send=lambda *_given: None, now=later) == (0, 0)


def test_people_who_left_get_no_mail(firms: Indicator, analyst: User) -> None:
    mailed(firms, analyst)
    User.objects.filter(pk=analyst.pk).update(is_active=False)
    assert actions.email_reminders(send=lambda *_given: None) == (0, 0)
