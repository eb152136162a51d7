"""News that goes up: sent inside the transaction that changes what verdicts are made of."""

from __future__ import annotations

from django.dispatch import Signal

# Sent with `pairs`: a frozenset of (indicator id, region id) whose approved values changed.
observations_changed = Signal()

# Sent with `indicators` and `units` (frozensets of ids) whose definition changed: every verdict
# that reads them may be another one, whether or not there are actuals.
definitions_changed = Signal()
