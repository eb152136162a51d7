"""One round of the embedded worker, and Celery's tasks: the same functions, at the same times."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from celery.schedules import crontab
from django.conf import settings

from accounts.actions import request_job
from accounts.models import Job
from qdpolicy import tasks as job_tasks
from qdpolicy.celery import app
from qdpolicy.management.commands.work import DAILY_AT, round_of_work
from targets import tasks
from targets.models import ProgressSnapshot, StaleRequest
from tests.work.promises import approve, submitted, verdict

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=SHANGHAI)


def test_first_round_judges_everything_and_the_next_only_what_is_queued(world: str) -> None:
    ProgressSnapshot.objects.all().delete()
    last = round_of_work(NOON, None)
    assert last == NOON
    judged = ProgressSnapshot.objects.count()
    assert judged > 49
    assert not StaleRequest.objects.exists()
    ProgressSnapshot.objects.all().delete()
    assert round_of_work(NOON + timedelta(seconds=1), last) == NOON
    assert ProgressSnapshot.objects.count() == 0


@pytest.mark.parametrize(
    ("clock", "again"),
    [
        (datetime(2026, 3, 2, 23, 59, tzinfo=SHANGHAI), False),
        (datetime(2026, 3, 3, 0, 4, 59, tzinfo=SHANGHAI), False),
        (datetime(2026, 3, 3, 0, 5, tzinfo=SHANGHAI), True),
        (datetime(2026, 3, 9, 8, 0, tzinfo=SHANGHAI), True),
    ],
)
def test_daily_round_comes_at_five_past_midnight_or_after_a_sleep(
    empty_world: str, clock: datetime, again: bool
) -> None:
    assert round_of_work(clock, NOON) == (clock if again else NOON)


def test_round_does_the_jobs_that_are_due(empty_world: str) -> None:
    job = request_job(by=None, kind="recompute_all")
    round_of_work(NOON, NOON)
    job.refresh_from_db()
    assert job.state == Job.State.DONE


def test_fault_in_a_round_is_logged_and_the_next_round_works(
    world: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The table of the queue is away for a moment, as in a migration; nothing is faked."""
    from django.db import connection

    approve(submitted("TECH_CONTRACT", "2024", "801"))
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE targets_stalerequest RENAME TO targets_away")
    with caplog.at_level(logging.ERROR):
        assert round_of_work(NOON, NOON) == NOON
    assert [record.getMessage() for record in caplog.records] == [
        "a step of the round failed; the next round tries it again"
    ]
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE targets_away RENAME TO targets_stalerequest")
    round_of_work(NOON, NOON)
    assert verdict("contract").actual == 801


def test_tasks_of_celery_call_the_same_functions(world: str) -> None:
    approve(submitted("TECH_CONTRACT", "2024", "801"))
    assert tasks.sweep_stale() is None
    assert verdict("contract").actual == 801
    assert tasks.queue_open_targets() is None
    assert {row.cause for row in StaleRequest.objects.all()} == {"calendar"}
    job = request_job(by=None, kind="recompute_all")
    assert job_tasks.run_due_jobs() is None
    job.refresh_from_db()
    assert job.state == Job.State.DONE


@pytest.mark.django_db
def test_beat_knows_only_tasks_that_exist_and_the_daily_one_at_the_same_minute() -> None:
    app.loader.import_default_modules()
    schedule = settings.CELERY_BEAT_SCHEDULE
    assert {entry["task"] for entry in schedule.values()} <= set(app.tasks)
    assert schedule["daily"]["schedule"] == crontab(
        hour=str(DAILY_AT.hour), minute=str(DAILY_AT.minute)
    )
    assert {name for name in app.tasks if not name.startswith("celery.")} == {
        entry["task"] for entry in schedule.values()
    }


def test_tasks_are_acknowledged_early_and_leave_no_result() -> None:
    assert (app.conf.task_acks_late, app.conf.task_ignore_result) == (False, True)
    assert app.conf.task_soft_time_limit < app.conf.task_time_limit
