"""The jobs a worker does: rows with state, attempts, error and progress (accounts.Job)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import Job
from targets.models import Target
from targets.recompute import recompute

logger = logging.getLogger(__name__)

TRIES = 5
CHUNK = 100  # promises between two heartbeats
DEAD_AFTER = timedelta(minutes=5)  # a running job without a heartbeat lost its worker


class Cancelled(Exception):
    """A person called the job off."""


def recompute_all(job: Job) -> None:
    """Judge every promise anew; the progress counts promises."""
    heads = list(Target.objects.promises().order_by("pk").values_list("pk", flat=True))
    beat(job, done=0, total=len(heads))
    for start in range(0, len(heads), CHUNK):
        chunk = heads[start : start + CHUNK]
        promises = Target.objects.filter(pk__in=chunk) | Target.objects.filter(part_of__in=chunk)
        recompute(
            list(promises.select_related("indicator__unit")),
            as_of=timezone.localdate(),
            now=timezone.now(),
        )
        beat(job, done=start + len(chunk), total=len(heads))


KINDS: dict[str, Callable[[Job], None]] = {"recompute_all": recompute_all}


def beat(job: Job, *, done: int, total: int) -> None:
    """Note the progress; raises Cancelled where the job is running no longer."""
    running = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING)
    if not running.update(done=done, total=total, heartbeat_at=timezone.now()):
        raise Cancelled


def run_due_jobs(*, now: datetime | None = None) -> int:
    """Do the jobs that are due, one after the other; the number taken.

    Taking is a compare-and-set, so two workers never do one job at once. A job that fails is tried
    again later, five times in all; a running one whose worker died is queued anew.
    """
    now = now or timezone.now()
    Job.objects.filter(state=Job.State.RUNNING, heartbeat_at__lt=now - DEAD_AFTER).update(
        state=Job.State.QUEUED, next_try_at=now
    )
    taken = 0
    for job in Job.objects.due(now):
        mine = Job.objects.filter(pk=job.pk, state=Job.State.QUEUED).update(
            state=Job.State.RUNNING,
            attempts=job.attempts + 1,
            started_at=now,
            heartbeat_at=now,
            error="",
        )
        if mine:
            taken += 1
            job.attempts += 1
            _run(job, now)
    return taken


def _run(job: Job, now: datetime) -> None:
    """Do one job that is ours, and note how it ended."""
    running = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING)
    try:
        KINDS[job.kind](job)
    except Cancelled:
        return
    except Exception as error:  # the row keeps it; the next job goes on
        logger.exception("job %s failed", job.pk)
        note = f"{type(error).__name__}: {error}"[:2000]
        if job.attempts >= TRIES:
            running.update(state=Job.State.FAILED, error=note, finished_at=timezone.now())
        else:
            later = now + timedelta(seconds=2**job.attempts)
            running.update(state=Job.State.QUEUED, error=note, next_try_at=later)
        return
    running.update(state=Job.State.DONE, finished_at=timezone.now())
