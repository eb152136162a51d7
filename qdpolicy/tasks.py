"""Celery's side of the jobs."""

from __future__ import annotations

from celery import shared_task

from qdpolicy import jobs, reminders


@shared_task(name="qdpolicy.run_due_jobs")
def run_due_jobs() -> None:
    """Do the jobs that are due; beat calls it every second."""
    jobs.run_due_jobs()


@shared_task(name="qdpolicy.remind")
def remind() -> None:
    """Remind people and follow up what is late; beat calls it once a day."""
    reminders.daily()
