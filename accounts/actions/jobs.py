"""Writes of background jobs by people; the worker's own bookkeeping is no audit matter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone

from accounts import audit
from accounts.models import Job, User
from accounts.versions import Conflict

from .storing import save_new


def request_job(*, by: User | None, kind: str, params: Mapping[str, Any] | None = None) -> Job:
    """Queue a job; `params` must be JSON. A worker takes it, nothing is published here."""
    with audit.transaction():
        job = Job(kind=kind, params=dict(params or {}), requested_by=by)
        save_new(job)
        audit.record(
            by=by,
            action="accounts.request_job",
            target=job,
            after={"kind": kind, "params": job.params},
        )
    return job


def retry_job(*, by: User | None, job: Job, reason: str = "") -> Job:
    """Queue a failed or cancelled job anew; raises Conflict where it is neither any more."""
    return _switch(
        by,
        "accounts.retry_job",
        job,
        reason,
        allowed=(Job.State.FAILED, Job.State.CANCELLED),
        state=Job.State.QUEUED,
        attempts=0,
        next_try_at=timezone.now(),
        finished_at=None,
        error="",
    )


def cancel_job(*, by: User | None, job: Job, reason: str = "") -> Job:
    """Call off a waiting or running job; raises Conflict where it is over already.

    A running worker notices at its next heartbeat and stops.
    """
    return _switch(
        by,
        "accounts.cancel_job",
        job,
        reason,
        allowed=(Job.State.QUEUED, Job.State.RUNNING),
        state=Job.State.CANCELLED,
        finished_at=timezone.now(),
    )


def _switch(
    by: User | None,
    action: str,
    job: Job,
    reason: str,
    *,
    allowed: Iterable[str],
    **changes: Any,
) -> Job:
    """Compare-and-set on the state; one UPDATE, so a worker cannot be overtaken."""
    with audit.transaction():
        before = Job.objects.get(pk=job.pk).state
        rows = Job.objects.filter(pk=job.pk, state__in=list(allowed))
        if rows.update(**changes) == 0:
            raise Conflict(Job.objects.filter(pk=job.pk).first(), changes)
        audit.record(
            by=by,
            action=action,
            target=job,
            before={"state": before},
            after={"state": str(changes["state"])},
            reason=reason,
        )
    job.refresh_from_db()
    return job
