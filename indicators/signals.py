"""News that goes up: sent inside the transaction that changes approved observations."""

from __future__ import annotations

from django.dispatch import Signal

# Sent with `pairs`: a frozenset of (indicator id, region id) whose approved values changed.
observations_changed = Signal()
