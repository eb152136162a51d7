"""Every write to the catalogue and the actuals: keyword-only, one transaction, one audit event."""

from __future__ import annotations

from indicators.actions.catalogue import load_catalogue, save_catalogue_entry
from indicators.actions.entries import Entry
from indicators.actions.loading import load_observations
from indicators.actions.observations import (
    amend,
    approve,
    correct,
    enter,
    return_,
    submit,
    withdraw,
)
from indicators.actions.seen import Kept, Seen, Standing, keep, keep_all, standing_in, standings

__all__ = [
    "Entry",
    "Kept",
    "Seen",
    "Standing",
    "amend",
    "approve",
    "correct",
    "enter",
    "keep",
    "keep_all",
    "load_catalogue",
    "load_observations",
    "return_",
    "save_catalogue_entry",
    "standing_in",
    "standings",
    "submit",
    "withdraw",
]
