"""Every write to programs: keyword-only, one transaction, one audit event."""

from __future__ import annotations

from programs.actions.awards import (
    Amendment,
    amend_award,
    close_award,
    enter_award,
    enter_awards,
    entry_of,
)
from programs.actions.budgets import over_commitment, set_budget
from programs.actions.checking import AwardCheck, Rules, check_award, item_in_force
from programs.actions.drafts import (
    drop_draft,
    redo_draft,
    return_draft,
    save_draft,
    start_draft,
    submit_draft,
    undo_draft,
)
from programs.actions.earlier import Earlier
from programs.actions.editions import approve_draft, create_program
from programs.actions.entries import AwardEntry
from programs.actions.links import drop_link, link_program
from programs.actions.loading import (
    EditionRow,
    ItemRow,
    ProgramRow,
    load_program,
    save_program_entry,
)
from programs.actions.payments import pay, void_payment
from programs.actions.recipients import checked_code, find_or_add_recipient, save_recipient
from programs.actions.recounting import rebuild_totals, recount
from programs.contents import content_of

__all__ = [
    "Amendment",
    "AwardCheck",
    "AwardEntry",
    "Earlier",
    "EditionRow",
    "ItemRow",
    "ProgramRow",
    "Rules",
    "amend_award",
    "approve_draft",
    "check_award",
    "checked_code",
    "close_award",
    "content_of",
    "create_program",
    "drop_draft",
    "drop_link",
    "enter_award",
    "enter_awards",
    "entry_of",
    "find_or_add_recipient",
    "item_in_force",
    "link_program",
    "load_program",
    "over_commitment",
    "pay",
    "rebuild_totals",
    "recount",
    "redo_draft",
    "return_draft",
    "save_draft",
    "save_program_entry",
    "save_recipient",
    "set_budget",
    "start_draft",
    "submit_draft",
    "undo_draft",
    "void_payment",
]
