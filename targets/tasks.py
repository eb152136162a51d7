"""Celery's side of recompute: each task is one call, and idempotent."""

from __future__ import annotations

from celery import shared_task

from targets import recompute


@shared_task(name="targets.sweep_stale")
def sweep_stale() -> None:
    """Drain the stale queue; beat calls it every second."""
    recompute.sweep()


@shared_task(name="targets.queue_open_targets")
def queue_open_targets() -> None:
    """Queue every target once a day, since verdicts move with the calendar."""
    recompute.queue_open_targets()
