"""Database to pure functions and back: stale rows in, snapshots out (TRUST.md 1 to 4)."""

from __future__ import annotations

from targets.recompute.judging import recompute, recompute_promises
from targets.recompute.queue import BATCH, TRIES, Sweep, queue_open_targets, sweep
from targets.recompute.reading import (
    current_versions,
    goal_of,
    observations_of,
    rules_in_force,
    rules_of,
)

__all__ = [
    "BATCH",
    "TRIES",
    "Sweep",
    "current_versions",
    "goal_of",
    "observations_of",
    "queue_open_targets",
    "recompute",
    "recompute_promises",
    "rules_in_force",
    "rules_of",
    "sweep",
]
