"""Celery's side of recompute: each task is one call, and idempotent."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from targets import actions, recompute
from targets.recompute import shares


@shared_task(name="targets.sweep_stale")
def sweep_stale() -> None:
    """Drain the stale queue; beat calls it every second."""
    recompute.sweep()


@shared_task(name="targets.queue_open_targets")
def queue_open_targets() -> None:
    """Put what is valid from today into force, and queue every target: verdicts move with the day."""
    actions.bring_into_force(by=None, day=timezone.localdate())
    recompute.queue_open_targets()


@shared_task(name="targets.take_shares")
def take_shares() -> None:
    """Help with a recompute of everything that another worker began; beat calls it every second."""
    while shares.take():
        pass
