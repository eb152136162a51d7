"""Every write to the catalogue and the actuals: keyword-only, one transaction, one audit event."""

from __future__ import annotations

from indicators.actions.catalogue import load_catalogue, save_catalogue_entry
from indicators.actions.observations import (
    Entry,
    amend,
    approve,
    correct,
    enter,
    load_observations,
    return_,
    submit,
)

__all__ = [
    "Entry",
    "amend",
    "approve",
    "correct",
    "enter",
    "load_catalogue",
    "load_observations",
    "return_",
    "save_catalogue_entry",
    "submit",
]
