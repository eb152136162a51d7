"""The daily job of collecting: reminders, 督办 and mail, in both languages, once by two workers."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.core import mail
from django.utils import timezone

from accounts import audit
from accounts.models import User
from indicators import actions
from indicators.models import Observation, Reminder, ReportingRound, SupervisionOrder
from qdpolicy import reminders, tasks
from qdpolicy.management.commands.work import round_of_work
from tests.indicators import builders as b
from tests.indicators.roundworld import DAY, delivered, duty, lead, reporting_round
from tests.work.test_sweepers import together

SHANGHAI = ZoneInfo("Asia/Shanghai")


def collecting(closes: timedelta = DAY) -> User:
    """An analyst with a mailbox who owes one value of a round."""
    of = b.indicator("FIRMS", at=b.department("bureau"))
    person = b.person("analyst", "analyst", at=of.department)
    User.objects.filter(pk=person.pk).update(email="analyst@example.invalid")
    person.refresh_from_db()
    duty(reporting_round(opens=-90 * DAY, closes=closes), of)
    return person


@pytest.mark.django_db
def test_daily_job_reminds_supervises_and_mails() -> None:
    collecting(closes=-8 * DAY)
    reminders.daily()
    reminders.daily()
    assert [row.kind for row in Reminder.objects.all()] == ["overdue"]
    assert SupervisionOrder.objects.get().entries.get().light == "red"
    assert [message.to for message in mail.outbox] == [["analyst@example.invalid"]]
    assert Reminder.objects.get().emailed_at is not None
    assert audit.verify() == []


@pytest.mark.django_db
def test_mail_says_it_in_both_languages_and_names_no_value(settings: object) -> None:
    settings.SITE_URL = ""  # type: ignore[attr-defined]
    collecting()
    row = ReportingRound.objects.get()
    reminders.daily()
    closes = timezone.localtime(row.closes_at).strftime("%Y-%m-%d %H:%M")
    [message] = mail.outbox
    assert message.subject == "填报提醒 · Values to enter"
    assert message.body == (
        "analyst同志：\n\n"
        f"- “2024年度填报”即将截止（{closes}），您部门还有 1 项没有提交。\n"
        f"- “2024年度填报”已开放填报，您部门有 1 项待填报，截止时间 {closes}。\n\n"
        "请登录科技政策看板，在“我的工作”中处理。\n\n----\n\n"
        f"- “2024年度填报” closes soon ({closes}): values not submitted yet: 1.\n"
        f"- “2024年度填报” is open: values to enter: 1; it closes at {closes}.\n\n"
        "Please sign in and open “My work”.\n"
    )


@pytest.mark.django_db
def test_mail_carries_a_link_where_the_site_has_an_address(settings: object) -> None:
    settings.SITE_URL = "https://policy.example.invalid"  # type: ignore[attr-defined]
    collecting()
    reminders.daily()
    assert "https://policy.example.invalid/actuals/" in mail.outbox[0].body


@pytest.mark.django_db
def test_mail_server_that_is_away_loses_no_reminder(settings: object) -> None:
    """A real backend that refuses to connect; nothing is faked."""
    collecting()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"  # type: ignore[attr-defined]
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # type: ignore[attr-defined]
    reminders.daily()
    assert Reminder.objects.filter(emailed_at=None).count() == 2
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"  # type: ignore[attr-defined]
    reminders.daily()
    assert Reminder.objects.filter(emailed_at=None).count() == 0
    assert len(mail.outbox) == 1


def test_two_workers_remind_supervise_and_mail_once(empty_world: str) -> None:
    collecting(closes=-8 * DAY)
    assert together(reminders.daily, reminders.daily, reminders.daily) == []
    assert [row.kind for row in Reminder.objects.all()] == ["overdue"]
    assert SupervisionOrder.objects.count() == 1
    assert len(mail.outbox) == 1
    assert audit.verify() == []


def test_round_is_published_whole_beside_approvals(empty_world: str) -> None:
    """Whatever comes first, no approved value is left behind unpublished."""
    of = b.indicator("FIRMS", at=b.department("bureau"))
    person = b.person("analyst", "analyst", at=of.department)
    row = reporting_round()
    values = []
    for year in range(2015, 2021):
        duty(row, of, period=str(year))
        values.append(delivered(of, person, period=str(year), upto="submitted"))
    ReportingRound.objects.update(closes_at=timezone.now())
    boss = lead()

    def publish() -> None:
        actions.publish_round(by=boss, round_=row, version=1, reason="按期公布")

    def approve(value: Observation) -> object:
        return lambda: actions.approve(by=boss, observation=value, version=value.version)

    assert together(publish, *(approve(value) for value in values)) == []  # type: ignore[arg-type]
    assert Observation.objects.approved().count() == 6
    assert not Observation.objects.approved().filter(published_at=None).exists()


def test_worker_does_it_with_the_daily_round(empty_world: str) -> None:
    collecting(closes=-8 * DAY)
    now = timezone.localtime()
    noon = now.replace(hour=12)
    assert round_of_work(noon, None) == noon
    assert SupervisionOrder.objects.count() == 1
    assert round_of_work(noon, noon) == noon
    assert Reminder.objects.count() == 1


@pytest.mark.django_db
def test_beat_calls_the_same_function() -> None:
    collecting(closes=-8 * DAY)
    assert tasks.remind() is None
    assert Reminder.objects.count() == 1
    assert settings.CELERY_BEAT_SCHEDULE["reminders"]["task"] == "qdpolicy.remind"


@pytest.mark.parametrize("kind", Reminder.Kind.values)
def test_every_kind_has_words_in_both_languages(kind: str) -> None:
    row = Reminder(
        kind=kind, number=3,
        round=ReportingRound(
            name="一轮", closes_at=datetime(2026, 3, 1, 17, 0, tzinfo=SHANGHAI)
        ),
    )  # fmt: skip
    zh, en = reminders.sentence(row, "zh"), reminders.sentence(row, "en")
    assert "一轮" in zh
    assert "3" in en
    assert zh != en
