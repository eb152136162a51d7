"""manage.py work: the one-loop worker of the embedded mode; the functions that Celery calls."""

from __future__ import annotations

import logging
import signal
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import datetime, time
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections
from django.utils import timezone

from qdpolicy import reminders
from qdpolicy.jobs import run_due_jobs, stopping
from targets.actions import bring_into_force
from targets.recompute import queue_open_targets, sweep

logger = logging.getLogger(__name__)
DAILY_AT = time(0, 5)


class Command(BaseCommand):
    help = "单循环工作进程：每秒清扫待重算队列、执行后台任务，每天 00:05 重新判定全部目标。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="清空队列后退出")

    def handle(self, *_args: Any, once: bool, **_options: Any) -> None:
        if once:
            # A pair that failed is due again later, so this ends.
            while (swept := sweep()).done or swept.failed:
                pass
            while run_due_jobs():
                pass
            return

        def stop(_signal: int, _frame: FrameType | None) -> None:
            stopping.set()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        # The machine may have slept over midnight, so the first round is a daily one.
        last_daily: datetime | None = None
        while not stopping.is_set():
            last_daily = round_of_work(timezone.localtime(), last_daily)
            stopping.wait(1)


def round_of_work(now: datetime, last_daily: datetime | None) -> datetime | None:
    """One second's work; returns when the daily job was queued last. A fault is logged, not fatal."""
    close_old_connections()
    due = datetime.combine(now.date(), DAILY_AT, tzinfo=now.tzinfo)
    if (last_daily is None or last_daily < due <= now) and _done(daily, now):
        last_daily = now
        # By itself, so that a fault here does not queue all targets every second.
        _done(remind, now)
    _done(sweep)
    _done(run_due_jobs)
    return last_daily


def daily(now: datetime) -> None:
    """What moves with the calendar."""
    bring_into_force(by=None, day=now.date())
    queue_open_targets()


def remind(now: datetime) -> None:
    """Remind people and follow up what is late."""
    reminders.daily(now=now)


def _done(step: Callable[..., object], *given: Any) -> bool:
    """Whether a step of the round was done; one that fails does not keep the others from theirs."""
    try:
        step(*given)
    except Exception:
        logger.exception("a step of the round failed; the next round tries it again")
        return False
    return True
