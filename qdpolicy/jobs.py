"""The jobs a worker does: rows with state, attempts, error and progress (accounts.Job)."""

from __future__ import annotations

import logging
from bisect import bisect_right
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event
from time import monotonic

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Job
from indicators.actions import MERGE_STEPS, merge_upload
from indicators.importing.staging import stage_upload
from indicators.models import Upload
from targets.recompute import shares
from targets.recompute.projecting import pairs_to_project, project_pairs
from targets.recompute.queue import PROJECT_ALL, request_once

logger = logging.getLogger(__name__)

TRIES = 5
CHUNK = 20  # pairs between two heartbeats
TURN = 5.0  # seconds of projections, then the sweep has its turn
DEAD_AFTER = timedelta(minutes=5)  # a running job without a heartbeat lost its worker
LOST = "WorkerLost: 工作进程中断 (the worker was lost)"


stopping = Event()
"""Set where the worker was asked to end: a job leaves its rest to the next one."""


class Paused(Exception):  # noqa: N818 - nothing is wrong with the job
    """The rest of the job is left for another turn; `params` say where it goes on."""


class Cancelled(Exception):  # noqa: N818 - an answer to a person, not a fault
    """A person called the job off."""


def recompute_all(job: Job) -> None:
    """Judge every promise anew in shares, of which other workers take some; counts targets."""
    shares.plan(job)
    while True:
        standing = shares.standing(job)
        beat(job, done=standing.done, total=standing.total)
        if standing.done >= standing.total:
            # The year and the rules are in the projections too.
            request_once(PROJECT_ALL)
            return
        if not shares.take(job):
            shares.take(job, wait=True)


def project_all(job: Job) -> None:
    """Project every indicator and region with figures or promises; counts pairs.

    A turn takes a few seconds, so that verdicts need not wait for it, nor a time limit end it.
    """
    pairs = list(pairs_to_project())
    done = bisect_right(pairs, tuple(job.params.get("after", ())))
    turn_ends = monotonic() + TURN
    beat(job, done=done, total=len(pairs))
    while done < len(pairs):
        chunk = pairs[done : done + CHUNK]
        project_pairs(chunk, as_of=timezone.localdate(), now=timezone.now())
        done += len(chunk)
        job.params = {"after": list(chunk[-1])}
        beat(job, done=done, total=len(pairs))
        if done < len(pairs) and monotonic() > turn_ends:
            raise Paused


def read_upload(job: Job) -> None:
    """Read an uploaded file and compare it with what stands in its cells; counts its cells."""
    stage_upload(
        Upload.objects.select_related("by").get(pk=job.params["upload"]),
        beat=lambda done, total: beat(job, done=done, total=total),
    )


def apply_upload(job: Job) -> None:
    """Write a compared upload in one transaction; counts the steps of it.

    Inside the transaction a heartbeat cannot be seen, but it ends the merge where the job was
    called off or is another worker's by now.
    """
    upload = Upload.objects.select_related("by").get(pk=job.params["upload"])
    beat(job, done=0, total=len(MERGE_STEPS))
    merge_upload(
        upload=upload,
        leave_errors=bool(job.params.get("leave_errors")),
        step=lambda name: beat(job, done=MERGE_STEPS.index(name) + 1, total=len(MERGE_STEPS)),
    )


KINDS: dict[str, Callable[[Job], None]] = {
    "read_upload": read_upload,
    "apply_upload": apply_upload,
    "recompute_all": recompute_all,
    "project_all": project_all,
}


def beat(job: Job, *, done: int, total: int) -> None:
    """Note the progress; raises Cancelled where the job is running no longer.

    Raises Paused where the worker was asked to end.
    """
    if stopping.is_set():
        raise Paused
    if not _ours(job).update(done=done, total=total, heartbeat_at=timezone.now()):
        raise Cancelled


def _ours(job: Job) -> QuerySet[Job]:
    """The row while it runs in our hands: a worker thought dead must not write over its heir."""
    return Job.objects.filter(
        pk=job.pk,
        state=Job.State.RUNNING,
        attempts=job.attempts,
        started_at=job.started_at,
    )


def run_due_jobs(*, now: datetime | None = None) -> int:
    """Do the jobs that are due, one after the other; the number taken.

    Taking is a compare-and-set, so two workers never do one job at once. A job that fails is tried
    again later, five times in all; a running one whose worker died is queued anew, and failed
    after as many: it may be the job that kills its workers.
    """
    now = now or timezone.now()
    dead = Job.objects.filter(state=Job.State.RUNNING, heartbeat_at__lt=now - DEAD_AFTER)
    dead.filter(attempts__gte=TRIES).update(
        state=Job.State.FAILED, error=LOST, finished_at=timezone.now()
    )
    dead.update(state=Job.State.QUEUED, error=LOST, next_try_at=now)
    taken = 0
    for job in list(Job.objects.due(now)):
        started = timezone.now()
        mine = Job.objects.due(now).filter(pk=job.pk, attempts=job.attempts)
        if mine.update(
            state=Job.State.RUNNING,
            attempts=job.attempts + 1,
            started_at=started,
            heartbeat_at=started,
            error="",
        ):
            taken += 1
            job.attempts, job.started_at = job.attempts + 1, started
            _run(job)
    return taken


def _run(job: Job) -> None:
    """Do one job that is ours, and note how it ended."""
    running = _ours(job)
    try:
        KINDS[job.kind](job)
    except Cancelled:
        return
    except Paused:
        running.update(
            state=Job.State.QUEUED,
            attempts=job.attempts - 1,
            next_try_at=timezone.now(),
            params=job.params,
        )
        return
    except Exception as error:  # the row keeps it; the next job goes on
        logger.exception("job %s failed", job.pk)
        note = f"{type(error).__name__}: {error}"[:2000]
        if job.attempts >= TRIES:
            running.update(state=Job.State.FAILED, error=note, finished_at=timezone.now())
        else:
            later = timezone.now() + timedelta(seconds=2**job.attempts)
            running.update(state=Job.State.QUEUED, error=note, next_try_at=later)
        return
    running.update(state=Job.State.DONE, finished_at=timezone.now())
